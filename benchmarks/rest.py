"""What a REST request costs, next to an aiohttp handler that does nothing; and what it takes to start.

    python benchmarks/rest.py [--connections 16] [--seconds 3] [--calls 100000] [--rounds 1] [--json]

docs/performance.md has the method. Exit code 0, or 2 when a run could not be completed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
from importlib.metadata import version

from children import RunFailed, allow_many_sockets
from rest_runs import RUNS_A_ROUND, Figures, measure
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

COULD_NOT_COMPLETE = 2
LONGEST_RUN_S = 120


def main() -> int:
    """Measure and report."""
    arguments = _arguments()
    allow_many_sockets()
    try:
        figures = asyncio.run(_measure(arguments))
    except RunFailed as error:
        print(f"rest.py: {error}", file=sys.stderr)
        return COULD_NOT_COMPLETE
    figures["machine"] = _machine()
    if arguments.json:
        print(json.dumps(figures))
    else:
        _report(figures)
    return 0


async def _measure(arguments: argparse.Namespace) -> Figures:
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("starting", total=arguments.rounds * RUNS_A_ROUND, completed=-1)
        return await measure(
            connections=arguments.connections,
            seconds=arguments.seconds,
            calls=arguments.calls,
            rounds=arguments.rounds,
            starting=lambda name: progress.update(task, description=name, advance=1),
        )


def _report(figures: Figures) -> None:
    table = Table(title="Requests a second on one core")
    for heading in ("request", "emulator", "bare aiohttp", "ratio", "CPU µs", "bare CPU µs", "CPU ratio", "bytes"):
        table.add_column(heading, justify="right")
    for name, row in figures["requests"].items():
        rates = f"{row['per_s']:.0f}", f"{row['bare_per_s']:.0f}", f"{row['ratio']:.2f}"
        costs = f"{row['cpu_us']:.1f}", f"{row['bare_cpu_us']:.1f}", f"{row['cpu_ratio']:.2f}"
        table.add_row(name, *rates, *costs, str(row["body_bytes"]))
    console = Console()
    console.print(table)
    page = figures["page_1"]
    console.print(
        f"page 1 of {page['few_calls']} calls: {page['few_ms']:.3f} ms, "
        f"of {page['many_calls']}: {page['many_ms']:.3f} ms, ratio {page['ratio']:.2f}"
    )
    start = figures["start"]
    rss = "" if start["rss_mb"] is None else f", {start['rss_mb']:.1f} MB resident"
    console.print(f"cold start to `ready`: {start['ready_s']:.2f} s{rss}")


def _machine() -> Figures:
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "aiohttp": version("aiohttp"),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What REST requests and a cold start cost.")
    parser.add_argument("--connections", type=_count, default=16, help="how many clients ask at once")
    parser.add_argument("--seconds", type=_seconds, default=3.0, help="how long each kind of request is sent")
    parser.add_argument("--calls", type=_count, default=100_000, help="how many calls the long list has")
    parser.add_argument("--rounds", type=_count, default=1, help="how often everything is run; medians are reported")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    return parser.parse_args()


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0.")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_RUN_S:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds up to {LONGEST_RUN_S}.")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
