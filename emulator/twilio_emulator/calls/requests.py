"""What it takes to place a call, once REST has checked it. Whoever places calls can rely on every field."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.machine_detection import MachineDetection
from twilio_emulator.calls.recordings import RecordingSpec
from twilio_emulator.twiml.flow import Instructions

DEFAULT_TIMEOUT_S = 60
DEFAULT_TIME_LIMIT_S = 14_400


class CallRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A call to be placed [twilio.com/docs/voice/api/call-resource].

    `account_sid` is whose call it is. `to` and `from_` are E.164, or `sip:…` and `client:…`; `from_` is one of the
    account's numbers, or one that it has verified, when `to` is a number. `timeout_s` is how long the far end may
    ring, `time_limit_s` how long the call may last once answered. `send_digits` are keys to press after the answer:
    0-9 A-D # * and w (0.5 s), W (1 s). The call stays queued for `dial_delay_s`.
    `route` is where the network takes it when that is not `to`, and `parameters` go along to whoever answers.
    `parent_call_sid` is the call whose `<Dial>` it is; its `instructions` are then for screening, and may be empty.
    `recording` is how it is recorded from the answer on, `machine_detection` what is to be found out about who answers.
    """

    account_sid: str
    to: str
    from_: str
    instructions: Instructions
    status_callback: StatusCallback | None = None
    timeout_s: int = DEFAULT_TIMEOUT_S
    time_limit_s: int = DEFAULT_TIME_LIMIT_S
    send_digits: str = ""
    dial_delay_s: int = 0
    caller_id: str = ""
    route: str = ""
    parameters: Mapping[str, str] = {}
    parent_call_sid: str | None = None
    recording: RecordingSpec | None = None
    machine_detection: MachineDetection | None = None
