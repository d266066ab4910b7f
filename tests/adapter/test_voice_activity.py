"""Speech and silence on the line, judged by WebRTC's detector."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_adapter import ConfigurationError, UserStartedSpeaking, UserStoppedSpeaking, Vad
from twilio_adapter.voice_activity import VoiceActivity
from twilio_wire.audio import read_audio
from twilio_wire.g711 import IDLE_FRAME, encode

SPEECH = Path(__file__).parents[2] / "fixtures_audio" / "speech"
SPOKEN = encode(read_audio(SPEECH / "no_thank_you.wav").at(8000).pcm)
SECOND = IDLE_FRAME * 50


def events_of(ulaw: bytes, vad: Vad | None = None, size: int = 160) -> list[UserStartedSpeaking | UserStoppedSpeaking]:
    received = bytearray()
    activity = VoiceActivity(received, vad or Vad())
    told = []
    for start in range(0, len(ulaw), size):
        received += ulaw[start : start + size]
        told += activity.listen()
    return told + activity.end()


def test_speech_between_silences_is_one_start_and_one_stop_where_it_is() -> None:
    started, stopped = events_of(SECOND + SPOKEN + SECOND)
    assert isinstance(started, UserStartedSpeaking)
    assert isinstance(stopped, UserStoppedSpeaking)
    assert 1000 <= started.at_ms <= 1100
    assert 1000 + len(SPOKEN) / 8 - 400 <= stopped.at_ms <= 1000 + len(SPOKEN) / 8 + 100


def test_a_pause_shorter_than_stop_ms_does_not_end_speech() -> None:
    assert len(events_of(SPOKEN + SECOND + SPOKEN, Vad(stop_ms=2000))) == 2
    assert len(events_of(SPOKEN + SECOND + SPOKEN, Vad(stop_ms=400))) == 4


def test_speech_shorter_than_start_ms_is_not_told() -> None:
    assert events_of(SECOND + SPOKEN[800:1440] + SECOND, Vad(start_ms=2000)) == []


def test_what_is_told_is_told_after_the_hangover_and_says_since_when() -> None:
    received = bytearray(SPOKEN)
    activity = VoiceActivity(received, Vad(start_ms=60, stop_ms=400))
    [started] = activity.listen()[:1]
    activity = VoiceActivity(heard := bytearray(SPOKEN[: started.at_ms * 8 + 2 * 160]), Vad(start_ms=60, stop_ms=400))
    assert activity.listen() == []
    heard += SPOKEN[len(heard) : len(heard) + 160]
    assert activity.listen() == [started]


def test_silence_line_noise_and_a_click_are_not_speech() -> None:
    noise = np.random.default_rng(1).normal(0, 12, 16000).astype(np.int16)
    click = np.zeros(8000, dtype=np.int16)
    click[4000:4008] = 20000
    for quiet in (SECOND, encode(noise), encode(click)):
        assert events_of(quiet) == []


def test_whoever_speaks_when_the_call_ends_has_stopped() -> None:
    cut = SPOKEN[: 8 * 300]
    assert [type(each) for each in events_of(cut)] == [UserStartedSpeaking, UserStoppedSpeaking]


def test_a_higher_mode_hears_less() -> None:
    noisy = read_audio(SPEECH / "no_thank_you.wav").at(8000).pcm // 40
    noise = np.random.default_rng(2).normal(0, 250, noisy.size).astype(np.int16)

    def speaking_ms(mode: int) -> int:
        positions = [each.at_ms for each in events_of(SECOND + encode(noisy + noise), Vad(mode=mode))]
        return sum(positions[1::2]) - sum(positions[::2])

    assert speaking_ms(0) > speaking_ms(3)


@given(st.integers(1, 700))
def test_the_size_of_the_messages_changes_nothing(size: int) -> None:
    ulaw = SPOKEN[: 160 * 30] + SECOND
    assert events_of(ulaw, size=size) == events_of(ulaw)


@pytest.mark.parametrize("settings", [{"mode": 4}, {"mode": -1}, {"start_ms": 0}, {"stop_ms": 19}])
def test_settings_that_cannot_work_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError, match=r"mode|one frame"):
        Vad(**settings)
