"""Where keys were pressed in a recording."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media.speech import MurmurSpeech
from twilio_wire import dtmf, g711
from twilio_wire.key_tones import KeyTone, key_tones

SPEECH = MurmurSpeech().synthesize("I would like to book a table.", voice="man", language="en-US")
BESIDE = st.sampled_from([b"", SPEECH]).flatmap(
    lambda sound: st.integers(0, 900).map(lambda more: sound + b"\xff" * more)
)


@given(
    BESIDE,
    st.text(st.sampled_from(dtmf.KEYS), min_size=1, max_size=5),
    st.sampled_from([50, 80, 100, 200, 333]),
    st.sampled_from([50, 80, 180]),
    BESIDE,
)
def test_each_key_is_found_where_its_tone_sounds(before: bytes, keys: str, on_ms: int, gap_ms: int, after: bytes):
    tones = g711.encode(dtmf.synthesize(keys, timing=dtmf.DigitTiming(on_ms, gap_ms, -10.0)))
    found = key_tones(before + tones + after)
    assert "".join(tone.key for tone in found) == keys
    for number, tone in enumerate(found):
        begin_ms = len(before) / 8 + number * (on_ms + gap_ms)
        assert begin_ms - 40 <= tone.begin_ms < begin_ms + 1
        assert begin_ms + on_ms <= tone.end_ms <= begin_ms + on_ms + 40


@pytest.mark.parametrize("audio", [b"", g711.IDLE_FRAME * 50, SPEECH])
def test_where_no_key_was_pressed_none_is_found(audio: bytes) -> None:
    assert key_tones(audio) == ()


def test_a_key_that_is_held_to_the_end_ends_with_the_recording() -> None:
    tones = g711.encode(dtmf.synthesize("5", timing=dtmf.DigitTiming(200, 0, -10.0)))
    assert key_tones(g711.IDLE_FRAME * 5 + tones) == (KeyTone("5", 100, 300),)
