"""What a `<Gather>` has collected so far, keys or speech, and what it waits for. Pure: it says which timers run.

Whichever comes first decides: once a key was pressed speech is not heard any more, and once words were heard keys do
not count, not even the finishing one [twilio.com/docs/voice/twiml/gather, input].
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from twilio_emulator.twiml.digits import DigitCollector, GatherEnding
from twilio_emulator.twiml.flow import DigitPressed, Event, SpeechStarted, SpeechStopped, TimerFired, WordsHeard
from twilio_emulator.twiml.heard_speech import SpeechCollector


class GatherTimer(StrEnum):
    """The timers of a `<Gather>`, by their names."""

    TIMEOUT = "gather timeout"
    SPEECH_TIMEOUT = "speech timeout"
    MAX_SPEECH_TIME = "max speech time"


class Phase(StrEnum):
    """What it waits for."""

    INPUT = "anything"
    KEYS = "more keys"
    SPEECH = "the end of what is being said"
    PAUSE = "more speech after a pause"


TIMERS: Final[Mapping[Phase, tuple[GatherTimer, ...]]] = {
    Phase.INPUT: (GatherTimer.TIMEOUT,),
    Phase.KEYS: (GatherTimer.TIMEOUT,),
    Phase.SPEECH: (GatherTimer.MAX_SPEECH_TIME,),
    Phase.PAUSE: (GatherTimer.MAX_SPEECH_TIME, GatherTimer.SPEECH_TIMEOUT),
}
"""Which timers run meanwhile."""

ENDINGS: Final[Mapping[GatherTimer, GatherEnding]] = {
    GatherTimer.TIMEOUT: GatherEnding.TIMEOUT,
    GatherTimer.SPEECH_TIMEOUT: GatherEnding.SPEECH_ENDED,
    GatherTimer.MAX_SPEECH_TIME: GatherEnding.MAX_SPEECH_TIME,
}
"""What their end means."""


class InputCollector:
    """Keys or speech. `ending` stays None while more may come; after that nothing is taken any more."""

    def __init__(self, *, finish_on_key: str, num_digits: int) -> None:
        self.keys = DigitCollector(finish_on_key=finish_on_key, num_digits=num_digits)
        self.speech = SpeechCollector()
        self.interrupts = False
        """Whether anything has come that ends a prompt."""

    @property
    def ending(self) -> GatherEnding | None:
        """Why it ended, if it has."""
        return self.keys.ending

    @property
    def phase(self) -> Phase:
        """What it waits for."""
        if self.keys.digits:
            return Phase.KEYS
        if self.speech.is_speaking:
            return Phase.SPEECH
        return Phase.PAUSE if self.speech.text else Phase.INPUT

    def take(self, event: Event) -> bool:
        """Take note of an event; False if it counts for nothing."""
        if self.ending is not None:
            return False
        match event:
            case DigitPressed(digit=digit) if not self.speech.text:
                self.interrupts = True
                self.keys.press(digit)
            case SpeechStarted() if not self.keys.digits:
                self.interrupts = True
                self.speech.start()
            case WordsHeard(words=words, confidence=confidence) if not self.keys.digits:
                self.speech.hear(words, confidence)
            case SpeechStopped() if not self.keys.digits:
                self.speech.stop()
            case TimerFired(name=name) if name in ENDINGS:
                self.end(ENDINGS[GatherTimer(name)])
            case _:
                return False
        return True

    def end(self, ending: GatherEnding) -> None:
        """Stop for a reason from outside; the first reason stands."""
        self.keys.end(ending)
