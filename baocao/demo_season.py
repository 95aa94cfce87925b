"""The season that `baocao demo` plays: which files arrive when.

Two reports are real (docs/examples). All others are made up, from one seed, and marked as made up:
the 99 communes of Bắc Ninh for 2026 and the ten districts of Bắc Giang, with their province, for 2024.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warehouse import database
from warehouse.settings import PROJECT_ROOT

COMMUNES = ("bacninh-2026-2030", "2026")
DISTRICTS = ("bacgiang-maternal-child-2025", "2024")
PROVINCE = "24"
CORRECTED_TWICE = "07228"
CORRECTED_LINES = ("2", "5.1")
SEED = 2026
FIRST, MENDED, DEADLINE, LATE = (
    f"{at}:00+07:00" for at in ("2026-11-20T08:00", "2026-11-25T08:00", "2026-11-30T07:00", "2026-12-05T08:00")
)
EXAMPLES = PROJECT_ROOT / "docs" / "examples"


@dataclass(frozen=True)
class Cast:
    """Who plays which part, by unit code. wrong: the defect that the unit's first report carries."""

    missing: list[str]
    late: list[str]
    wrong: dict[str, str]
    mended: list[str]
    mended_late: list[str]


@dataclass(frozen=True)
class Wave:
    """One wave of the season: files into the inbox, then a run of a DAG at that time."""

    at: str
    dag_id: str
    description: str
    files: list[Path] = field(default_factory=list)


def units_that_owe() -> list[str]:
    """The codes of the communes that owe a report, in order."""
    from publish.forms import queries

    programme, period = COMMUNES
    with database.connect() as connection:
        return [report.unit_code for report in queries.scheduled(connection, programme, period) if report.is_owed]


def cast(units: Sequence[str], defects: Sequence[str]) -> Cast:
    """Deal the parts among the units, always in the same way; CORRECTED_TWICE keeps out of them.

    defects: names of publish.simulation.error_cases.DEFECTS; as many units report wrongly, one each.
    """
    free = [code for code in units if code != CORRECTED_TWICE]
    missing, late = free[7::17], free[3::20]
    others = [code for code in free if code not in {*missing, *late}]
    wrong = dict(zip(others[4::8], defects, strict=False))
    return Cast(missing, late, wrong, mended=list(wrong)[:5], mended_late=list(wrong)[5:7])


def waves(folder: Path) -> list[Wave]:
    """Write every file of the season under folder and say when each arrives."""
    from publish.simulation.error_cases import DEFECTS

    units = units_that_owe()
    parts = cast(units, list(DEFECTS))
    return [
        Wave(
            FIRST,
            "submissions",
            "two real reports, Bắc Giang's districts and province of 2024, the first communes of Bắc Ninh for 2026",
            [
                *sorted(EXAMPLES.glob("*.csv")),
                *_made_up(DISTRICTS, None, folder / "districts"),
                *_made_up(COMMUNES, _first(units, parts), folder / "first", defects=parts.wrong),
            ],
        ),
        Wave(
            MENDED,
            "submissions",
            f"rejected reports sent again, and a correction by {CORRECTED_TWICE}",
            [*_made_up(COMMUNES, parts.mended, folder / "mended"), *_correction(folder, 1)],
        ),
        Wave(DEADLINE, "deadlines", "the deadline of 30/11 has passed: who is missing is written to"),
        Wave(
            LATE,
            "submissions",
            f"late reports, and a second correction by {CORRECTED_TWICE}",
            [
                *_made_up(COMMUNES, [*parts.late, *parts.mended_late], folder / "late"),
                *_correction(folder, 2),
            ],
        ),
    ]


def _first(units: Sequence[str], parts: Cast) -> list[str]:
    return [code for code in units if code not in parts.missing and code not in parts.late]


def _made_up(
    report: tuple[str, str], units: Sequence[str] | None, folder: Path, defects: dict[str, str] | None = None
) -> list[Path]:
    from publish.simulation import simulate

    return simulate.simulate(*report, units, seed=SEED, out=folder, defects=defects)


def _correction(folder: Path, number: int) -> list[Path]:
    from publish.simulation import simulate

    return simulate.simulate(
        *COMMUNES,
        [CORRECTED_TWICE],
        seed=SEED,
        out=folder / f"correction-{number}",
        correction=number,
        lines=CORRECTED_LINES,
    )
