"""Answering machine detection: who answered, and when that is known. A table, and the arithmetic of its thresholds.

A handset says who answers it (`twilio.handset(..., answered_by="machine_end_beep")`); nothing is guessed from audio.
When the verdict falls follows from the request's thresholds, as if a person said hello for a second and a machine
had a greeting of six. Source of the verdicts and thresholds: twilio.com/docs/voice/answering-machine-detection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from twilio_emulator.calls.answerer import AnsweredBy
from twilio_emulator.calls.call import StatusCallback

HELLO_MS: Final = 1000
"""How long a person's first words last."""

GREETING_MS: Final = 6000
"""How long a machine's announcement lasts."""

BEEP_MS: Final = 500
"""How long the tone after it lasts."""

FAX_MS: Final = 3000
"""When the calling tone of a fax machine is certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineDetection:
    """What a call's creator wants to know, and how patient the detection is.

    `until_message_end` is DetectMessageEnd. With `is_async` the call's TwiML does not wait, and `callback` is told.
    """

    until_message_end: bool = False
    timeout_ms: int = 30_000
    speech_threshold_ms: int = 2400
    speech_end_threshold_ms: int = 1200
    silence_timeout_ms: int = 5000
    is_async: bool = False
    callback: StatusCallback | None = None

    def verdict(self, answerer: AnsweredBy) -> tuple[AnsweredBy, int]:
        """What is found of whoever answers, and how many milliseconds after the answer."""
        is_machine = answerer.startswith("machine")
        if is_machine and not self.until_message_end:
            found, after_ms = AnsweredBy.MACHINE_START, self.speech_threshold_ms
        else:
            if answerer is AnsweredBy.MACHINE_START:
                answerer = AnsweredBy.MACHINE_END_OTHER
            found, after_ms = answerer, _KNOWN_AFTER_MS[answerer](self)
        return (found, after_ms) if after_ms <= self.timeout_ms else (AnsweredBy.UNKNOWN, self.timeout_ms)


_KNOWN_AFTER_MS: Final[dict[AnsweredBy, Callable[[MachineDetection], int]]] = {
    AnsweredBy.HUMAN: lambda wanted: HELLO_MS + wanted.speech_end_threshold_ms,
    AnsweredBy.MACHINE_END_BEEP: lambda _: GREETING_MS + BEEP_MS,
    AnsweredBy.MACHINE_END_SILENCE: lambda wanted: GREETING_MS + wanted.speech_end_threshold_ms,
    AnsweredBy.MACHINE_END_OTHER: lambda _: GREETING_MS,
    AnsweredBy.FAX: lambda _: FAX_MS,
    AnsweredBy.UNKNOWN: lambda wanted: wanted.silence_timeout_ms,
}
