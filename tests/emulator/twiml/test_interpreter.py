from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import Connect, VoiceResponse

from twilio_emulator.journal import Problem, Spoke
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import (
    WAIT,
    Answer,
    AudioReady,
    DigitPressed,
    DocumentArrived,
    FarEndHungUp,
    Fetch,
    FetchFailed,
    HangUp,
    Instructions,
    MediaFailed,
    OpenStream,
    PlaybackEnded,
    Reject,
    StartPlayback,
    StartTimer,
    StreamEnded,
    StreamEnding,
    StreamSpec,
    Synthesize,
    TimerFired,
)
from twilio_emulator.twiml.interpreter import interpret
from twilio_wire import tones
from twilio_wire.audio import Audio, wav_bytes

VOICE = "https://app.example.com/voice"
FALLBACK = "https://app.example.com/fallback"
SORRY = "We're sorry, an application error has occurred. Goodbye."


def arrived(text, url=VOICE):
    return DocumentArrived(url, "text/xml", text.encode())


def to_fallback(code, url=VOICE, method="POST"):
    return Fetch(FALLBACK, method, {"ErrorCode": str(code), "ErrorUrl": url}, "fallback")


# --- documents ---------------------------------------------------------------------------------------


def test_verbs_run_from_top_to_bottom_and_the_end_hangs_up(playbook):
    response = VoiceResponse()
    response.say("One")
    response.pause()
    response.say("Two")
    call = playbook(response).says("One").does(StartTimer("pause", 1000)).hears(TimerFired("pause"))
    call.says("Two").does(HangUp()).is_over()
    assert call.verbs == ["Say", "Pause", "Say"]


def test_the_call_is_answered_once_and_by_the_first_verb_that_needs_it(playbook):
    response = VoiceResponse()
    response.pause()
    response.say("One")
    response.say("Two")
    call = playbook(response, answered=False).does(StartTimer("pause", 1000)).hears(TimerFired("pause"))
    call.does(Answer(), Synthesize("One", "man", "en-US")).hears(AudioReady(b"x"))
    call.plays(b"x").says("Two").does(HangUp()).is_over()


@pytest.mark.parametrize("answered", [True, False])
def test_an_empty_document_ends_the_call_without_answering_it(playbook, answered):
    playbook("<Response/>", answered=answered).does(HangUp()).is_over()


def test_the_document_is_asked_for_as_instructed(playbook):
    call = playbook(Instructions(url=VOICE, method="GET")).does(Fetch(VOICE, "GET", {}, "voice"))
    call.hears(arrived("<Response/>")).does(HangUp()).is_over()


def test_a_document_given_inline_is_not_asked_for(playbook, inline):
    call = playbook(inline('<?xml version="1.0" encoding="UTF-16"?><Response><Say>Grüße</Say></Response>'))
    call.says("Grüße").does(HangUp()).is_over()


def test_a_reply_without_a_document_is_an_end(playbook):
    playbook(b"", content_type="").does(HangUp()).is_over()


def test_plain_text_is_spoken_and_then_the_call_ends(playbook):
    call = playbook("Hello, caller.", content_type="text/plain", answered=False)
    call.does(Answer(), Synthesize("Hello, caller.", "man", "en-US")).hears(AudioReady(b"x"))
    call.plays(b"x").does(HangUp()).is_over()


def test_audio_is_played_and_then_the_call_ends(playbook):
    busy = Audio(tones.synthesize(tones.BUSY, 200), 8000)
    call = playbook(wav_bytes(busy.pcm, rate=8000), content_type="audio/wav", answered=False)
    call.does(Answer(), StartPlayback(busy.ulaw())).hears(PlaybackEnded()).does(HangUp()).is_over()


def test_events_that_nobody_asked_for_are_let_by(playbook):
    call = playbook("<Response><Pause/></Response>").does(StartTimer("pause", 1000))
    for event in (DigitPressed("1"), PlaybackEnded(), AudioReady(b"x"), StreamEnded(StreamEnding.FAILED)):
        call.hears(event).does()
    call.hears(TimerFired("pause")).does(HangUp()).is_over()


# --- failures ----------------------------------------------------------------------------------------


def test_a_document_that_cannot_be_had_is_told_once_and_apologized_for(playbook):
    call = playbook(Instructions(url=VOICE)).does(Fetch(VOICE, "POST"))
    call.hears(FetchFailed(VOICE, 11205, "Nobody answers at app.example.com."))
    call.says(SORRY).does(HangUp()).is_over()
    assert call.entries(Problem) == [
        Problem(code=11205, level="error", message="Nobody answers at app.example.com.", url=VOICE)
    ]
    assert [entry.text for entry in call.entries(Spoke)] == [SORRY]


def test_a_ringing_call_is_answered_for_the_apology(playbook):
    call = playbook("<Response>", answered=False)
    call.does(Answer(), Synthesize(SORRY, "man", "en-US")).far_end_hangs_up().is_over()


def test_a_ringing_call_is_left_unanswered_where_the_emulator_is_told_to(playbook):
    call = playbook("oops", answered=False, quirks=Quirks(unanswered_error_answers=False))
    call.does(HangUp()).is_over()
    assert call.codes == [12100]


def test_the_place_of_the_mistake_is_told(playbook, document_url):
    call = playbook("<Response>\n  <Say>Tom & Jerry</Say>\n</Response>")
    call.does(Synthesize(SORRY, "man", "en-US")).far_end_hangs_up().is_over()
    (problem,) = call.entries(Problem)
    assert problem.message == "The document is not well-formed XML: invalid token (line 2, column 13)."
    assert problem.url == document_url


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [("<Response>", "text/xml", 12100), ("<html/>", "text/html", 12102), ("{}", "application/json", 12300)],
)
def test_the_fallback_takes_over(playbook, document_url, body, content_type, code):
    call = playbook(body, content_type=content_type, fallback_url=FALLBACK)
    call.does(to_fallback(code, document_url)).hears(arrived("<Response><Say>Sorry.</Say></Response>", FALLBACK))
    call.says("Sorry.").does(HangUp()).is_over()
    assert call.codes == [code]


def test_the_fallback_is_asked_with_its_own_method(playbook):
    call = playbook(Instructions(url=VOICE, fallback_url=FALLBACK, fallback_method="GET"))
    call.does(Fetch(VOICE, "POST")).hears(FetchFailed(VOICE, 11200, "It answered 500."))
    call.does(to_fallback(11200, method="GET")).still_waits()


@pytest.mark.parametrize(
    ("reply", "code"),
    [(FetchFailed(FALLBACK, 11210, "No such host."), 11210), (arrived("<Respons/>", FALLBACK), 12102)],
)
def test_a_fallback_that_fails_as_well_is_told_and_apologized_for(playbook, document_url, reply, code):
    call = playbook("<Response>", fallback_url=FALLBACK).does(to_fallback(12100, document_url)).hears(reply)
    call.says(SORRY).does(HangUp()).is_over()
    assert call.codes == [12100, code]
    assert call.entries(Problem)[1].url == FALLBACK


def test_later_documents_have_the_fallback_too_even_after_it_was_used(playbook, document_url):
    call = playbook("<Response><Redirect>/two</Redirect></Response>", fallback_url=FALLBACK)
    two, three = "https://app.example.com/two", "https://app.example.com/three"
    call.does(Fetch(two, "POST", {}, "redirect")).hears(FetchFailed(two, 11200, "It answered 404."))
    call.does(to_fallback(11200, two)).hears(arrived("<Response><Redirect>/three</Redirect></Response>", FALLBACK))
    call.does(Fetch(three, "POST", {}, "redirect")).hears(FetchFailed(three, 11200, "It answered 404."))
    call.does(to_fallback(11200, three)).still_waits()


def test_an_inline_document_that_fails_has_the_fallback(playbook):
    call = playbook(Instructions(twiml="<Response>", fallback_url=FALLBACK)).does(to_fallback(12100, ""))
    call.still_waits()


# --- loops -------------------------------------------------------------------------------------------


def test_documents_that_lead_to_one_another_without_time_passing_are_a_loop(playbook, document_url):
    call = playbook("<Response><Redirect/></Response>", quirks=Quirks(redirect_limit=5))
    for _ in range(4):
        call.does(Fetch(document_url, "POST", {}, "redirect"))
        call.hears(arrived("<Response><Redirect/></Response>", document_url))
    call.says(SORRY).does(HangUp()).is_over()
    (problem,) = call.entries(Problem)
    assert (problem.code, problem.level) == (0, "error")
    assert "loop" in problem.message


def test_a_fallback_that_leads_back_into_the_failure_is_a_loop(playbook, document_url):
    call = playbook("<Response>", fallback_url=FALLBACK, quirks=Quirks(redirect_limit=4))
    back = f"<Response><Redirect>{document_url}</Redirect></Response>"
    call.does(to_fallback(12100, document_url)).hears(arrived(back, FALLBACK))
    call.does(Fetch(document_url, "POST", {}, "redirect")).hears(arrived("<Response>", document_url))
    call.does(to_fallback(12100, document_url)).hears(arrived(back, FALLBACK))
    call.says(SORRY).does(HangUp()).is_over()


@pytest.mark.parametrize(
    ("inside", "asks", "event"),
    [
        ("<Pause/>", StartTimer("pause", 1000), TimerFired("pause")),
        (
            "<Connect><Stream url='wss://a.example.com'/></Connect>",
            OpenStream(StreamSpec("wss://a.example.com", bidirectional=True)),
            StreamEnded(StreamEnding.CLOSED_BY_APP),
        ),
    ],
)
def test_documents_in_which_time_passes_may_follow_one_another_for_ever(playbook, document_url, inside, asks, event):
    document = f"<Response>{inside}<Redirect/></Response>"
    call = playbook(document, quirks=Quirks(redirect_limit=3))
    for _ in range(10):
        call.does(asks).hears(event).does(Fetch(document_url, "POST", {}, "redirect"))
        call.hears(arrived(document, document_url))
    call.does(asks).still_waits()


def test_a_stream_that_cannot_be_opened_takes_no_time(playbook, document_url):
    response = VoiceResponse()
    connect = Connect(action="")
    connect.stream(url="wss://a.example.com")
    response.append(connect)
    response.redirect("")
    asks = OpenStream(StreamSpec("wss://a.example.com", bidirectional=True))
    call = playbook(response, quirks=Quirks(redirect_limit=2))
    call.does(asks).hears(StreamEnded(StreamEnding.FAILED)).does(Fetch(document_url, "POST", {}, "redirect"))
    call.hears(arrived(str(response), document_url)).does(asks).hears(StreamEnded(StreamEnding.FAILED))
    call.says(SORRY).does(HangUp()).is_over()


# --- from outside ------------------------------------------------------------------------------------


def test_rest_puts_another_url_in_charge(playbook):
    call = playbook("<Response><Pause length='60'/></Response>").does(StartTimer("pause", 60_000))
    call.is_replaced_by(Instructions(url="https://app.example.com/new", method="GET", fallback_url=FALLBACK))
    call.does(Fetch("https://app.example.com/new", "GET")).hears(arrived("<Response>", "https://app.example.com/new"))
    call.does(to_fallback(12100, "https://app.example.com/new")).still_waits()


def test_rest_puts_an_inline_document_in_charge_which_has_no_base(playbook):
    call = playbook("<Response><Pause/></Response>").does(StartTimer("pause", 1000))
    call.is_replaced_by(Instructions(twiml="<Response><Redirect>next</Redirect></Response>"))
    assert call.codes == [11100]
    call.does(Synthesize(SORRY, "man", "en-US"))
    call.is_replaced_by(Instructions(twiml="<Response><Hangup/></Response>")).does(HangUp()).is_over()


def test_rest_may_put_the_call_elsewhere_while_a_document_is_on_its_way(playbook):
    call = playbook(Instructions(url=VOICE)).does(Fetch(VOICE, "POST"))
    call.is_replaced_by(Instructions(twiml="<Response><Hangup/></Response>")).does(HangUp()).is_over()


def test_a_hang_up_reaches_whoever_carries_the_flow_out():
    steps = interpret(Instructions(url=VOICE), CallContext(quirks=Quirks(), answered=True))
    assert next(steps) == Fetch(VOICE, "POST")
    assert next(steps) == WAIT
    with pytest.raises(FarEndHungUp):
        steps.throw(FarEndHungUp())


def test_a_flow_may_be_closed_at_any_wait():
    document = "<Response><Gather><Say>Hi</Say></Gather></Response>"
    for waits in range(3):
        steps = interpret(Instructions(twiml=document), CallContext(quirks=Quirks(), answered=True))
        events = iter([AudioReady(b"x"), PlaybackEnded()])
        command = next(steps)
        for _ in range(waits):
            while command != WAIT:
                command = next(steps)
            command = steps.send(next(events))
        while command != WAIT:
            command = next(steps)
        steps.close()


# --- anything ----------------------------------------------------------------------------------------

VERBS_OF_ALL_KINDS = st.sampled_from(
    [
        "<Say>Hi</Say>",
        "<Say loop='3'/>",
        "<Play>/a.wav</Play>",
        "<Play digits='1w#'/>",
        "<Pause/>",
        "<Gather numDigits='1'><Say>Press.</Say><Play>b.wav</Play></Gather>",
        "<Gather input='speech' actionOnEmptyResult='true'/>",
        "<Gather bargeIn='false' finishOnKey=''><Pause length='2'/></Gather>",
        "<Connect><Stream url='wss://a.example.com'/></Connect>",
        "<Connect action='x'><Stream url='/media'/></Connect>",
        "<Connect><Room/></Connect>",
        "<Start><Stream url='wss://a.example.com' name='s'/></Start>",
        "<Start><Nothing/></Start>",
        "<Stop><Stream name='s'/></Stop>",
        "<Dial>+15551110001</Dial>",
        "<Redirect>/next</Redirect>",
        "<Reject/>",
        "<Hangup/>",
        "<Foo/>",
    ]
)
DOCUMENTS = st.lists(VERBS_OF_ALL_KINDS, max_size=5).map(lambda verbs: f"<Response>{''.join(verbs)}</Response>")
EVENTS = st.one_of(
    st.just(PlaybackEnded()),
    st.sampled_from("0123456789*#").map(DigitPressed),
    st.sampled_from(["pause", "gather timeout"]).map(TimerFired),
    st.sampled_from(StreamEnding).map(StreamEnded),
    st.sampled_from([AudioReady(b"x"), AudioReady(b""), MediaFailed(11200, "No.")]),
    DOCUMENTS.map(arrived),
    st.just(FetchFailed(VOICE, 11200, "It answered 500.")),
)
FACTS = st.one_of(EVENTS, st.just(FarEndHungUp()))


@given(
    DOCUMENTS,
    st.booleans(),
    st.lists(FACTS, max_size=30),
    st.sampled_from(["", FALLBACK]),
    st.sampled_from(["", VOICE]),
)
def test_whatever_happens_the_flow_asks_waits_or_ends_in_order(document, answered, facts, fallback, url):
    """No order of events makes the flow fail; it answers at most once, and nothing follows its end."""
    context = CallContext(quirks=Quirks(redirect_limit=5), answered=answered)
    instructions = Instructions(url=url, twiml="" if url else document, fallback_url=fallback)
    steps = interpret(instructions, context)
    asked = []
    try:
        command = next(steps)
        for fact in facts:
            while command != WAIT:
                asked.append(command)
                command = next(steps)
            command = steps.throw(fact) if isinstance(fact, FarEndHungUp) else steps.send(fact)
    except (StopIteration, FarEndHungUp) as end:
        if isinstance(end, StopIteration):
            assert isinstance(asked[-1], HangUp | Reject)
    steps.close()
    assert sum(isinstance(command, Answer) for command in asked) <= (0 if answered else 1)
    assert all(not isinstance(command, HangUp | Reject) for command in asked[:-1])
