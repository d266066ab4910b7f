"""How well the application talks: what a call's frames and stream messages say of it, in whole milliseconds.

A `Meter` stands where Twilio stands, between the caller and the application. It is lent the frames of a leg while a
bidirectional stream runs, and told the stream's messages; `Measures` is what it has found.

Laws
----
* Pure, and counted in call time: the same frames and messages give the same figures. Times are milliseconds since the
  stream's start, which is what the application sees as `media.timestamp`.
* None means that there was nothing to measure. It is never written as 0.
* A frame *sounds* if one sample in ten is louder than -45 dBm0. Sixty milliseconds of that from the caller are speech.
* Frames in which nobody says anything cost next to nothing: all that depends on silence is found out afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from twilio_wire.g711 import FRAME_BYTES, FRAME_MS, IDLE_FRAME, SAMPLE_RATE, decode
from twilio_wire.levels import SILENCE_DBM0, ZERO_DBM0_PEAK

QUIET_AFTER_MS: Final = 300
"""Silence this long is the end of what was being said: longer than the gaps inside words, shorter than any answer."""

LONGEST_STALL_MS: Final = 1000
"""An application that goes on later than this after its audio ran dry has begun anew [judgement]."""

_SPEECH_FRAMES: Final = 3
_SOUNDING_SAMPLES: Final = FRAME_BYTES // 10
_QUIET: Final = bytes(
    np.flatnonzero(np.abs(decode(bytes(range(256))).astype(int)) <= ZERO_DBM0_PEAK / 2**0.5 * 10 ** (SILENCE_DBM0 / 20))
    .astype(np.uint8)
    .tolist()
)
"""The µ-law codes that are no louder than silence."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The caller has spoken, and the application answers, `latency_ms` from the last sound of one to the first of the
    other. None, both, for what was never answered.
    """

    caller_stopped_ms: int
    app_began_ms: int | None
    latency_ms: int | None


@dataclass(frozen=True, slots=True)
class Stall:
    """The application's audio ran dry in the middle of what it was saying."""

    at_ms: int
    length_ms: int


@dataclass(frozen=True, slots=True)
class BargeIn:
    """The caller began to speak while the application was speaking.

    `clear_after_ms` is None if it sent no `clear`; `silence_after_ms` is None if it had not fallen silent at the end.
    """

    at_ms: int
    clear_after_ms: int | None
    silence_after_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What was measured of one call.

    Attributes:
        began_ms: when the call's first bidirectional stream started, as the timeline counts.
        time_to_first_audio_ms: from there to the first sound of the application that the caller heard.
        turns: what the caller said, with the answers.
        response_p50_ms: the middle one of the latencies (of two, the greater).
        response_max_ms: the greatest of them.
        stalls: where the application's audio ran dry while it was speaking.
        barge_ins: where the caller interrupted it.
        audio_sent_ms: how much audio it sent; None for none.
        fastest_second_ms: the most that it sent within one second; above 1000 it sends faster than real time.
        queued_max_ms: the most that waited to be heard.
        queued_p50_ms: what waited, half of the time in which anything was played.
        marks_sent: how many marks it sent.
        marks_unanswered: how many of them had not come back at the end.
    """

    began_ms: int
    time_to_first_audio_ms: int | None
    turns: tuple[Turn, ...]
    response_p50_ms: int | None
    response_max_ms: int | None
    stalls: tuple[Stall, ...]
    barge_ins: tuple[BargeIn, ...]
    audio_sent_ms: int | None
    fastest_second_ms: int | None
    queued_max_ms: int | None
    queued_p50_ms: int | None
    marks_sent: int
    marks_unanswered: int

    def summary(self) -> str:
        """All of it in one line."""
        return "; ".join(f"{what} {figures}" for what, figures in self.rows() if figures != "-")

    def rows(self) -> list[tuple[str, str]]:
        """All of it as a table: a measure, and its figures in words. What was not measured is `-`."""
        return [
            ("first audio", _after(self.time_to_first_audio_ms)),
            ("answers", self._answers()),
            ("stalls", _listed(f"{_s(stall.length_ms)} at {_s(stall.at_ms)}" for stall in self.stalls)),
            ("barge-ins", _listed(_told(barge_in) for barge_in in self.barge_ins)),
            ("audio sent", self._sent()),
            ("marks unanswered", f"{self.marks_unanswered} of {self.marks_sent}" if self.marks_sent else "-"),
        ]

    def _answers(self) -> str:
        if not self.turns:
            return "-"
        answered = sum(turn.latency_ms is not None for turn in self.turns)
        figures = f", after {_s(self.response_p50_ms)} (median), {_s(self.response_max_ms)} (longest)"
        return f"{answered} of {len(self.turns)}" + (figures if answered else "")

    def _sent(self) -> str:
        if self.audio_sent_ms is None:
            return "-"
        return (
            f"{_s(self.audio_sent_ms)}, at most {_s(self.fastest_second_ms)} within a second, "
            f"queued {_s(self.queued_p50_ms)} (median), {_s(self.queued_max_ms)} (most)"
        )


class CallTime(Protocol):
    """What a meter knows of a clock."""

    @property
    def now_ms(self) -> int:
        """Call time."""


class Queue(Protocol):
    """What a meter knows of what waits to be played."""

    @property
    def queued_ms(self) -> int:
        """How much that is."""


class Meter:
    """Measures one call."""

    __slots__ = (
        "_awaits_answer",
        "_barge_in_is_open",
        "_barge_ins",
        "_began_ms",
        "_cleared_ms",
        "_clock",
        "_fastest_second",
        "_first_audio_ms",
        "_frame_ms",
        "_frame_sounds",
        "_marks_returned",
        "_marks_sent",
        "_may_stall",
        "_queue",
        "_queued",
        "_queued_max_ms",
        "_run_began_ms",
        "_run_ended_ms",
        "_run_frames",
        "_second",
        "_sent_bytes",
        "_sent_in_second",
        "_sound_ms",
        "_speech_began_ms",
        "_speech_ended_ms",
        "_stalls",
        "_turns",
    )

    def __init__(self, clock: CallTime, queue: Queue) -> None:
        self._clock = clock
        self._queue = queue
        self._began_ms: int | None = None
        self._first_audio_ms: int | None = None
        self._turns: list[Turn] = []
        self._stalls: list[Stall] = []
        self._barge_ins: list[BargeIn] = []
        self._barge_in_is_open = False
        # The application: when its last frame was played, when its last sound; what the last frame was.
        self._frame_ms = self._sound_ms = -LONGEST_STALL_MS - 1
        self._frame_sounds = False
        self._may_stall = False
        self._cleared_ms = -1
        # The caller: the run of sounding frames that is on, or was last; and the end of what was said.
        self._run_began_ms = self._run_ended_ms = -FRAME_MS - 1
        self._run_frames = 0
        self._speech_began_ms = self._speech_ended_ms = 0
        self._awaits_answer = False
        # What was sent.
        self._sent_bytes = 0
        self._second = -1
        self._sent_in_second = self._fastest_second = 0
        self._queued_max_ms = 0
        self._queued: Counter[int] = Counter()
        self._marks_sent = self._marks_returned = 0

    # --- what it is told --------------------------------------------------------------------------------------------

    def opened(self) -> None:
        """A stream has started; the first one begins the timeline."""
        if self._began_ms is None:
            self._began_ms = self._clock.now_ms

    def frame(self, inbound: bytes, outbound: bytes) -> None:
        """20 ms of the call, 160 µ-law bytes each: what the caller said, and what was played (a `Tap`)."""
        if (inbound is IDLE_FRAME and outbound is IDLE_FRAME) or self._began_ms is None:
            return
        at_ms = self._clock.now_ms - self._began_ms
        if caller_sounds := inbound is not IDLE_FRAME and sounds(inbound):
            self._caller_sounds(at_ms)
        if outbound is not IDLE_FRAME:
            self._queued[self._queue.queued_ms] += 1
            self._app_plays(at_ms, is_sounding=sounds(outbound), caller_sounds=caller_sounds)

    def audio(self, count: int) -> None:
        """The application has sent so many bytes (µ-law, 8 kHz); they are queued already."""
        self._sent_bytes += count
        if (queued_ms := self._queue.queued_ms) > self._queued_max_ms:
            self._queued_max_ms = queued_ms
        second = self._clock.now_ms // 1000
        if second != self._second:
            self._second, self._sent_in_second = second, 0
        self._sent_in_second += count
        if self._sent_in_second > self._fastest_second:
            self._fastest_second = self._sent_in_second

    def cleared(self) -> None:
        """The application has sent `clear`."""
        if self._began_ms is None:
            return
        self._may_stall = False
        self._cleared_ms = self._clock.now_ms - self._began_ms
        if self._barge_in_is_open and self._barge_ins[-1].clear_after_ms is None:
            at_ms = self._barge_ins[-1].at_ms
            self._barge_ins[-1] = BargeIn(at_ms, self._cleared_ms - at_ms, None)

    def mark(self) -> None:
        """The application has sent a mark."""
        self._marks_sent += 1

    def marks_returned(self, count: int) -> None:
        """So many marks go back to it."""
        self._marks_returned += count

    # --- what comes of it -------------------------------------------------------------------------------------------

    def read(self) -> Measures | None:
        """What there is so far; None as long as no stream has started."""
        if self._began_ms is None:
            return None
        self._look_for_silence(self._clock.now_ms - self._began_ms)
        unanswered = (Turn(self._speech_ended_ms, None, None),) if self._awaits_answer else ()
        latencies = [turn.latency_ms for turn in self._turns if turn.latency_ms is not None]
        sent = self._sent_bytes > 0
        return Measures(
            began_ms=self._began_ms,
            time_to_first_audio_ms=self._first_audio_ms,
            turns=(*self._turns, *unanswered),
            response_p50_ms=_middle(Counter(latencies)),
            response_max_ms=max(latencies, default=None),
            stalls=tuple(self._stalls),
            barge_ins=tuple(self._barge_ins),
            audio_sent_ms=_ms_of(self._sent_bytes) if sent else None,
            fastest_second_ms=_ms_of(self._fastest_second) if sent else None,
            queued_max_ms=self._queued_max_ms if sent else None,
            queued_p50_ms=_middle(self._queued),
            marks_sent=self._marks_sent,
            marks_unanswered=self._marks_sent - self._marks_returned,
        )

    # --- inside -----------------------------------------------------------------------------------------------------

    def _caller_sounds(self, at_ms: int) -> None:
        if at_ms - self._run_ended_ms > FRAME_MS:
            self._run_began_ms, self._run_frames = at_ms, 0
        self._run_ended_ms = at_ms
        self._run_frames += 1
        if self._run_frames < _SPEECH_FRAMES:
            return
        self._speech_ended_ms = at_ms
        if self._run_frames == _SPEECH_FRAMES:
            self._caller_speaks(at_ms)

    def _caller_speaks(self, at_ms: int) -> None:
        """It was no click: the caller has begun to speak, or goes on."""
        self._look_for_silence(at_ms)
        self._may_stall = False
        if not self._awaits_answer:
            self._awaits_answer, self._speech_began_ms = True, self._run_began_ms
        audio_goes_on = self._frame_ms >= self._run_began_ms
        if audio_goes_on and self._run_began_ms - self._sound_ms <= QUIET_AFTER_MS and not self._barge_in_is_open:
            # An application that is quick has sent its clear before the sound was long enough to be speech.
            has_cleared = self._cleared_ms >= self._run_began_ms
            clear_ms = self._cleared_ms - self._run_began_ms if has_cleared else None
            self._barge_ins.append(BargeIn(self._run_began_ms, clear_ms, None))
            self._barge_in_is_open = True

    def _app_plays(self, at_ms: int, *, is_sounding: bool, caller_sounds: bool) -> None:
        if is_sounding:
            self._look_for_silence(at_ms)
            if self._first_audio_ms is None:
                self._first_audio_ms = at_ms
            dry_ms = at_ms - self._frame_ms - FRAME_MS
            if 0 < dry_ms <= LONGEST_STALL_MS and self._may_stall and self._frame_sounds:
                self._stalls.append(Stall(at_ms - dry_ms, dry_ms))
            self._may_stall = True
            if self._awaits_answer and not caller_sounds:
                self._look_for_answer(at_ms)
            self._sound_ms = at_ms
        self._frame_ms, self._frame_sounds = at_ms, is_sounding

    def _look_for_answer(self, at_ms: int) -> None:
        """The application makes a sound: it answers, or talks on as if nothing had been said."""
        if self._speech_began_ms > self._sound_ms or at_ms - self._sound_ms > QUIET_AFTER_MS:
            self._turns.append(Turn(self._speech_ended_ms, at_ms, at_ms - self._speech_ended_ms))
            self._awaits_answer = False
        elif at_ms - self._speech_ended_ms > QUIET_AFTER_MS:
            self._awaits_answer = False

    def _look_for_silence(self, at_ms: int) -> None:
        """Whether the application has fallen silent since it was interrupted."""
        if self._barge_in_is_open and at_ms - self._sound_ms > QUIET_AFTER_MS:
            latest = self._barge_ins[-1]
            silence_ms = max(self._sound_ms + FRAME_MS - latest.at_ms, 0)
            self._barge_ins[-1] = BargeIn(latest.at_ms, latest.clear_after_ms, silence_ms)
            self._barge_in_is_open = False


def sounds(frame: bytes) -> bool:
    """Whether there is anything to hear in 160 µ-law bytes: one sample in ten is louder than silence."""
    return len(frame.translate(None, _QUIET)) >= _SOUNDING_SAMPLES


def _ms_of(count: int) -> int:
    return count * 1000 // SAMPLE_RATE


def _middle(counted: Counter[int]) -> int | None:
    """The median of figures, each with how often there was it; of two, the greater."""
    left = counted.total() // 2
    for figure in sorted(counted):
        left -= counted[figure]
        if left < 0:
            return figure
    return None


def _s(ms: int | None) -> str:
    return "-" if ms is None else f"{ms / 1000:.2f} s"


def _after(ms: int | None) -> str:
    return "-" if ms is None else f"after {_s(ms)}"


def _listed(told: Iterable[str]) -> str:
    return ", ".join(told) or "-"


def _told(barge_in: BargeIn) -> str:
    clear = "no clear" if barge_in.clear_after_ms is None else f"clear after {_s(barge_in.clear_after_ms)}"
    silence = "never silent" if barge_in.silence_after_ms is None else f"silent after {_s(barge_in.silence_after_ms)}"
    return f"at {_s(barge_in.at_ms)} ({clear}, {silence})"
