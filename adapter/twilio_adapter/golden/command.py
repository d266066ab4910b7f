"""`twilio-adapter compare`: two cassettes, and what differs.

Exit codes: 0 the same, 1 they differ, 2 they cannot be compared.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from twilio_adapter.golden.artefacts import write_artefacts
from twilio_adapter.golden.comparison import compare_calls
from twilio_adapter.golden.tolerances import Tolerances
from twilio_wire.cassette import CassetteError, read_cassette

_DEFAULTS = Tolerances()


def compare(
    golden: Annotated[Path, typer.Argument(metavar="CASSETTE_A", help="What the call should be.")],
    call: Annotated[Path, typer.Argument(metavar="CASSETTE_B", help="What it is.")],
    artefacts: Annotated[Path | None, typer.Option(help="A folder for a picture and a stereo WAV of the two.")] = None,
    latency: Annotated[
        float, typer.Option(min=0, help="Seconds by which an answer may be later.")
    ] = _DEFAULTS.latency_s,
    timeline_only: Annotated[bool, typer.Option(help="Do not compare the application's sound.")] = False,  # noqa: FBT002
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,  # noqa: FBT002
) -> None:
    """Compare two recorded calls: states, keys, verbs, webhooks, latencies, sound. Exits with 1 if they differ."""
    try:
        expected, actual = read_cassette(golden), read_cassette(call)
        tolerances = Tolerances(latency_s=latency)
        comparison = compare_calls(expected, actual, tolerances=tolerances, audio=not timeline_only)
        if artefacts is not None and not comparison.is_same:
            write_artefacts(artefacts, comparison, actual, name=golden.name)
    except (CassetteError, OSError) as error:
        typer.echo(f"twilio-adapter: {error}", err=True)
        raise typer.Exit(2) from None
    if as_json:
        differences = [{**asdict(each), "sentence": str(each)} for each in comparison.differences]
        typer.echo(json.dumps({"same": comparison.is_same, "differences": differences}, indent=1, ensure_ascii=False))
    else:
        typer.echo("\n".join(map(str, comparison.differences)) or "The same.")
    raise typer.Exit(0 if comparison.is_same else 1)
