"""Waits for the verdict of answering machine detection on one call, and tells it."""

from __future__ import annotations

from collections.abc import Callable

from twilio_emulator.agenda import Timer
from twilio_emulator.calls.answerer import AnsweredBy
from twilio_emulator.calls.call import Call
from twilio_emulator.calls.machine_detection import MachineDetection
from twilio_emulator.calls.progress import post
from twilio_emulator.journal import AnswerJudged
from twilio_emulator.rooms import Rooms


class AnswerJudge:
    """Decides once, some time after the answer; `decided` is told."""

    def __init__(self, call: Call, detection: MachineDetection, rooms: Rooms, *, decided: Callable[[], None]) -> None:
        self._call = call
        self._detection = detection
        self._rooms = rooms
        self._decided = decided
        self._timer: Timer | None = None

    def listen(self, answerer: AnsweredBy) -> None:
        """The call was answered."""
        verdict, after_ms = self._detection.verdict(answerer)
        due_ms = self._rooms.clock.now_ms + after_ms
        self._timer = self._rooms.clock.call_at(due_ms, lambda: self._decide(verdict, after_ms))

    def call_over(self) -> None:
        """Whoever hangs up before the verdict stays unknown."""
        if self._timer is not None:
            self._timer.cancel()
            if self._call.answered_by is None:
                self._call.answered_by = AnsweredBy.UNKNOWN.value

    def _decide(self, verdict: AnsweredBy, after_ms: int) -> None:
        self._call.answered_by = verdict.value
        self._rooms.journal.write(
            AnswerJudged(call_sid=self._call.sid, answered_by=verdict.value, duration_ms=after_ms)
        )
        self._tell(verdict, after_ms)
        self._decided()

    def _tell(self, verdict: AnsweredBy, after_ms: int) -> None:
        callback = self._detection.callback
        if callback is None or not self._detection.is_async:
            return
        parameters = {
            "AccountSid": self._call.account_sid,
            "CallSid": self._call.sid,
            "AnsweredBy": verdict.value,
            "MachineDetectionDuration": str(after_ms),
        }
        post(
            self._rooms,
            self._call.sid,
            url=callback.url,
            method=callback.method,
            parameters=parameters,
            purpose="AMD status callback",
        )
