"""The desk: what a unit owes, its template and its form as a page, uploads and their receipts, a province's accounts.

The only pages that write, and the only ones that call `pipeline`.
"""
