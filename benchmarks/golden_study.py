"""How well golden calls are compared: false alarms and misses on pairs of calls, some the same and some not.

    python benchmarks/golden_study.py [--pairs 8] [--seed 7] [--sweep] [--pictures docs/pictures] [--json]

Every class of change gets so many pairs, made of the audio fixtures; docs/golden.md has the table and what follows from
it. `--sweep` judges all pairs by other thresholds too, `--pictures` draws the examples of that page and does nothing
else. Exit code 1 if there was a false alarm or a miss.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from golden_material import BENIGN, HARMFUL, Call, Floats, Harmed, Material, line
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from twilio_adapter.golden.listening import Hearing, compare_audio, judge
from twilio_adapter.golden.picture import draw
from twilio_adapter.golden.side_by_side import side_by_side
from twilio_adapter.golden.tolerances import Tolerances

SECONDS_OFF = 0.5
"""A difference that is named further from where it was made is not where it should be."""
SWEPT = {
    "spectral_db": (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0),
    "level_db": (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 14.0),
    "sound_s": (0.02, 0.04, 0.06, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3),
}
PICTURES = {"another prompt": 1, "a word doubled (0.4 s)": 3, "cut off": 4}
"""Which pair of which class shows best what it is."""
COLOURS = 64


@dataclass
class Row:
    """What came of one class of change."""

    change: str
    is_harm: bool
    pairs: int = 0
    flagged: int = 0
    """How many differ, as we judge."""
    at_the_second: int = 0
    of_the_kind: int = 0
    wrong: list[str] = field(default_factory=list)
    """The pairs that were judged wrongly, and how."""


@dataclass(frozen=True)
class Pair:
    """Two calls, and what was done to the second."""

    number: int
    golden: Floats
    call: Floats
    harm: Harmed | None


def pairs_of(material: Material, change: str, count: int, seed: int) -> Iterator[Pair]:
    """So many pairs of one class, always the same."""
    place = [*BENIGN, *HARMFUL].index(change)
    for number in range(count):
        material.chance = np.random.default_rng([seed, place, number])
        yield _pair(material, change, number)


def _pair(material: Material, change: str, number: int) -> Pair:
    call: Call = material.call(number)
    if change in BENIGN:
        return Pair(number, call.render(), BENIGN[change](material, call), None)
    harmed = HARMFUL[change](material, call)
    if isinstance(harmed, tuple):
        call, harmed = harmed
    return Pair(number, call.render(), harmed.samples, harmed)


def judged(row: Row, pair: Pair, hearing: Hearing) -> None:
    """Note what was found."""
    row.pairs += 1
    found = hearing.differences
    row.flagged += bool(found)
    if pair.harm is None:
        if found:
            row.wrong.append(f"{pair.number}: {found[0]}")
        return
    at_s, kinds = pair.harm.at_s, pair.harm.kinds
    there = [each for each in found if each.golden_s is not None and abs(each.golden_s - at_s) <= SECONDS_OFF]
    row.at_the_second += bool(there)
    row.of_the_kind += any(each.kind in kinds for each in there)
    if not there:
        row.wrong.append(f"{pair.number}: at {at_s:.2f} s, " + ("; ".join(map(str, found)) or "nothing was found"))


def study(
    count: int, seed: int, *, sweep: bool, changes: list[str] | None = None
) -> tuple[list[Row], dict[str, object]]:
    """Judge all pairs; of the sweep: for each threshold, false alarms and misses."""
    material = Material()
    rows: list[Row] = []
    swept = {name: {value: [0, 0] for value in values} for name, values in SWEPT.items()} if sweep else {}
    chosen = changes or [*BENIGN, *HARMFUL]
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("", total=len(chosen) * count)
        for change in chosen:
            rows.append(row := Row(change, change in HARMFUL))
            for pair in pairs_of(material, change, count, seed):
                hearing = compare_audio(line(pair.golden), line(pair.call))
                judged(row, pair, hearing)
                for name, counts in swept.items():
                    for value, wrong in counts.items():
                        tolerances = replace(Tolerances(), **{name: value})
                        found = judge(hearing.golden, hearing.call, hearing.pieces, "application", tolerances)
                        wrong[row.is_harm] += bool(found) is not row.is_harm
                progress.update(task, advance=1, description=change)
    return rows, swept


def draw_pictures(folder: Path, seed: int) -> None:
    """Draw the examples of docs/golden.md."""
    from PIL import Image  # matplotlib brings it

    folder.mkdir(parents=True, exist_ok=True)
    material = Material()
    for change, number in PICTURES.items():
        material.chance = np.random.default_rng([seed, number])
        pair = _pair(material, change, 0)
        hearing = compare_audio(line(pair.golden), line(pair.call))
        path = folder / f"{change.split(' (')[0].replace(' ', '_')}.png"
        sentence = "; ".join(map(str, hearing.differences))
        draw(path, side_by_side(hearing, hearing.differences), change, sentence)
        Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)


def _report(rows: list[Row], swept: dict[str, dict[float, list[int]]]) -> None:
    console = Console()
    table = Table()
    for heading in ("change", "pairs", "told apart", "at the second", "of the kind"):
        table.add_column(heading, justify="left" if heading == "change" else "right")
    for row in rows:
        harm = (str(row.at_the_second), str(row.of_the_kind)) if row.is_harm else ("", "")
        table.add_row(row.change, str(row.pairs), str(row.flagged), *harm)
    console.print(table)
    for row in rows:
        for wrong in row.wrong:
            console.print(f"{row.change}, pair {wrong}", soft_wrap=True, highlight=False)
    for name, counts in swept.items():
        table = Table(title=name)
        for heading in ("threshold", "false alarms", "misses"):
            table.add_column(heading, justify="right")
        for value, (alarms, misses) in counts.items():
            table.add_row(str(value), str(alarms), str(misses))
        console.print(table)
    alarms, misses = _wrong(rows)
    console.print(f"{sum(row.pairs for row in rows)} pairs, {alarms} false alarms, {misses} misses")


def _wrong(rows: list[Row]) -> tuple[int, int]:
    alarms = sum(row.flagged for row in rows if not row.is_harm)
    return alarms, sum(row.pairs - row.flagged for row in rows if row.is_harm)


def main() -> int:
    """Study, and report."""
    parser = argparse.ArgumentParser(description="How well golden calls are compared.")
    parser.add_argument("--pairs", type=int, default=8, metavar="N", help="pairs for each of 31 changes")
    parser.add_argument("--seed", type=int, default=7, metavar="N")
    parser.add_argument("--sweep", action="store_true", help="judge by other thresholds too")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="draw the examples of docs/golden.md, and no more")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    asked = parser.parse_args()
    if asked.pictures is not None:
        draw_pictures(asked.pictures, asked.seed)
        return 0
    rows, swept = study(asked.pairs, asked.seed, sweep=asked.sweep)
    alarms, misses = _wrong(rows)
    if asked.json:
        pairs = sum(row.pairs for row in rows)
        summary = {"pairs": pairs, "false_alarms": alarms, "misses": misses}
        print(json.dumps({**summary, "changes": [asdict(row) for row in rows], "sweep": swept}, indent=1))
    else:
        _report(rows, swept)
    return 1 if alarms or misses else 0


if __name__ == "__main__":
    sys.exit(main())
