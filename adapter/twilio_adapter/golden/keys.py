"""Which keys each side pressed: as the timeline has it, or, where that has none, as they are heard.

Laws: pure.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from twilio_adapter.golden.difference import Difference, DifferenceKind
from twilio_adapter.golden.rhythm import Act
from twilio_wire.cassette import CallRecord, DigitEntry, Side
from twilio_wire.dtmf import Detector
from twilio_wire.g711 import FRAME_MS, frames

_TO_DETECT_MS: Final = 40
"""So much of a tone has been heard when the detector is sure of it."""


@dataclass(frozen=True)
class KeyPress:
    """A key, and when it was pressed, in ms of the audio."""

    at_ms: int
    key: str


def keys_of(record: CallRecord, side: Side) -> tuple[KeyPress, ...]:
    """What a side pressed."""
    told = tuple(
        KeyPress(entry.at_ms, entry.digit)
        for entry in record.entries
        if isinstance(entry, DigitEntry) and entry.by == side
    )
    return told or heard_keys(record.audio(side))


def heard_keys(ulaw: bytes) -> tuple[KeyPress, ...]:
    """The keys that are heard in audio (bytes, µ-law, 8 kHz, mono)."""
    detector = Detector()
    return tuple(
        KeyPress(max(0, (number + 1) * FRAME_MS - _TO_DETECT_MS), key)
        for number, frame in enumerate(frames(ulaw))
        for key in detector.feed(frame)
    )


def compare_keys(
    golden: tuple[KeyPress, ...], call: tuple[KeyPress, ...], where: str
) -> tuple[list[Difference], list[Act]]:
    """What was pressed instead, and the keys that were pressed, as acts."""
    pressed, here = ("".join(press.key for press in presses) for presses in (golden, call))
    differences: list[Difference] = []
    acts: list[Act] = []
    for tag, start, end, call_start, call_end in SequenceMatcher(a=pressed, b=here, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs = zip(golden[start:end], call[call_start:call_end], strict=True)
            acts += [Act(press.at_ms, same.at_ms, f"{press.key} was pressed") for press, same in pairs]
            continue
        acts += [Act(press.at_ms, None, f"{press.key} was pressed") for press in golden[start:end]]
        expected, actual = pressed[start:end], here[call_start:call_end]
        differences.append(
            Difference(
                DifferenceKind.KEYS,
                where,
                golden[start].at_ms / 1000 if expected else None,
                call[call_start].at_ms / 1000 if actual else None,
                f"the {where} presses other keys",
                expected or "none",
                f"{actual or 'none'} (of {here or 'none'}, where the golden call has {pressed or 'none'})",
            )
        )
    return differences, acts
