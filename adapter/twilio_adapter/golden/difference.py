"""What differs between a call and its golden one, as values that read as one sentence each."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class DifferenceKind(StrEnum):
    """In which way a call differs."""

    DIFFERENT_SOUND = "different_sound"
    MISSING = "missing"
    CUT_OFF = "cut_off"
    EXTRA = "extra"
    REPEATED = "repeated"
    LOUDER = "louder"
    QUIETER = "quieter"
    LATE = "late"
    PAUSE = "pause"
    KEYS = "keys"
    STATES = "states"
    HANG_UP = "hang_up"
    VERBS = "verbs"
    WEBHOOKS = "webhooks"
    WORDS = "words"


@dataclass(frozen=True)
class Difference:
    """One difference.

    Attributes:
        kind: in which way.
        where: who or what it is of: `application`, `handset` or `call`.
        golden_s: the second of the golden call at which it begins; None where neither call says when.
        call_s: the same of the new one.
        what: what is wrong, in words.
        expected: what the golden call has.
        actual: what the new one has.
        golden_end_s, call_end_s: where it ends.
    """

    kind: DifferenceKind
    where: str
    golden_s: float | None
    call_s: float | None
    what: str
    expected: str
    actual: str
    golden_end_s: float | None = None
    call_end_s: float | None = None

    def __str__(self) -> str:
        """One sentence."""
        return f"{self.moment}{self.what}: expected {self.expected}, got {self.actual}."

    @property
    def moment(self) -> str:
        """When, in words; empty where nobody knows."""
        if self.golden_s is None:
            return "" if self.call_s is None else f"At {self.call_s:.2f} s "
        if self.call_s is None or abs(self.call_s - self.golden_s) < 0.005:
            return f"At {self.golden_s:.2f} s "
        return f"At {self.golden_s:.2f} s (here {self.call_s:.2f} s) "


SOUND_KINDS: Final = frozenset(
    {
        DifferenceKind.DIFFERENT_SOUND,
        DifferenceKind.MISSING,
        DifferenceKind.CUT_OFF,
        DifferenceKind.EXTRA,
        DifferenceKind.REPEATED,
    }
)
_TOGETHER_S: Final = 1.0
"""What differs so soon after something else differs is one difference to the ear."""


def together(differences: list[Difference]) -> list[Difference]:
    """Differences of one side in order, those that follow each other closely as one."""
    merged: list[Difference] = []
    for difference in differences:
        if merged and _follows(merged[-1], difference):
            merged[-1] = _joined(merged[-1], difference)
        else:
            merged.append(difference)
    return merged


def _follows(one: Difference, other: Difference) -> bool:
    if one.kind is not other.kind and not {one.kind, other.kind} <= SOUND_KINDS:
        return False
    ends = (one.golden_end_s, other.golden_s), (one.call_end_s, other.call_s)
    return all(end is not None and begin is not None and begin - end < _TOGETHER_S for end, begin in ends)


def _joined(one: Difference, other: Difference) -> Difference:
    whole = replace(one, golden_end_s=other.golden_end_s, call_end_s=other.call_end_s)
    if one.kind is other.kind:
        return whole
    lengths = (
        f"{end - begin:.2f} s"
        for begin, end in ((one.golden_s, other.golden_end_s), (one.call_s, other.call_end_s))
        if begin is not None and end is not None
    )
    expected, actual = lengths
    what = f"the {one.where} says something else"
    return replace(
        whole,
        kind=DifferenceKind.DIFFERENT_SOUND,
        what=what,
        expected=f"{expected} of the golden sound",
        actual=f"{actual} of another",
    )
