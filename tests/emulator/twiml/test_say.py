from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Say, VoiceResponse

from twilio_emulator.journal import Problem, Spoke, VerbStarted
from twilio_emulator.twiml.flow import (
    Answer,
    AudioReady,
    HangUp,
    ListenForDigits,
    PlaybackEnded,
    Report,
    StartPlayback,
    Synthesize,
)
from twilio_emulator.twiml.speech_script import Manner, Pause, Stretch


def test_a_text_is_spoken_once_and_heard_to_the_end(playbook):
    response = VoiceResponse()
    response.say("Thank you  for\n calling.")
    call = playbook(response, answered=False)
    call.does(Answer(), Synthesize("Thank you for calling.", "man", "en-US"))
    call.hears(AudioReady(b"\x01" * 12_000))
    call.does(
        Report(Spoke(text="Thank you for calling.", voice="man", language="en-US", duration_ms=1500)),
        StartPlayback(b"\x01" * 12_000),
    )
    call.hears(PlaybackEnded()).does(HangUp()).is_over()


def test_the_journal_tells_where_the_verb_stands(playbook):
    call = playbook('<Response>\n  <Say voice="alice">Hi</Say></Response>')
    call.says("Hi", "alice").does(HangUp()).is_over()
    assert call.entries(VerbStarted) == [
        VerbStarted(verb="Say", attributes={"voice": "alice"}, text="Hi", line=2, column=3)
    ]


def test_loop_repeats_the_text_and_synthesizes_it_once(playbook, speech):
    response = VoiceResponse()
    response.say("Again", loop=3, voice="Polly.Joanna-Neural")
    call = playbook(response).says("Again", "Polly.Joanna-Neural", "en-US")
    call.plays(speech).plays(speech).does(HangUp()).is_over()
    assert len(call.entries(Spoke)) == 3


def test_loop_zero_repeats_until_the_far_end_hangs_up(playbook, speech):
    response = VoiceResponse()
    response.say("For ever", loop=0)
    call = playbook(response).says("For ever")
    for _ in range(20):
        call.plays(speech)
    call.does(StartPlayback(speech)).far_end_hangs_up().is_over()


def test_loop_zero_ends_after_a_thousand_times(playbook, speech):
    call = playbook('<Response><Say loop="0">For ever</Say></Response>').says("For ever")
    for _ in range(999):
        call.plays(speech)
    call.does(HangUp()).is_over()


def test_keys_during_speech_change_nothing(playbook):
    response = VoiceResponse()
    response.say("One")
    response.say("Two")
    playbook(response).says("One").says("Two").does(HangUp()).is_over()


@pytest.mark.parametrize("text", ["", "  \n ", "<break/>"])
def test_an_empty_text_is_skipped_with_13520(playbook, text):
    call = playbook(f"<Response><Say>{text}</Say></Response>")
    call.does(HangUp()).is_over()
    assert call.codes == [13520]


@pytest.mark.parametrize(("voice", "limit"), [("man", 4096), ("Polly.Amy", 3000), ("Google.en-US-Standard-A", 5000)])
def test_a_text_as_long_as_its_voice_allows_is_spoken_and_a_longer_one_skipped(playbook, voice, limit):
    response = VoiceResponse()
    response.say("x" * limit, voice=voice)
    response.say("x" * (limit + 1), voice=voice)
    call = playbook(response).says("x" * limit, voice, "en-GB" if voice == "Polly.Amy" else "en-US")
    call.does(HangUp()).is_over()
    assert call.codes == [13521]
    assert f"{limit + 1} characters" in call.entries(Problem)[0].message


@pytest.mark.parametrize(
    ("attribute", "code"),
    [
        ('voice="robot"', 13511),
        ('voice="Polly.Hal"', 13511),
        ('voice="Polly.Hans-Neural"', 13511),
        ('voice="Google.en-US-Robot-A"', 13511),
        ('language="english!"', 13512),
        ('language="xx-XX"', 13512),
        ('loop="-1"', 13510),
    ],
)
def test_a_wrong_attribute_warns_and_the_default_counts(playbook, attribute, code):
    call = playbook(f"<Response><Say {attribute}>Hi</Say></Response>").says("Hi")
    call.does(HangUp()).is_over()
    assert call.codes == [code]
    assert call.entries(Problem)[0].level == "warning"


def test_a_google_voice_brings_its_language(playbook):
    call = playbook('<Response><Say voice="Google.de-DE-Wavenet-B">Guten Tag</Say></Response>')
    call.says("Guten Tag", "Google.de-DE-Wavenet-B", "de-DE").does(HangUp()).is_over()


def test_every_tag_is_understood_and_the_journal_tells_what_is_said(playbook):
    say = Say("Your code is")
    say.break_(strength="strong", time="1s")
    say.say_as("12", interpret_as="digits")
    say.emphasis("now", level="strong")
    say.lang("maintenant", xml_lang="fr-FR")
    say.p("One.")
    say.s("Two.")
    say.phoneme("pecan", alphabet="ipa", ph="x")
    say.prosody("slowly", rate="slow", pitch="-2st", volume="loud")
    say.sub("W3C", alias="World Wide Web Consortium")
    say.w("read", role="amazon:VB")
    response = VoiceResponse()
    response.append(say)
    text = "Your code is 1 2 now maintenant One. Two. pecan slowly World Wide Web Consortium read"
    pieces = (
        Stretch("Your code is"),
        Pause(1000),
        Stretch("1 2"),
        Stretch("now", Manner(rate_percent=85, volume_db=2.0)),
        Stretch("maintenant", Manner(language="fr-FR")),
        Pause(1200, is_boundary=True),
        Stretch("One."),
        Pause(1200, is_boundary=True),
        Stretch("Two."),
        Pause(700, is_boundary=True),
        Stretch("pecan"),
        Stretch("slowly", Manner(rate_percent=75, volume_db=6.0)),
        Stretch("World Wide Web Consortium read"),
    )
    call = playbook(response).does(Synthesize(text, "man", "en-US", pieces)).hears(AudioReady(b"\x01"))
    call.does(Report(Spoke(text=text, voice="man", language="en-US", duration_ms=0)), StartPlayback(b"\x01", says=text))
    call.hears(PlaybackEnded()).does(HangUp()).is_over()
    assert call.codes == []


def test_mark_up_that_changes_the_words_only_is_plain_text(playbook):
    call = playbook("<Response><Say>Dial <say-as interpret-as='digits'>12</say-as><w>now</w></Say></Response>")
    call.says("Dial 1 2 now").does(HangUp()).is_over()


def test_unknown_mark_up_is_skipped_with_its_text(playbook):
    call = playbook("<Response><Say>a<w>b<blink>c</blink><W>d</W></w><b x='1'>e</b><w y='2'>f</w></Say></Response>")
    call.says("a b f").does(HangUp()).is_over()
    assert call.codes == [12200] * 4
    assert any("write w" in problem.hint for problem in call.entries(Problem))


def test_a_value_that_mark_up_does_not_take_is_told_and_changes_nothing(playbook):
    call = playbook("<Response><Say><prosody rate='warp'>Hi</prosody></Say></Response>").says("Hi")
    call.does(HangUp()).is_over()
    assert call.codes == [12200]
    assert 'rate="warp"' in call.entries(Problem)[0].message


@pytest.mark.parametrize(("voice", "spoken"), [("Polly.Hans", "de-DE"), ("Google.de-DE-Wavenet-B", "de-DE")])
def test_a_voice_speaks_its_own_language_whatever_is_asked_of_it(playbook, voice, spoken):
    response = VoiceResponse()
    response.say("Hallo", voice=voice, language="en-US")
    call = playbook(response).says("Hallo", voice, spoken).does(HangUp())
    call.is_over()
    assert call.codes == [0]
    assert spoken in call.entries(Problem)[0].message


@pytest.mark.parametrize(("written", "language"), [("de-de", "de-DE"), ("en", "en"), ("EN-GB", "en-GB")])
def test_a_basic_voice_speaks_any_language_however_it_is_spelled(playbook, written, language):
    call = playbook(f"<Response><Say voice='woman' language='{written}'>Hi</Say></Response>")
    call.says("Hi", "woman", language).does(HangUp()).is_over()
    assert call.codes == []


def test_tags_count_for_a_google_voice_and_not_for_others(playbook):
    text = "x" * 2990 + " <break time='1s'/>"
    call = playbook(f"<Response><Say voice='Polly.Joanna'>{text}</Say></Response>")
    pieces = (Stretch("x" * 2990), Pause(1000))
    call.does(Synthesize("x" * 2990, "Polly.Joanna", "en-US", pieces)).far_end_hangs_up().is_over()
    call = playbook(f"<Response><Say voice='Google.en-US-Standard-A'>{'x' * 4990}<break time='1s'/></Say></Response>")
    call.does(HangUp()).is_over()
    assert call.codes == [13521]


@pytest.mark.parametrize(("attribute", "code"), [('voice="robot"', 13321), ('loop="x"', 13322)])
def test_inside_gather_its_mistakes_have_codes_of_their_own(playbook, attribute, code):
    call = playbook(f"<Response><Gather><Say {attribute}>Hi</Say></Gather></Response>")
    call.does(ListenForDigits(), Synthesize("Hi", "man", "en-US")).far_end_hangs_up().is_over()
    assert call.codes == [code]


def test_text_without_a_speakable_word_takes_no_time_however_often_it_loops(playbook):
    call = playbook('<Response><Say loop="0">…</Say></Response>')
    call.does(Synthesize("…", "man", "en-US")).hears(AudioReady(b"")).does(HangUp()).is_over()
    assert [entry.duration_ms for entry in call.entries(Spoke)] == [0]


def test_a_hang_up_while_speech_is_made_ends_the_flow(playbook):
    call = playbook("<Response><Say>Hi</Say><Hangup/></Response>")
    call.does(Synthesize("Hi", "man", "en-US")).far_end_hangs_up().is_over()
    assert call.verbs == ["Say"]
