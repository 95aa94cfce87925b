"""What the sender of a file receives: the receipt, and the workbook returned with its issues marked."""
