from __future__ import annotations

from collections import deque

import pytest

from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.aside import run_aside
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import (
    WAIT,
    AudioReady,
    Command,
    DigitPressed,
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
    Report,
    StartPlayback,
    StartTimer,
    Steps,
    StopPlayback,
    StopTimer,
    Synthesize,
    TimerFired,
)
from twilio_emulator.twiml.outcomes import GoTo, Next
from twilio_emulator.twiml.schema import Tag
from twilio_emulator.twiml.underway import Underway, run_until
from twilio_emulator.twiml.verbs import VERBS

URL = "https://a.example.com/"
PLAYS, SLEEPS = StartPlayback(b"x"), StartTimer("pause", 1000)


@pytest.mark.parametrize(
    ("story", "settled_by"),
    [
        ([], []),
        ([PLAYS], [StopPlayback()]),
        ([PLAYS, PlaybackEnded()], []),
        ([PLAYS, StopPlayback()], []),
        ([SLEEPS], [StopTimer("pause")]),
        ([SLEEPS, TimerFired("pause")], []),
        ([SLEEPS, TimerFired("other")], [StopTimer("pause")]),
        ([SLEEPS, StopTimer("pause")], []),
        ([ListenForSpeech("en-US")], [IgnoreSpeech()]),
        ([ListenForSpeech("en-US"), IgnoreSpeech()], []),
        ([PLAYS, SLEEPS, SLEEPS, StartTimer("b", 1)], [StopPlayback(), StopTimer("pause"), StopTimer("b")]),
    ],
)
def test_what_runs_is_stopped_once(story, settled_by):
    underway = Underway()
    for step in story:
        underway.note(step) if isinstance(step, Command) else underway.hear(step)
    assert list(underway.stopping()) == settled_by
    assert list(underway.stopping()) == []


@pytest.mark.parametrize("ask", [Synthesize("Hi", "man", "en-US"), LoadMedia(URL), Fetch(URL, "POST")])
@pytest.mark.parametrize(
    "answer",
    [AudioReady(b""), MediaFailed(11200, "No."), DocumentArrived(URL, "text/xml", b""), FetchFailed(URL, 11200, "No.")],
)
def test_what_was_asked_for_is_forgotten_until_it_has_come(ask, answer):
    underway = Underway()
    underway.note(ask)
    underway.hear(None)
    assert list(underway.stopping()) == [Forget()]
    assert list(underway.stopping()) == []
    underway.note(ask)
    underway.hear(answer)
    assert list(underway.stopping()) == []


def test_keys_are_listened_to_no_longer():
    underway = Underway()
    underway.note(ListenForDigits())
    assert list(underway.stopping()) == [IgnoreDigits()]
    underway.note(ListenForDigits())
    underway.note(IgnoreDigits())
    assert list(underway.stopping()) == []


class Enough(Event, frozen=True):
    """What somebody waits for."""


WAIT_DOCUMENT = Tag(name="Response", children={name: VERBS[name] for name in ("Gather", "Pause", "Play")})


def runs(twiml: str, *events: Event) -> tuple[list[Command], object]:
    """A document beside a call's own, until there is enough: what is asked for after the last event, and the ending."""
    context = CallContext(quirks=Quirks(), answered=True)
    steps = run_until(run_aside(GoTo(URL), context, WAIT_DOCUMENT), Enough)
    arrived = DocumentArrived(URL, "text/xml", f"<Response>{twiml}</Response>".encode())
    asked: list[Command] = []
    coming = deque([arrived, *events] if twiml else events)
    try:
        command = next(steps)
        while True:
            if command == WAIT:
                if not coming:
                    return asked, None
                asked = []
                command = steps.send(coming.popleft())
            else:
                asked += [] if isinstance(command, Report) else [command]
                command = next(steps)
    except StopIteration as stop:
        return asked, stop.value


@pytest.mark.parametrize(
    ("twiml", "events", "stopped"),
    [
        ("", (), [Forget()]),
        ("<Pause/>", (), [StopTimer("pause")]),
        ("<Play>/a.wav</Play>", (), [Forget()]),
        ("<Play>/a.wav</Play>", (AudioReady(b"x"),), [StopPlayback()]),
        ("<Gather/>", (), [StopTimer("gather timeout"), IgnoreDigits()]),
        ("<Gather numDigits='1' action='/k'/>", (DigitPressed("1"),), [Forget()]),
    ],
    ids=["a request", "a pause", "a file", "a sound", "keys", "an action"],
)
def test_what_is_waited_for_stops_all_that_is_under_way(twiml, events, stopped):
    assert runs(twiml, *events, Enough()) == (stopped, Enough())


def test_who_comes_to_an_end_before_that_says_how():
    assert runs("<Pause/>", TimerFired("pause")) == ([], Next())


def test_whoever_has_hung_up_is_told_to_the_steps_as_well():
    context = CallContext(quirks=Quirks(), answered=True)
    told = []

    def last_words() -> Steps[None]:
        try:
            yield from run_aside(GoTo(URL), context, WAIT_DOCUMENT)
        except FarEndHungUp:
            told.append("hung up")
            yield StartTimer("last words", 1)
            raise

    steps = run_until(last_words(), Enough)
    assert [next(steps), next(steps)] == [Fetch(URL, "POST"), WAIT]
    assert steps.throw(FarEndHungUp()) == StartTimer("last words", 1)
    with pytest.raises(FarEndHungUp):
        next(steps)
    assert told == ["hung up"]
