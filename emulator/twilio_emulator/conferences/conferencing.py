"""The department for `<Conference>`: takes a call into a conference, and out of it again."""

from __future__ import annotations

from twilio_emulator.by_type import ByType
from twilio_emulator.calls.call import CallStatus
from twilio_emulator.calls.department import Host, Tell
from twilio_emulator.conferences.conference import Conference, LeaveReason, Refusal, nobody_to_coach
from twilio_emulator.conferences.room import ConferenceRoom
from twilio_emulator.conferences.spec import ParticipantSpec
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml import conference_flow as flow
from twilio_emulator.twiml.flow import PartyCommand
from twilio_wire.sids import SidKind


def room_for(rooms: Rooms, account_sid: str, name: str, spec: ParticipantSpec) -> ConferenceRoom:
    """The account's live conference of this name; if there is none, a new one as its first participant wants it.

    Raises:
        Refusal: when that one is to coach somebody.
    """
    conference = rooms.store.conferences.open_named(account_sid, name)
    room = None if conference is None else rooms.conferences.room(conference.sid)
    if room is None:
        if spec.coaches:
            raise nobody_to_coach(spec.coaches, name)
        conference = Conference(
            sid=rooms.sids.new(SidKind.CONFERENCE),
            account_sid=account_sid,
            friendly_name=name,
            settings=spec.settings,
            created_ms=rooms.clock.now_ms,
            updated_ms=rooms.clock.now_ms,
        )
        rooms.store.conferences.add(conference)
        room = ConferenceRoom(conference, rooms, over=rooms.conferences.close)
        rooms.conferences.open(room)
    return room


class Conferencing:
    """One call's place in conferences: it is in one at a time."""

    def __init__(self, host: Host, rooms: Rooms) -> None:
        self._host = host
        self._rooms = rooms
        self._room: ConferenceRoom | None = None

    def carry_out(self, command: PartyCommand, tell: Tell) -> None:
        """Do what the flow asks."""
        self._do(command, tell)

    def part(self) -> None:
        """Get up, because the call is over or has other things to do."""
        is_over = self._host.is_ending
        self._leave(
            LeaveReason.HUNG_UP if is_over else LeaveReason.UPDATED_VIA_API,
            CallStatus.COMPLETED if is_over else CallStatus.IN_PROGRESS,
        )

    @ByType
    def _do(self, command: PartyCommand, tell: Tell) -> None:
        raise AssertionError(f"<Conference> asked for {type(command).__name__}, which nobody carries out.")

    @_do.register
    def _join(self, command: flow.JoinConference, tell: Tell) -> None:
        # The far end may have hung up at the very moment of the answer, before the flow could be told.
        if self._host.is_ending:
            return
        call = self._host.call

        def out(leaving: flow.Leaving) -> None:
            self._room = None
            tell(flow.ConferenceLeft(leaving))

        try:
            self._room = room_for(self._rooms, call.account_sid, command.name, command.spec)
            self._room.come_in(call, command.spec, self._host.leg, out)
        except Refusal as refusal:
            self._room = None
            tell(flow.ConferenceRefused(refusal.code, refusal.message, refusal.hint))

    @_do.register
    def _get_up(self, _: flow.LeaveConference, tell: Tell) -> None:
        self._leave(LeaveReason.HUNG_UP, CallStatus.IN_PROGRESS)

    def _leave(self, reason: LeaveReason, status: CallStatus) -> None:
        if self._room is not None:
            room, self._room = self._room, None
            room.leave(self._host.call.sid, reason, status=status)
