"""What a new call's creator wants to know about who answers: parameters in, a `MachineDetection` or a refusal out.

Source: twilio.com/docs/voice/answering-machine-detection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.machine_detection import MachineDetection
from twilio_emulator.journal import Problem
from twilio_emulator.rest.parameters import Form

# Milliseconds, but seconds for the first: default, lowest, highest.
_RANGES: Final[Mapping[str, tuple[int, int, int]]] = {
    "MachineDetectionTimeout": (30, 3, 59),
    "MachineDetectionSpeechThreshold": (2400, 1000, 6000),
    "MachineDetectionSpeechEndThreshold": (1200, 500, 5000),
    "MachineDetectionSilenceTimeout": (5000, 2000, 10_000),
}
MACHINE_DETECTION: Final = frozenset(
    {*_RANGES, "MachineDetection", "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod"}
)
"""What is said of it when a call is placed."""

_OF_CALLS_ONLY: Final = ("AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod")


def check_machine_detection(form: Form, problems: list[Problem]) -> MachineDetection | None:
    """Read it; None when nobody wants to know, or nobody can because SendDigits disables it.

    Raises:
        RestError: 21234, 21205 or 21209.
    """
    if not form.has_any(MACHINE_DETECTION):
        return None
    is_async = form.flag("AsyncAmd", default=False)
    detection = _detection(form, is_async=is_async, callback=_callback(form, "AsyncAmdStatusCallback"))
    if detection is None:
        return None
    if form.text("SendDigits"):
        problems.append(_disabled())
        return None
    if is_async and detection.callback is None:
        problems.append(_nobody_told("AsyncAmdStatusCallback"))
    return detection


def check_participant_detection(form: Form, problems: list[Problem]) -> MachineDetection | None:
    """Read it for somebody who is called into a conference, where it is asynchronous always.

    Raises:
        RestError: 21234, 21205 or 21209.
    """
    detection = _detection(form, is_async=True, callback=_callback(form, "AmdStatusCallback"))
    misplaced = [name for name in _OF_CALLS_ONLY if form.text(name)]
    if misplaced:
        problems.append(_misplaced(misplaced))
    if detection is not None and detection.callback is None:
        problems.append(_nobody_told("AmdStatusCallback"))
    return detection


def _callback(form: Form, name: str) -> StatusCallback | None:
    url = form.url(name, code=21205)
    method = form.method(f"{name}Method", code=21209)
    return StatusCallback(url=url, method=method) if url else None


def _detection(form: Form, *, is_async: bool, callback: StatusCallback | None) -> MachineDetection | None:
    mode = form.choice("MachineDetection", ("Enable", "DetectMessageEnd"), code=21234)
    timeout_s, speech_ms, speech_end_ms, silence_ms = (
        form.whole_number(name, default=default, lowest=lowest, highest=highest, code=21234)
        for name, (default, lowest, highest) in _RANGES.items()
    )
    if not mode:
        return None
    return MachineDetection(
        until_message_end=mode == "DetectMessageEnd",
        timeout_ms=timeout_s * 1000,
        speech_threshold_ms=speech_ms,
        speech_end_threshold_ms=speech_end_ms,
        silence_timeout_ms=silence_ms,
        is_async=is_async,
        callback=callback,
    )


def _disabled() -> Problem:
    return Problem(
        code=0,
        level="warning",
        message="SendDigits disables answering machine detection.",
        hint="Give one of the two.",
    )


def _nobody_told(name: str) -> Problem:
    return Problem(
        code=21262,
        level="warning",
        message=f"The detection is asynchronous and there is no {name}: nobody is told the verdict.",
        hint=f"Give {name}, or read answered_by later.",
    )


def _misplaced(names: list[str]) -> Problem:
    return Problem(
        code=21263,
        level="warning",
        message=f"{', '.join(names)}: a participant has no such parameters; they are ignored.",
        hint="Detection of a participant is asynchronous always; its callback is AmdStatusCallback.",
    )
