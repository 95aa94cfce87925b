"""The desk: what a unit owes, its template, uploads and their receipts, and a province's accounts. The only pages that
write, and the only ones that call `pipeline`.
"""
