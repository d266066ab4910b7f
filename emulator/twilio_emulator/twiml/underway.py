"""What a verb has started and not seen the end of, learnt by listening to its commands and events.

Who takes a verb off the line before it is done settles this: stops what sounds and runs, and waits for what
was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from twilio_emulator.twiml.flow import (
    AudioReady,
    Command,
    Event,
    FarEndHungUp,
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


class Underway:
    """What one verb, or a few in turn, have under way.

    `owes_audio`: audio was asked for and has not come. Its event bears no name, so nobody else may get it.
    """

    def __init__(self) -> None:
        self.owes_audio = False
        self._sounding = False
        self._timers: dict[str, None] = {}

    def note(self, command: Command) -> None:
        """The verb has asked for this."""
        match command:
            case Synthesize() | LoadMedia():
                self.owes_audio = True
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
            case AudioReady() | MediaFailed():
                self.owes_audio = False
            case PlaybackEnded():
                self._sounding = False
            case TimerFired(name=name):
                self._timers.pop(name, None)

    def stopping(self) -> Iterator[Command]:
        """The commands that stop what sounds and runs."""
        if self._sounding:
            yield StopPlayback()
        for name in self._timers:
            yield StopTimer(name)
        self._sounding = False
        self._timers = {}


def takes_time(event: Event | None) -> bool:
    """Whether call time has passed until this happened: documents without such an event between them are a loop."""
    match event:
        case PlaybackEnded() | TimerFired() | StreamEnded(ending=StreamEnding.CLOSED_BY_APP):
            return True
    return False


Ending = TypeVar("Ending")


def overheard(steps: Steps[Ending], notice: Callable[[Event | None], None]) -> Steps[Ending]:
    """Run steps as `yield from` does, and let somebody hear the events.

    An event is None where the last command was not a wait.
    """
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
