"""Answering machine detection: who is found, and when that is known."""

import pytest

from twilio_emulator.calls.answerer import AnsweredBy, answerer_named
from twilio_emulator.calls.machine_detection import MachineDetection

A = AnsweredBy
START, END = MachineDetection(), MachineDetection(until_message_end=True)


@pytest.mark.parametrize(
    ("detection", "answerer", "verdict", "after_ms"),
    [
        (START, A.HUMAN, A.HUMAN, 2200),
        (START, A.MACHINE_START, A.MACHINE_START, 2400),
        (START, A.MACHINE_END_BEEP, A.MACHINE_START, 2400),
        (START, A.MACHINE_END_SILENCE, A.MACHINE_START, 2400),
        (START, A.FAX, A.FAX, 3000),
        (START, A.UNKNOWN, A.UNKNOWN, 5000),
        (END, A.HUMAN, A.HUMAN, 2200),
        (END, A.MACHINE_START, A.MACHINE_END_OTHER, 6000),
        (END, A.MACHINE_END_OTHER, A.MACHINE_END_OTHER, 6000),
        (END, A.MACHINE_END_BEEP, A.MACHINE_END_BEEP, 6500),
        (END, A.MACHINE_END_SILENCE, A.MACHINE_END_SILENCE, 7200),
        (MachineDetection(speech_threshold_ms=1000), A.MACHINE_START, A.MACHINE_START, 1000),
        (MachineDetection(speech_end_threshold_ms=500), A.HUMAN, A.HUMAN, 1500),
        (MachineDetection(silence_timeout_ms=2000), A.UNKNOWN, A.UNKNOWN, 2000),
        (MachineDetection(until_message_end=True, timeout_ms=6499), A.MACHINE_END_BEEP, A.UNKNOWN, 6499),
        (MachineDetection(until_message_end=True, timeout_ms=6500), A.MACHINE_END_BEEP, A.MACHINE_END_BEEP, 6500),
    ],
)
def test_the_verdict_follows_from_who_answers_and_from_the_thresholds(
    detection: MachineDetection, answerer: AnsweredBy, verdict: AnsweredBy, after_ms: int
) -> None:
    assert detection.verdict(answerer) == (verdict, after_ms)


def test_an_answerer_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="answered_by is 'robot'; give one of: human, machine_start"):
        answerer_named("robot")
