"""What a call makes of the ways in which it can end: tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.call import CallEvent, CallStatus
from twilio_emulator.calls.far_end import LegEnding
from twilio_emulator.twiml.flow import RejectReason

CALL_EVENT_OF: Final[Mapping[LegEnding, CallEvent]] = {
    LegEnding.HUNG_UP: CallEvent.NOT_ANSWERED,
    LegEnding.BUSY: CallEvent.WAS_BUSY,
    LegEnding.NOT_ANSWERED: CallEvent.NOT_ANSWERED,
    LegEnding.REJECTED: CallEvent.NOT_ANSWERED,
    LegEnding.UNREACHABLE: CallEvent.FAILED,
    LegEnding.CANCELED: CallEvent.CANCELED,
}
"""What an unanswered call makes of the far end's ending; an answered one is simply hung up."""

SIP_CODE_OF: Final[Mapping[CallStatus, int]] = {
    CallStatus.COMPLETED: 200,
    CallStatus.BUSY: 486,
    CallStatus.NO_ANSWER: 487,
    CallStatus.CANCELED: 487,
    CallStatus.FAILED: 404,
}

REJECTIONS: Final[Mapping[RejectReason, tuple[CallEvent, LegEnding]]] = {
    RejectReason.BUSY: (CallEvent.WAS_BUSY, LegEnding.BUSY),
    RejectReason.REJECTED: (CallEvent.NOT_ANSWERED, LegEnding.REJECTED),
}
