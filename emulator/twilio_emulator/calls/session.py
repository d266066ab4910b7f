"""A live call: the resource, its leg, its streams and its TwiML, from the first ring to the last callback.

The session is where three parties meet. The network tells it what the far end does (`far_…`), TwiML tells it what the
app wants (the `Stage` methods), REST tells it what somebody else wants (`redirect`, `end`, `cancel`). Every one of them
ends in a step of the call's own state machine, and every step is journalled and told to the status callback.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Protocol

import msgspec

from twilio_emulator.agenda import Callback, Timer
from twilio_emulator.calls.addresses import sip_host
from twilio_emulator.calls.call import FAR_END_HUNG_UP, Call, CallEvent, CallStatus, Direction, StatusCallback
from twilio_emulator.calls.call_recordings import CallRecordings
from twilio_emulator.calls.department import LegNews, PlacedLeg, Tell
from twilio_emulator.calls.director import Director
from twilio_emulator.calls.endings import CALL_EVENT_OF, REJECTIONS
from twilio_emulator.calls.far_end import FarEnd, LegEnding
from twilio_emulator.calls.hearing import Hearing
from twilio_emulator.calls.live_media import LiveMedia
from twilio_emulator.calls.machine_detection import MachineDetection
from twilio_emulator.calls.opening import SEND_DIGITS_MARK, Opening
from twilio_emulator.calls.parties import Parties
from twilio_emulator.calls.performer import END_OF_PLAYBACK
from twilio_emulator.calls.recordings import RecordingSpec
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.calls.sidecars import Sidecar, SidecarKind
from twilio_emulator.calls.steps import note_move, take_step
from twilio_emulator.journal import DigitHeard, Problem
from twilio_emulator.media.leg import Leg
from twilio_emulator.media.measures import Measures
from twilio_emulator.media.playback import Playback
from twilio_emulator.media.stream_report import HINT_TOO_SOON, Closing
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import (
    FarEndReferred,
    Fetch,
    Instructions,
    PartyCommand,
    RejectReason,
    StreamEnding,
    StreamSpec,
)
from twilio_emulator.twiml.transcription_flow import TranscriptionSpec
from twilio_emulator.webhooks.parameters import voice_parameters
from twilio_wire import g711


class Switchboard(Protocol):
    """What a live call needs of the exchange that made it."""

    def place_leg(self, request: CallRequest, told: Callable[[LegNews], None]) -> PlacedLeg:
        """Dial somebody for another call."""

    def call_over(self, call_sid: str) -> None:
        """A call has ended."""


class CallSession:
    """One live call. Made by the exchange; gone from it when the call is over."""

    def __init__(
        self,
        call: Call,
        rooms: Rooms,
        *,
        switchboard: Switchboard,
        recording: RecordingSpec | None = None,
        detection: MachineDetection | None = None,
        told: Callable[[LegNews], None] | None = None,
    ) -> None:
        self.call = call
        self.is_ending = False
        self.refer_target = ""
        self._rooms = rooms
        self._switchboard = switchboard
        self._told = told
        self._recording = recording
        self._detection = detection
        self._first_request = True
        self._far_end: FarEnd | None = None
        self._limit: Timer | None = None
        """How long it may ring, and once it has been answered, how long it may last."""
        # A call that nobody answers needs none of these.
        self._media: LiveMedia | None = None
        self._opening: Opening | None = None
        self._parties: Parties | None = None
        self._director: Director | None = None

    @cached_property
    def playback(self) -> Playback:
        """What the far end is about to hear."""
        return Playback(limit_bytes=self._rooms.quirks.max_queued_audio_s * g711.SAMPLE_RATE)

    @property
    def call_sid(self) -> str:
        """The CA sid."""
        return self.call.sid

    # --- beginnings -------------------------------------------------------------------------------------------------

    def take_in(self, far_end: FarEnd) -> None:
        """A call has come in for one of the account's numbers, and rings."""
        self._far_end = far_end
        note_move(self.call, self._rooms, "", "a call came in")

    def note_queued(self, cause: str) -> None:
        """The call waits to be dialled."""
        note_move(self.call, self._rooms, "", cause)

    def begin_inbound(self) -> None:
        """Ask the app what to do with the call that has come in."""
        self._direct().begin(self.call.instructions, answered=False)

    def fail(self, cause: str) -> None:
        """Nothing is there to take the call that has come in."""
        self._finish(CallEvent.FAILED, cause, tell_far_end=LegEnding.UNREACHABLE)

    def begin_outbound(self, connect: Callable[[CallSession], FarEnd | None]) -> None:
        """Take the call off the queue and dial; `connect` brings the far end, or None when nobody is there."""
        self._step(CallEvent.DIALLED, "dialling began")
        self._far_end = connect(self)
        if self._far_end is None:
            self._finish(CallEvent.FAILED, f"there is nobody at {self.call.to_number}", tell_far_end=None)
            return
        self._limit_to(self.call.timeout_s, self._rooms.clock.now_ms, self._rang_out)

    def _rang_out(self) -> None:
        cause = f"nobody answered within {self.call.timeout_s} s"
        self._finish(CallEvent.NOT_ANSWERED, cause, tell_far_end=LegEnding.CANCELED)

    # --- the network (LegSide) --------------------------------------------------------------------------------------

    def far_rang(self) -> None:
        """The far end rings."""
        if self.call.can(CallEvent.RANG):
            self._step(CallEvent.RANG, "the far end rings")
            self._tell_placer(LegNews.RANG)

    def far_answered(self) -> None:
        """The far end has picked up: media begins, and the app's TwiML with it."""
        if not self.call.can(CallEvent.ANSWERED):
            return
        self._media_begins("the far end answered")
        assert self._far_end is not None
        self._opening = Opening(self.call, self._rooms, detection=self._detection, over=self._begin_twiml)
        self._opening.begin(self._far_end.answered_by, self.playback)

    def far_ended(self, ending: LegEnding) -> None:
        """The far end has ended the call, or never took it."""
        if self.call.status.is_final:
            return
        if self.call.status is CallStatus.IN_PROGRESS:
            self._finish(CallEvent.HUNG_UP, FAR_END_HUNG_UP, tell_far_end=None)
        elif self.call.direction is Direction.INBOUND:
            canceled = self._rooms.quirks.abandoned_ringing_status == CallStatus.CANCELED
            event = CallEvent.CANCELED if canceled else CallEvent.NOT_ANSWERED
            self._finish(event, "the caller hung up before the answer", tell_far_end=None)
        else:
            self._finish(CALL_EVENT_OF[ending], f"the far end: {ending}", tell_far_end=None)

    def far_referred(self, target: str) -> None:
        """A SIP far end wants whoever it talks with to be connected elsewhere: its placer decides, or its own TwiML."""
        self.refer_target = target
        if self._told is not None:
            self._told(LegNews.REFERRED)
        else:
            self._direct().tell(FarEndReferred(target))

    # --- TwiML (Stage) ----------------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Pick up an inbound call."""
        if self.call.can(CallEvent.ANSWERED):
            self._media_begins("TwiML answered")
            assert self._far_end is not None
            self._far_end.answered()

    def hang_up(self, cause: str) -> None:
        """End the call."""
        if self.call.status is CallStatus.IN_PROGRESS:
            self._finish(CallEvent.HUNG_UP, cause, tell_far_end=LegEnding.HUNG_UP)
        elif not self.call.status.is_final:
            self._finish(CallEvent.NOT_ANSWERED, cause, tell_far_end=LegEnding.NOT_ANSWERED)

    def reject(self, reason: RejectReason) -> None:
        """Refuse an unanswered call."""
        event, ending = REJECTIONS[reason]
        self._finish(event, f"TwiML rejected the call ({reason})", tell_far_end=ending)

    def accept(self) -> None:
        """Whoever answered has passed the screening."""
        self._tell_placer(LegNews.READY)

    def open_stream(self, spec: StreamSpec, ended: Callable[[StreamEnding], None]) -> None:
        """Open a Media Stream on this call."""
        # The far end may have hung up at the very moment of the answer, before the flow could be told.
        if self.call.status is CallStatus.IN_PROGRESS:
            self.media.streams.open(spec, ended)

    def close_stream(self, name: str) -> None:
        """Close the fork of this name."""
        if self._media is not None:
            self._media.streams.close(name)

    def close_bidirectional_stream(self) -> None:
        """Close what `<Connect><Stream>` opened."""
        if self._media is not None:
            self._media.streams.replace_bidirectional()

    def start_transcription(self, spec: TranscriptionSpec) -> None:
        """Transcribe this call, if it has not ended at the very moment of the answer."""
        if self.call.status is CallStatus.IN_PROGRESS:
            self.media.transcriptions.open(spec)

    def stop_transcription(self, name: str) -> None:
        """Stop the transcription of this name."""
        if self._media is not None:
            self._media.transcriptions.close(name)

    def deal(self, command: PartyCommand, tell: Tell) -> None:
        """Carry out what concerns other parties."""
        if self._parties is None:
            self._parties = Parties(self, self._rooms)
        self._parties.deal(command, tell)

    def part(self) -> None:
        """Let go of all other parties."""
        if self._parties is not None:
            self._parties.part()

    def voice_request(self, fetch: Fetch) -> dict[str, str]:
        """The parameters of a TwiML request."""
        first, self._first_request = self._first_request, False
        inbound = self.call.direction is Direction.INBOUND
        extras = {**(self.call.parameters if first and inbound else {}), **fetch.parameters}
        if first and self._told is not None and self.call.sip_call_id is not None:
            # The screening of a SIP leg [twilio.com/docs/voice/twiml/sip].
            extras |= {"SipCallId": self.call.sip_call_id, "SipDomain": sip_host(self.call.to_number)}
        if first and self.call.answered_by is not None:
            extras["AnsweredBy"] = self.call.answered_by
        return voice_parameters(self.call, first_request=first, quirks=self._rooms.quirks, extras=extras)

    def place_leg(self, request: CallRequest, told: Callable[[LegNews], None]) -> PlacedLeg:
        """Dial somebody for this call."""
        return self._switchboard.place_leg(request, told)

    @property
    def media(self) -> LiveMedia:
        """What there is of a call that has been answered."""
        assert self._media is not None, "only an answered call has media"
        return self._media

    @property
    def hearing(self) -> Hearing:
        """The ears of a call that has been answered."""
        return self.media.hearing

    @property
    def leg(self) -> Leg:
        """The leg of a call that has been answered."""
        return self.media.leg

    def worsen_line(self, since: int) -> None:
        """Faults have come into force, from this rank on: a line that is up gets them too."""
        if self._media is not None:
            self._media.worsen(since)

    @property
    def measures(self) -> Measures | None:
        """How the application talks over its streams; None if there was none."""
        return None if self._media is None else self._media.streams.measures

    # --- the leg (LegOwner) -----------------------------------------------------------------------------------------

    def digit_heard(self, digit: str) -> None:
        """The far end pressed a key: it belongs to the bidirectional stream, or to a listening verb."""
        self._rooms.journal.write(DigitHeard(call_sid=self.call.sid, digit=digit))
        self.media.streams.digit(digit)
        self._direct().digit(digit)

    def marks_reached(self, names: list[str]) -> None:
        """Audio up to these marks has been heard."""
        theirs = []
        for name in names:
            if name == END_OF_PLAYBACK:
                self._direct().playback_reached_end()
            elif name == SEND_DIGITS_MARK and self._opening is not None:
                self._opening.digits_sent()
            else:
                theirs.append(name)
        if theirs:
            self.media.streams.marks_heard(theirs)

    # --- REST -------------------------------------------------------------------------------------------------------

    def redirect(self, instructions: Instructions) -> None:
        """Put other TwiML in charge of a call in progress. Its fallback stays, unless a new one is given."""
        if not instructions.fallback_url:
            instructions = msgspec.structs.replace(
                instructions,
                fallback_url=self.call.instructions.fallback_url,
                fallback_method=self.call.instructions.fallback_method,
            )
        if self._told is None and not self._direct().has_begun and self.call.answered_ms is not None:
            self._warn_of_a_race()
        self.call.instructions = instructions
        if self._opening is not None:
            self._opening.give_way()
        self._tell_placer(LegNews.LEFT)
        self._told = None
        self._direct().replace(instructions)

    def _warn_of_a_race(self) -> None:
        message = "Other TwiML took over before the call's own document had come."
        self._rooms.journal.write(
            Problem(call_sid=self.call.sid, code=0, level="warning", message=message, hint=HINT_TOO_SOON)
        )

    def end(self, cause: str) -> None:
        """End the call, whatever it is doing; one that is over stays as it is."""
        if self.call.status is CallStatus.IN_PROGRESS:
            self._finish(CallEvent.HUNG_UP, cause, tell_far_end=LegEnding.HUNG_UP)
        elif self.call.direction is Direction.INBOUND:
            self._finish(CallEvent.CANCELED, cause, tell_far_end=LegEnding.NOT_ANSWERED)
        else:
            self._finish(CallEvent.CANCELED, cause, tell_far_end=LegEnding.CANCELED)

    @property
    def recordings(self) -> CallRecordings:
        """What is being recorded of a call that has been answered."""
        return self.media.recordings

    def begin_sidecar(
        self, kind: SidecarKind, *, name: str, tracks: int, callback: StatusCallback | None = None
    ) -> Sidecar:
        """Note that something beside the call has begun."""
        return self.media.sidecars.begin(kind, name=name, tracks=tracks, callback=callback)

    def stop_sidecar(self, sidecar: Sidecar) -> None:
        """Stop something beside the call."""
        self.media.stop_sidecar(sidecar)

    def limit(self, seconds: int) -> None:
        """End the call `seconds` after its answer."""
        self.call.time_limit_s = seconds
        if self.call.answered_ms is not None:
            self._limit_to(seconds, self.call.answered_ms, self._out_of_time)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _begin_twiml(self) -> None:
        """The app's turn. A leg that was placed for another call has TwiML only for screening, or none."""
        if self._told is None:
            self._direct().begin(self.call.instructions, answered=True)
        elif self.call.instructions.are_given:
            self._direct().screen(self.call.instructions)
        else:
            self.accept()

    def _direct(self) -> Director:
        if self._director is None:
            self._director = Director(self, self._rooms)
        return self._director

    def _tell_placer(self, news: LegNews) -> None:
        if self._told is not None:
            self._told(news)

    def _media_begins(self, cause: str) -> None:
        assert self._far_end is not None
        self._step(CallEvent.ANSWERED, cause)
        self._media = LiveMedia(self.call, self._far_end, self, self.playback, self._rooms)
        if self._recording is not None:
            self._media.recordings.start(self._recording)
        self._limit_to(self.call.time_limit_s, self._rooms.clock.now_ms, self._out_of_time)

    def _limit_to(self, seconds: int, since_ms: int, over: Callback) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self._limit = self._rooms.clock.call_at(since_ms + seconds * 1000, over)

    def _out_of_time(self) -> None:
        message = f"The call reached its time limit of {self.call.time_limit_s} s."
        self._rooms.journal.write(
            Problem(call_sid=self.call.sid, code=32015, level="error", message=message, hint="Raise TimeLimit.")
        )
        self.hang_up("the time limit was reached")

    def _finish(self, event: CallEvent, cause: str, *, tell_far_end: LegEnding | None) -> None:
        """The one way a call ends. The far end is told unless it was the one to end it."""
        if self.call.status.is_final:
            return
        self.is_ending = True
        if self._limit is not None:
            self._limit.cancel()
        media = self._media
        if media is not None:
            media.stop(Closing.CALLER_LEFT if tell_far_end is None else Closing.CALL_ENDED)
        self.part()
        if media is not None:
            media.sidecars.stop_all()
        if self._opening is not None:
            self._opening.call_over()
        if media is not None:
            media.recordings.close_all()
        self._step(event, cause)
        if self._far_end is not None and tell_far_end is not None:
            self._far_end.ended(tell_far_end)
        if self._director is not None:
            self._director.far_end_hung_up()
        if media is not None:
            media.recordings.report()
        self._switchboard.call_over(self.call.sid)
        self._tell_placer(LegNews.ENDED)

    def _step(self, event: CallEvent, cause: str) -> None:
        take_step(self.call, self._rooms, event, cause, self._last_words)

    def _last_words(self) -> dict[str, str]:
        """What the last status callback says besides how the call ended."""
        said = {} if self._media is None else self._media.recordings.parameters()
        if self.call.answered_by is not None:
            said["AnsweredBy"] = self.call.answered_by
        return said
