"""`twilio-adapter record`: a call over a real number or over the emulator becomes a cassette, under a person's eyes.

Laws: the meter goes to standard error, the result to standard output. Exit codes: 0 the call is recorded; 1 the call,
the script or the disk failed, and the cassette has what came before; 2 it could not be begun.
"""

import asyncio
import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, Literal, cast

import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from twilio_adapter.adapter import TwilioAgentAdapter
from twilio_adapter.dial import phone_number
from twilio_adapter.errors import AdapterError, ConfigurationError, NoCall
from twilio_adapter.harnesses import Speed, harness
from twilio_adapter.meter import meter
from twilio_adapter.recording_session import Order, Outcome, record
from twilio_adapter.script_file import read_script
from twilio_wire.cassette import CassetteError, check_free

_FRAMES_A_SECOND: Final = 8
_SECONDS: Final = 0.1
HandsetOption = Annotated[
    Literal["near", "far"] | None,
    typer.Option(help="Whose part a phone shall play: near, ours, or far. Without it near with a script, else far."),
]


def record_command(
    out: Annotated[Path, typer.Option(help="The cassette's folder, which is made.", file_okay=False)],
    to: Annotated[str, typer.Option(help="Call this number, E.164.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Wait for a call to our number instead.")] = False,  # noqa: FBT002
    script: Annotated[Path | None, typer.Option(help="A Python file with a list `script`; see docs/golden.md.")] = None,
    handset: HandsetOption = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the cassette that is there.")] = False,  # noqa: FBT002
    timeout: Annotated[float, typer.Option(min=_SECONDS, help="Seconds to ring, or to wait for a call.")] = 60.0,
    longest: Annotated[int, typer.Option(min=1, help="Seconds after which we hang up.")] = 600,
    speed: Annotated[str, typer.Option(help="The emulator's: max, or 1.0 for real time.")] = "max",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,  # noqa: FBT002
) -> None:
    """Record a call: over a real number if the environment names an account, else over the emulator.

    Without a script we listen until the call is over, or until Ctrl-C.
    """
    with _refusing():
        if bool(to) == wait:
            raise ConfigurationError("Nobody to talk to: give either --to with a number, or --wait.")
        check_free(out, overwrite=overwrite)
        steps = read_script(script) if script is not None else None
        order = Order(
            to=phone_number(to) if to else "",
            script=steps,
            out=out,
            overwrite=overwrite,
            handset=handset or ("far" if steps is None or steps.script is None else "near"),
            patience_s=timeout,
            longest_s=longest,
            made_by=f"Made by `twilio-adapter record {shlex.join(_asked(to, script))}`.",
        )
        telephone = harness(allowed_callees=[order.to] if order.to else None, speed=_speed(speed))
        with _watched(quiet=as_json) as watch:
            outcome = asyncio.run(record(order, telephone, watch))
    _report(outcome, as_json=as_json)
    raise typer.Exit(0 if outcome.ok else 1)


def _asked(to: str, script: Path | None) -> list[str]:
    """What makes this call, and not another one."""
    whom = ["--to", to] if to else ["--wait"]
    return whom if script is None else [*whom, "--script", script.name]


@contextmanager
def _refusing() -> Iterator[None]:
    """Say in one line why it cannot be begun."""
    try:
        yield
    except (AdapterError, CassetteError) as error:
        typer.echo(f"twilio-adapter: {error}", err=True)
        raise typer.Exit(2) from None


class _Watch:
    """Shows how the call goes, to whoever looks."""

    def __init__(self) -> None:
        self._adapter: TwilioAgentAdapter | None = None

    def __call__(self, adapter: TwilioAgentAdapter) -> None:
        """This is the adapter to look at."""
        self._adapter = adapter

    def line(self) -> Text:
        """What there is to see."""
        if self._adapter is None:
            return Text("connecting …")
        try:
            return meter(self._adapter.recording, self._adapter.call_status or "")
        except NoCall:
            return Text("waiting for a call …")


@contextmanager
def _watched(*, quiet: bool) -> Iterator[_Watch]:
    """A line on the terminal, while it lasts."""
    watch, console = _Watch(), Console(stderr=True)
    if quiet or not console.is_terminal:
        yield watch
        return
    with Live(get_renderable=watch.line, console=console, refresh_per_second=_FRAMES_A_SECOND, transient=True):
        yield watch


def _report(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(outcome.as_dict(), indent=1, ensure_ascii=False))
        return
    if outcome.cassette is not None:
        seconds = f"{outcome.duration_ms / 1000:.1f} s"
        typer.echo(f"Recorded in {outcome.cassette}: {outcome.status}, {seconds}, {outcome.entries} entries.")
    if outcome.problem:
        typer.echo(f"twilio-adapter: {outcome.problem}", err=True)


def _speed(text: str) -> Speed:
    if text == "max":
        return cast(Literal["max"], text)
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not speed > 0:
        raise ConfigurationError(f"--speed is {text!r}: give max, or a number above zero.")
    return speed
