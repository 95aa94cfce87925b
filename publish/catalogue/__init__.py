"""The catalogue as a workbook: a sheet a table, for officers who keep a plan without CSV files and Git."""
