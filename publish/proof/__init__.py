"""What a workbook carries so that its figures can be proven without the warehouse."""
