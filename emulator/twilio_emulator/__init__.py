"""An offline Twilio Voice: REST API, signed webhooks, TwiML, Media Streams and simulated phones, in one local process.

    from twilio_emulator import TwilioEmulator

    async with TwilioEmulator(speed="max") as twilio:
        twilio.add_number("+15550001111", voice_url="http://127.0.0.1:8000/voice")
        line = await twilio.handset("+15557770001").dial("+15550001111")

Names are imported when they are first used, so that a room can be used without the whole house.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from twilio_emulator.emulator import TwilioEmulator
    from twilio_emulator.errors import (
        BadFault,
        BadFaultFile,
        BadScript,
        CallOver,
        CannotListen,
        CannotTransfer,
        NeverHappened,
        NoApplication,
        NobodyThere,
        NotRinging,
        NotStarted,
        PortInUse,
        StillBusy,
        TestBenchError,
    )
    from twilio_emulator.faults.fault import Fault
    from twilio_emulator.phones.handset import Handset, Line
    from twilio_emulator.quirks import Quirks

_HOME: Final = {
    "TwilioEmulator": "emulator",
    "Handset": "phones.handset",
    "Line": "phones.handset",
    "Quirks": "quirks",
    "Fault": "faults.fault",
    "BadFault": "errors",
    "BadFaultFile": "errors",
    "BadScript": "errors",
    "CallOver": "errors",
    "CannotListen": "errors",
    "NeverHappened": "errors",
    "CannotTransfer": "errors",
    "NoApplication": "errors",
    "NobodyThere": "errors",
    "NotRinging": "errors",
    "NotStarted": "errors",
    "PortInUse": "errors",
    "StillBusy": "errors",
    "TestBenchError": "errors",
}

__all__ = [
    "BadFault",
    "BadFaultFile",
    "BadScript",
    "CallOver",
    "CannotListen",
    "CannotTransfer",
    "Fault",
    "Handset",
    "Line",
    "NeverHappened",
    "NoApplication",
    "NobodyThere",
    "NotRinging",
    "NotStarted",
    "PortInUse",
    "Quirks",
    "StillBusy",
    "TestBenchError",
    "TwilioEmulator",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
