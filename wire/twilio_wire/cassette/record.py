"""`CallRecord`: what a call was, whoever saw it.

Laws: pure and frozen. Both sides' audio is equally long and time-true: byte n is n/8 ms after the call's audio began,
silence included. `near` is the side of whoever made the recording: the adapter, or the phone that a test holds; `far`
is whom it talked to. Which of the two was the telephone and which the application under test is `handset`'s to say.
"""

from dataclasses import dataclass, field, replace
from typing import Final, Literal, Protocol, TypeAlias, runtime_checkable

from twilio_wire.cassette.entries import Entry, HangUpEntry, Side, StateEntry, redacted, shown, shown_number
from twilio_wire.g711 import SAMPLE_RATE

Direction: TypeAlias = Literal["inbound", "outbound"]
"""As Twilio names it, without what follows the hyphen: `outbound-api` and `outbound-dial` are outbound."""
Recorder: TypeAlias = Literal["adapter", "emulator"]

ENDED: Final = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
STATUSES: Final = frozenset({"queued", "initiated", "ringing", "in-progress"}) | ENDED
"""Source: twilio.com/docs/voice/api/call-resource, `status`; `initiated` is a callback's only."""


@dataclass(frozen=True, kw_only=True)
class CallRecord:
    """What a call was, so far or to its end.

    Attributes:
        direction: as Twilio names it.
        status: Twilio's, final or present.
        from_number, to_number: as they are; `redacted()` hides their middles, and so does a cassette.
        far, near: bytes, µ-law, 8 kHz, mono, equally long.
        entries: what happened, in the order of `at_ms`; what happened at the same moment, as it was noticed.
        handset: whose part a phone would play; the other side's is the application's.
        seen_by: who made the recording.
        is_real: whether it was a call over a real number.
        versions: of what recorded it, by the name of the package.

    Raises:
        ValueError: the two sides are not equally long.
    """

    direction: Direction
    status: str
    from_number: str = field(repr=False)
    to_number: str = field(repr=False)
    far: bytes = field(repr=False)
    near: bytes = field(repr=False)
    entries: tuple[Entry, ...] = field(repr=False)
    handset: Side = "near"
    seen_by: Recorder
    is_real: bool
    versions: dict[str, str]

    def __post_init__(self) -> None:
        if len(self.far) != len(self.near):
            raise ValueError(f"One side has {len(self.far)} bytes, the other {len(self.near)}: fill the gaps.")
        # A step is noticed when it ends, and stands where it began.
        object.__setattr__(self, "entries", tuple(sorted(self.entries, key=lambda entry: entry.at_ms)))

    @property
    def application(self) -> Side:
        """The side of the application under test."""
        return other_side(self.handset)

    @property
    def handset_audio(self) -> bytes:
        """What the telephone said: bytes, µ-law, 8 kHz, mono."""
        return self.audio(self.handset)

    @property
    def application_audio(self) -> bytes:
        """What the application said: bytes, µ-law, 8 kHz, mono."""
        return self.audio(self.application)

    @property
    def dialled_by(self) -> Side:
        """Who called. Twilio names the direction as its own end of the call has it: that is the adapter, but for a
        phone of the emulator it is the other side.
        """
        return "near" if (self.seen_by == "adapter") == (self.direction == "outbound") else "far"

    @property
    def hung_up_by(self) -> Side | None:
        """Who ended the call; None while it lasts, and where nobody could tell."""
        return next((entry.by for entry in self.entries if isinstance(entry, HangUpEntry)), None)

    @property
    def is_over(self) -> bool:
        """Whether it is known how the call ended: not so while it lasts, nor if its recorder was killed."""
        return self.status in ENDED

    @property
    def duration_ms(self) -> int:
        """How long its audio is."""
        return len(self.far) * 1000 // SAMPLE_RATE

    @property
    def states(self) -> tuple[str, ...]:
        """How far it came, in order."""
        return tuple(entry.state for entry in self.entries if isinstance(entry, StateEntry))

    def audio(self, side: Side) -> bytes:
        """What a side said: bytes, µ-law, 8 kHz, mono."""
        return self.near if side == "near" else self.far

    def redacted(self) -> "CallRecord":
        """The same record as a cassette has it: the middle of every phone number hidden."""
        return replace(
            self,
            from_number=shown_number(self.from_number),
            to_number=shown_number(self.to_number),
            entries=tuple(redacted(entry) for entry in self.entries),
            versions={shown(name): shown(version) for name, version in self.versions.items()},
        )


@runtime_checkable
class HasCallRecord(Protocol):
    """A call that can tell what it was: an adapter's, a line's, a script's result."""

    @property
    def call_record(self) -> CallRecord:
        """What the call was, so far or to its end."""


def other_side(side: Side) -> Side:
    """The one across the line."""
    return "far" if side == "near" else "near"
