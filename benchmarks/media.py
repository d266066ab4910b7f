"""How late the emulator's frames are and what they cost, next to the least that they could cost.

    python benchmarks/media.py [--streams 1,50,100,200] [--seconds 5] [--rounds 1] [--json] …

Takes some ten minutes as it is; every part can be made shorter, see `--help`. docs/performance.md has the method.
Exit code 0, or 2 when a run could not be completed.
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
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from runs import Figures, Plan, measure

COULD_NOT_COMPLETE = 2
BARS = {
    "concurrent_p99_10ms": "500 or more, and 0.7 of raw or more",
    "raw_concurrent_p99_10ms": "",
    "cpu_ratio_100": "2 or less",
    "max_speed_60s_call_s": "0.6 or less",
    "raw_max_speed_60s_call_s": "",
    "identical_runs": "all of them, 20 by default",
    "bytes_per_call": "200000 or less",
    "soak_leftovers": "0",
}
LONGEST_RUN_S = 120


def main() -> int:
    """Measure and report."""
    plan = _plan(arguments := _arguments())
    allow_many_sockets()
    try:
        figures = asyncio.run(_measure(plan))
    except RunFailed as error:
        print(f"media.py: {error}", file=sys.stderr)
        return COULD_NOT_COMPLETE
    figures["machine"] = _machine()
    if arguments.json:
        print(json.dumps(figures))
    else:
        _report(figures)
    return 0


async def _measure(plan: Plan) -> Figures:
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), SpinnerColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("starting", total=None)
        return await measure(plan, lambda name: progress.update(task, description=name))


def _report(figures: Figures) -> None:
    table = Table(title="Lateness of frames as the application sees it, and CPU for each second of a call")
    for heading in ("streams", "p50 ms", "p99 ms", "max ms", "raw p99 ms", "CPU ms", "raw CPU ms", "CPU ratio"):
        table.add_column(heading, justify="right")
    names = ("p50_ms", "p99_ms", "max_ms", "raw_p99_ms", "cpu_per_call_second_ms", "raw_cpu_per_call_second_ms")
    for streams, row in figures["streams"].items():
        table.add_row(streams, *(f"{row[name]:.2f}" for name in names), f"{row['cpu_ratio']:.2f}")
    console = Console()
    console.print(table)
    for streams, late in figures["heartbeat"].items():
        console.print(
            f"heartbeat at {streams} streams, by the emulator's own reckoning: "
            f"p50 {late['p50_ms']:.2f}, p99 {late['p99_ms']:.2f}, max {late['max_ms']:.2f} ms"
        )
    bars = Table(title="Bars")
    for heading in ("figure", "measured", "bar"):
        bars.add_column(heading)
    for name, bar in BARS.items():
        bars.add_row(name, str(figures[name]), bar)
    console.print(bars)


def _plan(arguments: argparse.Namespace) -> Plan:
    return Plan(
        stream_counts=arguments.streams,
        seconds=arguments.seconds,
        rounds=arguments.rounds,
        most_streams=arguments.most,
        identical_runs=arguments.runs,
        calls=arguments.calls,
        minutes=arguments.minutes,
        soak_calls=arguments.soak,
    )


def _machine() -> Figures:
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "websockets": version("websockets"),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Lateness and cost of the emulator's media, next to a raw bar.")
    parser.add_argument("--streams", type=_counts, default=[1, 50, 100, 200], help="how many at once, e.g. 1,50,200")
    parser.add_argument("--seconds", type=_seconds, default=5.0, help="how long each run is judged")
    parser.add_argument("--rounds", type=_count, default=1, help="how often everything is run; medians are reported")
    parser.add_argument("--most", type=_count, default=1600, help="where the search for the most streams ends")
    parser.add_argument("--runs", type=_count, default=20, help='how many calls at speed="max" are compared')
    parser.add_argument("--calls", type=_count, default=500, help="how many calls the memory of a call is taken from")
    parser.add_argument("--minutes", type=_seconds, default=10.0, help="of a call over which its memory is watched")
    parser.add_argument("--soak", type=_count, default=2000, help="how many short calls are placed")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    return parser.parse_args()


def _counts(text: str) -> list[int]:
    return [_count(part) for part in text.split(",")]


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
