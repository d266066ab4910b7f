"""Speech in pieces: how long each lasts, and how loud it is."""

from __future__ import annotations

import numpy as np
import pytest

from twilio_emulator.media.recital import recite
from twilio_emulator.media.speech import MurmurSpeech
from twilio_emulator.twiml.speech_script import Manner, Pause, Stretch
from twilio_wire import g711, levels

TEXT = "Thank you for calling, how can I help you today?"
MURMUR = MurmurSpeech()


def spoken(*pieces: Stretch | Pause) -> bytes:
    return recite(MURMUR, pieces, voice="man", language="en-US")


def test_plain_text_is_what_the_speech_makes_of_it() -> None:
    assert spoken(Stretch(TEXT)) == MURMUR.synthesize(TEXT, voice="man", language="en-US")


def test_a_pause_is_silence_of_its_length() -> None:
    audio = spoken(Stretch("a"), Pause(1234), Stretch("b"))
    first, second = spoken(Stretch("a")), spoken(Stretch("b"))
    assert audio == first + b"\xff" * (1234 * 8) + second


@pytest.mark.parametrize("rate", [50, 75, 150, 200])
def test_the_rate_changes_the_length_and_nothing_else(rate: int) -> None:
    usual = spoken(Stretch(TEXT))
    changed = spoken(Stretch(TEXT, Manner(rate_percent=rate)))
    assert len(changed) == pytest.approx(len(usual) * 100 / rate, rel=0.05)
    assert changed == spoken(Stretch(TEXT, Manner(rate_percent=rate)))
    loudness = [levels.level_dbm0(g711.decode(audio)) for audio in (usual, changed)]
    assert loudness[1] == pytest.approx(loudness[0], abs=1)


@pytest.mark.parametrize("db", [-12.0, -6.0, 6.0])
def test_the_volume_changes_the_level(db: float) -> None:
    usual, changed = (g711.decode(spoken(Stretch(TEXT, Manner(volume_db=level)))) for level in (0.0, db))
    assert levels.level_dbm0(changed) - levels.level_dbm0(usual) == pytest.approx(db, abs=0.5)


def test_silent_speech_takes_its_time_and_cannot_be_heard() -> None:
    audio = spoken(Stretch(TEXT, Manner(volume_db=-100.0)))
    assert len(audio) == len(spoken(Stretch(TEXT)))
    assert not np.any(g711.decode(audio) > 8)


def test_nothing_to_say_is_no_sound() -> None:
    assert spoken() == b""
    assert spoken(Stretch("…")) == b""
