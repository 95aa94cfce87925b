"""The form that a unit fills in: its types, its queries, what it is prefilled with, its workbook."""
