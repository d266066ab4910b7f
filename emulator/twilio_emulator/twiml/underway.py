"""What a verb has started and not seen the end of, learnt by listening to its commands and events.

Who takes a verb off the line before it is done settles this: stops what sounds and runs, and forgets what was asked
for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TypeVar

from twilio_emulator.twiml.dial_flow import LegRang
from twilio_emulator.twiml.flow import (
    AudioReady,
    Command,
    DocumentArrived,
    Event,
    FarEndHungUp,
    Fetch,
    FetchFailed,
    Forget,
    IgnoreDigits,
    IgnoreSpeech,
    ListenForDigits,
    ListenForSpeech,
    LoadMedia,
    MediaFailed,
    PlaybackEnded,
    Replaced,
    StartPlayback,
    StartTimer,
    Steps,
    StopPlayback,
    StopTimer,
    StreamEnded,
    StreamEnding,
    Synthesize,
    TimerFired,
)
from twilio_emulator.twiml.refer_flow import ReferProgressed


class Underway:
    """What one verb, or a few in turn, have under way."""

    def __init__(self) -> None:
        self._is_owed = False
        """Something was asked for and has not come. Its event bears no name, so nobody else may get it."""
        self._sounding = False
        self._listening = False
        self._listening_for_speech = False
        self._timers: dict[str, None] = {}

    def note(self, command: Command) -> None:
        """The verb has asked for this."""
        match command:
            case Synthesize() | LoadMedia() | Fetch():
                self._is_owed = True
            case Forget():
                self._is_owed = False
            case ListenForDigits():
                self._listening = True
            case IgnoreDigits():
                self._listening = False
            case ListenForSpeech():
                self._listening_for_speech = True
            case IgnoreSpeech():
                self._listening_for_speech = False
            case StartPlayback():
                self._sounding = True
            case StopPlayback():
                self._sounding = False
            case StartTimer(name=name):
                self._timers[name] = None
            case StopTimer(name=name):
                self._timers.pop(name, None)

    def hear(self, event: Event | None) -> None:
        """This has happened (None: the verb's last command was not a wait)."""
        match event:
            case AudioReady() | MediaFailed() | DocumentArrived() | FetchFailed():
                self._is_owed = False
            case PlaybackEnded():
                self._sounding = False
            case TimerFired(name=name):
                self._timers.pop(name, None)

    def stopping(self) -> Iterator[Command]:
        """The commands after which nothing of it happens any more."""
        if self._is_owed:
            yield Forget()
        if self._sounding:
            yield StopPlayback()
        for name in self._timers:
            yield StopTimer(name)
        if self._listening:
            yield IgnoreDigits()
        if self._listening_for_speech:
            yield IgnoreSpeech()
        self._is_owed = self._sounding = self._listening = self._listening_for_speech = False
        self._timers = {}


def takes_time(event: Event | None) -> bool:
    """Whether call time has passed until this happened: documents without such an event between them are a loop."""
    match event:
        case PlaybackEnded() | TimerFired() | LegRang() | StreamEnded(ending=StreamEnding.CLOSED_BY_APP):
            return True
        case ReferProgressed(notify_code=code):
            return code is not None and event.is_final
    return False


Ending = TypeVar("Ending")


def overheard(steps: Steps[Ending], notice: Callable[[Event | None], None]) -> Steps[Ending]:
    """Run steps as `yield from` does, and let somebody hear the events.

    An event is None where the last command was not a wait.
    """
    with closing(steps):
        try:
            command = next(steps)
            while True:
                try:
                    event = yield command
                except (FarEndHungUp, Replaced) as fact:
                    command = steps.throw(fact)
                else:
                    notice(event)
                    command = steps.send(event)
        except StopIteration as stop:
            ending: Ending = stop.value
            return ending


SomeEvent = TypeVar("SomeEvent", bound=Event)


def run_until(steps: Steps[Ending], *kinds: type[SomeEvent]) -> Steps[Ending | SomeEvent]:
    """Run steps to their end, or until an event of one of these kinds: then what they have under way is stopped.

    Returns:
        how the steps ended, or the event, which they do not hear.
    """
    underway = Underway()
    with closing(steps):
        try:
            command = next(steps)
            while True:
                underway.note(command)
                try:
                    event = yield command
                except (FarEndHungUp, Replaced) as fact:
                    command = steps.throw(fact)
                    continue
                if isinstance(event, kinds):
                    break
                underway.hear(event)
                command = steps.send(event)
        except StopIteration as stop:
            ending: Ending = stop.value
            return ending
    yield from underway.stopping()
    return event
