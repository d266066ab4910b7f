"""What a phone that plays a recorded part waits for before each of its moves. Pure, counted in what it has heard.

A move of the recorded caller is an answer to what the other side said, or it is not: the pauses in the recording tell.
`cue_for` reads that out of a recording, `is_given` says in a new call whether the moment has come. Both look at the
same facts in the same way, so in front of a side that says the same thing again, every move comes when it came.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from twilio_emulator.media.stretches import Stretch, joined

REACTION_MS: Final = 200
"""Who speaks sooner after a sound than this did not wait for its end: people take a fifth of a second between turns."""
TURN_PAUSE_MS: Final = 700
"""A pause as long as this is between two turns; the pauses between the sentences of a prompt are shorter."""
_NOTICED_MS: Final = 60
"""A sound that is shorter is not noticed yet."""


@dataclass(frozen=True, slots=True)
class AfterOwn:
    """So long after the end of the phone's own last move, or after the answer; the other side has no part in it."""

    ms: int


@dataclass(frozen=True, slots=True)
class AfterPause:
    """When the other side has begun so many turns since the phone's last move began, and has then paused so long.

    Pauses shorter than that one are inside a turn. Without a turn it is what was being said already that ends.
    """

    turns: int
    pause_ms: int


@dataclass(frozen=True, slots=True)
class IntoTurn:
    """So long after the other side began a turn, the first or a later one since the phone's last move began."""

    turns: int
    ms: int


Cue = AfterOwn | AfterPause | IntoTurn


@dataclass(frozen=True, slots=True)
class Heard:
    """What has been heard of the other side: its sounds so far, now, and for how long there was none, not even a click.

    `since_ms` is when the phone's own last move began.
    """

    sounds: Sequence[Stretch]
    since_ms: int
    now_ms: int
    quiet_ms: int

    def turns(self, pause_ms: int) -> list[Stretch]:
        """What the other side has begun since the last move."""
        return joined(self.sounds[bisect_left(self.sounds, (self.since_ms,)) :], pause_ms=pause_ms)


def is_given(cue: AfterPause | IntoTurn, heard: Heard) -> bool:
    """Whether the moment has come."""
    if isinstance(cue, AfterPause):
        return heard.quiet_ms >= cue.pause_ms and len(heard.turns(cue.pause_ms)) >= cue.turns
    turns = heard.turns(TURN_PAUSE_MS)
    return len(turns) >= cue.turns and heard.now_ms - turns[cue.turns - 1].begin_ms >= cue.ms


def described(cue: AfterPause | IntoTurn) -> str:
    """What is waited for, in words."""
    turns = ("a turn" if cue.turns == 1 else f"{cue.turns} turns") + " of the other side"
    if isinstance(cue, IntoTurn):
        return f"{turns}, {cue.ms / 1000:g} s into the last"
    pause = f"{cue.pause_ms / 1000:g} s of silence"
    return f"{turns} and {pause}" if cue.turns else f"{pause} on the other side"


def cue_for(heard: Heard, *, own_end_ms: int, goes_on: bool) -> Cue:
    """What a move was an answer to.

    Args:
        heard: as it was when the move was made.
        own_end_ms: when the phone's last move had ended.
        goes_on: whether the other side was in the middle of a sound.
    """
    turns = heard.turns(TURN_PAUSE_MS)
    if goes_on and turns and heard.now_ms - turns[-1].begin_ms >= _NOTICED_MS:
        return IntoTurn(len(turns), heard.now_ms - turns[-1].begin_ms)
    was_being_said = bool(heard.sounds) and heard.sounds[-1].end_ms > own_end_ms
    if turns or (was_being_said and not goes_on and heard.quiet_ms >= REACTION_MS):
        pause_ms = max(heard.quiet_ms, REACTION_MS)
        return AfterPause(len(heard.turns(pause_ms)), pause_ms)
    return AfterOwn(max(0, heard.now_ms - own_end_ms))
