"""`make docs`: write docs/reference and docs/programmes from what is there.

No command, setting, DAG, mart or programme lacks its row or page: a test compares them with what this module would
write.
"""

import ast
import csv
import re
from pathlib import Path

from docs import dictionary, programme_pages

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
EXAMPLES = re.compile(r"^\x08?\n((?:baocao .*\n)+)", re.MULTILINE)
"""Commands in a docstring: in the terminal they are lines of their own, on the page they need a code block."""
NOTE = "<!-- Written by `make docs`; change the source instead. -->\n\n"


def pages() -> dict[str, str]:
    """File name in docs/reference → its Markdown."""
    written = {
        "commands.md": commands(),
        "settings.md": settings(),
        "dags.md": dags(),
        "marts.md": marts(),
        "programmes.md": programmes(),
    }
    return {name: NOTE + text.strip() + "\n" for name, text in written.items()}


def written() -> dict[Path, str]:
    """Every generated page: its file → its Markdown."""
    reference = {REFERENCE / name: text for name, text in pages().items()}
    programme = {programme_pages.FOLDER / name: NOTE + text + "\n" for name, text in programme_pages.pages().items()}
    return reference | programme


def commands() -> str:
    import typer
    from typer.cli import get_docs_for_click

    from baocao.main import app

    command = typer.main.get_command(app)
    with typer.Context(command, info_name="baocao") as context:
        page = get_docs_for_click(obj=command, ctx=context, name="baocao", title="Commands")
    return EXAMPLES.sub(r"```console\n\1```\n", page)


def settings() -> str:
    from warehouse.settings import Settings

    rows = [f"| `BAOCAO_{name.upper()}` | {field.description} |" for name, field in Settings.model_fields.items()]
    intro = (
        "Environment variables; an empty one counts as unset. What is not in the environment is read from the file "
        "`settings.json` of the home, which `baocao config set` writes and `baocao config` shows with the origin of "
        "each value; `BAOCAO_HOME` and `BAOCAO_NOW` are read from the environment only."
    )
    return "\n".join(["# Settings", "", intro, "", *_table(rows)])


def dags() -> str:
    sections = [_dag(file) for file in sorted((ROOT / "dags").glob("*.py"))]
    intro = (
        "A DAG's id is the name of its file in `dags/`; what all share is in `pipeline/dag_defaults.py`. Tier 1: "
        "reports or reminders stop, act the same day. Tier 2: offices see older figures, act within two days. "
        "Tier 3: by hand."
    )
    return f"# DAGs\n\n{intro}\n\n" + "\n".join(sections)


def _dag(file: Path) -> str:
    from pipeline import dag_defaults

    tree = ast.parse(file.read_text())
    (shared,) = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node.func) == "defaults")
    given = {keyword.arg: keyword.value for keyword in shared.keywords}
    owner, tier = getattr(dag_defaults, _name(given["owner"])), ast.literal_eval(given["tier"])
    return f"## `{file.stem}`\n\nOwner: {owner}. Tier {tier}.\n\n{ast.get_docstring(tree)}\n"


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def marts() -> str:
    return dictionary.page()


def programmes() -> str:
    with (ROOT / "dbt_project/seeds/catalogue/programmes.csv").open(encoding="utf-8") as file:
        rows = [
            f"| [`{row['programme_code']}`](../programmes/{row['programme_code']}.md) | "
            f"{row['name_vi']}. {row['document_vi']}. |"
            for row in csv.DictReader(file)
        ]
    intro = (
        "Rows of `dbt_project/seeds/catalogue/`; each programme's page tells who reports when and how figures are made."
    )
    return "\n".join(["# Programmes", "", intro, "", *_table(rows)])


def _table(rows: list[str]) -> list[str]:
    return ["| | |", "|---|---|", *rows]


def main() -> None:
    for file, text in written().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
