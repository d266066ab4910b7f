"""A live conference: its seats, its mixer, its announcements, from the first participant to its end.

Who may come in, what starts it and what ends it is decided by the resource's own rules (`conferences.conference`); here
that happens to legs. From its start on the room ticks on the pump, as one line. Whatever plays in it ends with it, and
what plays to one participant ends when that one leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from twilio_emulator.calls.call import Call, CallStatus
from twilio_emulator.calls.call_recordings import CallRecordings, RecordingOwner
from twilio_emulator.conferences.announcer import Announcer
from twilio_emulator.conferences.conference import (
    Conference,
    ConferenceEvent,
    ConferenceStatus,
    EndReason,
    LeaveReason,
    Participant,
)
from twilio_emulator.conferences.occupant import Occupant, Out
from twilio_emulator.conferences.reports import ConferenceReports
from twilio_emulator.conferences.spec import Music, ParticipantSpec
from twilio_emulator.media.conference_seat import Loop
from twilio_emulator.media.leg import Leg, Tap
from twilio_emulator.media.mixer import Channel, add, mix
from twilio_emulator.media.playback import Playback
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.conference_flow import Leaving
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.outcomes import GoTo
from twilio_emulator.webhooks.parameters import API_VERSION
from twilio_wire.g711 import IDLE_FRAME, encode
from twilio_wire.tones import RINGBACK, sines, synthesize

# No document describes the beeps; a higher one for who comes and a lower one for who goes can be told apart.
_BEEP_BYTES: Final = 1600
ENTRY_BEEP: Final = encode(sines((660,), -16.0, _BEEP_BYTES))
EXIT_BEEP: Final = encode(sines((440,), -16.0, _BEEP_BYTES))
_RINGING: Final = encode(synthesize(RINGBACK, RINGBACK.cycle_ms))


class ConferenceRoom:
    """One live conference. `over` is told of its end, before those who were in it are."""

    def __init__(self, conference: Conference, rooms: Rooms, *, over: Callable[[ConferenceRoom], None]) -> None:
        self.conference = conference
        self._rooms = rooms
        self._over = over
        self._reports = ConferenceReports(conference, rooms)
        self._occupants: dict[str, Occupant] = {}
        self._expected: dict[str, Callable[[], None]] = {}
        self._ringing: dict[str, Loop] = {}
        self._channels: list[Channel] = []
        self._beeps = Playback()
        self._announcement: Announcer | None = None
        self._announced_url = ""
        self._taps: tuple[Tap, ...] = ()
        self._recordings: CallRecordings | None = None
        self._watches_speech = self._reports.wants("participant-speech-start")

    # --- coming -----------------------------------------------------------------------------------------------------

    def expect(self, call: Call, spec: ParticipantSpec, give_up: Callable[[], None]) -> Participant:
        """Somebody is being called in; `give_up` is asked for if the conference ends before.

        Raises:
            Refusal: when there is no place.
        """
        participant = self.conference.expect(call, spec, now_ms=self._rooms.clock.now_ms)
        self._expected[call.sid] = give_up
        return participant

    def let_ring(self, participant: Participant) -> None:
        """Let everybody hear that the phone of somebody who is expected rings."""
        self._ringing[participant.call.sid] = Loop(_RINGING)

    def come_in(self, call: Call, spec: ParticipantSpec, leg: Leg, out: Out) -> None:
        """Take a seat, at once.

        Raises:
            Refusal: when there is no place, or nobody to coach.
        """
        if spec.coaches:
            self.conference.check_coach(spec.coaches)
        self.take_place(self.conference.expect(call, spec, now_ms=self._rooms.clock.now_ms), leg, out)

    def take_place(self, participant: Participant, leg: Leg, out: Out) -> None:
        """Whoever was expected is there."""
        self._expected.pop(participant.call.sid, None)
        self._ringing.pop(participant.call.sid, None)
        participant.is_present, participant.updated_ms = True, self._rooms.clock.now_ms
        occupant = Occupant(participant, self.conference, leg, self._rooms, out=out)
        self._occupants[participant.call.sid] = occupant
        self._arrange()
        self._reports.participant("participant-join", participant)
        if self.conference.has_to_start:
            self._start(participant)
        elif self.conference.status is ConferenceStatus.IN_PROGRESS:
            occupant.talk()
            self._record(participant)
        else:
            occupant.listen_to(participant.wait, "wait", failed=lambda _: self._wait_failed(occupant))
        if participant.beeps_on_enter:
            self._beep(ENTRY_BEEP)

    def _start(self, last: Participant) -> None:
        self.conference.apply(ConferenceEvent.STARTED, now_ms=self._rooms.clock.now_ms)
        for occupant in self._occupants.values():
            occupant.talk()
        self._rooms.pump.add(self)
        self._reports.started(last)
        self._record(last)

    def _record(self, last: Participant) -> None:
        """Begin to record, if somebody has asked for it and nothing is recorded yet."""
        spec = self.conference.recording
        if spec is not None and self._recordings is None:
            owner = RecordingOwner(self.conference.account_sid, last.call.sid, self.conference.sid)
            self._recordings = CallRecordings(owner, self, self._rooms)
            self._recordings.start(spec)

    @property
    def recordings(self) -> CallRecordings:
        """What is being recorded."""
        assert self._recordings is not None, "only what is recorded has recordings"
        return self._recordings

    def _wait_failed(self, occupant: Occupant) -> None:
        """Who cannot hear what it should hear is not in [twilio.com/docs/voice/twiml/conference, waitUrl]."""
        call = occupant.participant.call
        self.leave(call.sid, LeaveReason.ADD_FAILED, status=call.status)
        occupant.out(Leaving.WAIT_FAILED)

    # --- going ------------------------------------------------------------------------------------------------------

    def leave(self, call_sid: str, reason: LeaveReason, *, status: CallStatus, was_kicked: bool = False) -> None:
        """Somebody is out, or will not come after all; who is not in it is no mistake. `out` is not told."""
        participant = self.conference.participants.get(call_sid)
        if participant is None:
            return
        ending = self.conference.remove(participant, was_kicked=was_kicked)
        was_present = participant.is_present
        self._let_go(participant, status, reason)
        if ending is not None:
            self._end(ending, participant, LeaveReason.MODERATOR_ENDED)
        elif was_present and participant.beeps_on_exit:
            self._beep(EXIT_BEEP)

    def put_out(self, participant: Participant) -> None:
        """REST removes somebody; the call goes on, or is not made any more."""
        occupant = self._occupants.get(participant.call.sid)
        give_up = self._expected.get(participant.call.sid)
        self.leave(participant.call.sid, LeaveReason.UPDATED_VIA_API, status=participant.call_status, was_kicked=True)
        if occupant is not None:
            occupant.out(Leaving.PUT_OUT)
        elif give_up is not None:
            give_up()

    def end(self) -> None:
        """REST ends it."""
        self._end(EndReason.VIA_API, None, LeaveReason.ENDED_VIA_API)

    def _end(self, reason: EndReason, by: Participant | None, why_out: LeaveReason) -> None:
        conference = self.conference
        conference.end(reason, by="" if by is None else by.call.sid, now_ms=self._rooms.clock.now_ms)
        self._rooms.pump.remove(self)
        self._stop_announcement()
        left = tuple(conference.participants.values())
        occupants, expected = tuple(self._occupants.values()), tuple(self._expected.values())
        conference.participants.clear()
        for participant in left:
            self._let_go(participant, participant.call_status, why_out)
        witness = by or next(iter(left), None)
        call_sid = "" if witness is None else witness.call.sid
        self._reports.ended(by, reason, call_sid)
        if self._recordings is not None:
            self._recordings.close_all()
            self._recordings.report()
            for recording in self._recordings.all:
                self._reports.recorded(recording, call_sid)
        self._over(self)
        for occupant in occupants:
            occupant.out(Leaving.CONFERENCE_ENDED)
        for give_up in expected:
            give_up()

    def _let_go(self, participant: Participant, status: CallStatus, reason: LeaveReason) -> None:
        self._expected.pop(participant.call.sid, None)
        self._ringing.pop(participant.call.sid, None)
        participant.is_present, participant.updated_ms = False, self._rooms.clock.now_ms
        occupant = self._occupants.pop(participant.call.sid, None)
        if occupant is not None:
            occupant.get_up()
            self._arrange()
        self._reports.left(participant, status, reason)

    # --- what REST changes ------------------------------------------------------------------------------------------

    def mute(self, participant: Participant, *, muted: bool) -> None:
        """Let the others hear a participant, or not."""
        if participant.is_muted is muted:
            return
        participant.is_muted = muted
        occupant = self._occupants.get(participant.call.sid)
        if occupant is not None:
            occupant.seat.channel.is_muted = muted
        self._changed(participant, "participant-mute" if muted else "participant-unmute")

    def hold(self, participant: Participant, music: Music) -> None:
        """Take a participant out of the talk, to music; one that is on hold gets other music."""
        occupant = self._occupants[participant.call.sid]
        was_held, participant.is_held = participant.is_held, True
        occupant.listen_to(music, "hold", failed=_already_told)
        if not was_held:
            self._changed(participant, "participant-hold")

    def resume(self, participant: Participant) -> None:
        """Take a participant off hold; one that is not on hold stays where it is."""
        if participant.is_held:
            participant.is_held = False
            self._occupants[participant.call.sid].talk()
            self._changed(participant, "participant-unhold")

    def modified(self, participant: Participant) -> None:
        """Something else about a participant has been changed."""
        self._arrange()
        self._changed(participant, "participant-modify")

    def _changed(self, participant: Participant, event: str) -> None:
        participant.updated_ms = self._rooms.clock.now_ms
        self._reports.participant(event, participant)

    def announce(self, place: GoTo) -> None:
        """Let everybody hear a document; one that plays is cut off, and its end told."""
        self._stop_announcement()
        call_sid = next(iter(self.conference.participants))  # somebody is in it, or expected

        def over(failure: TwimlError | None) -> None:
            self._announcement = None
            self._announced(place.url, call_sid, None, failure)

        parameters = {
            "AccountSid": self.conference.account_sid,
            "ApiVersion": API_VERSION,
            "ConferenceSid": self.conference.sid,
            "FriendlyName": self.conference.friendly_name,
        }
        self._announced_url = place.url
        self._announcement = announcer = Announcer(
            place, self._rooms, call_sid=call_sid, parameters=parameters, over=over
        )
        announcer.begin()

    def announce_to(self, participant: Participant, place: GoTo) -> None:
        """Let one participant hear a document."""
        call_sid = participant.call.sid
        self._occupants[call_sid].announce(
            place, lambda failure: self._announced(place.url, call_sid, participant, failure)
        )

    def _announced(self, url: str, call_sid: str, participant: Participant | None, failure: TwimlError | None) -> None:
        # Somebody who has left meanwhile is not described any more [twilio.com/docs/voice/twiml/conference].
        still_there = participant if participant is not None and participant.is_present else None
        if failure is None:
            self._reports.announced(url, call_sid, still_there)
        else:
            self._reports.announcement_failed(url, call_sid, still_there, failure.message)

    def _stop_announcement(self) -> None:
        if self._announcement is not None:
            announcement, self._announcement = self._announcement, None
            announcement.stop()
            self._reports.announced(self._announced_url, announcement.call_sid, None)

    # --- the audio --------------------------------------------------------------------------------------------------

    def add_tap(self, tap: Tap) -> None:
        """Lend what everybody hears to `tap`, 20 ms at a time; the second track is idle."""
        self._taps = (*self._taps, tap)

    def remove_tap(self, tap: Tap) -> None:
        """Stop lending; a tap that is not there is no mistake."""
        self._taps = tuple(other for other in self._taps if other != tap)

    def tick(self) -> None:
        """Mix 20 ms."""
        to_all, _ = self._beeps.next_frame()
        if self._announcement is not None:
            to_all = add(to_all, self._announcement.next_frame())
        for ringing in self._ringing.values():
            to_all = add(to_all, ringing.next_frame())
        occupants = tuple(self._occupants.values())
        for occupant in occupants:
            occupant.seat.bring()
        everything = mix(self._channels, to_all)
        for occupant in occupants:
            occupant.seat.take()
        for tap in self._taps:
            tap(everything, IDLE_FRAME)
        if self._watches_speech:
            self._listen_for_speech(occupants)

    def _listen_for_speech(self, occupants: tuple[Occupant, ...]) -> None:
        for occupant in occupants:
            channel = occupant.seat.channel
            if occupant.speech.hear(channel.said if channel.sounds else IDLE_FRAME):
                event = "participant-speech-start" if occupant.speech.is_speaking else "participant-speech-stop"
                self._reports.participant(event, occupant.participant)

    def _beep(self, beep: bytes) -> None:
        if self.conference.status is ConferenceStatus.IN_PROGRESS and len(self._occupants) > 0:
            self._beeps.play(beep)

    def _arrange(self) -> None:
        """Put the channels together as participants and their roles are now. A coach of nobody is heard by nobody."""
        nobody = Channel()
        for occupant in self._occupants.values():
            participant = occupant.participant
            coached = self._occupants.get(participant.call_sid_to_coach)
            channel = nobody if coached is None else coached.seat.channel
            occupant.seat.channel.coaches = channel if participant.is_coaching else None
        self._channels = [occupant.seat.channel for occupant in self._occupants.values()]


def _already_told(_: TwimlError) -> None:
    """The journal has the error; silence is what there is instead of music."""
