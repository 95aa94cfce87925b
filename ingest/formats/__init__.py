"""Each format of workbooks as grids: values, and what each cell is beside its value."""
