"""Calls that come in: for one of the account's numbers, or for an application.

An `Arrival` is what the network brings. It becomes a call that rings, and the app behind it is asked what to do; where
there is none, the call fails at once, and the journal says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from twilio_emulator.accounts.voice import Voice
from twilio_emulator.calls.call import Call, CallStatus, Direction, StatusCallback
from twilio_emulator.calls.far_end import FarEnd
from twilio_emulator.calls.session import CallSession
from twilio_emulator.journal import Problem
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import Instructions
from twilio_wire.sids import SidKind

LOCAL_IP: Final = "127.0.0.1"
"""Where SIP users in the emulator are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A call that comes in. `parameters` are what goes along with the first request, beside the standard ones."""

    voice: Voice
    number_sid: str | None = None
    from_number: str
    to_number: str
    far_end: FarEnd
    parameters: Mapping[str, str] = field(default_factory=dict)


class Arrivals:
    """Takes calls in; `open_session` makes a call live."""

    def __init__(self, rooms: Rooms, open_session: Callable[[Call], CallSession]) -> None:
        self._rooms = rooms
        self._open_session = open_session

    def take(self, arrival: Arrival) -> CallSession:
        """Let it ring. The app is asked at this moment, but not before this returns."""
        now = self._rooms.clock.now_ms
        voice = arrival.voice
        call = Call(
            sid=self._rooms.sids.new(SidKind.CALL),
            account_sid=voice.account_sid,
            direction=Direction.INBOUND,
            from_number=arrival.from_number,
            to_number=arrival.to_number,
            status=CallStatus.RINGING,
            created_ms=now,
            started_ms=now,
            instructions=Instructions(
                url=voice.voice_url or "",
                method=voice.voice_method,
                fallback_url=voice.voice_fallback_url or "",
                fallback_method=voice.voice_fallback_method,
            ),
            status_callback=_callback_of(voice),
            phone_number_sid=arrival.number_sid,
            parameters=arrival.parameters,
        )
        session = self._open_session(call)
        session.take_in(arrival.far_end)
        # The far end must know its leg before the app can answer, reject or hang up.
        self._rooms.clock.call_at(now, lambda: self._ask(session))
        return session

    def _ask(self, session: CallSession) -> None:
        if session.call.status.is_final:
            return
        account = self._rooms.accounts.get(session.call.account_sid)
        if account is not None and not account.is_active:
            self._account_asleep(session)
        elif session.call.instructions.url:
            session.begin_inbound()
        else:
            self._no_handler(session)

    def _account_asleep(self, session: CallSession) -> None:
        message = f"{session.call.to_number} belongs to an account that is not active; a call to it fails at once."
        hint = "Set the account's Status to active."
        self._rooms.journal.write(
            Problem(call_sid=session.call_sid, code=10001, level="error", message=message, hint=hint)
        )
        session.fail("the account is not active")

    def _no_handler(self, session: CallSession) -> None:
        message = f"{session.call.to_number} has no voice_url, so a call to it fails at once."
        self._rooms.journal.write(
            Problem(call_sid=session.call_sid, code=0, level="warning", message=message, hint="Set its voice_url.")
        )
        session.fail("it has no voice handler")


def _callback_of(voice: Voice) -> StatusCallback | None:
    if not voice.status_callback:
        return None
    return StatusCallback(url=voice.status_callback, method=voice.status_callback_method)


def introduction(from_number: str, to_number: str, application_sid: str, said: Mapping[str, str]) -> dict[str, str]:
    """What the first request says of a client or a SIP user that dials in, beside the standard parameters.

    A client names its application, and what it says it says under the names that it chose; of SIP headers those that
    begin with X- are told [twilio.com/docs/voice/sdks/javascript, twilio.com/docs/voice/api/sip-interface].
    """
    if from_number.startswith("client:"):
        return {"ApplicationSid": application_sid, **said}
    if not (application_sid and from_number.startswith("sip:")):
        return dict(said)
    headers = {f"SipHeader_{name}": value for name, value in said.items() if name.upper().startswith("X-")}
    return {"SipDomain": to_number.rpartition("@")[2].partition(";")[0], "SipSourceIp": LOCAL_IP, **headers}
