"""Reading a script: the options of its steps, and the sentence for everything that cannot be run."""

from pathlib import Path

import pytest

from twilio_emulator.errors import BadScript
from twilio_emulator.media.lines import Lines
from twilio_emulator.phones.script import Play, Say, parse_script

YES = str(Path(__file__).parents[3] / "fixtures_audio" / "speech" / "yes_please.wav")


def test_a_file_brings_the_text_of_its_manifest_or_is_given_one() -> None:
    known, told, unsure = parse_script(
        [{"play": YES}, {"text": "No.", "play": YES, "confidence": 1}, {"play": YES, "confidence": 0.2}]
    )
    assert isinstance(known, Play)
    assert isinstance(told, Play)
    assert isinstance(unsure, Play)
    assert (known.lines, told.lines, unsure.lines) == (
        Lines("Yes, please."),
        Lines("No.", 1),
        Lines("Yes, please.", 0.2),
    )


def test_a_text_is_said_as_surely_as_it_is_told() -> None:
    assert parse_script([{"say": "Yes."}, {"say": "No.", "confidence": 0.1}]) == (
        Say(Lines("Yes.")),
        Say(Lines("No.", 0.1)),
    )


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({}, "one object with one key"),
        ({"press": "1", "say": "Hi"}, "one object with one key"),
        ({"text": "Hi", "confidence": 1}, "one object with one key"),
        ({"sing": "la"}, "no step 'sing'; there are: play, say, press"),
        ({"press": "1", "text": "one"}, "press does not go with 'text'"),
        ({"say": "Hi", "text": "Hi"}, "say does not go with 'text'"),
        ({"play": 3}, "path of an audio file"),
        ({"play": "no/such/file.wav"}, "no/such/file.wav"),
        ({"play": YES, "text": 3}, "a string"),
        ({"play": YES, "confidence": "high"}, "a number from 0.0 to 1.0"),
        ({"play": YES, "confidence": True}, "a number from 0.0 to 1.0"),
        ({"say": " "}, "say takes a text"),
        ({"say": 5}, "say takes a text"),
        ({"say": "Hi", "confidence": 7}, "a number from 0.0 to 1.0"),
    ],
)
def test_a_step_that_cannot_be_run_is_named_before_anything_happens(step: dict, sentence: str) -> None:
    with pytest.raises(BadScript, match="Step 1") as raised:
        parse_script([{"hang_up": True}, step])
    assert sentence in str(raised.value)
