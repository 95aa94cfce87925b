"""`baocao ingest` and `baocao receive-document`: receive reports; each file gets a receipt."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from baocao.output import Json, stderr, write_document
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import BaocaoError, WrongCall
from warehouse.settings import get_settings

if TYPE_CHECKING:
    from publish.receipts.data import Receipt

app = typer.Typer()

FILES_SHOWN = 20
"""Of more files than these, only the rejected ones are shown; every receipt is in the folder."""
ISSUES_SHOWN = 3
"""Of each rule in each report."""


@app.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Files, folders or fsspec URLs.")],
    json: Json = False,
) -> None:
    """Receive reports, validate them and write a receipt for each file. The files themselves are not moved.

    \b
    baocao ingest docs/examples/da-mai-2025.csv
    baocao ingest made-up/ --json
    """
    from pipeline import inbox, mailing, receiving

    files = inbox.files_at(paths)
    with Progress(console=stderr(), transient=True) as progress:
        task = progress.add_task("Đang nhận báo cáo", total=len(files) + 1)
        found = receiving.receive_files(files, from_inbox=False, on_file=lambda: progress.advance(task))
    mailing.try_to_mail_receipts()
    _show(found, json)
    _require_receipts(files, found)


@app.command("receive-document")
def receive_document(
    programme: str,
    period: str,
    unit: str,
    file: Path,
    agency: Annotated[
        str, typer.Option(help="The agency that reports, if it is not the unit itself.")
    ] = DEFAULT_AGENCY,
    made_up: Annotated[bool, typer.Option("--made-up", help="Mark the document as made up.")] = False,
    json: Json = False,
) -> None:
    """Receive a report without figures: a dossier or a narrative, of any file type.

    \b
    baocao receive-document langson-child-friendly-2024 2024 05971 dossier.pdf
    """
    from pipeline import mailing, receiving

    if not file.is_file():
        raise WrongCall(f"There is no file {file}.")
    receipt = receiving.receive_document(programme, period, unit, file, agency, is_made_up=made_up)
    mailing.try_to_mail_receipts()
    _show([receipt], json)


def _require_receipts(files: Sequence[str], found: list["Receipt"]) -> None:
    """Raises BaocaoError where a file has no receipt: it could not even be opened."""
    missing = {PurePosixPath(file).name for file in files} - {receipt.file for receipt in found}
    if missing:
        raise BaocaoError(f"Not answered, for they could not be opened: {', '.join(sorted(missing))}")


def _show(found: list["Receipt"], json: bool) -> None:
    from publish.receipts import text as receipt_text

    if json:
        write_document([receipt.document() for receipt in found])
        return
    console = Console()
    for receipt in found:
        if len(found) <= FILES_SHOWN or receipt.status == "rejected":
            console.print(receipt_text.render(receipt, at_most=ISSUES_SHOWN), soft_wrap=True)
    counts = Counter(receipt.status for receipt in found)
    counts_by_status = [
        f"{counts[status]} {label.lower()}" for status, label in receipt_text.STATUS_VI.items() if counts[status]
    ]
    console.print(
        f"{len(found)} tệp" + (f": {'; '.join(counts_by_status)}" if counts_by_status else ""), soft_wrap=True
    )
    console.print(f"Biên nhận: {get_settings().home / 'receipts'}", soft_wrap=True)
