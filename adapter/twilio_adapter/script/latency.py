"""Who waited how long for whom, found in the two tracks of a call afterwards.

Laws: pure. Counted in 20 ms frames of the call's own clock, as it sounded here: the way to the far end and back is in
it. None means that there was nothing to measure, never zero. A pause shorter than 300 ms does not end what is being
said (docs/measures.md counts so as well).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from twilio_adapter.hearing import Ended, Started, TurnDetector
from twilio_wire.g711 import FRAME_BYTES

QUIET_MS: Final = 300
_ONE_TURN_MS: Final = 1000
"""What we say after so short a pause, in which the far end kept silent, goes on with what we said before."""


@dataclass(frozen=True)
class Stretch:
    """Sound, without a pause of 300 ms or more."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Turn:
    """We have spoken, or pressed keys, and the far end answers.

    Attributes:
        near_began_ms, near_stopped_ms: our first sound and our last; keys that Twilio plays have one moment.
        far_began_ms: the far end's first sound after that and before we went on; None if there was none.
    """

    near_began_ms: int
    near_stopped_ms: int
    far_began_ms: int | None = None

    @property
    def latency_ms(self) -> int | None:
        """From our last sound to the far end's first; None if it did not answer."""
        return None if self.far_began_ms is None else self.far_began_ms - self.near_stopped_ms


@dataclass(frozen=True)
class BargeIn:
    """We began to speak while the far end was speaking.

    Attributes:
        at_ms: when we began.
        silence_after_ms: how long it spoke on. If it only paused, and went on before we had finished, that counts too.
            None if it had not fallen silent at the end.
    """

    at_ms: int
    silence_after_ms: int | None


def stretches(track: bytes | bytearray) -> list[Stretch]:
    """Return where there is sound in a track (µ-law, 8 kHz, mono)."""
    detector = TurnDetector(QUIET_MS)
    found: list[Stretch] = []
    started_ms: int | None = None
    for at in range(0, len(track) - len(track) % FRAME_BYTES, FRAME_BYTES):
        happened = detector.feed(bytes(track[at : at + FRAME_BYTES]))
        if isinstance(happened, Started):
            started_ms = happened.at_ms
        elif isinstance(happened, Ended) and started_ms is not None:
            found.append(Stretch(started_ms, happened.at_ms))
            started_ms = None
    if started_ms is not None:
        found.append(Stretch(started_ms, detector.sound_ended_ms))
    return found


def turns(near: Sequence[Stretch], far: Sequence[Stretch], keys_ms: Sequence[int] = ()) -> tuple[Turn, ...]:
    """Return what we said, with the far end's answers.

    Args:
        near: our sound.
        far: the far end's.
        keys_ms: when we had pressed keys. Those that sounded in our own audio are in `near` already.
    """
    spoken = [Turn(stretch.start_ms, stretch.end_ms) for stretch in near]
    pressed = [Turn(at_ms, at_ms) for at_ms in dict.fromkeys(keys_ms) if not _sounded(near, at_ms)]
    ours: list[Turn] = []
    for turn in sorted([*spoken, *pressed], key=lambda turn: turn.near_began_ms):
        if ours and _goes_on(ours[-1], turn, far):
            ours[-1] = replace(ours[-1], near_stopped_ms=turn.near_stopped_ms)
        else:
            ours.append(turn)
    until = [later.near_began_ms for _, later in pairwise(ours)]
    return tuple(
        replace(turn, far_began_ms=_first_between(far, turn.near_stopped_ms, end_ms))
        for turn, end_ms in zip(ours, [*until, None], strict=False)
    )


def barge_ins(near: Sequence[Stretch], far: Sequence[Stretch], *, duration_ms: int) -> tuple[BargeIn, ...]:
    """Return where we spoke over the far end. The call's audio is `duration_ms` long."""
    found = []
    for ours in near:
        for theirs in far:
            if theirs.start_ms < ours.start_ms < theirs.end_ms:
                stopped_ms = max(each.end_ms for each in far if each.start_ms <= ours.end_ms)
                fell_silent = stopped_ms + QUIET_MS <= duration_ms
                found.append(BargeIn(ours.start_ms, stopped_ms - ours.start_ms if fell_silent else None))
    return tuple(found)


def _sounded(near: Sequence[Stretch], at_ms: int) -> bool:
    return any(stretch.start_ms <= at_ms <= stretch.end_ms + QUIET_MS for stretch in near)


def _goes_on(before: Turn, after: Turn, far: Sequence[Stretch]) -> bool:
    pause = (before.near_stopped_ms, after.near_began_ms)
    if pause[1] - pause[0] > _ONE_TURN_MS:
        return False
    return not any(stretch.start_ms < pause[1] and stretch.end_ms > pause[0] for stretch in far)


def _first_between(far: Sequence[Stretch], start_ms: int, end_ms: int | None) -> int | None:
    return next(
        (
            stretch.start_ms
            for stretch in far
            if stretch.start_ms >= start_ms and (end_ms is None or stretch.start_ms < end_ms)
        ),
        None,
    )
