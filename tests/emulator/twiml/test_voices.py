from __future__ import annotations

import pytest

from twilio_emulator.twiml.voices import BASIC, LANGUAGES, POLLY, is_voice, language_of


@pytest.mark.parametrize(
    ("voice", "language"),
    [
        ("man", ""),
        ("alice", ""),
        ("Polly.Joanna", "en-US"),
        ("Polly.Joanna-Neural", "en-US"),
        ("Polly.Mía-Generative", "es-MX"),
        ("Google.de-DE-Wavenet-B", "de-DE"),
        ("Google.en-US-Chirp3-HD-Aoede", "en-US"),
    ],
)
def test_a_voice_and_what_it_speaks(voice, language):
    assert is_voice(voice)
    assert language_of(voice) == language


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Man",
        "robot",
        "Polly.",
        "Polly.Nobody",
        "Polly.Joanna-neural",
        "Polly.Hans-Neural",
        "Google.en-US-X-A",
        "joanna",
    ],
)
def test_what_is_no_voice(name):
    assert not is_voice(name)


def test_every_voice_speaks_a_language_that_say_knows():
    assert set(POLLY.values()) <= LANGUAGES
    assert not any(map(language_of, BASIC))
