"""What REST says when it is made to fail."""

from __future__ import annotations

from typing import Final

from twilio_emulator.faults.fault import Fault
from twilio_emulator.rest.errors import RestError

_CODE_OF: Final = {"429": 20429, "500": 20500, "503": 20503}
_HINT: Final = "A fault was asked for: the request was not executed."


def refusal_of(fault: Fault) -> RestError:
    """The refusal of a request that a fault strikes."""
    return RestError(_CODE_OF[fault.text("status")], hint=_HINT)
