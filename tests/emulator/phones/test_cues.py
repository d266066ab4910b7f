"""What a recorded caller waits for, read out of the pauses."""

import pytest

from twilio_emulator.media.stretches import Stretch
from twilio_emulator.phones.cues import AfterOwn, AfterPause, Cue, Heard, IntoTurn, cue_for, described, is_given


def heard(sounds: list[Stretch], since_ms: int, now_ms: int) -> Heard:
    return Heard(sounds, since_ms, now_ms, max(0, now_ms - sounds[-1].end_ms) if sounds else now_ms)


MENU = [Stretch(0, 2000), Stretch(2300, 4000)]
"""A prompt of two sentences."""


@pytest.mark.parametrize(
    ("why", "what", "own_end_ms", "goes_on", "cue"),
    [
        ("who is called says hello first", heard([], 0, 500), 0, False, AfterOwn(500)),
        ("a prompt is answered when it is over", heard(MENU, 0, 5000), 0, False, AfterPause(1, 1000)),
        ("a quick answer waits a reaction's time", heard(MENU, 0, 4100), 0, False, AfterPause(2, 200)),
        ("a longer pause than the one waited for is between turns", heard(MENU, 0, 4250), 0, False, AfterPause(2, 250)),
        ("a key over a prompt", heard(MENU, 0, 3000), 0, True, IntoTurn(1, 3000)),
        ("the second key follows the first", heard(MENU, 3000, 3380), 3200, True, AfterOwn(180)),
        ("also when the prompt has stopped", heard([Stretch(0, 3100)], 3000, 3380), 3200, False, AfterOwn(180)),
        ("talking on while the other ends", heard([Stretch(0, 3300)], 3000, 3380), 3200, False, AfterOwn(180)),
        ("waiting for what was being said", heard([Stretch(0, 4000)], 3000, 5000), 3200, False, AfterPause(0, 1000)),
        ("both begin at once", Heard([], 0, 1040, 0), 0, True, AfterOwn(1040)),
        ("nothing is said between", heard(MENU, 5000, 9000), 5500, False, AfterOwn(3500)),
        ("moves that overlap follow at once", heard([], 5000, 5100), 5200, False, AfterOwn(0)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_move_is_an_answer_to(why: str, what: Heard, own_end_ms: int, goes_on: bool, cue: Cue) -> None:
    assert cue_for(what, own_end_ms=own_end_ms, goes_on=goes_on) == cue
    if not isinstance(cue, AfterOwn):
        assert is_given(cue, what) or what.quiet_ms < 200


@pytest.mark.parametrize(
    ("why", "sounds", "now_ms", "is_due"),
    [
        ("nothing was said yet", [], 9000, False),
        ("the prompt goes on", [Stretch(0, 9000)], 9000, False),
        ("a pause between sentences", [Stretch(0, 2000)], 2980, False),
        ("the prompt is over", [Stretch(0, 2000)], 3000, True),
        ("a slower application", [Stretch(7000, 9000)], 10000, True),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_pause_is_waited_for(why: str, sounds: list[Stretch], now_ms: int, is_due: bool) -> None:
    assert is_given(AfterPause(1, 1000), heard(sounds, 0, now_ms)) is is_due


def test_what_was_said_before_the_last_move_is_no_answer_to_it() -> None:
    assert not is_given(AfterPause(1, 500), heard([Stretch(0, 1000)], 1200, 9000))
    assert is_given(AfterPause(1, 500), heard([Stretch(0, 1000), Stretch(2000, 3000)], 1200, 3500))


def test_a_prompt_that_has_become_shorter_is_not_waited_for_twice() -> None:
    assert is_given(IntoTurn(1, 3000), heard([Stretch(0, 1000)], 0, 3000))


def test_a_cue_can_be_told_in_words() -> None:
    assert described(AfterPause(0, 500)) == "0.5 s of silence on the other side"
    assert described(AfterPause(1, 500)) == "a turn of the other side and 0.5 s of silence"
    assert described(IntoTurn(2, 1200)) == "2 turns of the other side, 1.2 s into the last"
