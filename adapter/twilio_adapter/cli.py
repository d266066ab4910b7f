"""`twilio-adapter`: what a person or a CI job asks about a real account before and after its tests.

Laws: an account is read from the environment, as `harness()` reads it, and never from the command line, which others
can see. Results go to standard output, progress to standard error. Exit codes: 0 all is well, or warned of; 1 something
is not; 2 it could not be asked.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from twilio_adapter.adapter import DEFAULT_PORT
from twilio_adapter.addresses import checked_public_url
from twilio_adapter.cli_record import record_command
from twilio_adapter.errors import AdapterError, ConfigurationError
from twilio_adapter.examination import Examination
from twilio_adapter.findings import Finding, Patient, Verdict
from twilio_adapter.golden.command import compare
from twilio_adapter.harnesses import ACCOUNT_VARIABLES, API_VARIABLE, PORT_VARIABLE, PUBLIC_URL_VARIABLE
from twilio_adapter.lease import LeaseBook, state_directory
from twilio_adapter.limits import Limits
from twilio_adapter.number import restore_left_over
from twilio_adapter.rest import Rest
from twilio_adapter.tunnel import CloudflaredTunnel, NgrokTunnel, PublicUrl, Tunnel
from twilio_wire.redaction import redact_number

# The locals of a traceback would show the auth token.
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=f"The adapter's end of a real Twilio account. The account is read from {', '.join(ACCOUNT_VARIABLES)}.",
    pretty_exceptions_show_locals=False,
)
_MARKS: Final = {
    Verdict.OK: "[green]✔[/]",
    Verdict.WARNING: "[yellow]![/]",
    Verdict.FAILED: "[red]✘[/]",
    Verdict.SKIPPED: "[dim]–[/]",
}


class TunnelKind(StrEnum):
    """The tunnels that can be asked for by name."""

    CLOUDFLARED = "cloudflared"
    NGROK = "ngrok"


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
ApiBaseUrl = Annotated[str, typer.Option(envvar=API_VARIABLE, help="Another API than Twilio's, as an emulator's.")]


@app.callback()
def _root(
    verbose: Annotated[bool, typer.Option("--verbose", help="Log to standard error.")] = False,  # noqa: FBT002
) -> None:
    logging.basicConfig(level=logging.DEBUG if verbose else logging.CRITICAL, stream=sys.stderr)


app.command()(compare)


@app.command()
def doctor(
    port: Annotated[
        int, typer.Option(min=0, max=65535, envvar=PORT_VARIABLE, help="The port to examine; 0 is any free one.")
    ] = DEFAULT_PORT,
    public_url: Annotated[
        str, typer.Option(envvar=PUBLIC_URL_VARIABLE, help="An https address that leads to the port already.")
    ] = "",
    tunnel: Annotated[TunnelKind, typer.Option(help="What opens a way there otherwise.")] = TunnelKind.CLOUDFLARED,
    tunnel_program: Annotated[str, typer.Option(help="The tunnel's program, if it is not on the path.")] = "",
    patience: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for the tunnel to lead here.")] = 90.0,
    api_base_url: ApiBaseUrl = "",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Examine everything a call over a real number needs. Nothing is changed, and no call is placed."""
    account_sid, auth_token, phone_number = (os.environ.get(name, "") for name in ACCOUNT_VARIABLES)
    with _refusing():
        patient = Patient(
            account_sid=account_sid,
            auth_token=auth_token,
            phone_number=phone_number,
            http_port=port,
            tunnel=_tunnel(public_url, tunnel, tunnel_program, patience, api_base_url or None),
            api_base_url=api_base_url or None,
            limits=Limits(tunnel_s=patience),
            leases=LeaseBook(state_directory(), account_sid, api_base_url or None),
        )
    findings = asyncio.run(_examine(patient, quiet=as_json))
    healthy = all(finding.verdict in {Verdict.OK, Verdict.WARNING} for finding in findings)
    if as_json:
        _print_json({"ok": healthy, "findings": [asdict(finding) for finding in findings]})
    raise typer.Exit(0 if healthy else 1)


@app.command()
def restore(api_base_url: ApiBaseUrl = "", as_json: AsJson = False) -> None:  # noqa: FBT002
    """Give back every number that an adapter has left behind: killed, or without a network when it ended."""
    account_sid, auth_token, _ = (os.environ.get(name, "") for name in ACCOUNT_VARIABLES)
    if not account_sid or not auth_token:
        typer.echo(f"twilio-adapter: set {ACCOUNT_VARIABLES[0]} and {ACCOUNT_VARIABLES[1]} first.", err=True)
        raise typer.Exit(2)
    results = asyncio.run(_restore(account_sid, auth_token, api_base_url or None))
    done = all(result["done"] for result in results)
    if as_json:
        _print_json({"ok": done, "numbers": results})
    elif not results:
        typer.echo("Nothing was left behind.")
    else:
        for result in results:
            typer.echo(f"{result['number']} (taken by process {result['pid']}, {result['since']}): {result['result']}")
    raise typer.Exit(0 if done else 1)


app.command("record")(record_command)


@contextlib.contextmanager
def _refusing() -> Iterator[None]:
    """Say in one line what cannot be examined at all."""
    try:
        yield
    except ConfigurationError as error:
        typer.echo(f"twilio-adapter: {error}", err=True)
        raise typer.Exit(2) from None


def _tunnel(public_url: str, kind: TunnelKind, program: str, patience_s: float, api_base_url: str | None) -> Tunnel:
    if public_url:
        return PublicUrl(checked_public_url(public_url, api_base_url))
    if kind is TunnelKind.NGROK:
        return NgrokTunnel(executable=program or "ngrok", patience_s=patience_s)
    return CloudflaredTunnel(executable=program or "cloudflared", patience_s=patience_s)


async def _examine(patient: Patient, *, quiet: bool) -> list[Finding]:
    examination = Examination(patient)
    screen = Console(stderr=True, quiet=quiet, highlight=False)
    findings = []
    try:
        with screen.status("") as status:
            async for finding in examination.findings(lambda doing: status.update(f"{doing} …")):
                findings.append(finding)
                _show(screen, finding)
    finally:
        await examination.close()
    return findings


def _show(screen: Console, finding: Finding) -> None:
    screen.print(f"{_MARKS[finding.verdict]} [bold]{finding.check}[/]: {escape(finding.found)}", soft_wrap=True)
    for label, text in (("cause", finding.cause), ("fix", finding.fix)):
        if text:
            screen.print(f"    {label}: {escape(text)}", soft_wrap=True)


async def _restore(account_sid: str, auth_token: str, api_base_url: str | None) -> list[dict[str, str | int | bool]]:
    book = LeaseBook(state_directory(), account_sid, api_base_url)
    rest = Rest(account_sid, auth_token, api_base_url=api_base_url, timeout_s=Limits().rest_s)
    results: list[dict[str, str | int | bool]] = []
    try:
        for lease in list(book):
            done = True
            try:
                result = str(await restore_left_over(rest, book, lease.number_sid) or "in use: its adapter is alive")
            except AdapterError as error:
                done, result = False, str(error)
            number = redact_number(lease.phone_number)
            results.append({"number": number, "pid": lease.pid, "since": lease.since, "result": result, "done": done})
    finally:
        await rest.aclose()
    return results


def _print_json(document: object) -> None:
    typer.echo(json.dumps(document, indent=1, ensure_ascii=False))


def main() -> None:
    """Entry point of the console script."""
    app()
