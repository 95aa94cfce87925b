"""`baocao score`: a programme's units by the points of its score sheet."""

from typing import Annotated

import typer

from baocao.output import AsOf, Json, write_document, write_table
from warehouse import database
from warehouse.as_of import set_session_as_of

app = typer.Typer()


@app.command()
def score(
    programme: str,
    period: Annotated[str, typer.Argument(help="A period of the programme: 2022, 2024.")],
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """The units of a programme by their points, or whether each can be recognised, and why.

    Points that nobody has given yet are left out and told as open: a total is provisional until nothing can change it.
    With --json each row of rpt_score_ranking carries its lines (fct_score) under `criteria`.
    """
    from publish.scores import data as score_data

    database.prepare()
    with database.connect() as connection:
        set_session_as_of(connection, as_of)
        rows = score_data.of_period(connection, programme, period)
    if json:
        write_document(rows)
    elif rows:
        shown = score_data.for_display(rows)
        write_table(tuple(shown[0]), shown, title=f"{programme} · {period}", one_line="đơn vị")
        for unit, reasons in score_data.reason_texts(rows).items():
            typer.echo("\n    ".join([unit, *reasons]) if reasons else unit)
    else:
        typer.echo("No unit of the programme is scored in this period.")
