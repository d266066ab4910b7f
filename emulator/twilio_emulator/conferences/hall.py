"""Which conferences are live, by the sid of their resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twilio_emulator.conferences.room import ConferenceRoom


class ConferenceHall:
    """The rooms of conferences that are not over."""

    def __init__(self) -> None:
        self._rooms: dict[str, ConferenceRoom] = {}

    def open(self, room: ConferenceRoom) -> None:
        """A conference begins to exist."""
        self._rooms[room.conference.sid] = room

    def close(self, room: ConferenceRoom) -> None:
        """A conference is over."""
        del self._rooms[room.conference.sid]

    def room(self, conference_sid: str) -> ConferenceRoom | None:
        """The live conference with this sid."""
        return self._rooms.get(conference_sid)

    def __len__(self) -> int:
        return len(self._rooms)
