"""A target is revised by an act: another number, in force from the document's date on."""

from dataclasses import astuple
from typing import Any

import psycopg
from fastapi import FastAPI, Response
from psycopg.rows import dict_row

from pages import errors, terms
from pages.language import Shown, Text
from pages.province import forms
from pages.province.forms import Entry, Form
from pages.signing_in import handling
from pages.signing_in.handling import Visit
from pipeline import catalogue_decisions, deciding, planned_targets
from pipeline.planned_decisions import Planned
from pipeline.planned_targets import Target
from warehouse import pool
from warehouse.errors import BaocaoError

Row = dict[str, Any]

ADDRESS = "/quyet-dinh/muc"
KEYS = ("programme", "indicator", "scope", "bound_unit", "year")
IN_FORCE = """
select programme.name_vi as programme_name, indicator.name_vi, indicator.unit_vi, target.comparator, target.raw,
    target.act, unit.unit_name
from dim_target as target
join catalogue.programmes as programme using (programme_code)
join dim_indicator as indicator using (programme_code, indicator_code)
left join lateral (
    select unit_name from app.org_unit_code as bearer
    where bearer.unit_code = target.bound_unit_code order by bearer.valid_to desc limit 1) as unit on true
where target.programme_code = %s and target.indicator_code = %s and target.target_scope = %s
    and coalesce(target.bound_unit_code, '') = %s and target.target_year::text = %s
"""
EFFECTS = """
select count(distinct progress.unit_id) as units, count(distinct progress.period) as periods
from fct_target_progress as progress
where progress.programme_code = %s and progress.indicator_code = %s and progress.target_scope = %s
    and %s in ('', (
        select above.ancestor_code from bridge_org_unit_ancestor as above
        where above.unit_id = progress.unit_id and above.ancestor_code = %s limit 1))
    and progress.target_year::text = %s and progress.verdict is not null
"""

NO_TARGET = Text("Kế hoạch không có mức nào như vậy.", "The plan has no such target.")
LEAD = Text(
    "Mức mới có hiệu lực từ ngày của văn bản. Mức của kế hoạch vẫn còn, và các ngày trước đó vẫn xem lại được như cũ; "
    "quyết định sai thì điều chỉnh lại bằng quyết định mới.",
    "The new target is in force from the document's date on. The plan's stays, and earlier days can still be seen as "
    "they were; a wrong decision is undone by another one.",
)


def add(app: FastAPI) -> None:
    handling.add(app, ADDRESS, get=show, post=decide)


def show(visit: Visit, error: BaocaoError | None = None) -> Response:
    target = _target(visit)
    with pool.connection() as connection:
        form = _form(visit, target, _in_force(connection, target))
    return forms.show(visit, form.with_error(error) if error else form)


def decide(visit: Visit) -> Response:
    """Shows what will change, and decides once that was confirmed."""
    target = _target(visit)
    if visit.field("step") == "sua":
        return show(visit)
    try:
        by = deciding.act(*(visit.field(name) for name in ("act", "act_on", "decided_by")))
        make = planned_targets.revised(visit.account, target, visit.field("number"), visit.field("upper"), by)
        if forms.is_confirmed(visit):
            catalogue_decisions.decide(make, visit.field("seen"), visit.account)
            return visit.go("/quyet-dinh", xong="muc")
        (planned,), seen = catalogue_decisions.plan(make)
    except BaocaoError as error:
        return show(visit, error)
    with pool.connection() as connection:
        form = _form(visit, target, _in_force(connection, target))
        return forms.show(visit, form.to_confirm(_changes(connection, target, planned), seen=seen))


def _form(visit: Visit, target: Target, row: Row) -> Form:
    is_range = row["comparator"] == "between"
    hint = Text("ví dụ: 97,5. Dấu so sánh giữ như kế hoạch.", "such as 97.5. The comparator stays the plan's.")
    label = Text("Mức mới, từ", "New target, from") if is_range else Text("Mức mới", "New target")
    entries = [Entry("number", label, visit.field("number"), hint=hint)]
    if is_range:
        entries.append(Entry("upper", Text("đến", "to"), visit.field("upper")))
    return Form(
        ADDRESS,
        Text("Điều chỉnh mức kế hoạch", "Revise a target"),
        LEAD,
        Text("Xem thay đổi", "See what will change"),
        [(None, [*entries, *forms.act_entries(visit)])],
        terms=[
            (Text("Chương trình", "Programme"), row["programme_name"]),
            (Text("Chỉ tiêu", "Indicator"), f"{target.indicator}. {row['name_vi']} ({row['unit_vi']})"),
            (Text("Mức của", "Target of"), whose(target.scope, target.bound_unit, row["unit_name"])),
            (Text("Năm", "Year"), target.year),
            (Text("Mức đang có", "Target now"), row["raw"] + (f" ({row['act']})" if row["act"] else "")),
        ],
        hidden=dict(zip(KEYS, astuple(target), strict=True)),
    )


def whose(scope: str, code: str | None, name: str | None) -> Shown:
    """The unit with a plan of its own, or every unit of a level."""
    if code and name:
        return f"{name} ({code})"
    level = terms.SCOPES[scope]
    return Text(f"mọi {level.vi}", f"every {level.en}") if scope in ("district", "commune") else level


def _changes(connection: psycopg.Connection, target: Target, planned: Planned) -> list[Shown]:
    keys = (target.programme, target.indicator, target.scope, target.bound_unit, target.bound_unit, target.year)
    found = connection.cursor(row_factory=dict_row).execute(EFFECTS, keys).fetchone() or {}
    assert planned.before is not None
    numbers = {"before": planned_targets.printed(planned.before), "after": planned_targets.printed(planned.after)}
    counts = {"units": found.get("units", 0), "periods": found.get("periods", 0)}
    compared = Text(
        "{units} đơn vị, {periods} kỳ được đối chiếu lại với mức mới ở lần tổng hợp tới; số liệu không đổi",
        "{units} units and {periods} periods are compared with the new target by the next build; no figure changes",
    )
    since = Text("Có hiệu lực từ ngày {day}", "In force from {day}").fill(day=f"{planned.by.on:%d/%m/%Y}")
    return [
        Text("Mức {before} thành {after}", "Target {before} becomes {after}").fill(**numbers),
        since,
        compared.fill(**counts),
        Text(f"Theo {planned.by}", f"By {planned.by}"),
    ]


def _in_force(connection: psycopg.Connection, target: Target) -> Row:
    row = connection.cursor(row_factory=dict_row).execute(IN_FORCE, astuple(target)).fetchone()
    if row is None:
        raise errors.not_found(NO_TARGET)
    return row


def _target(visit: Visit) -> Target:
    """Of the address or the form. Raises PageError for a programme of another province."""
    given = {name: visit.field(name) or visit.view.get(name) or "" for name in KEYS}
    return Target(forms.own_programme(visit, given["programme"]), *(given[name] for name in KEYS[1:]))
