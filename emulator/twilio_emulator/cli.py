"""`twilio-emulator`: the emulator as a process, for applications and test suites in any language."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twilio_emulator.clock import Speed
from twilio_emulator.errors import TestBenchError
from twilio_emulator.fixtures.cli import app as fixtures

if TYPE_CHECKING:
    from twilio_emulator.core import Settings
    from twilio_emulator.faults.rules import Rule

# The locals of a traceback would show the auth token.
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="An offline Twilio Voice.",
    pretty_exceptions_show_locals=False,
)


app.add_typer(fixtures, name="fixtures")


@app.callback()
def _root() -> None:
    """An offline Twilio Voice."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 is any free one.")] = 4010,
    account_sid: Annotated[
        str, typer.Option(envvar="TWILIO_ACCOUNT_SID", help="The account (AC…); invented if left out.")
    ] = "",
    auth_token: Annotated[str, typer.Option(envvar="TWILIO_AUTH_TOKEN", help="Its secret; invented if left out.")] = "",
    number: Annotated[list[str] | None, typer.Option(help="A number the account owns; repeat for more.")] = None,
    voice_url: Annotated[str, typer.Option(help="Where calls to these numbers fetch their TwiML.")] = "",
    voice_method: Annotated[str, typer.Option(help="GET or POST.")] = "POST",
    status_callback: Annotated[str, typer.Option(help="Told when a call to these numbers ends.")] = "",
    speed: Annotated[str, typer.Option(help='1 is real time, 10 ten times that, "max" as fast as it goes.')] = "1",
    speech: Annotated[str, typer.Option(help="Who speaks <Say>: auto, piper or murmur.")] = "auto",
    recognition: Annotated[
        str, typer.Option(help="Who hears words: text, or a Whisper model by name or path (extra recognition).")
    ] = "text",
    known_audio: Annotated[
        list[Path] | None, typer.Option(help="A folder with a manifest.toml of recordings to know; repeat for more.")
    ] = None,
    faults: Annotated[Path | None, typer.Option(help="A TOML file of what shall go wrong (docs/faults.md).")] = None,
    record: Annotated[
        Path | None, typer.Option(help="A new folder: every call becomes a cassette in it (docs/golden.md).")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log to standard error.")] = False,  # noqa: FBT002
) -> None:
    """Run the emulator until it is interrupted. Prints `ready http://HOST:PORT` when it accepts requests."""
    from twilio_emulator.calls.store import NumberTaken
    from twilio_emulator.core import Settings
    from twilio_emulator.faults.rules import rules_in

    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, stream=sys.stderr)
    try:
        settings = Settings(
            host=host,
            port=port,
            account_sid=account_sid,
            auth_token=auth_token,
            speed=_speed(speed),
            speech=speech,
            recognition=recognition,
            known_audio=tuple(known_audio or ()),
        )
        rules = rules_in(faults) if faults is not None else ()
        asyncio.run(_serve(settings, number or [], voice_url or None, voice_method, status_callback, rules, record))
    except (TestBenchError, NumberTaken, ValueError, RuntimeError) as error:
        typer.echo(f"twilio-emulator: {error}", err=True)
        raise typer.Exit(1) from None


async def _serve(
    settings: Settings,
    numbers: list[str],
    voice_url: str | None,
    voice_method: str,
    status_callback: str,
    rules: Sequence[Rule],
    record: Path | None,
) -> None:
    from twilio_emulator.core import Core
    from twilio_emulator.process import settle_in

    core = Core(settings)
    for number in numbers:
        core.add_number(number, voice_url=voice_url, voice_method=voice_method, status_callback=status_callback)
    core.add_faults(rules)
    if record is not None:
        core.record_calls(record)
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(signum, interrupted.set)
    await core.start()
    settle_in()
    typer.echo(f"ready {core.base_url}")
    if not settings.account_sid or not settings.auth_token:
        typer.echo(f"twilio-emulator: account {core.rooms.account_sid}, auth token {core.rooms.auth_token}", err=True)
    try:
        await interrupted.wait()
    finally:
        await core.stop()


def _speed(text: str) -> Speed:
    if text == "max":
        return "max"
    try:
        return float(text)
    except ValueError:
        raise ValueError(f'--speed is {text!r}; give a positive number (1 is real time) or "max".') from None


def main() -> None:
    """Entry point of the console script."""
    app()
