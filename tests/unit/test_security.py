"""SECURITY.md against the database: what has to be deleted when personal data arrived, in an order that works."""

import re

from docs.generate import ROOT
from warehouse import database

REFERENCES = """
select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
where contype = 'f' and conrelid <> confrelid
"""


def test_the_security_page_deletes_all_rows_of_a_file_and_each_table_before_what_it_refers_to(warehouse):
    page = (ROOT / "SECURITY.md").read_text()
    named = re.findall(r"`((?:raw|ops)\.\w+)`", next(line for line in page.splitlines() if line.startswith("2. ")))
    with database.connect() as connection:
        references = connection.execute(REFERENCES).fetchall()

    dependent = {"raw.file"}
    while found := {child for child, parent in references if parent in dependent} - dependent:
        dependent |= found
    assert len(dependent) >= 5
    assert sorted(named) == sorted(dependent)
    for child, parent in references:
        if parent in dependent:
            assert named.index(child) < named.index(parent), child
