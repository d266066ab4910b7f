"""The telephone exchange: who is at which number, and how two parties are brought together.

It is the `World` that REST acts upon and the `Network` that phones dial into. Numbers of the account answer with TwiML;
handsets answer as they were told to; nobody answers at any other number. A call between two of the account's numbers is
two Call resources, each with its own sid and TwiML, joined by a `Crossing`.
"""

from __future__ import annotations

from collections.abc import Callable

from twilio_emulator.calls.call import Call, CallStatus, Direction, StatusCallback
from twilio_emulator.calls.far_end import Crossing, FarEnd
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.calls.session import CallSession
from twilio_emulator.calls.store import IncomingPhoneNumber, Store
from twilio_emulator.clock import Clock
from twilio_emulator.errors import NobodyThere
from twilio_emulator.journal import CallMoved, Journal, Problem
from twilio_emulator.phones.behavior import POST_DIAL_DELAY_MS
from twilio_emulator.phones.phone import Phone
from twilio_emulator.quirks import Quirks
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import Instructions
from twilio_wire.sids import SidFactory, SidKind


class Exchange:
    """Places calls, connects them, and ends them."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._sessions: dict[str, CallSession] = {}
        self._phones: dict[str, Phone] = {}
        self._when_quiet: list[Callable[[], None]] = []

    # --- what REST sees (World) -------------------------------------------------------------------------------------

    @property
    def account_sid(self) -> str:
        """The account."""
        return self._rooms.account_sid

    @property
    def auth_token(self) -> str:
        """Its secret."""
        return self._rooms.auth_token

    @property
    def store(self) -> Store:
        """What it owns."""
        return self._rooms.store

    @property
    def journal(self) -> Journal:
        """What happened."""
        return self._rooms.journal

    @property
    def clock(self) -> Clock:
        """What time it is."""
        return self._rooms.clock

    @property
    def quirks(self) -> Quirks:
        """The unsure things."""
        return self._rooms.quirks

    @property
    def sids(self) -> SidFactory:
        """Where new sids come from."""
        return self._rooms.sids

    def place_call(self, request: CallRequest) -> Call:
        """Queue a call; it is dialled at once, but not before the caller of REST has its reply."""
        owned = self.store.owned(request.from_)
        call = Call(
            sid=self.sids.new(SidKind.CALL),
            account_sid=self.account_sid,
            direction=Direction.OUTBOUND_API,
            from_number=request.from_,
            to_number=request.to,
            status=CallStatus.QUEUED,
            created_ms=self.clock.now_ms,
            instructions=request.instructions,
            status_callback=request.status_callback,
            phone_number_sid=None if owned is None else owned.sid,
            timeout_s=request.timeout_s,
            time_limit_s=request.time_limit_s,
            send_digits=request.send_digits,
        )
        session = self._open_session(call)
        self.journal.write(
            CallMoved(
                call_sid=call.sid,
                direction=call.direction.value,
                from_number=call.from_number,
                to_number=call.to_number,
                before="",
                status=call.status.value,
                cause="REST placed the call",
            )
        )
        self.clock.call_at(self.clock.now_ms, lambda: self._dial_out(session))
        return call

    def redirect_call(self, call: Call, instructions: Instructions) -> None:
        """Put other TwiML in charge of a call in progress."""
        self._sessions[call.sid].redirect(instructions)

    def end_call(self, call: Call) -> None:
        """Complete a call, or cancel it if it was not answered; one that is over stays as it is."""
        session = self._sessions.get(call.sid)
        if session is not None:
            session.end("REST completed the call")

    def cancel_call(self, call: Call) -> None:
        """Cancel a call that has not been answered; any other stays as it is."""
        session = self._sessions.get(call.sid)
        if session is not None and call.status is not CallStatus.IN_PROGRESS:
            session.end("REST canceled the call")

    def limit_call(self, call: Call, seconds: int) -> None:
        """Give a live call another time limit."""
        session = self._sessions.get(call.sid)
        if session is not None:
            session.limit(seconds)

    def delete_call(self, call: Call) -> None:
        """Forget a call that is over."""
        self.store.remove_call(call.sid)

    # --- what phones see (Network) ----------------------------------------------------------------------------------

    def dial(self, *, from_number: str, to_number: str, far_end: FarEnd) -> CallSession:
        """Bring a call to one of the account's numbers.

        Raises:
            NobodyThere: when it owns no such number.
        """
        number = self.store.owned(to_number)
        if number is None:
            raise NobodyThere(to_number)
        return self._call_in(number, from_number, far_end)

    # --- who is where -----------------------------------------------------------------------------------------------

    def install(self, phone: Phone) -> None:
        """Put a phone on the network; another one at its number is replaced."""
        self._phones[phone.phone_number] = phone

    def phone_at(self, phone_number: str) -> Phone | None:
        """The phone at a number, if there is one."""
        return self._phones.get(phone_number)

    @property
    def live_calls(self) -> tuple[str, ...]:
        """The sids of the calls that are not over."""
        return tuple(self._sessions)

    def when_quiet(self, callback: Callable[[], None]) -> None:
        """Run `callback` once when no call is up, which may be at once."""
        if self._sessions:
            self._when_quiet.append(callback)
        else:
            callback()

    def clear(self) -> None:
        """End every call and take every phone off the network."""
        for session in tuple(self._sessions.values()):
            session.end("the emulator was reset")
        for phone in self._phones.values():
            phone.unplug()
        self._phones.clear()

    def _dial_out(self, session: CallSession) -> None:
        if not session.call.status.is_final:
            session.begin_outbound(self._connect)

    def _connect(self, session: CallSession) -> FarEnd | None:
        """The far end of an outbound call."""
        to_number = session.call.to_number
        phone = self._phones.get(to_number)
        if phone is not None:
            return phone.ring(session, session.call.from_number)
        number = self.store.owned(to_number)
        if number is None:
            self._nobody(session.call)
            return None
        return self._cross(session, number)

    def _cross(self, session: CallSession, number: IncomingPhoneNumber) -> FarEnd:
        """Join a calling leg to a called number: two calls, one conversation."""
        near, far = Crossing.pair()
        near.leg = session

        def arrive() -> None:
            # The caller may have given up while the network was connecting.
            if session.call.status.is_final:
                return
            session.far_rang()
            far.leg = self._call_in(number, session.call.from_number, far)

        self.clock.call_at(self.clock.now_ms + POST_DIAL_DELAY_MS, arrive)
        return near

    def _call_in(self, number: IncomingPhoneNumber, from_number: str, far_end: FarEnd) -> CallSession:
        call = Call(
            sid=self.sids.new(SidKind.CALL),
            account_sid=self.account_sid,
            direction=Direction.INBOUND,
            from_number=from_number,
            to_number=number.phone_number,
            status=CallStatus.RINGING,
            created_ms=self.clock.now_ms,
            started_ms=self.clock.now_ms,
            instructions=Instructions(
                url=number.voice_url or "",
                method=number.voice_method,
                fallback_url=number.voice_fallback_url or "",
                fallback_method=number.voice_fallback_method,
            ),
            status_callback=_number_callback(number),
            phone_number_sid=number.sid,
        )
        session = self._open_session(call)
        session.take_in(far_end)
        # The far end must know its leg before the app can answer, reject or hang up.
        self.clock.call_at(self.clock.now_ms, lambda: self._arrive(session, number))
        return session

    def _arrive(self, session: CallSession, number: IncomingPhoneNumber) -> None:
        if session.call.status.is_final:
            return
        if number.voice_url:
            session.begin_inbound()
        else:
            self._no_handler(session)

    def _no_handler(self, session: CallSession) -> None:
        self.journal.write(
            Problem(
                call_sid=session.call_sid,
                code=0,
                level="warning",
                message=f"{session.call.to_number} has no voice_url, so a call to it fails at once.",
                hint="Set voice_url on the number.",
            )
        )
        session.fail("the number has no voice handler")

    def _nobody(self, call: Call) -> None:
        self.journal.write(
            Problem(
                call_sid=call.sid,
                code=0,
                level="warning",
                message=f"Nobody is at {call.to_number}: it is neither a handset nor one of the account's numbers.",
                hint=f'Add a phone with twilio.handset("{call.to_number}").',
            )
        )

    def _open_session(self, call: Call) -> CallSession:
        self.store.add_call(call)
        session = CallSession(call, self._rooms, over=self._close_session)
        self._sessions[call.sid] = session
        return session

    def _close_session(self, session: CallSession) -> None:
        self._sessions.pop(session.call_sid, None)
        if not self._sessions:
            quiet, self._when_quiet = self._when_quiet, []
            for callback in quiet:
                callback()


def _number_callback(number: IncomingPhoneNumber) -> StatusCallback | None:
    if not number.status_callback:
        return None
    return StatusCallback(url=number.status_callback, method=number.status_callback_method)
