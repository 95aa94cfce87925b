"""What was known at the moment that the session asks for (warehouse.as_of), in SQL.

The marts tell it by themselves (dbt_project/macros/moment.sql). The tables that keep the whole history do not: they are
read through `known`.
"""

AS_OF = "coalesce(nullif(current_setting('baocao.as_of', true), '')::timestamptz, '9999-12-31')"
"""The session's moment; a day after everything where it asks for none."""


def known(table: str) -> str:
    """The condition that a row of `table` was its unit's word then: within [known_from, known_to)."""
    return f"({table}.known_from <= {AS_OF} and coalesce({table}.known_to, 'infinity') > {AS_OF})"
