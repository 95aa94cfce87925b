"""Checks the seeds of a dbt project against their yml, without dbt and without a database.

The rules are the data tests and column types of the yml; a kind of test that is not in CHECKS is left to dbt.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

from warehouse.seeds import files, office, schema
from warehouse.seeds.files import Message, Problem, Row, Table
from warehouse.seeds.office import Change
from warehouse.seeds.schema import DataTest
from warehouse.seeds.types import NUMBER, TYPES

SHOWN = 12
"""Of more allowed values than these, the nearest ones are named."""


@dataclass(frozen=True)
class Project:
    """The seeds of a project with the office's rows, and the codes that its programmes have.

    changes: what the office's rows do. of_the_folder: what is wrong with its folder beside the rows.
    """

    tables: Mapping[str, Table]
    programmes: frozenset[str]
    period_grammar: re.Pattern[str]
    changes: Sequence[Change] = ()
    of_the_folder: Sequence[Problem] = ()
    _keys: dict[tuple[str, ...], frozenset[tuple[str | None, ...]]] = field(default_factory=dict)

    def keys(self, seed: str, fields: Sequence[str]) -> frozenset[tuple[str | None, ...]]:
        """The keys that the rows of a seed have; read once."""
        if (seed, *fields) not in self._keys:
            rows = self.tables[seed].rows
            self._keys[seed, *fields] = frozenset(tuple(row.cells.get(name) for name in fields) for row in rows)
        return self._keys[seed, *fields]


def read(project: Path, folder: Path | None = None) -> Project:
    """The seeds of a dbt project; folder: the office's own catalogue (warehouse.seeds.office), if it has one."""
    overlay = office.merge({seed.name: files.read(seed) for seed in schema.read(project)}, folder)
    known = frozenset(filter(None, (row.programme for row in overlay.tables["programmes"].rows)))
    grammar = re.compile(schema.period_grammar(project))
    return Project(overlay.tables, known, grammar, overlay.changes, overlay.problems)


def problems(project: Project) -> list[Problem]:
    """All that is wrong, by file and row."""
    found = [*project.of_the_folder]
    found += [problem for table in project.tables.values() for problem in _of_table(project, table)]
    return sorted(found, key=lambda problem: (problem.file, problem.row or 0))


def _of_table(project: Project, table: Table) -> Iterator[Problem]:
    yield from table.problems
    if not table.is_readable:
        return
    broken = {(problem.file, problem.row) for problem in table.problems}
    readable = Table(table.seed, table.file, [row for row in table.rows if (row.file, row.number) not in broken])
    for column, kind in table.seed.column_types.items():
        if kind in TYPES:
            is_valid, reason, allowed = TYPES[kind]
            for row, value in _values(readable, column):
                if not is_valid(value):
                    message = Message(f"“{value}” {reason.en}", f"«{value}» {reason.vi}")
                    yield _problem(project, row, column, message, allowed)
    for test in table.seed.data_tests:
        yield from CHECKS.get(test.name, _unchecked)(project, readable, test)


# --- data tests -----------------------------------------------------------------------------------


def _not_null(project: Project, table: Table, test: DataTest) -> Iterator[Problem]:
    (column,) = test.columns
    for row in table.rows:
        if row.cells[column] is None:
            yield _problem(
                project, row, column, Message("the cell is empty", "ô trống"), Message("a value", "có giá trị")
            )


def _unique(project: Project, table: Table, test: DataTest) -> Iterator[Problem]:
    """As dbt: two empty cells are equal in a key of several columns, and never in a column of its own."""
    first: dict[tuple[str | None, ...], Row] = {}
    for row in table.rows:
        key = tuple(row.cells[column] for column in test.columns)
        if len(key) == 1 and key[0] is None:
            continue
        if key in first:
            named = ", ".join(f"{column} {value or '(empty)'}" for column, value in zip(test.columns, key, strict=True))
            number, other = first[key].number, first[key].file
            reason = Message(
                f"the key is in row {number}{f' of {other}' if other != row.file else ''} already: {named}",
                f"khoá đã có ở dòng {number}{f' của {other}' if other != row.file else ''}: {named}",
            )
            also = frozenset(filter(None, [first[key].programme]))
            yield _problem(project, row, None, reason, Message("each key once", "mỗi khoá một dòng"), also)
        first.setdefault(key, row)


def _accepted_values(project: Project, table: Table, test: DataTest) -> Iterator[Problem]:
    (column,) = test.columns
    accepted = [str(value) for value in test.arguments["values"]]
    for row, value in _values(table, column):
        if value not in accepted:
            reason = Message(f"“{value}” is not a value of it", f"«{value}» không nằm trong danh sách")
            yield _problem(project, row, column, reason, Message(", ".join(accepted), ", ".join(accepted)))


def _foreign_key(project: Project, table: Table, test: DataTest) -> Iterator[Problem]:
    """A row with an empty cell in the key refers to nothing."""
    target = project.tables[test.referenced_seed]
    if not target.is_readable:
        return
    fields = [test.arguments["field"]] if "field" in test.arguments else test.arguments.get("fields", test.columns)
    exempt = test.arguments.get("exempt", ())
    known = project.keys(target.seed.name, fields)
    for row in table.rows:
        key = tuple(row.cells[column] for column in test.columns)
        if None not in key and key not in known and key[-1] not in exempt:
            siblings = {str(found[-1]) for found in known if found[:-1] == key[:-1] and found[-1] is not None}
            siblings.update(exempt)
            near = _nearest(str(key[-1]), siblings)
            known_as, name = ", such as ", target.seed.name
            allowed = Message(
                f"{fields[-1]} as in {name}.csv{known_as + near if near else ''}",
                f"{fields[-1]} có trong bảng {name}{', ví dụ ' + near if near else ''}",
            )
            reason = Message(
                f"“{key[-1]}” is unknown{f' in {key[0]}' if len(key) > 1 else ''}",
                f"«{key[-1]}» không có{f' trong {key[0]}' if len(key) > 1 else ''}",
            )
            if remover := _remover(project, name, fields, key):
                reason = Message(
                    f"{reason.en}: row {remover.number} of {remover.file} removes it",
                    f"{reason.vi}: dòng {remover.number} của {remover.file} đã bỏ",
                )
            yield _problem(project, row, test.columns[-1], reason, allowed)


def _remover(project: Project, seed: str, fields: Sequence[str], key: tuple[str | None, ...]) -> Row | None:
    """The row of the office that removed what a key refers to."""
    for change in project.changes:
        was = change.shipped if change.seed == seed and change.kind == "removed" else None
        if was and tuple(was.get(name) for name in fields) == key:
            return change.row
    return None


def _period_code(project: Project, table: Table, test: DataTest) -> Iterator[Problem]:
    (column,) = test.columns
    for row, value in _values(table, column):
        if not project.period_grammar.search(value):
            reason = Message(f"“{value}” is no period", f"«{value}» không phải kỳ báo cáo")
            allowed = Message("2026, 2026-H1, 2026-Q3, 2026-06", "2026, 2026-H1, 2026-Q3, 2026-06")
            yield _problem(project, row, column, reason, allowed)


def _between(project: Project, table: Table, test: DataTest) -> Iterator[Problem]:
    (column,) = test.columns
    low, high = (Decimal(str(test.arguments[end])) for end in ("low", "high"))
    for row, value in _values(table, column):
        if NUMBER.fullmatch(value) and not low <= Decimal(value) <= high:
            reason = Message(f"“{value}” is outside the range", f"«{value}» ngoài khoảng")
            yield _problem(project, row, column, reason, Message(f"{low} to {high}", f"{low} đến {high}"))


def _unchecked(project: Project, table: Table, test: DataTest) -> Iterator[Problem]:
    return iter(())


CHECKS: dict[str, Callable[[Project, Table, DataTest], Iterator[Problem]]] = {
    "not_null": _not_null,
    "unique": _unique,
    "is_unique_key": _unique,
    "accepted_values": _accepted_values,
    "relationships": _foreign_key,
    "is_foreign_key": _foreign_key,
    "is_period_code": _period_code,
    "is_between": _between,
}


# --- what is told ---------------------------------------------------------------------------------


def _values(table: Table, column: str) -> Iterator[tuple[Row, str]]:
    for row in table.rows:
        value = row.cells[column]
        if value is not None:
            yield row, value


def _problem(
    project: Project,
    row: Row,
    column: str | None,
    reason: Message,
    allowed: Message,
    also: Collection[str] = (),
) -> Problem:
    value = row.cells.get(column) if column else None
    programmes = _concerned(project, row) | frozenset(also)
    return Problem(row.file, reason, allowed, row.number, column, value, programmes)


def _concerned(project: Project, row: Row) -> frozenset[str]:
    """The programme of the row; of an unknown code also the programme that was probably meant."""
    if row.programme is None:
        return frozenset()
    meant = [] if row.programme in project.programmes else get_close_matches(row.programme, project.programmes, n=1)
    return frozenset({row.programme, *meant})


def _nearest(value: str, known: Collection[str]) -> str:
    shown = sorted(known) if len(known) <= SHOWN else get_close_matches(value, known, n=3)
    return ", ".join(shown)
