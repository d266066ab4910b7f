"""Who answered a dialled leg: `machineDetection` and its thresholds. In a Dial it is always asynchronous.

Sources: twilio.com/docs/voice/twiml/number, twilio.com/docs/voice/answering-machine-detection.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.machine_detection import MachineDetection
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.schema import Attribute, Use
from twilio_emulator.twiml.values import METHOD, TEXT, one_of, whole_number

SOURCE: Final = "twilio.com/docs/voice/twiml/number"

NO_CALLBACK: Final = 21262
_WRONG: Final = 21234

MESSAGE_END: Final = "DetectMessageEnd"
DETECTION: Final = Attribute("machineDetection", "", one_of("Enable", MESSAGE_END), code=_WRONG, source=SOURCE)
TIMEOUT: Final = Attribute("machineDetectionTimeout", 30, whole_number(3, 60), code=_WRONG, source=SOURCE)
SPEECH: Final = Attribute("machineDetectionSpeechThreshold", 2400, whole_number(1000, 6000), code=_WRONG, source=SOURCE)
SPEECH_END: Final = Attribute(
    "machineDetectionSpeechEndThreshold", 1200, whole_number(500, 5000), code=_WRONG, source=SOURCE
)
SILENCE: Final = Attribute(
    "machineDetectionSilenceTimeout", 5000, whole_number(2000, 10_000), code=_WRONG, source=SOURCE
)
CALLBACK: Final = Attribute("amdStatusCallback", "", TEXT, source=SOURCE)
CALLBACK_METHOD: Final = Attribute("amdStatusCallbackMethod", "POST", METHOD, source=SOURCE)

MACHINE_DETECTION_ATTRIBUTES: Final = (DETECTION, TIMEOUT, SPEECH, SPEECH_END, SILENCE, CALLBACK, CALLBACK_METHOD)


def machine_detection(use: Use, context: CallContext) -> Steps[MachineDetection | None]:
    """What a noun wants to know of who answers; None for nothing."""
    if not use[DETECTION]:
        return None
    return MachineDetection(
        until_message_end=use[DETECTION] == MESSAGE_END,
        timeout_ms=use[TIMEOUT] * 1000,
        speech_threshold_ms=use[SPEECH],
        speech_end_threshold_ms=use[SPEECH_END],
        silence_timeout_ms=use[SILENCE],
        is_async=True,
        callback=(yield from _callback(use, context)),
    )


def _callback(use: Use, context: CallContext) -> Steps[StatusCallback | None]:
    problem = f"{use.place} detects machines and has no amdStatusCallback; nobody is told the verdict."
    try:
        if use[CALLBACK]:
            return StatusCallback(context.resolve(use[CALLBACK]), use[CALLBACK_METHOD])
    except TwimlError as error:
        problem = f"{use.place}: {error.message} Nobody is told the verdict."
    yield context.warning(NO_CALLBACK, problem, 'Write amdStatusCallback="https://host/path".')
    return None
