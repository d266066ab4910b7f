"""Speech in `<Gather>`: when it ends, what the action and the partial results are told. Words come as events."""

from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Gather, VoiceResponse

from twilio_emulator.journal import GatherEnded
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.flow import (
    AudioReady,
    DigitPressed,
    Fetch,
    Forget,
    HangUp,
    IgnoreDigits,
    IgnoreSpeech,
    ListenForDigits,
    ListenForSpeech,
    Notify,
    Report,
    SpeechStarted,
    SpeechStopped,
    StartPlayback,
    StartTimer,
    StopPlayback,
    StopTimer,
    Synthesize,
    TimerFired,
    WordsHeard,
)

TIMEOUT, PAUSE, LONGEST = "gather timeout", "speech timeout", "max speech time"
URL = "https://app.example.com/voice/menu?step=1"
LISTEN = ListenForSpeech("en-US")


def a_gather(**attributes):
    response = VoiceResponse()
    response.gather(**{"input": "speech", **attributes})
    return response


def to_action(speech, confidence="0.95", language="en-US", url=URL):
    parameters = {"SpeechResult": speech, "Confidence": confidence, "Language": language}
    return Fetch(url, "POST", parameters, "gather action")


def heard(*words, confidence=0.95):
    return WordsHeard(words, confidence)


def test_speech_ends_with_the_silence_after_it_and_goes_to_the_action(playbook):
    call = playbook(a_gather(action="/said", speech_timeout=2)).does(LISTEN, StartTimer(TIMEOUT, 5000))
    call.hears(SpeechStarted()).does(StopTimer(TIMEOUT), StartTimer(LONGEST, 60_000))
    call.hears(heard("Yes,")).does().hears(heard("please.")).does()
    call.hears(SpeechStopped(200)).does(StartTimer(PAUSE, 1800))
    call.hears(TimerFired(PAUSE)).does(
        StopTimer(LONGEST),
        IgnoreSpeech(),
        Report(GatherEnded(digits="", speech="Yes, please.", reason="speech ended")),
        to_action("Yes, please.", url="https://app.example.com/said"),
    )
    call.still_waits()


def test_a_short_pause_is_part_of_what_is_said(playbook):
    call = playbook(a_gather(speech_timeout=2)).does(LISTEN, StartTimer(TIMEOUT, 5000))
    call.hears(SpeechStarted()).does(StopTimer(TIMEOUT), StartTimer(LONGEST, 60_000)).hears(heard("One")).does()
    call.hears(SpeechStopped(200)).does(StartTimer(PAUSE, 1800))
    call.hears(SpeechStarted()).does(StopTimer(PAUSE)).hears(heard("two")).does()
    call.hears(SpeechStopped(200)).does(StartTimer(PAUSE, 1800)).hears(TimerFired(PAUSE))
    call.does(StopTimer(LONGEST), IgnoreSpeech(), to_action("One two")).still_waits()


@pytest.mark.parametrize(
    ("attributes", "pause_ms"),
    [({}, 5000), ({"timeout": 3}, 3000), ({"speech_timeout": 4}, 4000), ({"speech_timeout": "auto"}, 700)],
)
def test_the_pause_that_ends_speech_is_the_timeout_unless_it_is_given(playbook, attributes, pause_ms):
    call = playbook(a_gather(**attributes), quirks=Quirks(auto_speech_pause_ms=700))
    call.does(LISTEN, StartTimer(TIMEOUT, attributes.get("timeout", 5) * 1000))
    call.hears(SpeechStarted()).does(StopTimer(TIMEOUT), StartTimer(LONGEST, 60_000)).hears(heard("Hi")).does()
    call.hears(SpeechStopped(200)).does(StartTimer(PAUSE, pause_ms - 200)).still_waits()


def test_a_pause_that_a_slow_recogniser_has_used_up_ends_at_once(playbook):
    call = playbook(a_gather(speech_timeout=1)).does(LISTEN, StartTimer(TIMEOUT, 5000))
    call.hears(SpeechStarted()).does(StopTimer(TIMEOUT), StartTimer(LONGEST, 60_000)).hears(heard("Hi")).does()
    call.hears(SpeechStopped(1600)).does(StartTimer(PAUSE, 0)).still_waits()


def test_max_speech_time_ends_it_in_the_middle_of_a_word(playbook):
    call = playbook(a_gather(max_speech_time=10)).does(LISTEN, StartTimer(TIMEOUT, 5000))
    call.hears(SpeechStarted()).does(StopTimer(TIMEOUT), StartTimer(LONGEST, 10_000)).hears(heard("On", "and")).does()
    call.hears(TimerFired(LONGEST))
    call.does(
        IgnoreSpeech(),
        Report(GatherEnded(digits="", speech="On and", reason="max speech time")),
        to_action("On and"),
    )
    call.still_waits()


def test_nobody_who_speaks_is_a_timeout_and_the_verb_below_runs(playbook):
    call = playbook("<Response><Gather input='speech' timeout='3'/><Hangup/></Response>")
    call.does(LISTEN, StartTimer(TIMEOUT, 3000)).hears(TimerFired(TIMEOUT))
    call.does(IgnoreSpeech(), HangUp()).is_over()


def test_with_action_on_empty_result_an_empty_speech_is_told(playbook):
    call = playbook(a_gather(action_on_empty_result=True)).does(LISTEN, StartTimer(TIMEOUT, 5000))
    call.hears(TimerFired(TIMEOUT)).does(IgnoreSpeech(), to_action("", "0.0")).still_waits()


def test_sound_without_a_word_starts_the_timeout_anew(playbook):
    call = playbook(a_gather()).does(LISTEN, StartTimer(TIMEOUT, 5000))
    call.hears(SpeechStarted()).does(StopTimer(TIMEOUT), StartTimer(LONGEST, 60_000))
    call.hears(SpeechStopped(200)).does(StopTimer(LONGEST), StartTimer(TIMEOUT, 5000))
    call.hears(TimerFired(TIMEOUT)).does(IgnoreSpeech(), HangUp()).is_over()


def test_the_start_of_speech_stops_the_prompt(playbook):
    response = VoiceResponse()
    gather = Gather(input="speech")
    gather.say("A long question.")
    gather.say("Never said.")
    response.append(gather)
    call = playbook(response).does(LISTEN, Synthesize("A long question.", "man", "en-US"))
    call.hears(AudioReady(b"\x01")).does(StartPlayback(b"\x01"))
    call.hears(SpeechStarted()).does(StopPlayback(), StartTimer(LONGEST, 60_000)).still_waits()


def test_without_barge_in_what_is_said_over_the_prompt_counts_after_it(playbook):
    call = playbook('<Response><Gather input="speech" bargeIn="false" speechTimeout="1"><Pause/></Gather></Response>')
    call.does(LISTEN, StartTimer("pause", 1000)).hears(SpeechStarted()).does().hears(heard("No")).does()
    call.hears(SpeechStopped(200)).does()
    call.hears(TimerFired("pause")).does(StartTimer(LONGEST, 60_000), StartTimer(PAUSE, 1000))
    call.hears(TimerFired(PAUSE)).does(StopTimer(LONGEST), IgnoreSpeech(), to_action("No")).still_waits()


def test_a_key_that_comes_first_decides_and_speech_is_ignored(playbook):
    call = playbook(a_gather(input="dtmf speech")).does(ListenForDigits(), LISTEN, StartTimer(TIMEOUT, 5000))
    call.hears(DigitPressed("4")).does(StartTimer(TIMEOUT, 5000))
    call.hears(SpeechStarted()).does().hears(heard("four")).does().hears(SpeechStopped(200)).does()
    call.hears(DigitPressed("2")).does(StartTimer(TIMEOUT, 5000)).hears(TimerFired(TIMEOUT))
    keys = {"Digits": "42", "msg": "Gather End", "FinishedOnKey": ""}
    call.does(IgnoreDigits(), IgnoreSpeech(), Fetch(URL, "POST", keys, "gather action")).still_waits()


def test_words_that_come_first_decide_and_keys_are_ignored(playbook):
    call = playbook(a_gather(input="dtmf speech", num_digits=1))
    call.does(ListenForDigits(), LISTEN, StartTimer(TIMEOUT, 5000))
    call.hears(SpeechStarted()).does(StopTimer(TIMEOUT), StartTimer(LONGEST, 60_000)).hears(heard("two")).does()
    call.hears(DigitPressed("#")).does().hears(DigitPressed("1")).does()
    call.hears(SpeechStopped(200)).does(StartTimer(PAUSE, 4800)).hears(TimerFired(PAUSE))
    call.does(StopTimer(LONGEST), IgnoreDigits(), IgnoreSpeech(), to_action("two")).still_waits()


def test_a_key_before_the_first_word_has_ended_counts(playbook):
    call = playbook(a_gather(input="dtmf speech")).does(ListenForDigits(), LISTEN, StartTimer(TIMEOUT, 5000))
    call.hears(SpeechStarted()).does(StopTimer(TIMEOUT), StartTimer(LONGEST, 60_000))
    call.hears(DigitPressed("7")).does(StopTimer(LONGEST), StartTimer(TIMEOUT, 5000)).hears(heard("seven")).does()
    call.still_waits()


def test_both_kinds_of_input_and_neither_come_empty(playbook):
    call = playbook(a_gather(input="speech dtmf", action_on_empty_result=True))
    call.does(ListenForDigits(), LISTEN, StartTimer(TIMEOUT, 5000)).hears(TimerFired(TIMEOUT))
    nothing = {"Digits": "", "msg": "Gather End", "FinishedOnKey": "", "SpeechResult": ""}
    call.does(IgnoreDigits(), IgnoreSpeech(), Fetch(URL, "POST", nothing, "gather action")).still_waits()


def test_confidence_is_that_of_all_words_each_counting_the_same(playbook):
    call = playbook(a_gather(language="de-DE", hints="ja, nein danke"))
    call.does(ListenForSpeech("de-DE", ("ja", "nein danke")), StartTimer(TIMEOUT, 5000))
    call.hears(SpeechStarted()).does(StopTimer(TIMEOUT), StartTimer(LONGEST, 60_000))
    call.hears(heard("nein", "danke", confidence=0.9)).does().hears(heard("danke", confidence=0.5)).does()
    call.hears(TimerFired(LONGEST))
    call.does(IgnoreSpeech(), to_action("nein danke danke", "0.76666667", "de-DE")).still_waits()


@pytest.mark.parametrize(("filtered", "told"), [(True, "Oh s***, f******."), (False, "Oh shit, fucking.")])
def test_profanity_is_masked_unless_the_filter_is_off(playbook, filtered, told):
    call = playbook(a_gather(profanity_filter=filtered)).does(LISTEN, StartTimer(TIMEOUT, 5000))
    call.hears(SpeechStarted()).does(StopTimer(TIMEOUT), StartTimer(LONGEST, 60_000))
    call.hears(heard("Oh", "shit,", "fucking.")).does().hears(TimerFired(LONGEST))
    call.does(IgnoreSpeech(), Report(GatherEnded(digits="", speech=told, reason="max speech time")), to_action(told))
    call.still_waits()


def partial(number, stable, unstable, stability):
    parameters = {
        "SequenceNumber": str(number),
        "StableSpeechResult": stable,
        "UnstableSpeechResult": unstable,
        "Stability": stability,
        "Language": "en-US",
    }
    return Notify("https://app.example.com/partial", "GET", parameters, "partial result callback")


def test_partial_results_follow_the_words_and_settle_at_pauses(playbook):
    response = a_gather(partial_result_callback="/partial", partial_result_callback_method="GET", speech_timeout=1)
    call = playbook(response).does(LISTEN, StartTimer(TIMEOUT, 5000))
    call.hears(SpeechStarted()).does(StopTimer(TIMEOUT), StartTimer(LONGEST, 60_000))
    call.hears(heard("I")).does(partial(0, "", "I", "0.9")).hears(heard("do")).does(partial(1, "", "I do", "0.9"))
    call.hears(SpeechStopped(200)).does(partial(2, "I do", "", "1.0"), StartTimer(PAUSE, 800))
    call.hears(SpeechStarted()).does(StopTimer(PAUSE))
    call.hears(heard("not")).does(partial(3, "I do", "not", "0.9")).far_end_hangs_up().is_over()


def test_a_partial_result_callback_that_is_no_url_is_told_and_left_alone(playbook, inline):
    call = playbook(inline('<Response><Gather input="speech" partialResultCallback="/partial"/></Response>'))
    call.does(LISTEN, StartTimer(TIMEOUT, 5000)).hears(SpeechStarted())
    call.does(StopTimer(TIMEOUT), StartTimer(LONGEST, 60_000)).hears(heard("Hi")).does().still_waits()
    assert call.codes == [11100]


def test_a_prompt_stopped_by_speech_leaves_nothing_behind(playbook):
    call = playbook("<Response><Gather input='speech'><Say>Well?</Say></Gather></Response>")
    call.does(LISTEN, Synthesize("Well?", "man", "en-US"))
    call.hears(SpeechStarted()).does(Forget(), StartTimer(LONGEST, 60_000)).still_waits()


@pytest.mark.parametrize("model", ["phone_call", "googlev2_telephony", "deepgram_nova-2-phonecall"])
def test_every_attribute_of_speech_is_understood(playbook, model):
    response = a_gather(speech_model=model, enhanced=True, debug=True, barge_in=True, language="cmn-Hans-CN")
    call = playbook(response).does(ListenForSpeech("cmn-Hans-CN"), StartTimer(TIMEOUT, 5000))
    call.still_waits()
    assert call.codes == []
