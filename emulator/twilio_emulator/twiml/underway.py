"""What a verb has started and not seen the end of, learnt by listening to its commands and events.

Who takes a verb off the line before it is done settles this: stops what sounds and runs, and waits for what
was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from twilio_emulator.twiml.flow import (
    AudioReady,
    Command,
    Event,
    LoadMedia,
    MediaFailed,
    PlaybackEnded,
    StartPlayback,
    StartTimer,
    StopPlayback,
    StopTimer,
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
