from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.twiml.spoken_forms import KINDS, cardinal, ordinal, read_as, year


def said(text: str, kind: str, form: str = "") -> str | None:
    return read_as(text, kind, form, english=True)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (20, "twenty"),
        (42, "forty-two"),
        (100, "one hundred"),
        (2026, "two thousand twenty-six"),
        (1_000_001, "one million one"),
        (987_654_321, "nine hundred eighty-seven million six hundred fifty-four thousand three hundred twenty-one"),
    ],
)
def test_numbers_in_words(number, words):
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "first"), (2, "second"), (12, "twelfth"), (20, "twentieth"), (21, "twenty-first"), (100, "one hundredth")],
)
def test_places_in_an_order(number, words):
    assert ordinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1999, "nineteen ninety-nine"),
        (1905, "nineteen oh five"),
        (1900, "nineteen hundred"),
        (2000, "two thousand"),
        (2005, "two thousand five"),
        (2026, "twenty twenty-six"),
        (476, "four hundred seventy-six"),
    ],
)
def test_years(number, words):
    assert year(number) == words


@pytest.mark.parametrize(
    ("text", "kind", "form", "words"),
    [
        ("abc 1", "characters", "", "a b c 1"),
        ("1234", "digits", "", "1 2 3 4"),
        ("12 34", "digits", "", "1 2 3 4"),
        ("1,234", "cardinal", "", "one thousand two hundred thirty-four"),
        ("-2.50", "number", "", "minus two point five zero"),
        ("a dozen", "cardinal", "", "a dozen"),
        ("9" * 13, "cardinal", "", "9" * 13),
        ("3rd", "ordinal", "", "third"),
        ("x", "ordinal", "", "x"),
        ("1/2", "fraction", "", "one half"),
        ("3/20", "fraction", "", "three twentieths"),
        ("3+1/4", "fraction", "", "three and one quarter"),
        ("3/2", "fraction", "", "three halves"),
        ("1/0", "fraction", "", "1/0"),
        ("+1 202-555-0142", "telephone", "", "1, 2 0 2, 5 5 5, 0 1 4 2"),
        ("5550142", "telephone", "", "5 5 5, 0 1 4 2"),
        ("12025550142", "telephone", "", "1, 2 0 2, 5 5 5, 0 1 4 2"),
        ("911", "telephone", "", "9 1 1"),
        ("none", "telephone", "", "none"),
        ("12/31/1999", "date", "mdy", "December thirty-first, nineteen ninety-nine"),
        ("31.12.1999", "date", "dmy", "December thirty-first, nineteen ninety-nine"),
        ("1999-12", "date", "ym", "December, nineteen ninety-nine"),
        ("12-31", "date", "md", "December thirty-first"),
        ("20260102", "date", "", "January second, twenty twenty-six"),
        ("????0102", "date", "yyyymmdd", "January second"),
        ("1/2/2026", "date", "", "January second, twenty twenty-six"),
        ("13/13/13", "date", "mdy", "13/13/13"),
        ("soon", "date", "mdy", "soon"),
        ("1'21\"", "time", "", "one minute twenty-one seconds"),
        ('45"', "time", "", "forty-five seconds"),
        ("noon", "time", "", "noon"),
        ("5 Main St.", "address", "", "5 Main St."),
    ],
)
def test_what_is_said_for_what_is_written(text, kind, form, words):
    assert said(text, kind, form) == words


def test_a_kind_that_there_is_not_is_none():
    assert said("x", "riddle") is None


@given(number=st.integers(0, 10**12 - 1))
def test_every_number_has_words_and_no_two_the_same(number):
    words = cardinal(number)
    assert words.replace("-", " ").replace(" ", "").isalpha()
    assert words != cardinal((number + 1) % 10**12)
    assert ordinal(number).endswith(("st", "nd", "rd", "th"))


@given(text=st.text(max_size=30), kind=st.sampled_from(KINDS), form=st.text("mdy", max_size=8), english=st.booleans())
def test_no_text_is_too_odd_to_be_read(text, kind, form, english):
    words = read_as(text, kind, form, english=english)
    assert kind == "expletive" or isinstance(words, str)
