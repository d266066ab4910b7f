"""The timeline: every kind of entry has a line that says it in words."""

import msgspec
import pytest

from twilio_emulator import journal as facts
from twilio_emulator.clock import FreeClock
from twilio_emulator.journal import AnyEntry, Journal
from twilio_emulator.media.measures import BargeIn, Measures, Stall, Turn
from twilio_emulator.timeline import render_timeline

SID = "CA" + "a" * 32

MEASURES = Measures(
    began_ms=1200,
    time_to_first_audio_ms=520,
    turns=(Turn(1000, 1400, 400), Turn(8000, None, None)),
    response_p50_ms=400,
    response_max_ms=400,
    stalls=(Stall(3000, 240),),
    barge_ins=(BargeIn(5000, 100, 120), BargeIn(9000, None, None)),
    audio_sent_ms=4000,
    fastest_second_ms=1020,
    queued_max_ms=400,
    queued_p50_ms=200,
    marks_sent=3,
    marks_unanswered=1,
)
NOTHING_MEASURED = Measures(
    began_ms=0,
    time_to_first_audio_ms=None,
    turns=(),
    response_p50_ms=None,
    response_max_ms=None,
    stalls=(),
    barge_ins=(),
    audio_sent_ms=None,
    fastest_second_ms=None,
    queued_max_ms=None,
    queued_p50_ms=None,
    marks_sent=0,
    marks_unanswered=0,
)
NOTHING_ROWS = [
    "first audio       -",
    "answers           -",
    "stalls            -",
    "barge-ins         -",
    "audio sent        -",
    "marks unanswered  -",
]

LINES = [
    (
        facts.CallMoved(
            call_sid=SID,
            direction="inbound",
            from_number="+15557770001",
            to_number="+15550001111",
            before="",
            status="ringing",
            cause="a call came in",
        ),
        "ringing      +15557770001 → +15550001111, inbound: a call came in",
    ),
    (
        facts.RestRequested(method="POST", path="/x.json", parameters={}, status=400, error_code=21211),
        "REST         POST /x.json → 400 (error 21211)",
    ),
    (
        facts.WebhookSent(
            purpose="voice",
            method="POST",
            url="http://app/voice",
            parameters={"CallStatus": "ringing"},
            status=200,
            content_type="text/xml",
        ),
        "webhook      voice [ringing]: POST http://app/voice → 200 text/xml",
    ),
    (
        facts.WebhookSent(
            purpose="media", method="GET", url="http://app/a.wav", parameters={}, status=0, error="refused."
        ),
        "webhook      media: GET http://app/a.wav → refused.",
    ),
    (facts.VerbStarted(verb="Gather", attributes={"numDigits": "1"}), 'TwiML        <Gather numDigits="1">'),
    (
        facts.Spoke(text="Hello.", voice="man", language="en-US", duration_ms=700),
        "says         “Hello.” (0.7 s)",
    ),
    (
        facts.FaultStruck(fault="loss", detail="3 of 50 frames lost from the caller"),
        "FAULT        loss: 3 of 50 frames lost from the caller",
    ),
    (
        facts.CallMeasured(measures=MEASURES),
        "measured     first audio       after 0.52 s\n"
        f"{'':24}answers           1 of 2, after 0.40 s (median), 0.40 s (longest)\n"
        f"{'':24}stalls            0.24 s at 3.00 s\n"
        f"{'':24}barge-ins         at 5.00 s (clear after 0.10 s, silent after 0.12 s), "
        "at 9.00 s (no clear, never silent)\n"
        f"{'':24}audio sent        4.00 s, at most 1.02 s within a second, queued 0.20 s (median), 0.40 s (most)\n"
        f"{'':24}marks unanswered  1 of 3",
    ),
    (
        facts.CallMeasured(measures=NOTHING_MEASURED),
        f"measured     {f'{chr(10)}{chr(32) * 24}'.join(NOTHING_ROWS)}",
    ),
    (facts.DigitHeard(digit="5"), "key heard    5"),
    (facts.GatherEnded(digits="", reason="timeout"), "gathered     nothing (timeout)"),
    (
        facts.PartiesTalked(other_call_sid="CA12345", event="bridged"),
        "bridged      with CA12345",
    ),
    (facts.RecordEnded(recording_sid="RE", reason="silence", duration_s=7), "recorded     7 s (silence)"),
    (
        facts.StreamMoved(stream_sid="MZ", source="app", event="clear"),
        "stream       app clear",
    ),
    (
        facts.RecordingMoved(recording_sid="RE", status="completed", cause="it was kept", duration_ms=1500),
        "recording    completed: it was kept (1.5 s)",
    ),
    (
        facts.ConferenceMoved(conference_sid="CF", name="Room 1234", event="participant-join"),
        "conference   Room 1234 participant-join",
    ),
    (facts.AnswerJudged(answered_by="human", duration_ms=2200), "answered by  human (detected after 2.2 s)"),
    (
        facts.QueueMoved(queue_sid="QU", queue="support", event="entered", detail="as number 1"),
        "queue        entered support (as number 1)",
    ),
    (facts.SidecarMoved(what="Siprec", sid="SR", event="began", detail="ear"), "beside       Siprec began: ear"),
    (
        facts.PhoneActed(phone_number="+15557770001", action="presses", detail="12"),
        "phone        +15557770001 presses 12",
    ),
    (
        facts.Problem(code=11200, level="error", message="It failed.", hint="Mend it."),
        "ERROR        11200: It failed. Mend it.",
    ),
]


def test_every_kind_of_entry_is_covered_here() -> None:
    assert {type(entry) for entry, _ in LINES} == set(AnyEntry.__args__)


@pytest.mark.parametrize(("entry", "line"), LINES, ids=lambda value: type(value).__name__)
def test_an_entry_is_one_line(entry: facts.Entry, line: str) -> None:
    journal = Journal(FreeClock())
    journal.write(entry)
    assert render_timeline(journal) == f"    0.000  {line}\n"


def test_marks_that_follow_one_another_are_counted_not_listed() -> None:
    journal = Journal(FreeClock())
    for name in "abc":
        journal.write(facts.StreamMoved(call_sid=SID, stream_sid="MZ", source="app", event="mark", detail=name))
    journal.write(facts.StreamMoved(call_sid=SID, stream_sid="MZ", source="twilio", event="stop"))
    assert render_timeline(journal).count("\n") == 2
    assert "app mark: a and 2 more marks" in render_timeline(journal)


def test_one_calls_timeline_has_only_its_own_entries() -> None:
    journal = Journal(FreeClock())
    journal.write(facts.DigitHeard(call_sid=SID, digit="1"))
    journal.write(facts.DigitHeard(call_sid="CA" + "b" * 32, digit="2"))
    assert "key heard    1" in render_timeline(journal, call_sid=SID)
    assert "2" not in render_timeline(journal, call_sid=SID)
    assert "CA…aaaa" in render_timeline(journal)


def test_a_call_that_nobody_knows_has_an_empty_timeline() -> None:
    assert render_timeline(Journal(FreeClock()), call_sid=SID) == "(nothing happened)\n"


def test_the_export_can_be_read_back_into_the_same_entries() -> None:
    journal = Journal(FreeClock())
    for entry, _ in LINES:
        journal.write(entry)
    read = [msgspec.json.decode(line, type=AnyEntry) for line in journal.to_jsonl().splitlines()]
    assert tuple(read) == journal.entries
