"""The part that one side has in a recorded call, as moves that a phone can make: say this, press that, hang up. Pure.

Laws: keys are pressed as keys; their tones are cut out of what is said. What is said is the recording's own audio,
byte for byte, with the words that the recording's timeline has for it. Moves come in order and do not overlap.

Two ways to play it. *By the clock* every move has its moment in the call, and what lies between is played as well.
*Reactively* every move has a cue (see `cues`), and the phone is silent between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from twilio_emulator.media.stretches import Stretch, StretchWatch, stretches
from twilio_emulator.phones.cues import REACTION_MS, AfterOwn, Cue, Heard, cue_for
from twilio_emulator.phones.keypad import KEY_MS
from twilio_wire import g711
from twilio_wire.cassette import CallRecord, DigitEntry, HangUpEntry, SayEntry, Side, other_side
from twilio_wire.g711 import FRAME_MS
from twilio_wire.key_tones import KeyTone, key_tones
from twilio_wire.levels import IDLE_CODES
from twilio_wire.words import Word

_BYTES_PER_MS: Final = g711.SAMPLE_RATE // 1000
_OWN_PAUSE_MS: Final = 500
"""Who pauses for less goes on with what was being said, whatever the other side says meanwhile."""
_MARGIN_MS: Final = 100
"""What is soft before the sound, and what comes after it, belongs to it."""
_SAME_KEY_MS: Final = 1500
"""A key in the timeline and a tone in the audio that lie no further apart are the same."""
_NOTED_EARLY_MS: Final = 2 * FRAME_MS
"""A text is noted down as the sound begins, give or take two frames."""


class Mode(Word):
    """How a part is played."""

    CLOCK = "clock"
    REACTIVE = "reactive"


@dataclass(frozen=True, slots=True)
class Piece:
    """Audio (bytes, µ-law, 8 kHz, mono) and what it says; None where nobody knows."""

    audio: bytes
    text: str | None


@dataclass(frozen=True, slots=True)
class Speak:
    """Say these pieces, one after the other."""

    at_ms: int
    ms: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Press:
    """Press a key."""

    at_ms: int
    key: str
    ms: int = KEY_MS


@dataclass(frozen=True, slots=True)
class HangUp:
    """Put the phone down."""

    at_ms: int
    ms: int = 0


Move = Speak | Press | HangUp
"""Each has the moment that it was made at in the recording, and how long a phone takes for it."""


@dataclass(frozen=True, slots=True)
class CuedMove:
    """A move and what it waits for."""

    cue: Cue
    move: Move


def part_of(call: CallRecord, side: Side, mode: Mode) -> tuple[CuedMove, ...]:
    """What a side did in a call, to be played in this mode."""
    recorded = _Recorded(call, side)
    return tuple(_by_the_clock(recorded) if mode is Mode.CLOCK else _reactively(recorded))


class _Recorded:
    """One side of a recorded call: its audio, its keys, its words, and when it hung up."""

    def __init__(self, call: CallRecord, side: Side) -> None:
        self.audio = call.audio(side)
        self.other_audio = call.audio(other_side(side))
        self.ms = len(self.audio) // _BYTES_PER_MS
        self.keys = _keys(call, side, self.audio)
        self._says = [entry for entry in call.entries if isinstance(entry, SayEntry) and entry.by == side]
        hung_up = [entry for entry in call.entries if isinstance(entry, HangUpEntry) and entry.by == side]
        self.hang_ups = [HangUp(_whole_frames(min(max(entry.at_ms, 0), self.ms))) for entry in hung_up[:1]]

    def between_keys(self) -> Iterator[Stretch]:
        """Where something else than keys may be said."""
        begin_ms = 0
        for key in self.keys:
            if key.begin_ms > begin_ms:
                yield Stretch(begin_ms, key.begin_ms)
            begin_ms = max(begin_ms, key.end_ms)
        if self.ms > begin_ms:
            yield Stretch(begin_ms, self.ms)

    def said_in(self, place: Stretch) -> list[Stretch]:
        """The sounds in a place without keys, each with what is soft around it."""
        audio = self._cut_out(place.begin_ms, place.end_ms)
        found = stretches(audio, pause_ms=_OWN_PAUSE_MS)
        return [
            Stretch(
                max(place.begin_ms + begin_ms - self._soft_ms(place.begin_ms + begin_ms), place.begin_ms),
                min(place.begin_ms + end_ms + _MARGIN_MS, place.end_ms),
            )
            for begin_ms, end_ms in found
        ]

    def _soft_ms(self, end_ms: int) -> int:
        """How much soft sound, no idle line, there is before a moment."""
        before = g711.frames(self._cut_out(max(0, end_ms - _MARGIN_MS), end_ms))
        return FRAME_MS * len(list(takewhile(lambda frame: frame.translate(None, IDLE_CODES), reversed(before))))

    def speak(self, place: Stretch, said: Iterable[Stretch]) -> Speak:
        """Say all that is in a place; its words are those that the timeline has for the sounds in it."""
        cuts: dict[int, list[str] | None] = {place.begin_ms: None}
        for sound in said:
            for entry in self._take_texts(sound):
                begin_ms = max(_whole_frames(entry.at_ms - _NOTED_EARLY_MS), sound.begin_ms)
                cuts[begin_ms] = [*(cuts.get(begin_ms) or []), entry.text]
            cuts.setdefault(sound.end_ms, None)
        ends = [*list(cuts)[1:], place.end_ms]
        pieces = [
            Piece(self._cut_out(begin_ms, end_ms), None if texts is None else " ".join(texts))
            for (begin_ms, texts), end_ms in zip(cuts.items(), ends, strict=True)
            if end_ms > begin_ms
        ]
        return Speak(place.begin_ms, place.end_ms - place.begin_ms, tuple(pieces))

    def _cut_out(self, begin_ms: int, end_ms: int) -> bytes:
        return self.audio[begin_ms * _BYTES_PER_MS : end_ms * _BYTES_PER_MS]

    def _take_texts(self, sound: Stretch) -> list[SayEntry]:
        """The texts noted down before the end of a sound, and not taken for an earlier one."""
        taken = [entry for entry in self._says if entry.at_ms < sound.end_ms]
        self._says = self._says[len(taken) :]
        return taken


def _by_the_clock(recorded: _Recorded) -> Iterator[CuedMove]:
    """All that was said, at its moment; what a key takes longer than it took is taken from the silence after it."""
    now_ms = 0
    places: list[Stretch | KeyTone] = [*recorded.between_keys(), *recorded.keys]
    moves: list[Move] = []
    for place in sorted(places, key=lambda place: (place.begin_ms, place.end_ms)):
        if isinstance(place, KeyTone):
            moves.append(Press(place.begin_ms, place.key))
        else:
            said = recorded.said_in(place)
            late = max(place.begin_ms, min(now_ms, said[0].begin_ms if said else place.end_ms))
            if late < place.end_ms:
                moves.append(recorded.speak(Stretch(late, place.end_ms), said))
        if moves:
            now_ms = max(now_ms, moves[-1].at_ms) + moves[-1].ms
    now_ms = 0
    for move in (*moves, *recorded.hang_ups):
        yield CuedMove(AfterOwn(max(0, move.at_ms - now_ms)), move)
        now_ms = max(now_ms, move.at_ms) + move.ms


def _reactively(recorded: _Recorded) -> Iterator[CuedMove]:
    """What was said where there was sound, each after its cue."""
    other = stretches(recorded.other_audio, pause_ms=REACTION_MS)
    watch = StretchWatch(REACTION_MS)
    frames = iter(g711.frames(recorded.other_audio))
    began_ms = ended_ms = 0
    for move in _moves(recorded, other):
        while watch.heard_ms < move.at_ms:
            watch.hear(next(frames))
        heard = Heard(tuple(watch.found), began_ms, move.at_ms, watch.quiet_ms)
        goes_on = any(sound.begin_ms < move.at_ms < sound.end_ms for sound in other)
        yield CuedMove(cue_for(heard, own_end_ms=ended_ms, goes_on=goes_on), move)
        began_ms, ended_ms = move.at_ms, max(ended_ms, move.at_ms) + move.ms


def _moves(recorded: _Recorded, other: tuple[Stretch, ...]) -> list[Move]:
    """All moves in order; pauses that the other side does not speak in are part of what is said."""
    moves: list[Move] = [Press(key.begin_ms, key.key) for key in recorded.keys]
    for place in recorded.between_keys():
        turns: list[list[Stretch]] = []
        for sound in recorded.said_in(place):
            if turns and not _anything_between(turns[-1][-1], sound, other):
                turns[-1].append(sound)
            else:
                turns.append([sound])
        moves += [recorded.speak(Stretch(turn[0].begin_ms, turn[-1].end_ms), turn) for turn in turns]
    return [*sorted(moves, key=lambda move: move.at_ms), *recorded.hang_ups]


def _anything_between(one: Stretch, next_one: Stretch, other: tuple[Stretch, ...]) -> bool:
    """Whether the other side is heard in the pause between two sounds."""
    return any(theirs.end_ms > one.end_ms and theirs.begin_ms < next_one.begin_ms for theirs in other)


def _keys(call: CallRecord, side: Side, audio: bytes) -> list[KeyTone]:
    """The keys that are heard in the audio, and those that only the timeline knows."""
    sounding = list(key_tones(audio))
    unmatched = list(sounding)
    silent: list[KeyTone] = []
    for entry in call.entries:
        if isinstance(entry, DigitEntry) and entry.by == side:
            same = [
                tone
                for tone in unmatched
                if tone.key == entry.digit and abs(tone.begin_ms - entry.at_ms) <= _SAME_KEY_MS
            ]
            if same:
                unmatched.remove(same[0])
            else:
                at_ms = _whole_frames(min(max(entry.at_ms, 0), call.duration_ms))
                silent.append(KeyTone(entry.digit, at_ms, at_ms))
    return sorted([*sounding, *silent], key=lambda tone: tone.begin_ms)


def _whole_frames(ms: int) -> int:
    return ms - ms % FRAME_MS
