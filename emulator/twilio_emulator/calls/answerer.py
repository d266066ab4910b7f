"""Who picks up a call: the verdicts of answering machine detection
[twilio.com/docs/voice/answering-machine-detection]."""

from __future__ import annotations

from enum import StrEnum


class AnsweredBy(StrEnum):
    """The verdicts."""

    HUMAN = "human"
    MACHINE_START = "machine_start"
    MACHINE_END_BEEP = "machine_end_beep"
    MACHINE_END_SILENCE = "machine_end_silence"
    MACHINE_END_OTHER = "machine_end_other"
    FAX = "fax"
    UNKNOWN = "unknown"


def answerer_named(name: str) -> AnsweredBy:
    """The answerer of this name.

    Raises:
        ValueError: naming the ones there are.
    """
    try:
        return AnsweredBy(name)
    except ValueError:
        known = ", ".join(answerer.value for answerer in AnsweredBy)
        raise ValueError(f"answered_by is {name!r}; give one of: {known}.") from None
