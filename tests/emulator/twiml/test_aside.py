"""Documents beside a call's own: they play, they lead to others, they end, and only some verbs may stand in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from twilio_emulator.journal import Problem, VerbStarted
from twilio_emulator.media.sources import decode_media
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.aside import run_aside
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import (
    WAIT,
    AudioReady,
    Command,
    DocumentArrived,
    Event,
    Fetch,
    FetchFailed,
    PlaybackEnded,
    Report,
    StartPlayback,
    StartTimer,
    Synthesize,
    TimerFired,
)
from twilio_emulator.twiml.outcomes import GoTo, Next
from twilio_emulator.twiml.schema import Tag
from twilio_emulator.twiml.verbs import VERBS
from twilio_wire.audio import wav_bytes
from twilio_wire.g711 import decode

URL = "https://app.example.com/wait"
MUSIC = b"\x42" * 1600
ALLOWED = Tag(
    name="Response",
    children={name: VERBS[name] for name in ("Play", "Say", "Pause", "Redirect")},
    child_code=13238,
    child_level="error",
)

Happen = Callable[[Command], Event | None]


def page(*documents: str, content_type: str = "text/xml") -> Happen:
    """A world that serves these documents in turn, in which all sounds are heard at once."""
    coming = list(documents)

    def happen(command: Command) -> Event | None:
        match command:
            case Fetch(url=url):
                return DocumentArrived(url=url, content_type=content_type, body=coming.pop(0).encode())
            case Synthesize():
                return AudioReady(MUSIC)
            case StartPlayback():
                return PlaybackEnded()
            case StartTimer(name=name):
                return TimerFired(name)
        return None

    return happen


def run(happen: Happen, quirks: Quirks | None = None) -> tuple[object, list[Command]]:
    """How it ended, and what it asked for."""
    steps = run_aside(GoTo(URL, purpose="wait"), CallContext(quirks=quirks or Quirks(), answered=True), ALLOWED)
    asked: list[Command] = []
    told: list[Event] = []
    command = next(steps)
    try:
        while True:
            if command == WAIT:
                command = steps.send(told.pop(0))
                continue
            asked.append(command)
            event = happen(command)
            if event is not None:
                told.append(event)
            command = next(steps)
    except StopIteration as stop:
        return stop.value, asked


def without_reports(asked: list[Command]) -> list[Command]:
    return [command for command in asked if not isinstance(command, Report)]


def test_its_verbs_run_from_top_to_bottom_and_its_end_hangs_nobody_up():
    outcome, asked = run(page("<Response><Say>Please wait.</Say><Pause length='2'/></Response>"))
    assert outcome == Next()
    assert without_reports(asked) == [
        Fetch(URL, "POST", purpose="wait"),
        Synthesize("Please wait.", "man", "en-US"),
        StartPlayback(MUSIC),
        StartTimer("pause", 2000),
    ]


def test_it_may_lead_to_another_and_relative_urls_are_resolved_against_it():
    _, asked = run(page("<Response><Redirect method='GET'>more</Redirect></Response>", "<Response/>"))
    assert [command.url for command in asked if isinstance(command, Fetch)] == [URL, "https://app.example.com/more"]


def test_a_sound_and_a_text_are_documents_too():
    wav = wav_bytes(decode(MUSIC)).decode("latin-1")

    def serve(command: Command) -> Event | None:
        if isinstance(command, Fetch):
            return DocumentArrived(url=URL, content_type="audio/wav", body=wav.encode("latin-1"))
        return PlaybackEnded() if isinstance(command, StartPlayback) else None

    _, asked = run(serve)
    assert StartPlayback(decode_media(wav.encode("latin-1"), "audio/wav")) in asked
    _, asked = run(page("Please wait.", content_type="text/plain"))
    assert Synthesize("Please wait.", "man", "en-US") in asked


def test_a_verb_that_may_not_stand_in_it_is_an_error_and_nothing_runs():
    with pytest.raises(TwimlError) as refused:
        run(page("<Response><Say>Hello.</Say><Gather/></Response>"))
    assert (refused.value.code, refused.value.line) == (13238, 1)
    assert "Redirect" in refused.value.hint


def test_what_is_tolerated_elsewhere_is_told_here_too():
    _, asked = run(page("<Response><Pause duration='3'/></Response>"))
    entries = [command.entry for command in asked if isinstance(command, Report)]
    assert [entry.code for entry in entries if isinstance(entry, Problem)] == [12200]
    assert [entry.verb for entry in entries if isinstance(entry, VerbStarted)] == ["Pause"]


def test_a_document_that_cannot_be_had_is_an_error():
    with pytest.raises(TwimlError) as refused:
        run(lambda command: FetchFailed(URL, 11200, "It answered 500."))
    assert (refused.value.code, refused.value.url) == (11200, URL)


def test_documents_that_take_no_time_and_lead_to_one_another_are_a_loop():
    with pytest.raises(TwimlError, match="a loop") as refused:
        run(page(*["<Response><Redirect/></Response>"] * 20), Quirks(redirect_limit=10))
    assert refused.value.code == 0


def test_a_loop_in_which_time_passes_goes_on():
    looping = ["<Response><Pause/><Redirect/></Response>"] * 30
    outcome, asked = run(page(*looping, "<Response/>"), Quirks(redirect_limit=10))
    assert outcome == Next()
    assert len([command for command in asked if isinstance(command, Fetch)]) == 31
