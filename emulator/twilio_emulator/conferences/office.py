"""What REST does to conferences. It has checked every request before; nothing here refuses.

Whoever is called in by REST has no TwiML: the call goes into the conference when it is answered, and is hung up when it
is out again, unless REST has given it TwiML of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twilio_emulator.calls.call import CallStatus
from twilio_emulator.calls.department import LegNews, PlacedLeg
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.conferences.conference import Conference, LeaveReason, Participant
from twilio_emulator.conferences.conferencing import room_for
from twilio_emulator.conferences.room import ConferenceRoom
from twilio_emulator.conferences.spec import Music, ParticipantSpec
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.outcomes import GoTo

Place = Callable[[CallRequest, Callable[[LegNews], None]], PlacedLeg]
"""Dials somebody, and tells what becomes of it."""


class ConferenceOffice:
    """Acts upon live conferences."""

    def __init__(self, rooms: Rooms, *, place: Place) -> None:
        self._rooms = rooms
        self._place = place

    def end(self, conference: Conference) -> None:
        """End a conference; everybody in it goes on with what comes after it."""
        self._room(conference.sid).end()

    def announce(self, conference: Conference, place: GoTo) -> None:
        """Let everybody hear a document."""
        self._room(conference.sid).announce(place)

    def announce_to(self, participant: Participant, place: GoTo) -> None:
        """Let one participant hear a document."""
        self._room(participant.conference_sid).announce_to(participant, place)

    def mute(self, participant: Participant, *, muted: bool) -> None:
        """Let the others hear a participant, or not."""
        self._room(participant.conference_sid).mute(participant, muted=muted)

    def hold(self, participant: Participant, music: Music) -> None:
        """Put a participant on hold."""
        self._room(participant.conference_sid).hold(participant, music)

    def resume(self, participant: Participant) -> None:
        """Take a participant off hold."""
        self._room(participant.conference_sid).resume(participant)

    def modify(self, participant: Participant, changes: Mapping[str, object]) -> None:
        """Change fields of a participant."""
        for name, value in changes.items():
            setattr(participant, name, value)
        self._room(participant.conference_sid).modified(participant)

    def put_out(self, participant: Participant) -> None:
        """Remove a participant; a call that came by TwiML goes on with it."""
        self._room(participant.conference_sid).put_out(participant)

    def invite(self, name: str, request: CallRequest, spec: ParticipantSpec) -> Participant:
        """Call somebody in; the first one makes the conference."""
        room = room_for(self._rooms, request.account_sid, name, spec)
        guest = _Guest(room, spec)
        placed = self._place(request, guest.hear)
        guest.placed = placed
        guest.participant = room.expect(placed.call, spec, guest.give_up)
        return guest.participant

    def _room(self, conference_sid: str) -> ConferenceRoom:
        room = self._rooms.conferences.room(conference_sid)
        assert room is not None, "REST acts upon conferences that are not over"
        return room


class _Guest:
    """Somebody who is called into a conference."""

    placed: PlacedLeg
    participant: Participant

    def __init__(self, room: ConferenceRoom, spec: ParticipantSpec) -> None:
        self._room = room
        self._early_media = spec.early_media

    def hear(self, news: LegNews) -> None:
        """What has become of the call."""
        match news:
            case LegNews.READY:
                self._room.take_place(self.participant, self.placed.leg, lambda _: self.give_up())
            case LegNews.LEFT:
                self._leave(LeaveReason.UPDATED_VIA_API)
            case LegNews.ENDED:
                came = self.participant.call.status is CallStatus.COMPLETED
                self._leave(LeaveReason.HUNG_UP if came else LeaveReason.ADD_FAILED)
            case LegNews.RANG if self._early_media:
                self._room.let_ring(self.participant)
            case LegNews.RANG | LegNews.ANSWERED:
                pass  # the participant's status is its call's

    def give_up(self) -> None:
        """It is out, or not wanted any more."""
        self.placed.end("its part in the conference is over")

    def _leave(self, reason: LeaveReason) -> None:
        call = self.placed.call
        self._room.leave(call.sid, reason, status=call.status)
