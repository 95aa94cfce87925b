"""`baocao accounts`: who may sign in to the pages."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from baocao.output import Json, write_document, write_table
from warehouse import database, wording
from warehouse.catalogue import DEFAULT_AGENCY

if TYPE_CHECKING:
    from pipeline.inviting import Invited

app = typer.Typer(name="accounts", help="Accounts for the pages.", no_args_is_help=True)

SHOWN = ("unit", "email", "role", "state", "second factor", "last signed in")

Email = Annotated[str, typer.Argument(help="The person's e-mail address, which is also the name at sign-in.")]


@app.callback()
def accounts() -> None:
    """Accounts for the pages."""


@app.command()
def invite(
    unit: Annotated[str, typer.Argument(help="The unit's code of today.")],
    email: Email,
    role: Annotated[
        str,
        typer.Option(
            help="`reports`: hands in reports of the unit. `province`: sees all units of the province, and invites "
            "their officers. `operates`: sees everything. `approves` is reserved.",
        ),
    ] = "reports",
    agency: Annotated[str, typer.Option(help="The agency that reports about the unit.")] = DEFAULT_AGENCY,
    json: Json = False,
) -> None:
    """Invite somebody: a letter with a link, good once within seven days, at which a password is chosen.

    Without BAOCAO_SMTP_URL the link is printed, for you to hand over. Somebody whose unit has ended is invited under
    the same address for another one: the account is moved there, with a new password.

    \b
    baocao accounts invite 07228 cong-chuc@da-mai.example
    baocao accounts invite 24 so-y-te@bac-ninh.example --role province
    """
    from pipeline import building, inviting

    database.prepare()
    building.prepare_catalogue()  # the unit is looked up in it
    _show(inviting.invite(unit, email, role, agency), json)


@app.command()
def reset(email: Email, json: Json = False) -> None:
    """Send a new invitation: the account's password, codes and sessions are void at once. Enables a disabled account.

    \b
    baocao accounts reset cong-chuc@da-mai.example
    """
    from pipeline import inviting

    database.prepare()
    _show(inviting.reset(email), json)


@app.command()
def disable(email: Email) -> None:
    """Disable an account: its password, codes, invitations and sessions are void at once.

    \b
    baocao accounts disable cong-chuc@da-mai.example
    """
    from pipeline import inviting

    database.prepare()
    account = inviting.disable(email)
    typer.echo(f"{account.email}: đã khóa.")


@app.command(name="list")
def list_accounts(
    province: Annotated[str | None, typer.Option(help="Only of units in the province with this code.")] = None,
    json: Json = False,
) -> None:
    """List the accounts by unit: role, state (`invited`, `active`, `disabled`), last sign-in.

    \b
    baocao accounts list --province 24
    """
    from accounts import registry

    database.prepare()
    with database.connect("loader") as connection:
        found = registry.listed(connection, province)
    rows = [
        {
            "unit": account.unit_code + ("" if account.agency_code == DEFAULT_AGENCY else f" ({account.agency_code})"),
            "email": account.email,
            "role": account.role,
            "state": account.state,
            "second factor": "on" if account.totp_secret else "off",
            "last signed in": account.last_signed_in_at,
            "unit has ended": account.has_ended,
        }
        for account in found
    ]
    if json:
        write_document([{name.replace(" ", "_"): value for name, value in row.items()} for row in rows])
        return
    write_table(SHOWN, [row | {"last signed in": _shown(row["last signed in"])} for row in rows])


def _shown(at: Any) -> str:
    return wording.timestamp(at) if at else ""


def _show(invited: "Invited", json: bool) -> None:
    account, until = invited.account, wording.timestamp(invited.expires_at)
    if json:
        write_document(
            {
                "email": account.email,
                "unit": account.unit_code,
                "role": account.role,
                "expires_at": invited.expires_at,
                "is_sent": invited.is_sent,
                "link": invited.link,
            }
        )
    elif invited.is_sent:
        typer.echo(f"{account.email} ({account.unit_name}): đã gửi thư mời, dùng được đến {until}.")
    else:
        typer.echo(f"{account.email} ({account.unit_name}): chưa có máy chủ thư. Đường dẫn dùng được đến {until}:")
        typer.echo(invited.link)
