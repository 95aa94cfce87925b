"""`make docs`: write docs/reference, docs/programmes, docs/vi/loi.md and the datasets of Superset from what is there.

No command, setting, DAG, mart or programme lacks its row or page: a test compares them with what this module would
write.
"""

import ast
import csv
import re
from pathlib import Path

from docs import dictionary, programme_pages
from warehouse.superset import datasets

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
EXAMPLES = re.compile(r"^\x08?\n((?:baocao .*\n)+)", re.MULTILINE)
"""Commands in a docstring: in the terminal they are lines of their own, on the page they need a code block."""
ISSUES = ROOT / "docs" / "vi" / "loi.md"
ISSUES_HEAD = (
    "# Khi báo cáo bị trả lại\n\nBiên nhận nêu từng ô sai, điều đã ghi ở đó và cách sửa. Sửa đúng các ô ấy, lưu lại và "
    "nộp lại cả tệp; tệp mới thay tệp cũ. Dấu … là chỗ biên nhận ghi số, tên hoặc mã của chính báo cáo."
)
SEVERITIES = {
    "critical": "## Phải sửa\n\nMột lỗi loại này là báo cáo bị trả lại, chưa được tính.",
    "warning": "## Cần xem lại\n\nBáo cáo vẫn được nhận. Số đúng thì không phải làm gì; số sai thì nộp tệp đã sửa.",
}
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
    """Every generated file and what is in it."""
    reference = {REFERENCE / name: text for name, text in pages().items()}
    programme = {programme_pages.FOLDER / name: NOTE + text + "\n" for name, text in programme_pages.pages().items()}
    return reference | programme | {ISSUES: NOTE + issues()} | datasets.written()


def issues() -> str:
    """What each rule of the gate says to officers."""
    with (ROOT / "dbt_project" / "seeds" / "catalogue" / "gate_rules.csv").open(encoding="utf-8", newline="") as file:
        rules = list(csv.DictReader(file))
    parts = [ISSUES_HEAD]
    for severity, heading in SEVERITIES.items():
        rows = [
            f"| {_officers(rule['message_vi'])} | `{rule['rule_code']}` |"
            for rule in rules
            if rule["severity"] == severity
        ]
        parts.append("\n".join([heading, "", "| Biên nhận ghi | mã quy tắc |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _officers(message: str) -> str:
    """The message with an ellipsis where the receipt has the value."""
    return re.sub(r"\{\w+\}", "…", message).replace("|", "\\|")


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
