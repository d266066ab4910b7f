"""What one side of a call sounds like, compared with what it sounded like."""

import numpy as np
import pytest
from golden_calls import louder, said, seconds_of, side, silence
from hypothesis import given, settings
from hypothesis import strategies as st

from twilio_adapter.golden.difference import DifferenceKind
from twilio_adapter.golden.listening import compare_audio
from twilio_adapter.golden.tolerances import Tolerances
from twilio_wire.dtmf import synthesize
from twilio_wire.g711 import decode, encode

HELP, SALES, SUPPORT, BYE = "agent/how_can_i_help", "menus/sales", "menus/support", "agent/goodbye"
GOLDEN = side(0.5, HELP, 2.0, SALES, 1.5, BYE, 0.5)
SALES_AT = seconds_of(0.5, HELP, 2.0)
BYE_AT = seconds_of(0.5, HELP, 2.0, SALES, 1.5)


def differences(call: bytes, golden: bytes = GOLDEN):
    return compare_audio(golden, call).differences


def test_the_same_call_is_the_same():
    assert differences(GOLDEN) == ()


def test_every_turn_may_come_at_another_time():
    assert differences(side(0.62, HELP, 1.71, SALES, 1.9, BYE, 0.1)) == ()


@settings(max_examples=8)
@given(shift=st.integers(-4000, 80_000))
def test_a_call_that_is_later_as_a_whole_is_the_same(shift: int):
    moved = b"\xff" * shift + GOLDEN if shift >= 0 else GOLDEN[-shift:]
    assert differences(moved) == ()


@settings(max_examples=8)
@given(db=st.floats(-4, 4))
def test_some_db_more_or_less_are_no_difference(db: float):
    assert differences(encode(louder(decode(GOLDEN), db))) == ()


@settings(max_examples=8)
@given(db=st.floats(8, 15), sign=st.sampled_from([1, -1]))
def test_much_louder_or_quieter_is_one_and_says_by_how_much(db: float, sign: int):
    [found] = differences(side(0.5, HELP, 2.0, louder(said(SALES), sign * db), 1.5, BYE, 0.5))
    assert found.kind is (DifferenceKind.LOUDER if sign > 0 else DifferenceKind.QUIETER)
    assert found.golden_s == pytest.approx(SALES_AT, abs=0.1)
    assert float(found.what.split()[3]) == pytest.approx(db, abs=1)


@settings(max_examples=8)
@given(st.permutations([HELP, SALES, BYE, "menus/main_menu"]), st.integers(0, 3), st.integers(0, 3))
def test_two_calls_differ_whichever_of_them_is_the_golden_one(prompts: list[str], one: int, other: int):
    calls = [side(0.5, HELP, 1.0, prompts[index], 0.5) for index in (one, other)]
    found, reversed_ = compare_audio(calls[0], calls[1]), compare_audio(calls[1], calls[0])
    assert bool(found.differences) is bool(reversed_.differences) is (one != other)


def test_another_prompt_is_named_with_the_second_at_which_it_becomes_another():
    call = side(0.5, HELP, 2.0, SUPPORT, 1.5, BYE, 0.5)
    [found] = differences(call)
    assert found.kind is DifferenceKind.DIFFERENT_SOUND
    # "You have reached sales", "You have reached support": the first words are the same.
    assert SALES_AT + 0.4 < found.golden_s < SALES_AT + 1.0


def test_a_prompt_that_is_not_said_is_missing():
    [found] = differences(side(0.5, HELP, 2.0, silence(seconds_of(SALES)), 1.5, BYE, 0.5))
    assert found.kind is DifferenceKind.MISSING
    assert found.golden_s == pytest.approx(SALES_AT, abs=0.1)
    assert str(found).startswith("At 4.")
    assert found.actual == "silence"


def test_a_prompt_that_ends_too_soon_is_cut_off():
    cut = said(SALES)[:4400]
    [found] = differences(side(0.5, HELP, 2.0, cut, silence(seconds_of(SALES) - 0.55), 1.5, BYE, 0.5))
    assert found.kind is DifferenceKind.CUT_OFF
    assert found.golden_s == pytest.approx(SALES_AT + 0.55, abs=0.15)


def test_a_word_said_twice_is_named():
    stuttering = np.concatenate([said(HELP)[:4800], said(HELP)[1600:]])
    [found] = differences(side(0.5, stuttering, 2.0, SALES, 1.5, BYE, 0.5))
    assert found.kind is DifferenceKind.REPEATED
    assert found.golden_s == pytest.approx(0.5 + 0.4, abs=0.25)


def test_a_prompt_said_twice_is_named():
    [found] = differences(side(0.5, HELP, 2.0, SALES, 0.5, SALES, 1.5, BYE, 0.5))
    assert found.kind is DifferenceKind.REPEATED
    assert found.golden_s == pytest.approx(BYE_AT - 1.5, abs=0.3)


def test_one_prompt_more_is_named():
    [found] = differences(side(0.5, HELP, 2.0, SALES, 1.5, BYE, 0.5, "menus/invalid_choice"))
    assert found.kind is DifferenceKind.EXTRA
    assert found.golden_s == pytest.approx(seconds_of(0.5, HELP, 2.0, SALES, 1.5, BYE, 0.5), abs=0.1)


def test_an_application_that_says_nothing_is_missed():
    found = differences(side(12.0))
    assert {each.kind for each in found} == {DifferenceKind.MISSING}
    assert found[0].golden_s == pytest.approx(0.5, abs=0.1)


def test_silence_that_is_not_silent_any_more_is_heard():
    assert [each.kind for each in differences(GOLDEN, side(9.0))] == [DifferenceKind.EXTRA]
    assert differences(side(9.0), side(4.0)) == ()
    assert differences(b"", b"") == ()
    assert differences(b"\xff" * 30, b"") == ()


@pytest.mark.parametrize("key", "2457*#D")
def test_a_key_that_is_another_one_sounds_different(key: str):
    golden, call = (side(0.5, HELP, 1.0, synthesize(f"3{each}9"), 0.5) for each in ("1", key))
    [found] = differences(call, golden)
    assert found.golden_s == pytest.approx(seconds_of(0.5, HELP, 1.0) + 0.38, abs=0.15)


def test_one_tone_instead_of_another_is_heard():
    assert differences(side(1.0, "tones/busy"), side(1.0, "tones/ringback"))
    assert differences(side(1.02, "tones/busy"), side(1.0, "tones/busy")) == ()


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1))
def test_noise_far_below_the_speech_is_not_heard(seed: int):
    noise = np.random.default_rng(seed).normal(0, 60, len(GOLDEN))
    assert differences(encode(np.rint(decode(GOLDEN) + noise).astype(np.int16))) == ()


def test_tolerances_decide():
    call = side(0.5, HELP, 2.0, louder(said(SALES), 8), 1.5, BYE, 0.5)
    assert compare_audio(GOLDEN, call, tolerances=Tolerances(level_db=10)).differences == ()
    short = side(0.5, HELP, 2.0, SALES, 0.7, synthesize("1")[:1200], 0.6, BYE, 0.5)
    assert compare_audio(GOLDEN, short).differences
    assert compare_audio(GOLDEN, short, tolerances=Tolerances(sound_s=0.3, spectral_db=40)).differences == ()


def test_both_calls_are_whole_in_the_pieces():
    hearing = compare_audio(GOLDEN, side(0.5, HELP, 2.0, SUPPORT, 0.2, SUPPORT, 1.5, BYE, 2.0))
    for which, length in (("golden", len(GOLDEN)), ("call", len(hearing.call.samples))):
        spans = [getattr(piece, which) for piece in hearing.pieces]
        assert [spans[0].start, *(span.end for span in spans)] == [*(span.start for span in spans), length]
