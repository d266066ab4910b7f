"""Runs a call's TwiML: fetches a document, runs its verbs from top to bottom, goes where they send it.

Laws
----
* Pure: a generator of steps (see `flow`). Sockets, clocks and speech are behind its commands.
* One document is in charge at a time. At its end the call is hung up.
* A failure is told once, in one `Problem`; then the fallback URL is asked, and if there is none, or that
  fails as well, the caller hears the apology and the call ends [twilio.com/docs/voice/twiml, "Fallback URL"].
* Documents that lead to one another without call time passing are a loop, and end the same way.
"""

from __future__ import annotations

from typing import Final

import msgspec

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.facts import APOLOGY, DEFAULT_LANGUAGE, DEFAULT_VOICE
from twilio_emulator.twiml.fetching import fetch
from twilio_emulator.twiml.flow import (
    Event,
    HangUp,
    Instructions,
    Replaced,
    Report,
    Steps,
)
from twilio_emulator.twiml.outcomes import End, GoTo, Next, Outcome
from twilio_emulator.twiml.performing import answer, perform
from twilio_emulator.twiml.replies import Sound, Text, understand, understand_twiml
from twilio_emulator.twiml.schema import Script
from twilio_emulator.twiml.sounds import play, speak
from twilio_emulator.twiml.underway import overheard, takes_time
from twilio_emulator.twiml.verbs import RESPONSE

FALLBACK: Final = "fallback"
"""The purpose of a request to the fallback URL."""


def interpret(instructions: Instructions, context: CallContext) -> Steps[None]:
    """Carry out instructions, and those that replace them, to the end of the call.

    Raises:
        FarEndHungUp: as it was thrown in, after the verb on the line has asked for what it owed.
    """
    following: Instructions | None = instructions
    while following is not None:
        journey = _Journey(following, context)
        try:
            yield from journey.travel()
            following = None
        except Replaced as replaced:
            following = replaced.instructions


class _Inline(msgspec.Struct, frozen=True):
    """A document that came with its instructions."""

    twiml: str


_Place = GoTo | _Inline


class _Journey:
    """From document to document, as one set of instructions began it."""

    def __init__(self, instructions: Instructions, context: CallContext) -> None:
        self._instructions = instructions
        self._context = context
        self._hasty_documents = 0
        """Documents in a row without call time passing."""

    def travel(self) -> Steps[None]:
        """Visit documents until the call is over."""
        place: _Place | None = self._first_place()
        while place is not None:
            self._hasty_documents += 1
            try:
                outcome = yield from overheard(self._visit(place), self._notice)
                following = outcome if isinstance(outcome, GoTo) else None
            except TwimlError as error:
                yield self._context.failure(error)
                following = self._after_failure(error, place)
                if following is None:
                    yield from apologize(self._context)
            if following is not None and self._hasty_documents >= self._context.quirks.redirect_limit:
                yield self._context.error(
                    0,
                    f"{self._hasty_documents} documents led to one another and no call time passed: a loop.",
                    "Look for a <Redirect>, an action or a fallback URL that leads back to its own document.",
                )
                yield from apologize(self._context)
                following = None
            place = following

    def _first_place(self) -> _Place:
        if self._instructions.twiml:
            return _Inline(self._instructions.twiml)
        return GoTo(self._instructions.url, self._instructions.method, self._instructions.parameters)

    def _visit(self, place: _Place) -> Steps[Outcome]:
        """Get one document and run it; its end is the end of the call."""
        document = yield from self._obtain(place)
        match document:
            case Script(uses=uses, problems=problems):
                for problem in problems:
                    yield Report(problem)
                for use in uses:
                    outcome = yield from perform(use, self._context)
                    if not isinstance(outcome, Next):
                        return outcome
            case Sound(audio=audio):
                yield from answer(self._context)
                yield from play(audio)
            case Text(text=text):
                yield from answer(self._context)
                yield from speak(text, voice=DEFAULT_VOICE, language=DEFAULT_LANGUAGE)
        yield HangUp()
        return End()

    def _obtain(self, place: _Place) -> Steps[Script | Sound | Text]:
        if isinstance(place, _Inline):
            self._context.document_url = ""
            return understand_twiml(place.twiml.encode("utf-8", "surrogatepass"), "utf-8", "", RESPONSE)
        return understand((yield from fetch(place, self._context)), RESPONSE)

    def _after_failure(self, error: TwimlError, place: _Place) -> GoTo | None:
        """Where to go when a document has failed: to the fallback, unless that failed or is not set."""
        failed_on_fallback = isinstance(place, GoTo) and place.purpose == FALLBACK
        if failed_on_fallback or not self._instructions.fallback_url:
            return None
        parameters = {"ErrorCode": str(error.code), "ErrorUrl": error.url or self._context.document_url}
        return GoTo(self._instructions.fallback_url, self._instructions.fallback_method, parameters, purpose=FALLBACK)

    def _notice(self, event: Event | None) -> None:
        if takes_time(event):
            self._hasty_documents = 0


def apologize(context: CallContext) -> Steps[None]:
    """Tell the far end that the app has failed, and hang up."""
    if context.quirks.unanswered_error_answers:
        yield from answer(context)
    if context.answered:
        yield from speak(APOLOGY, voice=DEFAULT_VOICE, language=DEFAULT_LANGUAGE)
    yield HangUp()
