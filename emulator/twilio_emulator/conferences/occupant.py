"""One participant in its seat: whether it talks, waits or is on hold, and what plays to it alone."""

from __future__ import annotations

from collections.abc import Callable

from twilio_emulator.conferences.announcer import Announcer, Over
from twilio_emulator.conferences.conference import Conference, Participant
from twilio_emulator.conferences.spec import Music
from twilio_emulator.media.conference_seat import ConferenceSeat, Loop
from twilio_emulator.media.hold_music import hold_music
from twilio_emulator.media.leg import Leg
from twilio_emulator.media.speech_watch import SpeechWatch
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.conference_flow import Leaving
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.outcomes import GoTo
from twilio_emulator.webhooks.parameters import voice_parameters

Out = Callable[[Leaving], None]
"""Tells a call that it is out of its conference, and why."""


class Occupant:
    """Sits down when it is made. `out` is told by the room, not from here."""

    def __init__(self, participant: Participant, conference: Conference, leg: Leg, rooms: Rooms, *, out: Out) -> None:
        self.participant = participant
        self.seat = ConferenceSeat()
        self.speech = SpeechWatch()
        self.out = out
        self._conference = conference
        self._leg = leg
        self._rooms = rooms
        self._music: Announcer | None = None
        self._announcement: Announcer | None = None
        self._announced: Over | None = None
        self.seat.channel.is_muted = participant.is_muted
        leg.seat = self.seat

    def get_up(self) -> None:
        """Leave the seat; whatever plays to it ends."""
        self._stop_music()
        self._stop_announcement()
        self._leg.seat = None

    def talk(self) -> None:
        """Join the others."""
        self._stop_music()
        self.seat.let_in()

    def listen_to(self, music: Music, purpose: str, *, failed: Callable[[TwimlError], None]) -> None:
        """Stay apart from the others, to music; `failed` is told if it cannot be had. Silence follows its end."""
        self._stop_music()
        self.seat.set_apart()
        if music.url is None:
            self.seat.music = Loop(hold_music())
        elif music.url:

            def over(failure: TwimlError | None) -> None:
                self.seat.music = self._music = None
                if failure is not None:
                    failed(failure)

            self._music = announcer = self._announcer(GoTo(music.url, music.method, purpose=purpose), over)
            self.seat.music = announcer
            announcer.begin()

    def announce(self, place: GoTo, over: Over) -> None:
        """Let it hear a document, over everything else; one that plays is cut off, and its end told."""
        self._stop_announcement()

        def ended(failure: TwimlError | None) -> None:
            self.seat.announcement = self._announcement = self._announced = None
            over(failure)

        self._announced = over
        self._announcement = announcer = self._announcer(place, ended)
        self.seat.announcement = announcer
        announcer.begin()

    def _announcer(self, place: GoTo, over: Over) -> Announcer:
        call = self.participant.call
        extras = {"ConferenceSid": self._conference.sid, "FriendlyName": self._conference.friendly_name}
        parameters = voice_parameters(call, quirks=self._rooms.quirks, extras=extras)
        return Announcer(place, self._rooms, call_sid=call.sid, parameters=parameters, over=over)

    def _stop_music(self) -> None:
        self.seat.music = None
        if self._music is not None:
            music, self._music = self._music, None
            music.stop()

    def _stop_announcement(self) -> None:
        if self._announcement is not None and self._announced is not None:
            self._announcement.stop()
            over = self._announced
            self.seat.announcement = self._announcement = self._announced = None
            over(None)
