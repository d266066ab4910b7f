"""What a call's TwiML may ask of the world, and what it may be told: the whole contract, on two screens.

A verb is a generator of *steps*. It yields a command; commands never block. When it has nothing more to ask it yields
`WAIT` and receives the next event. So a verb reads like blocking code, and needs no event loop, no socket and no clock:
its test is a script of who said what.

    def run(verb, call):
        yield StartPlayback(audio)
        yield from until(PlaybackEnded)

Two things come to a verb from outside at any WAIT, as exceptions thrown into the generator: `FarEndHungUp`, and
`Replaced` when a REST update puts other TwiML in charge. A verb that owes a last request (Record, Dial, Enqueue)
catches them, asks for what it owes (`last_request`), and raises them again.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from twilio_emulator.journal import Entry
from twilio_emulator.twiml.speech_script import Piece

# --- commands: imperatives ------------------------------------------------------------------------------------------


class Command(msgspec.Struct, frozen=True):
    """Something the flow asks the world to do."""


class Wait(Command, frozen=True):
    """Nothing more to ask: give me the next event."""


WAIT: Final = Wait()


class Answer(Command, frozen=True):
    """Pick up, if the call is not answered yet."""


class HangUp(Command, frozen=True):
    """End the call. After this the flow asks for what it owes, and nothing else."""


class Accept(Command, frozen=True):
    """The screening of a dialled leg is at its end: let it be bridged. The flow is over after this."""


class RejectReason(StrEnum):
    """What a rejected caller experiences [twilio.com/docs/voice/twiml/reject]."""

    REJECTED = "rejected"
    BUSY = "busy"


class Reject(Command, frozen=True):
    """Refuse a call that is still ringing. The flow is over after this."""

    reason: RejectReason


class Fetch(Command, frozen=True):
    """Request a TwiML document; `DocumentArrived` or `FetchFailed` follows.

    `parameters` are added to the standard ones of a voice request.
    """

    url: str
    method: str
    parameters: Mapping[str, str] = {}
    purpose: str = "voice"


class Synthesize(Command, frozen=True):
    """Turn text into speech; `AudioReady` follows.

    `pieces` are what it is spoken in when there is more to it than the text: manners and pauses.
    """

    text: str
    voice: str
    language: str
    pieces: tuple[Piece, ...] = ()


class LoadMedia(Command, frozen=True):
    """Fetch an audio file; `AudioReady` or `MediaFailed` follows."""

    url: str


class Forget(Command, frozen=True):
    """What was asked for and has not come (a document, speech, a file) is not wanted any more; nothing follows."""


class StartPlayback(Command, frozen=True, eq=False):
    """Play bytes (µ-law, 8 kHz, mono) to the far end; `PlaybackEnded` follows unless it is stopped.

    `says` is what they say, where that is known: "" for sound that says nothing, such as tones.
    """

    audio: bytes
    says: str | None = None

    def __eq__(self, other: object) -> bool:
        """Whether this is the same to the ear; who knows what it says is no part of it."""
        return isinstance(other, StartPlayback) and self.audio == other.audio

    def __hash__(self) -> int:
        return hash(self.audio)


class StopPlayback(Command, frozen=True):
    """Drop what has not been heard yet. No `PlaybackEnded` follows."""


class StartTimer(Command, frozen=True):
    """`TimerFired` with this name follows after `ms` of call time. Starting a name again restarts it."""

    name: str
    ms: int


class StopTimer(Command, frozen=True):
    """Forget a timer; an unknown name is no mistake."""

    name: str


class ListenForDigits(Command, frozen=True):
    """From now on keys heard from the far end arrive as `DigitPressed`; otherwise they are dropped, as by Twilio."""


class IgnoreDigits(Command, frozen=True):
    """Stop listening for keys."""


class ListenForSpeech(Command, frozen=True):
    """From now on what the far end says arrives as `SpeechStarted`, `WordsHeard` and `SpeechStopped`."""

    language: str
    hints: tuple[str, ...] = ()


class IgnoreSpeech(Command, frozen=True):
    """Stop listening for speech."""


class Notify(Command, frozen=True):
    """Tell the app something about the call, with the standard parameters and these; its reply counts for nothing.

    What one flow tells arrives in its order.
    """

    url: str
    method: str
    parameters: Mapping[str, str]
    purpose: str


class Track(StrEnum):
    """Whose audio a stream carries; names are seen from Twilio [twilio.com/docs/voice/twiml/stream]."""

    INBOUND = "inbound_track"
    OUTBOUND = "outbound_track"
    BOTH = "both_tracks"


class StreamSpec(msgspec.Struct, frozen=True):
    """A `<Stream>`: where to, which track, and what the app is told about it."""

    url: str
    bidirectional: bool
    name: str = ""
    track: Track = Track.INBOUND
    parameters: tuple[tuple[str, str], ...] = ()
    status_callback: str = ""
    status_callback_method: str = "POST"
    has_query: bool = False
    """Whether the url was written with a query string, which Twilio does not send."""


class OpenStream(Command, frozen=True):
    """Open a Media Stream. A bidirectional one reports its end with `StreamEnded`; a fork runs beside the flow."""

    spec: StreamSpec


class CloseStream(Command, frozen=True):
    """Stop the fork of this name."""

    name: str


class PartyCommand(Command, frozen=True):
    """Something that concerns others than the far end: legs to dial, a conference, a queue. One base class a family."""


class Report(Command, frozen=True):
    """Write an entry in the journal."""

    entry: Entry


# --- events: facts --------------------------------------------------------------------------------------------------


class Event(msgspec.Struct, frozen=True):
    """Something that has happened."""


class DocumentArrived(Event, frozen=True):
    """A reply to `Fetch`: its final URL, its content type (as sent) and its body."""

    url: str
    content_type: str
    body: bytes


class FetchFailed(Event, frozen=True):
    """A `Fetch` that brought no document: Twilio's error code, one sentence, and the URL."""

    url: str
    code: int
    message: str


class AudioReady(Event, frozen=True):
    """Audio that was asked for: bytes, µ-law, 8 kHz, mono."""

    audio: bytes


class MediaFailed(Event, frozen=True):
    """Audio that could not be had: Twilio's error code and one sentence."""

    code: int
    message: str


class PlaybackEnded(Event, frozen=True):
    """The last byte of the audio has been heard."""


class DigitPressed(Event, frozen=True):
    """A key, heard from the far end: one of 0-9 * # A-D."""

    digit: str


class SpeechStarted(Event, frozen=True):
    """The far end has begun to speak."""


class WordsHeard(Event, frozen=True):
    """Words of the far end that have just ended; `confidence`, 0.0 to 1.0, is how sure the recogniser is of them."""

    words: tuple[str, ...]
    confidence: float


class SpeechStopped(Event, frozen=True):
    """The far end has not spoken for `silent_ms`."""

    silent_ms: int


class TimerFired(Event, frozen=True):
    """The time of `StartTimer` has come."""

    name: str


class StreamEnding(StrEnum):
    """How a bidirectional stream ended."""

    CLOSED_BY_APP = "closed by the app"
    FAILED = "failed"


class StreamEnded(Event, frozen=True):
    """The bidirectional stream is over, and the call is still up."""

    ending: StreamEnding


class FarEndReferred(Event, frozen=True):
    """A SIP far end wants whoever it talks with to be connected to this address instead (REFER)."""

    target: str


class FarEndHungUp(Exception):
    """The far end has hung up, or REST has completed the call; thrown into the flow at its WAIT."""


class Instructions(msgspec.Struct, frozen=True):
    """Where TwiML comes from: a URL to fetch, or a document given inline (then `url` is empty)."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""
    fallback_url: str = ""
    fallback_method: str = "POST"
    parameters: Mapping[str, str] = {}
    """What its request carries besides the standard parameters."""

    @property
    def are_given(self) -> bool:
        """Whether there is TwiML at all."""
        return bool(self.url or self.twiml)


class Replaced(Exception):
    """A REST update has put other TwiML in charge; thrown into the flow at its WAIT."""

    def __init__(self, instructions: Instructions) -> None:
        super().__init__("The call's TwiML was replaced by REST.")
        self.instructions = instructions


# --- steps ----------------------------------------------------------------------------------------------------------

Ending = TypeVar("Ending")
Steps = Generator[Command, Event, Ending]
"""A flow: yields commands, receives events (after WAIT), and returns how it ended."""

SomeEvent = TypeVar("SomeEvent", bound=Event)


def last_request(fetch: Fetch) -> Steps[None]:
    """Tell the app something whose answer counts for nothing."""
    yield fetch
    yield Forget()


def until(*kinds: type[SomeEvent]) -> Generator[Command, Event, SomeEvent]:
    """Wait for the first event of one of these kinds; others go by unheard."""
    while True:
        event = yield WAIT
        if isinstance(event, kinds):
            return event
