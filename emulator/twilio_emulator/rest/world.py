"""What REST knows of the rest of the emulator: the account, what it owns, and the verbs that move calls.

Everything here is synchronous and called on the emulator's loop. REST has checked a request before it calls
a verb; a verb never refuses.
"""

from __future__ import annotations

from typing import Protocol

from twilio_emulator.calls.call import Call
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.calls.store import Store
from twilio_emulator.clock import Clock
from twilio_emulator.journal import Journal
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.flow import Instructions
from twilio_wire.sids import SidFactory


class World(Protocol):
    """The emulator as REST sees it."""

    @property
    def account_sid(self) -> str:
        """The one account's AC sid."""

    @property
    def auth_token(self) -> str:
        """Its secret."""

    @property
    def store(self) -> Store:
        """Its numbers and calls."""

    @property
    def journal(self) -> Journal:
        """Where requests and mistakes are written down."""

    @property
    def clock(self) -> Clock:
        """Call time, and the dates that go with it."""

    @property
    def quirks(self) -> Quirks:
        """Settings for what no source settles."""

    @property
    def sids(self) -> SidFactory:
        """Where identifiers come from."""

    def place_call(self, request: CallRequest) -> Call:
        """Begin an outbound call; it is in the store, `queued`, when this returns."""

    def redirect_call(self, call: Call, instructions: Instructions) -> None:
        """Put other TwiML in charge of a call that is in progress."""

    def end_call(self, call: Call) -> None:
        """End a call that has not ended: completed once answered, canceled before."""

    def cancel_call(self, call: Call) -> None:
        """End a call that is queued or ringing."""

    def limit_call(self, call: Call, seconds: int) -> None:
        """Let a call that has not ended last at most this long, counted from its answer."""

    def delete_call(self, call: Call) -> None:
        """Forget a call that has ended."""
