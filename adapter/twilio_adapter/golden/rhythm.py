"""When the application speaks: how soon it answers, and how long it pauses.

An answer is what is said after the handset has fallen silent or pressed a key; it is late if it comes later after that
than in the golden call. What is said with nothing of the handset in between follows a pause. A call that is later as a
whole is not late: every moment is counted from the one before it.

Laws: pure. Moments are ms of the audio. Who cannot be found in the new call is neither late nor early: that something
else is said is told already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from twilio_adapter.golden.alignment import Piece
from twilio_adapter.golden.difference import SOUND_KINDS, Difference, DifferenceKind
from twilio_adapter.golden.listening import Hearing
from twilio_adapter.golden.placing import phrases_of
from twilio_adapter.golden.sound import FRAME_MS
from twilio_adapter.golden.tolerances import Tolerances
from twilio_wire.g711 import SAMPLE_RATE

_SAMPLES_A_MS: Final = SAMPLE_RATE // 1000
_EDGE_MS: Final = 60
"""The ends of what is said are no sharper."""
_NEAR_MS: Final = 150
"""A gap is explained by what else differs no further from it."""


_NEVER_MS: Final = 1 << 40


@dataclass(frozen=True)
class Act:
    """The handset has said or pressed something: when it had done so, in the golden call and in the new one.

    `call_ms` is None if it did not do so in the new one.
    """

    golden_ms: int
    call_ms: int | None
    what: str


ANSWERED: Final = Act(0, 0, "the call began")


def speaking_acts(handset: Hearing) -> list[Act]:
    """The end of everything that the handset says."""
    acts = []
    for phrase in phrases_of(handset.golden.active):
        at_ms = phrase.end * FRAME_MS
        shift_ms = _shift_at(handset.pieces, at_ms - _EDGE_MS)
        acts.append(Act(at_ms, None if shift_ms is None else at_ms + shift_ms, "the handset fell silent"))
    return acts


def compare_rhythm(application: Hearing, acts: Iterable[Act], tolerances: Tolerances) -> list[Difference]:
    """Every answer that is late, every pause that is another one, and every stutter."""
    if not application.differences and all(not piece.shift for piece in application.pieces if piece.is_matched):
        moved = [act for act in acts if act.call_ms != act.golden_ms]
        if not moved:
            return []
    acts = sorted((ANSWERED, *acts), key=lambda act: act.golden_ms)
    phrases = [(span.start * FRAME_MS, span.end * FRAME_MS) for span in phrases_of(application.golden.active)]
    found: list[Difference] = []
    before = -1
    for begin_ms, end_ms in phrases:
        begin_shift = _shift_at(application.pieces, begin_ms + _EDGE_MS)
        if begin_shift is not None and not _is_explained(application.differences, before, begin_ms):
            act = [each for each in acts if each.golden_ms <= begin_ms + _EDGE_MS][-1]
            if act.golden_ms > before:
                found += _answer(act, begin_ms, begin_ms + begin_shift, tolerances)
            else:
                before_shift = _shift_at(application.pieces, before - _EDGE_MS)
                if before_shift is not None:
                    found += _pause((before, before + before_shift), (begin_ms, begin_ms + begin_shift), tolerances)
        found += _stalls(application, begin_ms, end_ms, tolerances)
        before = end_ms
    return found


def compare_answers(application: Hearing, acts: Iterable[Act], tolerances: Tolerances) -> list[Difference]:
    """Every answer that is late or does not come, whatever is said: what begins after an act is the answer to it."""
    golden, call = (
        [span.start * FRAME_MS for span in phrases_of(sound.active)] for sound in (application.golden, application.call)
    )
    acts = sorted((ANSWERED, *acts), key=lambda act: act.golden_ms)
    found: list[Difference] = []
    for act, after in pairwise((*acts, Act(_NEVER_MS, _NEVER_MS, ""))):
        until_ms = _NEVER_MS if after.call_ms is None else after.call_ms
        expected_ms = _first(golden, act.golden_ms, after.golden_ms)
        if expected_ms is None or act.call_ms is None:
            continue
        answer_ms = _first(call, act.call_ms, until_ms)
        if answer_ms is None:
            expected = f"an answer after {_s(expected_ms - act.golden_ms)}"
            what = f"the application says nothing after {act.what}"
            found.append(_tell(DifferenceKind.MISSING, expected_ms, act.call_ms, what, expected, "silence"))
        else:
            found += _answer(act, expected_ms, answer_ms, tolerances)
    return found


def _first(onsets: list[int], after_ms: int, before_ms: int) -> int | None:
    return next((onset for onset in onsets if after_ms - _EDGE_MS <= onset < before_ms), None)


def _answer(act: Act, golden_ms: int, call_ms: int, tolerances: Tolerances) -> list[Difference]:
    if act.call_ms is None:
        return []
    expected, actual = golden_ms - act.golden_ms, call_ms - act.call_ms
    if actual - expected <= tolerances.latency_s * 1000:
        return []
    what = f"the application speaks {_s(actual - expected)} too late after {act.what}"
    return [
        _tell(
            DifferenceKind.LATE,
            golden_ms,
            call_ms,
            what,
            f"{_s(expected)} (and {tolerances.latency_s} s more)",
            _s(actual),
        )
    ]


def _pause(before: tuple[int, int], after: tuple[int, int], tolerances: Tolerances) -> list[Difference]:
    expected, actual = after[0] - before[0], after[1] - before[1]
    if abs(actual - expected) <= tolerances.pause_s * 1000:
        return []
    word = "longer" if actual > expected else "shorter"
    what = f"the pause before the application goes on is {_s(abs(actual - expected))} {word}"
    return [_tell(DifferenceKind.PAUSE, after[0], after[1], what, _s(expected), _s(max(0, actual)))]


def _stalls(application: Hearing, begin_ms: int, end_ms: int, tolerances: Tolerances) -> list[Difference]:
    """Where a phrase comes apart, or what is in it comes closer."""
    inside = [
        piece
        for piece in application.pieces
        if piece.is_matched
        and piece.golden.end > (begin_ms + _EDGE_MS) * _SAMPLES_A_MS
        and piece.golden.start < (end_ms - _EDGE_MS) * _SAMPLES_A_MS
    ]
    found = []
    for before, after in pairwise(inside):
        by_ms = (after.shift - before.shift) // _SAMPLES_A_MS
        at_ms = before.golden.end // _SAMPLES_A_MS
        if abs(by_ms) <= tolerances.stall_s * 1000 or _is_explained(application.differences, at_ms, at_ms):
            continue
        what = "the application stops in the middle of a phrase" if by_ms > 0 else "the application skips a little"
        actual = f"{_s(abs(by_ms))} {'more' if by_ms > 0 else 'less'}"
        found.append(_tell(DifferenceKind.PAUSE, at_ms, before.call.end // _SAMPLES_A_MS, what, "no gap", actual))
    return found


def _is_explained(differences: Sequence[Difference], begin_ms: int, end_ms: int) -> bool:
    """Whether something else is heard about there, which takes its time."""
    return any(
        difference.kind in SOUND_KINDS
        and difference.golden_s is not None
        and difference.golden_end_s is not None
        and difference.golden_s * 1000 - _NEAR_MS <= end_ms
        and difference.golden_end_s * 1000 + _NEAR_MS >= begin_ms
        for difference in differences
    )


def _shift_at(pieces: Sequence[Piece], golden_ms: int) -> int | None:
    """By how many ms the new call is later there; None if it does not have what is there."""
    at = golden_ms * _SAMPLES_A_MS
    for piece in pieces:
        if piece.golden.start <= at < piece.golden.end:
            return round(piece.shift / _SAMPLES_A_MS) if piece.is_matched else None
    return None


def _tell(kind: DifferenceKind, golden_ms: int, call_ms: int, what: str, expected: str, actual: str) -> Difference:
    return Difference(kind, "application", golden_ms / 1000, call_ms / 1000, what, expected, actual)


def _s(ms: int) -> str:
    return f"{ms / 1000:.2f} s"
