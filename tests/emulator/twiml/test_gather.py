from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import Gather, VoiceResponse

from twilio_emulator.journal import GatherEnded
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import (
    WAIT,
    Answer,
    AudioReady,
    DigitPressed,
    DocumentArrived,
    Fetch,
    Forget,
    HangUp,
    IgnoreDigits,
    Instructions,
    ListenForDigits,
    LoadMedia,
    MediaFailed,
    PlaybackEnded,
    Report,
    StartPlayback,
    StartTimer,
    StopPlayback,
    StopTimer,
    Synthesize,
    TimerFired,
)
from twilio_emulator.twiml.interpreter import interpret

TIMER = "gather timeout"


def a_menu(**attributes):
    response = VoiceResponse()
    gather = Gather(**attributes)
    gather.say("Press one.")
    response.append(gather)
    response.say("Nothing pressed.")
    return response


def to_action(digits, finished_on="", *, url="https://app.example.com/voice/menu?step=1", method="POST"):
    parameters = {"Digits": digits, "msg": "Gather End", "FinishedOnKey": finished_on}
    return Fetch(url, method, parameters, "gather action")


def ended(digits, reason):
    return Report(GatherEnded(digits=digits, reason=reason))


def press(call, keys):
    """Press keys of which none ends the gather; each starts the timeout anew."""
    for key in keys:
        call.hears(DigitPressed(key)).does(StartTimer(TIMER, 5000))


def test_keys_after_the_prompt_go_to_the_action_when_time_is_up(playbook):
    call = playbook(a_menu(action="/chosen"), answered=False)
    call.does(Answer(), ListenForDigits(), Synthesize("Press one.", "man", "en-US"))
    call.hears(AudioReady(b"\x01")).does(StartPlayback(b"\x01")).hears(PlaybackEnded())
    call.does(StartTimer(TIMER, 5000))
    press(call, "42")
    call.hears(TimerFired(TIMER))
    call.does(IgnoreDigits(), ended("42", "timeout"), to_action("42", url="https://app.example.com/chosen"))
    call.still_waits()
    assert call.verbs == ["Gather", "Say"]


def test_the_first_key_stops_the_prompt_and_the_ones_after_it(playbook):
    gather = Gather()
    gather.say("A long menu.")
    gather.say("Never said.")
    response = VoiceResponse()
    response.append(gather)
    call = playbook(response).does(ListenForDigits(), Synthesize("A long menu.", "man", "en-US"))
    call.hears(AudioReady(b"\x01")).does(StartPlayback(b"\x01"))
    call.hears(DigitPressed("7")).does(StopPlayback(), StartTimer(TIMER, 5000))
    call.hears(DigitPressed("#")).does(StopTimer(TIMER), IgnoreDigits(), ended("7", "finish key"), to_action("7", "#"))
    call.still_waits()
    assert call.verbs == ["Gather", "Say"]


def test_the_finishing_key_is_told_but_is_no_digit(playbook):
    call = playbook(a_menu(finish_on_key="*", method="GET"))
    call.does(ListenForDigits(), Synthesize("Press one.", "man", "en-US")).hears(AudioReady(b""))
    call.does(StartTimer(TIMER, 5000))
    press(call, "1#2")
    call.hears(DigitPressed("*")).does(StopTimer(TIMER), IgnoreDigits(), to_action("1#2", "*", method="GET"))
    call.still_waits()


def test_the_last_of_num_digits_ends_it_at_once(playbook):
    call = playbook('<Response><Gather numDigits="3" timeout="30"/></Response>')
    call.does(ListenForDigits(), StartTimer(TIMER, 30_000))
    call.hears(DigitPressed("1")).does(StartTimer(TIMER, 30_000))
    call.hears(DigitPressed("2")).does(StartTimer(TIMER, 30_000))
    call.hears(DigitPressed("3")).does(StopTimer(TIMER), IgnoreDigits(), ended("123", "all digits"), to_action("123"))
    call.still_waits()


def test_an_empty_finish_on_key_makes_every_key_a_digit(playbook):
    call = playbook('<Response><Gather finishOnKey=""/></Response>')
    call.does(ListenForDigits(), StartTimer(TIMER, 5000))
    press(call, "#*0")
    call.hears(TimerFired(TIMER)).does(IgnoreDigits(), to_action("#*0")).still_waits()


@pytest.mark.parametrize(("event", "stop"), [(TimerFired(TIMER), ()), (DigitPressed("#"), (StopTimer(TIMER),))])
def test_without_a_digit_the_verb_below_runs(playbook, event, stop):
    call = playbook("<Response><Gather action='/a'/><Hangup/></Response>")
    call.does(ListenForDigits(), StartTimer(TIMER, 5000)).hears(event)
    call.does(*stop, IgnoreDigits(), HangUp()).is_over()
    assert call.verbs == ["Gather", "Hangup"]


def test_with_action_on_empty_result_the_action_is_asked_all_the_same(playbook, document_url):
    call = playbook('<Response><Gather actionOnEmptyResult="true"/></Response>')
    call.does(ListenForDigits(), StartTimer(TIMER, 5000)).hears(TimerFired(TIMER))
    call.does(IgnoreDigits(), to_action("", url=document_url)).still_waits()


def test_without_an_action_the_same_document_is_asked_again(playbook, document_url):
    call = playbook('<Response><Gather numDigits="1"/></Response>')
    call.does(ListenForDigits(), StartTimer(TIMER, 5000)).hears(DigitPressed("1"))
    call.does(StopTimer(TIMER), IgnoreDigits(), to_action("1", url=document_url))
    call.hears(DocumentArrived(document_url, "text/xml", b"<Response/>")).does(HangUp()).is_over()


def test_without_barge_in_the_prompt_plays_on_and_the_keys_count(playbook):
    call = playbook('<Response><Gather bargeIn="false" numDigits="2"><Say>Listen!</Say><Pause/></Gather></Response>')
    call.does(ListenForDigits(), Synthesize("Listen!", "man", "en-US"))
    call.hears(DigitPressed("1")).does().hears(AudioReady(b"\x01")).does(StartPlayback(b"\x01"))
    call.hears(DigitPressed("2")).does().hears(DigitPressed("3")).does()
    call.hears(PlaybackEnded()).does(StartTimer("pause", 1000)).hears(TimerFired("pause"))
    call.does(IgnoreDigits(), ended("12", "all digits"), to_action("12")).still_waits()


def test_without_barge_in_time_counts_from_the_end_of_the_prompt(playbook):
    call = playbook('<Response><Gather bargeIn="false"><Pause length="9"/></Gather></Response>')
    call.does(ListenForDigits(), StartTimer("pause", 9000)).hears(DigitPressed("1")).does()
    call.hears(TimerFired("pause")).does(StartTimer(TIMER, 5000)).hears(TimerFired(TIMER))
    call.does(IgnoreDigits(), to_action("1")).still_waits()


def test_a_key_ends_a_nested_pause(playbook):
    call = playbook('<Response><Gather numDigits="1"><Pause length="60"/></Gather></Response>')
    call.does(ListenForDigits(), StartTimer("pause", 60_000)).hears(DigitPressed("4"))
    call.does(StopTimer("pause"), IgnoreDigits(), to_action("4")).still_waits()


def test_a_timer_of_somebody_else_is_no_timeout(playbook):
    call = playbook("<Response><Gather/></Response>").does(ListenForDigits(), StartTimer(TIMER, 5000))
    call.hears(TimerFired("pause")).does().hears(TimerFired(TIMER)).does(IgnoreDigits(), HangUp()).is_over()


def test_audio_that_comes_after_the_last_key_reaches_nobody(playbook):
    response = a_menu(num_digits=1)
    call = playbook(response).does(ListenForDigits(), Synthesize("Press one.", "man", "en-US"))
    call.hears(DigitPressed("1")).does(Forget(), IgnoreDigits(), ended("1", "all digits"), to_action("1")).still_waits()


def test_audio_that_comes_while_more_keys_are_awaited_reaches_nobody(playbook):
    call = playbook(a_menu()).does(ListenForDigits(), Synthesize("Press one.", "man", "en-US"))
    call.hears(DigitPressed("1")).does(Forget(), StartTimer(TIMER, 5000))
    call.hears(TimerFired(TIMER)).does(IgnoreDigits(), to_action("1")).still_waits()


def test_a_prompt_that_might_fail_after_a_key_does_not_matter(playbook):
    call = playbook('<Response><Gather numDigits="1"><Play>/a.wav</Play></Gather></Response>')
    call.does(ListenForDigits(), LoadMedia("https://app.example.com/a.wav")).hears(DigitPressed("1"))
    call.does(Forget(), IgnoreDigits(), to_action("1")).still_waits()


@pytest.mark.parametrize(("code", "told"), [(11200, 11200), (13420, 13325)])
def test_a_prompt_that_cannot_be_played_fails_the_document(playbook, code, told):
    call = playbook("<Response><Gather><Play>/a.wav</Play></Gather></Response>", fallback_url="https://f.example.com/")
    call.does(ListenForDigits(), LoadMedia("https://app.example.com/a.wav")).hears(MediaFailed(code, "No."))
    error = {"ErrorCode": str(told), "ErrorUrl": "https://app.example.com/a.wav"}
    call.does(IgnoreDigits(), Fetch("https://f.example.com/", "POST", error, "fallback")).still_waits()
    assert call.codes == [told]


def test_a_hang_up_is_told_and_asks_for_nothing(playbook):
    call = playbook(a_menu()).does(ListenForDigits(), Synthesize("Press one.", "man", "en-US"))
    call.hears(AudioReady(b"\x01")).does(StartPlayback(b"\x01")).hears(DigitPressed("5"))
    call.does(StopPlayback(), StartTimer(TIMER, 5000)).far_end_hangs_up().does(ended("5", "hang-up")).is_over()


def test_a_rest_update_takes_over_and_the_keys_are_lost(playbook):
    call = playbook(a_menu()).does(ListenForDigits(), Synthesize("Press one.", "man", "en-US"))
    call.is_replaced_by(Instructions(url="https://app.example.com/new"))
    call.does(ended("", "replaced by REST"), Fetch("https://app.example.com/new", "POST")).still_waits()


def test_play_with_digits_and_other_verbs_do_not_belong_inside(playbook):
    call = playbook('<Response><Gather><Play digits="1"/><Redirect>/x</Redirect><Say>Hi</Say></Gather></Response>')
    call.does(ListenForDigits(), Synthesize("Hi", "man", "en-US")).far_end_hangs_up().does().is_over()
    assert call.codes == [13320, 13320]


@pytest.mark.parametrize(
    ("attribute", "code"),
    [
        ('input="thoughts"', 13326),
        ('method="PATCH"', 13312),
        ('timeout="0"', 13313),
        ('timeout="2.5"', 13313),
        ('numDigits="0"', 13314),
        ('finishOnKey="ab"', 13310),
        ('bargeIn="maybe"', 13332),
        ('speechTimeout="-2"', 13327),
        ('maxSpeechTime="x"', 13328),
        ('maxSpeechTime="61"', 13328),
        ('language="?"', 13331),
        ('language="en"', 13331),
        ('speechModel="telepathy"', 13334),
        (f'hints="{"a" * 101}"', 13330),
        (f'hints="{"a," * 501}"', 13330),
        ('profanityFilter="1"', 13333),
        ('partialResultCallbackMethod="x"', 13329),
        ('volume="11"', 12200),
    ],
)
def test_a_wrong_attribute_warns_and_the_default_counts(playbook, attribute, code, document_url):
    call = playbook(f"<Response><Gather {attribute}/></Response>")
    call.does(ListenForDigits(), StartTimer(TIMER, 5000)).hears(DigitPressed("1"))
    call.does(StartTimer(TIMER, 5000)).hears(DigitPressed("#"))
    call.does(StopTimer(TIMER), IgnoreDigits(), to_action("1", "#")).still_waits()
    assert call.codes == [code]


def test_a_wrong_action_on_empty_result_fails_the_document_when_it_is_reached(playbook):
    call = playbook('<Response><Say>Hi</Say><Gather actionOnEmptyResult="perhaps"/></Response>').says("Hi")
    assert call.codes == [13338]
    call.says("We're sorry, an application error has occurred. Goodbye.").does(HangUp()).is_over()


@pytest.mark.parametrize(("action", "code"), [("/chosen", 15004), ("", 11100)])
def test_an_inline_document_needs_an_absolute_action(playbook, inline, action, code):
    call = playbook(inline(f'<Response><Gather action="{action}" numDigits="1"/></Response>'))
    call.does(ListenForDigits(), StartTimer(TIMER, 5000)).hears(DigitPressed("1"))
    call.does(StopTimer(TIMER), IgnoreDigits(), Synthesize(*_APOLOGY)).far_end_hangs_up().is_over()
    assert call.codes == [code]


_APOLOGY = ("We're sorry, an application error has occurred. Goodbye.", "man", "en-US")

KEYS = st.text("0123456789*#ABCD", max_size=12)


@given(keys=KEYS, finish=st.sampled_from(["", "#", "*", "5"]), num_digits=st.integers(1, 6))
def test_whatever_is_pressed_the_action_gets_the_digits_before_the_end(keys, finish, num_digits):
    """Drive the whole flow with any keys, then let time run out."""
    document = (
        f'<Response><Gather finishOnKey="{finish}" numDigits="{num_digits}" action="https://a.example.com"/></Response>'
    )
    context = CallContext(quirks=Quirks(), answered=True)
    steps = interpret(Instructions(twiml=document), context)
    events = iter([*map(DigitPressed, keys), TimerFired(TIMER)])
    asked = []
    command = next(steps)
    while not isinstance(command, Fetch | HangUp):
        asked.append(command)
        command = steps.send(next(events)) if command == WAIT else next(steps)
    expected = (keys.split(finish)[0] if finish else keys)[:num_digits]
    if expected:
        assert isinstance(command, Fetch)
        assert command.parameters["Digits"] == expected
        assert command.parameters["FinishedOnKey"] in ("", finish)
    else:
        assert isinstance(command, HangUp)
    assert asked.count(ListenForDigits()) == asked.count(IgnoreDigits()) == 1
    steps.close()
