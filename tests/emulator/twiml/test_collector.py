"""The collector of `<Gather>` against a plain model of its rules, over any course of events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.twiml.collector import ENDINGS, TIMERS, GatherTimer, InputCollector, Phase
from twilio_emulator.twiml.flow import (
    DigitPressed,
    PlaybackEnded,
    SpeechStarted,
    SpeechStopped,
    TimerFired,
    WordsHeard,
)
from twilio_emulator.twiml.profanity import masked

EVENTS = st.lists(
    st.one_of(
        st.sampled_from("0123456789*#").map(DigitPressed),
        st.just(SpeechStarted()),
        st.lists(st.sampled_from(["yes", "no", "maybe"]), min_size=1, max_size=3).map(
            lambda words: WordsHeard(tuple(words), 0.5)
        ),
        st.just(SpeechStopped(200)),
        st.just(PlaybackEnded()),
        st.just(TimerFired("somebody else's")),
    ),
    max_size=30,
)


@given(events=EVENTS, finish=st.sampled_from(["", "#", "5"]), num_digits=st.integers(0, 4))
def test_keys_or_speech_whichever_comes_first_and_never_both(events, finish, num_digits):
    collector = InputCollector(finish_on_key=finish, num_digits=num_digits)
    for event in events:
        before = (collector.keys.digits, collector.speech.text, collector.ending)
        counted = collector.take(event)
        after = (collector.keys.digits, collector.speech.text, collector.ending)
        assert counted or before == after
        assert not (collector.keys.digits and collector.speech.text)
        if before[2] is not None:
            assert before == after
    everything = " ".join(word for event in events if isinstance(event, WordsHeard) for word in event.words)
    assert everything.startswith(collector.speech.text)
    assert collector.speech.text == " ".join(filter(None, (collector.speech.settled, collector.speech.running)))
    assert set(TIMERS[collector.phase]) <= set(GatherTimer)
    assert collector.speech.confidence == (0.5 if collector.speech.text else 0.0)


@given(events=EVENTS, timer=st.sampled_from(GatherTimer))
def test_a_timer_ends_it_once_and_for_all(events, timer):
    collector = InputCollector(finish_on_key="", num_digits=0)
    assert collector.take(TimerFired(timer))
    assert collector.ending is ENDINGS[timer]
    assert not any(map(collector.take, events))
    assert collector.phase is Phase.INPUT


def test_what_is_masked_keeps_its_first_letter_and_its_neighbours():
    assert masked("Bullshit? No: SHIT! Shitake, assess, cockpit.") == "Bullshit? No: S***! Shitake, assess, cockpit."
