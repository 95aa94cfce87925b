"""`baocao serve`: the pages for officers, on this machine."""

from typing import Annotated

import typer

from warehouse import database

app = typer.Typer()


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; without sign-in 127.0.0.1 or ::1 only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8090,
) -> None:
    """Show the pages: who has not reported, the way to the targets, each unit and indicator. Ctrl+C ends it.

    They are read from the marts with each request, as of any day. With BAOCAO_SIGN_IN=on they need an account
    (`baocao accounts invite`), and officers hand their reports in; without it they write nothing, and every address but
    this machine's own is refused.

    \b
    baocao serve
    baocao serve --port 8100
    """
    from pages import server

    server.require_address(host)
    database.prepare()
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"http://{shown}:{port}/sang-nay", err=True)
    server.run(host, port)
