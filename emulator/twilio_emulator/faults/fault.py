"""Every fault there is: a table with its parameters, their units and ranges, and why it is there.

A `Fault` is a row of it with figures. What it does is in the file of its place: `line_faults`, `stream_faults`,
`webhook_faults`, `rest_faults`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from twilio_emulator.errors import BadFault


class Place(Enum):
    """Where a fault strikes."""

    LINE = "the line"
    STREAM = "the stream's socket"
    WEBHOOK = "webhooks"
    REST = "the REST API"


@dataclass(frozen=True, slots=True)
class Figure:
    """A parameter that is a number. `default` None: it has to be given."""

    unit: str
    least: int
    most: int
    meaning: str
    default: float | None = None
    is_whole: bool = True

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        return f"{'a whole number' if self.is_whole else 'a number'} from {self.least} to {self.most} ({self.unit})"

    def checked(self, value: object) -> float | None:
        """The value, or None for one that may not be."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        if not self.least <= value <= self.most or (self.is_whole and value != int(value)):
            return None
        return int(value) if self.is_whole else float(value)


@dataclass(frozen=True, slots=True)
class Choice:
    """A parameter that is one of some words; the first is the default. None of them: any text, empty by default."""

    words: tuple[str, ...]
    meaning: str

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        return f"one of {', '.join(word or 'nothing' for word in self.words)}" if self.words else "a text"

    @property
    def default(self) -> str:
        """What it is if nobody says."""
        return self.words[0] if self.words else ""

    def checked(self, value: object) -> str | None:
        """The value, or None for one that may not be."""
        return value if isinstance(value, str) and (not self.words or value in self.words) else None


@dataclass(frozen=True, slots=True)
class Kind:
    """A row: where it strikes, what it does, why that is worth a test, and its parameters."""

    place: Place
    meaning: str
    source: str
    parameters: Mapping[str, Figure | Choice]


DIRECTIONS: Final = ("both", "from_caller", "to_caller")
_DIRECTION: Final = Choice(DIRECTIONS, "which way")
_PERCENT_OF_TIMES: Final = Figure("%", 0, 100, "how often", 100, is_whole=False)
_FIRST: Final = Figure("requests", 0, 1_000_000, "only so many, of a call or (REST) in all; 0: no limit", 0)
_PURPOSE: Final = Choice((), "only requests whose purpose in the timeline begins so, such as `voice`")

KINDS: Final[Mapping[str, Kind]] = {
    "loss": Kind(
        Place.LINE,
        "frames of 20 ms get lost, each by itself",
        "mobile and VoIP networks; ITU-T G.113 calls 1 % audible and 5 % bad",
        {"percent": Figure("%", 0, 100, "of the frames", is_whole=False), "direction": _DIRECTION},
    ),
    "burst_loss": Kind(
        Place.LINE,
        "frames get lost many in a row, as when a cell is left",
        "the two-state model of E. N. Gilbert, Bell System Technical Journal 39 (1960)",
        {
            "percent": Figure("%", 0, 50, "of all frames", is_whole=False),
            "burst_ms": Figure("ms", 20, 10_000, "mean length of a burst", 200),
            "direction": _DIRECTION,
        },
    ),
    "jitter": Kind(
        Place.LINE,
        "frames are late by chance; a buffer hides that, and drops those that are later than it is long",
        "RFC 3550 on jitter; de-jitter buffers delay everything by their length",
        {
            "jitter_ms": Figure("ms", 0, 2000, "the most that a frame is late"),
            "buffer_ms": Figure("ms", 0, 2000, "length of the buffer, in whole frames", 60),
            "direction": _DIRECTION,
        },
    ),
    "latency": Kind(
        Place.LINE,
        "everything arrives later; with direction both, there and back takes twice as long",
        "ITU-T G.114: up to 150 ms one way are good, more than 400 are not acceptable",
        {"latency_ms": Figure("ms", 0, 5000, "one way, in whole frames"), "direction": _DIRECTION},
    ),
    "noise": Kind(
        Place.LINE,
        "white noise is added, also where nobody speaks",
        "ITU-T G.712 idle noise; an idle line has some -65 dBm0, a street some -35",
        {"level_dbm0": Figure("dBm0", -60, -10, "RMS level of the noise", is_whole=False), "direction": _DIRECTION},
    ),
    "clipping": Kind(
        Place.LINE,
        "the sound is made louder, and what is above the ceiling is cut off",
        "telephones that are shouted into, gain controls that are too eager",
        {
            "gain_db": Figure("dB", 0, 40, "how much louder", 20, is_whole=False),
            "ceiling_dbfs": Figure("dBFS", -40, 0, "peaks are cut here; 0 is full scale", 0, is_whole=False),
            "direction": _DIRECTION,
        },
    ),
    "echo": Kind(
        Place.LINE,
        "what the caller hears comes back with what the caller says: the agent hears itself",
        "speaker phones without echo cancelling; ITU-T G.168",
        {
            "delay_ms": Figure("ms", 20, 2000, "when it comes back, in whole frames", 160),
            "loss_db": Figure("dB", 0, 60, "how much softer it is then", 20, is_whole=False),
        },
    ),
    "drop_socket": Kind(
        Place.STREAM,
        "the connection of a Media Stream is lost, without a WebSocket close",
        "load balancers that end idle connections, deployments; Twilio error 31903",
        {"after_ms": Figure("ms", 0, 14_400_000, "after the stream's start")},
    ),
    "slow_webhook": Kind(
        Place.WEBHOOK,
        "requests to the application take longer, in call time",
        "cold starts; Twilio waits 15 s (twilio.com/docs/api/errors/11205)",
        {
            "delay_ms": Figure("ms", 1, 14_999, "how much longer"),
            "percent": _PERCENT_OF_TIMES,
            "first": _FIRST,
            "purpose": _PURPOSE,
        },
    ),
    "failing_webhook": Kind(
        Place.WEBHOOK,
        "requests are answered with a status of failure, and do not reach the application",
        "proxies whose application is down; twilio.com/docs/api/errors/11200",
        {
            "status": Figure("HTTP status", 400, 599, "of the reply", 502),
            "percent": _PERCENT_OF_TIMES,
            "first": _FIRST,
            "purpose": _PURPOSE,
        },
    ),
    "broken_webhook": Kind(
        Place.WEBHOOK,
        "requests get no reply: the connection is refused or lost, or Twilio's 15 s go by in call time",
        "twilio.com/docs/api/errors/11202 and 11205",
        {
            "how": Choice(("refused", "lost", "timeout"), "what happens to the connection"),
            "percent": _PERCENT_OF_TIMES,
            "first": _FIRST,
            "purpose": _PURPOSE,
        },
    ),
    "rest_error": Kind(
        Place.REST,
        "requests of the application are refused, and not executed",
        "twilio.com/docs/api/errors/20429; 500 and 503 are what an incident looks like",
        {
            "status": Choice(("429", "500", "503"), "HTTP status of the refusal"),
            "percent": _PERCENT_OF_TIMES,
            "first": _FIRST,
            "method": Choice(("", "GET", "POST", "DELETE"), "only requests of this method"),
        },
    ),
}


class Fault:
    """Something that shall go wrong: `Fault("loss", percent=5)`. See docs/faults.md for all there are.

    Raises:
        BadFault: naming the parameter and what it may be.
    """

    __slots__ = ("_values", "kind", "name")

    def __init__(self, name: str, /, **parameters: object) -> None:
        kind = KINDS.get(name)
        if kind is None:
            raise BadFault(name, f"there is no such fault; there are {', '.join(KINDS)}")
        for given in parameters:
            if given not in kind.parameters:
                raise BadFault(name, f"it has no {given}; it has {', '.join(kind.parameters)}")
        self.name = name
        self.kind = kind
        self._values: dict[str, float | str] = {}
        for parameter, facts in kind.parameters.items():
            value = parameters.get(parameter, facts.default)
            if value is None:
                raise BadFault(name, f"{parameter} is missing; give {facts.allowed}")
            checked = facts.checked(value)
            if checked is None:
                raise BadFault(name, f"{parameter} is {value!r}; give {facts.allowed}")
            self._values[parameter] = checked

    def figure(self, parameter: str) -> float:
        """A parameter that is a number."""
        return float(self._values[parameter])

    def whole(self, parameter: str) -> int:
        """A parameter that is a whole number."""
        return int(self._values[parameter])

    def text(self, parameter: str) -> str:
        """A parameter that is a word."""
        return str(self._values[parameter])

    def goes(self, direction: str) -> bool:
        """Whether it strikes this way: `from_caller` or `to_caller`."""
        return self._values.get("direction", direction) in ("both", direction)

    def told(self) -> str:
        """Its figures, for the journal."""
        texts = {name: value if isinstance(value, str) else f"{value:.10g}" for name, value in self._values.items()}
        return ", ".join(f"{name} {text}" for name, text in texts.items() if text)

    def __repr__(self) -> str:
        return f"Fault({self.name!r}, {', '.join(f'{name}={value!r}' for name, value in self._values.items())})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fault) and (self.name, self._values) == (other.name, other._values)

    def __hash__(self) -> int:
        return hash((self.name, *self._values.values()))
