"""One `<Gather>` under way: nested verbs play, the far end presses keys or speaks, and timers run in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing

import msgspec

from twilio_emulator.twiml.collector import TIMERS, GatherTimer, InputCollector
from twilio_emulator.twiml.flow import (
    WAIT,
    Event,
    Notify,
    SpeechStopped,
    StartTimer,
    Steps,
    StopTimer,
    TimerFired,
    WordsHeard,
)
from twilio_emulator.twiml.outcomes import Outcome
from twilio_emulator.twiml.schema import Use
from twilio_emulator.twiml.underway import Underway


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the attributes of a `<Gather>` come to. `timer_ms`: how long each timer runs."""

    barge_in: bool
    timer_ms: Mapping[GatherTimer, int]
    partial: Callable[[InputCollector], Notify] | None


class Gathering:
    """Plays the prompts and collects, until something ends it."""

    def __init__(self, collector: InputCollector, terms: Terms) -> None:
        self._collector = collector
        self._terms = terms
        self._prompts = Underway()
        self._running: dict[str, None] = {}

    def collect(self, prompts: tuple[Use, ...], perform: Callable[[Use], Steps[Outcome]]) -> Steps[None]:
        """Play the nested verbs and wait for input until something ends it."""
        for prompt in prompts:
            if not self._barged_in:
                yield from self._prompt(perform(prompt))
        if self._collector.ending is None:
            yield from self._await_input()

    @property
    def _barged_in(self) -> bool:
        return self._collector.interrupts and self._terms.barge_in

    def _prompt(self, steps: Steps[Outcome]) -> Steps[None]:
        """Run a nested verb and hear its events first; input that may barge in ends it."""
        with closing(steps):
            try:
                command = next(steps)
                while not self._barged_in:
                    self._prompts.note(command)
                    event = yield command
                    yield from self._hear(event)
                    command = steps.send(event)
            except StopIteration:
                return
        yield from self._prompts.stopping()

    def _await_input(self) -> Steps[None]:
        """Wait until there is enough input, or time is up."""
        yield from self._set_timers()
        while self._collector.ending is None:
            event = yield WAIT
            if (yield from self._hear(event)) and self._collector.ending is None:
                yield from self._set_timers(event)
        for timer in self._running:
            yield StopTimer(timer)

    def _hear(self, event: Event | None) -> Steps[bool]:
        """Take note of what has happened (None: the last command was not a wait)."""
        self._prompts.hear(event)
        if event is None:
            return False
        if isinstance(event, TimerFired):
            self._running.pop(event.name, None)
        counts = self._collector.take(event)
        if counts and self._terms.partial is not None and self._has_more_to_tell(event):
            yield self._terms.partial(self._collector)
        return counts

    def _has_more_to_tell(self, event: Event) -> bool:
        """Whether speech has come further, or has become certain."""
        return isinstance(event, WordsHeard) or (isinstance(event, SpeechStopped) and bool(self._collector.speech.text))

    def _set_timers(self, event: Event | None = None) -> Steps[None]:
        """Run the timers of the present phase: its longest goes on, the others begin anew."""
        wanted = TIMERS[self._collector.phase]
        for timer in tuple(self._running):
            if timer not in wanted:
                yield StopTimer(timer)
                del self._running[timer]
        silent_ms = event.silent_ms if isinstance(event, SpeechStopped) else 0
        for timer in wanted:
            if timer is GatherTimer.MAX_SPEECH_TIME and timer in self._running:
                continue
            self._running[timer] = None
            gone_ms = silent_ms if timer is GatherTimer.SPEECH_TIMEOUT else 0
            yield StartTimer(timer, max(self._terms.timer_ms[timer] - gone_ms, 0))
