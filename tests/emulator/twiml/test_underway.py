from __future__ import annotations

import pytest

from twilio_emulator.twiml.flow import (
    AudioReady,
    Command,
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
from twilio_emulator.twiml.underway import Underway

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
        ([PLAYS, SLEEPS, SLEEPS, StartTimer("b", 1)], [StopPlayback(), StopTimer("pause"), StopTimer("b")]),
    ],
)
def test_what_runs_is_stopped_once(story, settled_by):
    underway = Underway()
    for step in story:
        underway.note(step) if isinstance(step, Command) else underway.hear(step)
    assert list(underway.stopping()) == settled_by
    assert list(underway.stopping()) == []


@pytest.mark.parametrize("ask", [Synthesize("Hi", "man", "en-US"), LoadMedia("https://a.example.com")])
@pytest.mark.parametrize("answer", [AudioReady(b""), MediaFailed(11200, "No.")])
def test_audio_is_owed_from_the_asking_to_the_answer(ask, answer):
    underway = Underway()
    assert not underway.owes_audio
    underway.note(ask)
    underway.hear(None)
    assert underway.owes_audio
    underway.hear(answer)
    assert not underway.owes_audio
