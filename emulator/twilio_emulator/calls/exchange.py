"""The telephone exchange: who is at which number, and how two parties are brought together.

It is the `World` that REST acts upon and the `Network` that phones dial into. Numbers of the account answer with TwiML;
handsets answer as they were told to; nobody answers at any other number. A call between two of the account's numbers is
two Call resources, each with its own sid and TwiML, joined by a `Crossing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from twilio_emulator.accounts.voice import Application, Voice
from twilio_emulator.calls.addresses import APPLICATION, station
from twilio_emulator.calls.arrivals import Arrival, Arrivals, introduction
from twilio_emulator.calls.call import Call, CallStatus, Direction
from twilio_emulator.calls.call_recordings import CallRecordings
from twilio_emulator.calls.caller_id_check import CallerIdCheck, CheckRequest
from twilio_emulator.calls.department import LegNews, PlacedLeg
from twilio_emulator.calls.far_end import Crossing, FarEnd
from twilio_emulator.calls.machine_detection import MachineDetection
from twilio_emulator.calls.recordings import Recording, RecordingSpec
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.calls.session import CallSession
from twilio_emulator.calls.sidecars import Sidecar, SidecarKind
from twilio_emulator.conferences.office import ConferenceOffice
from twilio_emulator.errors import NoApplication, NobodyThere
from twilio_emulator.faults.rules import Rule
from twilio_emulator.journal import CallMeasured, Problem
from twilio_emulator.media.leg import Leg
from twilio_emulator.media.measures import Measures
from twilio_emulator.media.recorder import PauseBehavior
from twilio_emulator.phones.behavior import POST_DIAL_DELAY_MS
from twilio_emulator.phones.phone import Phone
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import Instructions, StreamSpec
from twilio_emulator.twiml.transcription_flow import TranscriptionSpec
from twilio_wire.sids import SidKind


class Exchange:
    """Places calls, connects them, and ends them."""

    def __init__(self, rooms: Rooms) -> None:
        # What REST sees of the world without asking for anything to be done.
        self.account_sid = rooms.account_sid
        self.accounts = rooms.accounts
        self.store = rooms.store
        self.journal = rooms.journal
        self.clock = rooms.clock
        self.quirks = rooms.quirks
        self.sids = rooms.sids
        self.conferences = ConferenceOffice(rooms, place=self._place)
        self._rooms = rooms
        self._sessions: dict[str, CallSession] = {}
        self._phones: dict[str, Phone] = {}
        self._arrivals = Arrivals(rooms, self._open_session)
        self._not_before_ms = 0
        self._when_quiet: list[Callable[[], None]] = []

    # --- what REST sees (World) -------------------------------------------------------------------------------------

    def place_call(self, request: CallRequest) -> Call:
        """Queue a call; it is dialled at once, but not before the caller of REST has its reply."""
        return self._place(request).call

    def _place(self, request: CallRequest, told: Callable[[LegNews], None] | None = None) -> CallSession:
        session = self._queue(request, Direction.OUTBOUND_API, told)
        session.note_queued("REST placed the call")
        due_ms = self._next_dial_ms() + request.dial_delay_s * 1000
        self.clock.call_at(due_ms, lambda: self._dial_out(session))
        return session

    def _queue(
        self, request: CallRequest, direction: Direction, told: Callable[[LegNews], None] | None = None
    ) -> CallSession:
        call = Call(
            sid=self.sids.new(SidKind.CALL),
            account_sid=request.account_sid,
            direction=direction,
            from_number=request.from_,
            to_number=request.to,
            status=CallStatus.QUEUED,
            created_ms=self.clock.now_ms,
            instructions=request.instructions,
            status_callback=request.status_callback,
            phone_number_sid=self.store.caller_id_sid(request.account_sid, request.from_),
            parent_call_sid=request.parent_call_sid,
            timeout_s=request.timeout_s,
            time_limit_s=request.time_limit_s,
            send_digits=request.send_digits,
            caller_id=request.caller_id,
            route=request.route,
            parameters=request.parameters,
        )
        return self._open_session(call, recording=request.recording, detection=request.machine_detection, told=told)

    def _next_dial_ms(self) -> int:
        """When a new call may be dialled: at once, unless calls are paced
        [twilio.com/docs/voice/api/call-resource, calls per second]."""
        due_ms = max(self.clock.now_ms, self._not_before_ms)
        if self.quirks.calls_per_second:
            self._not_before_ms = due_ms + 1000 // self.quirks.calls_per_second
        return due_ms

    def check_caller_id(self, request: CheckRequest) -> Call:
        """Ring a number whose owner is to key a code."""
        call = self.place_call(request.call_request())
        CallerIdCheck(request, call, self._rooms, hang_up=self.end_call)
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

    def start_recording(self, call: Call, spec: RecordingSpec) -> Recording:
        """Record a call in progress."""
        return self._sessions[call.sid].recordings.start(spec)

    def pause_recording(self, recording: Recording, behavior: PauseBehavior) -> None:
        """Interrupt a recording."""
        self._recorder_of(recording).pause(recording, behavior)

    def resume_recording(self, recording: Recording) -> None:
        """Go on after a pause."""
        self._recorder_of(recording).resume(recording)

    def stop_recording(self, recording: Recording) -> None:
        """End a recording before its call ends."""
        self._recorder_of(recording).stop(recording)

    def _recorder_of(self, recording: Recording) -> CallRecordings:
        room = self._rooms.conferences.room(recording.conference_sid)
        return self._sessions[recording.call_sid].recordings if room is None else room.recordings

    def fork_stream(self, call: Call, spec: StreamSpec) -> Sidecar:
        """Open a fork of a call in progress."""
        return self._sessions[call.sid].media.streams.fork(spec)

    def start_transcription(self, call: Call, spec: TranscriptionSpec) -> Sidecar:
        """Transcribe a call in progress."""
        return self._sessions[call.sid].media.transcriptions.start(spec)

    def begin_sidecar(self, call: Call, kind: SidecarKind, *, name: str, tracks: int) -> Sidecar:
        """Note that something has begun beside a call in progress."""
        return self._sessions[call.sid].begin_sidecar(kind, name=name, tracks=tracks)

    def stop_sidecar(self, sidecar: Sidecar) -> None:
        """Stop something beside a call."""
        self._sessions[sidecar.call_sid].stop_sidecar(sidecar)

    def url_of(self, path: str) -> str:
        """The absolute URL of a path of the API."""
        return self._rooms.address.url(path)

    def delete_call(self, call: Call) -> None:
        """Forget a call that is over."""
        self.store.remove_call(call.sid)

    # --- what live calls see (Switchboard) --------------------------------------------------------------------------

    def place_leg(self, request: CallRequest, told: Callable[[LegNews], None]) -> PlacedLeg:
        """Dial somebody for another call, at this moment but not before this returns."""
        session = self._queue(request, Direction.OUTBOUND_DIAL, told)
        self.clock.call_at(self.clock.now_ms, lambda: self._dial_out(session))
        return session

    def call_over(self, call_sid: str) -> None:
        """A call has ended."""
        self._sessions.pop(call_sid, None)
        if not self._sessions:
            quiet, self._when_quiet = self._when_quiet, []
            for callback in quiet:
                callback()

    # --- what phones see (Network) ----------------------------------------------------------------------------------

    def dial(
        self,
        *,
        from_number: str,
        to_number: str,
        far_end: FarEnd,
        application_sid: str = "",
        parameters: Mapping[str, str] | None = None,
    ) -> CallSession:
        """Bring a call to one of the account's numbers, or to the application that answers whatever a phone dials.

        Raises:
            NobodyThere: when it owns no such number.
            NoApplication: when a client has none, or there is none with this sid.
        """
        voice, number_sid = self._dialled(from_number, to_number, application_sid)
        return self._arrivals.take(
            Arrival(
                voice=voice,
                number_sid=number_sid,
                from_number=from_number,
                to_number=to_number,
                far_end=far_end,
                parameters=introduction(from_number, to_number, application_sid, parameters or {}),
            )
        )

    def _dialled(self, from_number: str, to_number: str, application_sid: str) -> tuple[Voice, str | None]:
        """What answers, and the sid of the number if it is one."""
        if application_sid or from_number.startswith("client:"):
            application = self.store.applications.get(application_sid)
            if application is None:
                raise NoApplication(from_number, application_sid)
            return application, None
        number = self.store.owned(to_number)
        if number is None:
            raise NobodyThere(to_number)
        return self.store.voice_of(number), number.sid

    def add_faults(self, rules: Iterable[Rule]) -> None:
        """Let things go wrong, from now on; lines that are up get worse at once."""
        since = self._rooms.faults.add(rules)
        for session in self._sessions.values():
            session.worsen_line(since)

    def leg_of(self, call_sid: str) -> Leg | None:
        """The leg of a call that has been answered and is not over."""
        session = self._sessions.get(call_sid)
        return session.leg if session is not None and session.call.status is CallStatus.IN_PROGRESS else None

    def measures(self, call_sid: str) -> Measures | None:
        """How a call's application talks, so far or until the end; None without a bidirectional stream."""
        session = self._sessions.get(call_sid)
        if session is not None:
            return session.measures
        measured = self.journal.of(CallMeasured, call_sid=call_sid)
        return measured[-1].measures if measured else None

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
        call = session.call
        where = station(call.route or call.to_number)
        phone = self._phones.get(where)
        if phone is not None:
            return phone.ring(session, call.shown_number, call.parameters)
        number = self.store.owned(where)
        if number is not None:
            return self._cross(session, self.store.voice_of(number), number.sid)
        application = self.store.applications.get(where.removeprefix(APPLICATION))
        if application is not None and _may_dial(call, application):
            # What an application is told of who dials it [twilio.com/docs/voice/twiml/application].
            call.parameters = {"ApplicationSid": application.sid, "CustomerId": call.account_sid, **call.parameters}
            return self._cross(session, application)
        self._nobody(call)
        return None

    def _cross(self, session: CallSession, voice: Voice, number_sid: str | None = None) -> FarEnd:
        """Join a calling leg to what answers at the other end: two calls, one conversation."""
        near, far = Crossing.pair()
        near.leg = session
        call = session.call
        arrival = Arrival(
            voice=voice,
            number_sid=number_sid,
            from_number=call.shown_number,
            to_number=call.to_number,
            far_end=far,
            parameters=call.parameters,
        )

        def arrive() -> None:
            # The caller may have given up while the network was connecting.
            if call.status.is_final:
                return
            session.far_rang()
            far.leg = self._arrivals.take(arrival)

        self.clock.call_at(self.clock.now_ms + POST_DIAL_DELAY_MS, arrive)
        return near

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

    def _open_session(
        self,
        call: Call,
        *,
        recording: RecordingSpec | None = None,
        detection: MachineDetection | None = None,
        told: Callable[[LegNews], None] | None = None,
    ) -> CallSession:
        self.store.add_call(call)
        session = CallSession(call, self._rooms, switchboard=self, recording=recording, detection=detection, told=told)
        self._sessions[call.sid] = session
        return session


def _may_dial(call: Call, application: Application) -> bool:
    """Whether a call may be connected to an application: its own account's, or one that lets others in."""
    return application.account_sid == call.account_sid or application.public_application_connect_enabled
