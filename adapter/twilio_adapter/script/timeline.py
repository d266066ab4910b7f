"""What happened in a call, from both ends and in the script, in the order of call time.

Laws: pure; a moment is ms of received audio. `str(timeline)` is the table that people read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from twilio_adapter.call import TERMINAL
from twilio_adapter.events import CallEvent, CallStateChanged, DigitPressed, DigitSent, Interrupted
from twilio_adapter.script.latency import BargeIn, Stretch, Turn

Who: TypeAlias = Literal["call", "far", "near", "script"]
"""`near` is we, `far` whom we talk to."""


@dataclass(frozen=True)
class TimelineEntry:
    """One fact.

    Attributes:
        at_ms: when it began.
        who: whose it is.
        what: a call's state, `speaks`, `presses`, `stops`, `barges in`, or a step's name.
        detail: the rest of it, for people.
        end_ms: until when, for what lasts.
    """

    at_ms: int
    who: Who
    what: str
    detail: str = ""
    end_ms: int | None = None

    def __str__(self) -> str:
        length_ms = 0 if self.end_ms is None else self.end_ms - self.at_ms
        words = f"{self.what} {self.detail}".rstrip() + (f"  ({length_ms / 1000:.2f} s)" if length_ms else "")
        return f"{self.at_ms / 1000:9.3f}  {self.who:<8}{words}"


class Timeline(tuple[TimelineEntry, ...]):
    """The entries, in order; printed, a table."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "(nothing happened)"


def timeline(
    events: Iterable[CallEvent],
    steps: Iterable[TimelineEntry],
    *,
    near: Iterable[Stretch],
    far: Iterable[Stretch],
    turns: Sequence[Turn],
    barge_ins: Iterable[BargeIn],
) -> Timeline:
    """Put together what is known of a call."""
    latencies = {turn.far_began_ms: turn.latency_ms for turn in turns if turn.far_began_ms is not None}
    entries = [
        *steps,
        *_told(events),
        *(TimelineEntry(each.start_ms, "near", "speaks", end_ms=each.end_ms) for each in near),
        *(_answer(each, latencies) for each in far),
        *(_barged_in(each) for each in barge_ins),
    ]
    return Timeline(sorted(entries, key=lambda entry: (entry.at_ms, _rank(entry))))


def _told(events: Iterable[CallEvent]) -> Iterator[TimelineEntry]:
    for event in events:
        if (describe := _DESCRIBE.get(type(event))) is not None:
            yield describe(event)


_DESCRIBE: Final[Mapping[type[CallEvent], Callable[[Any], TimelineEntry]]] = {
    CallStateChanged: lambda event: TimelineEntry(event.at_ms, "call", event.state),
    DigitPressed: lambda event: TimelineEntry(event.at_ms, "far", "presses", event.digit),
    DigitSent: lambda event: TimelineEntry(event.at_ms, "near", "presses", event.digit),
    Interrupted: lambda event: TimelineEntry(
        event.at_ms, "near", "stops", f"with {event.dropped_ms / 1000:.2f} s not said"
    ),
}
"""Whoever speaks is in the two tracks, for both sides alike, and is not told twice."""


def _answer(stretch: Stretch, latencies: Mapping[int, int | None]) -> TimelineEntry:
    latency_ms = latencies.get(stretch.start_ms)
    detail = "" if latency_ms is None else f"{latency_ms / 1000:.2f} s after us"
    return TimelineEntry(stretch.start_ms, "far", "speaks", detail, stretch.end_ms)


def _barged_in(barge_in: BargeIn) -> TimelineEntry:
    after_ms = barge_in.silence_after_ms
    detail = "the far end speaks on" if after_ms is None else f"the far end is silent {after_ms / 1000:.2f} s later"
    return TimelineEntry(barge_in.at_ms, "near", "barges in:", detail)


def _rank(entry: TimelineEntry) -> int:
    """Order what happens at one moment: how the call came about, what the script does, what comes of it, the end."""
    if entry.who == "call":
        return 3 if entry.what in TERMINAL else 0
    return 1 if entry.who == "script" else 2
