"""Plays what a document says to somebody, beside everything else: wait music, hold music, an announcement.

Only Play, Say, Pause and Redirect may stand in such a document [twilio.com/docs/api/errors/13238].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from twilio_emulator.calls.performer import Performer
from twilio_emulator.media.playback import Playback
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.aside import run_aside
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import Fetch, Steps
from twilio_emulator.twiml.outcomes import GoTo
from twilio_emulator.twiml.schema import Tag
from twilio_emulator.twiml.verbs import VERBS

MUSIC: Final = Tag(
    name="Response",
    children={name: VERBS[name] for name in ("Play", "Say", "Pause", "Redirect")},
    child_code=13238,
    child_level="error",
)
"""The root of such a document."""

Over = Callable[[TwimlError | None], None]
"""Told once of the end of a document, with what was wrong if it failed. Not told when the announcer is stopped."""


class Announcer:
    """Carries out one document, and hands out its sound frame by frame.

    `parameters` is what its requests say of whom they are for; `call_sid` whose they are in the journal.
    """

    def __init__(self, place: GoTo, rooms: Rooms, *, call_sid: str, parameters: Mapping[str, str], over: Over) -> None:
        self.call_sid = call_sid
        self.playback = Playback()
        self._parameters = parameters
        self._over = over
        self._rooms = rooms
        self._performer = Performer(self, rooms)
        self._place = place
        self._is_over = False

    def begin(self) -> None:
        """Ask for the document."""
        self._performer.perform(self._steps())

    def stop(self) -> None:
        """Be silent from now on; nobody is told."""
        self._over = _nobody_cares
        if not self._is_over:
            self._performer.stop()

    def next_frame(self) -> bytes:
        """The next 20 ms: 160 bytes, µ-law."""
        frame, marks = self.playback.next_frame()
        for _ in marks:
            self._performer.playback_reached_end()
        return frame

    # --- what its flow acts upon (SoundStage) -----------------------------------------------------------------------

    def voice_request(self, fetch: Fetch) -> dict[str, str]:
        """The parameters of a request."""
        return {**self._parameters, **fetch.parameters}

    def hang_up(self, cause: str) -> None:
        """The emulator has failed; whoever waits for the end is not left waiting."""
        self._over(TwimlError(0, f"{cause}."))

    def _steps(self) -> Steps[None]:
        context = CallContext(quirks=self._rooms.quirks, answered=True)
        failure: TwimlError | None = None
        try:
            yield from run_aside(self._place, context, MUSIC)
        except TwimlError as error:
            yield context.failure(error)
            failure = error
        self._is_over = True
        self._over(failure)


def _nobody_cares(_: TwimlError | None) -> None:
    """The announcer was stopped."""
