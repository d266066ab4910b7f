"""Mark-up in `<Say>`, read into pieces. What it looks like in TwiML is in test_say.py."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.twiml.document import parse
from twilio_emulator.twiml.speech_script import Manner, Pause, Stretch, plain_text
from twilio_emulator.twiml.ssml import read


def pieces_of(markup: str, language: str = "en-US"):
    (say,) = parse(f"<Response><Say>{markup}</Say></Response>".encode()).root.children
    reading = read(say, language)
    return reading.pieces, reading.faults


@pytest.mark.parametrize(
    ("markup", "ms"),
    [
        ("<break/>", 400),
        ("<break strength='weak'/>", 250),
        ("<break strength='x-strong'/>", 1200),
        ("<break time='1.5s'/>", 1500),
        ("<break time='250ms' strength='none'/>", 250),
        ("<break time='99s'/>", 10_000),
        ("<break time='1s'/><break time='2s'/>", 3000),
        ("<break time='1s'/><p/>", 1200),
        ("<break time='2s'/><p/>", 2000),
    ],
)
def test_a_break_is_a_pause_of_its_length(markup, ms):
    (before, pause, after), faults = pieces_of(f"a{markup}b")
    assert (before, pause.ms, after) == (Stretch("a"), ms, Stretch("b"))
    assert faults == ()


@pytest.mark.parametrize("markup", ["<break strength='none'/>", "<break strength='x-weak'/>"])
def test_the_weakest_breaks_are_none(markup):
    assert pieces_of(f"a{markup}b") == ((Stretch("a b"),), ())


def test_boundaries_coincide_and_are_none_at_either_end():
    assert pieces_of("<p>a</p><p>b</p>")[0] == (Stretch("a"), Pause(1200, is_boundary=True), Stretch("b"))
    assert pieces_of("<p><s>a</s><s>b</s></p>")[0] == (Stretch("a"), Pause(700, is_boundary=True), Stretch("b"))


def test_a_break_at_either_end_is_heard():
    assert pieces_of("<break time='1s'/>a<break time='2s'/>")[0] == (Pause(1000), Stretch("a"), Pause(2000))


@pytest.mark.parametrize(
    ("markup", "manner"),
    [
        ("<prosody rate='x-slow'>a</prosody>", Manner(rate_percent=50)),
        ("<prosody rate='150%'>a</prosody>", Manner(rate_percent=150)),
        ("<prosody volume='-6dB'>a</prosody>", Manner(volume_db=-6.0)),
        ("<prosody volume='soft' rate='fast'>a</prosody>", Manner(rate_percent=125, volume_db=-6.0)),
        ("<prosody pitch='high'>a</prosody>", Manner()),
        ("<prosody rate='slow'><prosody rate='slow'>a</prosody></prosody>", Manner(rate_percent=56)),
        ("<prosody rate='20%'><prosody rate='20%'>a</prosody></prosody>", Manner(rate_percent=20)),
        ("<emphasis>a</emphasis>", Manner(rate_percent=92, volume_db=1.0)),
        ("<emphasis level='none'>a</emphasis>", Manner()),
        ("<lang xml:lang='de-DE'><w role='x'>a</w></lang>", Manner(language="de-DE")),
    ],
)
def test_a_stretch_has_the_manner_of_all_that_is_around_it(markup, manner):
    assert pieces_of(markup) == ((Stretch("a", manner),), ())


@pytest.mark.parametrize(
    "markup",
    [
        "<break strength='huge'/>",
        "<break time='soon'/>",
        "<prosody rate='10%'>a</prosody>",
        "<prosody rate='fastest'>a</prosody>",
        "<prosody volume='11'>a</prosody>",
        "<emphasis level='very'>a</emphasis>",
        "<say-as interpret-as='riddle'>a</say-as>",
        "<say-as>a</say-as>",
    ],
)
def test_a_value_that_is_none_is_told_with_its_place(markup):
    _, (fault,) = pieces_of(markup)
    assert "line 1, column 16" in fault


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<sub alias='World Wide Web Consortium'>W3C</sub>", "World Wide Web Consortium"),
        ("<sub>W3C</sub>", "W3C"),
        ("<say-as interpret-as='spell-out'>AB<w>C</w></say-as>", "A B C"),
        ("<say-as interpret-as='telephone'>2025550142</say-as>", "2 0 2, 5 5 5, 0 1 4 2"),
        ("<say-as interpret-as='date' format='mdy'>12/31/1999</say-as>", "December thirty-first, nineteen ninety-nine"),
        ("<say-as interpret-as='ordinal'>3</say-as>", "third"),
        ("<phoneme alphabet='ipa' ph='pɪˈkɑːn'>pecan</phoneme>", "pecan"),
    ],
)
def test_what_is_written_is_read_as_it_is_meant(markup, text):
    assert pieces_of(markup) == ((Stretch(text),), ())


def test_an_expletive_is_left_out_for_as_long_as_a_bleep():
    assert pieces_of("oh <say-as interpret-as='expletive'>no</say-as>")[0] == (Stretch("oh"), Pause(500))


def test_figures_are_put_into_english_words_only_where_english_is_spoken():
    assert plain_text(pieces_of("<say-as interpret-as='cardinal'>12</say-as>", "de-DE")[0]) == "12"
    mixed = "<lang xml:lang='en-GB'><say-as interpret-as='cardinal'>12</say-as></lang>"
    assert plain_text(pieces_of(mixed, "de-DE")[0]) == "twelve"


def test_mark_up_as_deep_as_a_document_may_be_does_no_harm():
    depth = 4000
    assert pieces_of("<p>" * depth + "a" + "</p>" * depth)[0] == (Stretch("a"),)


MARKUP = st.recursive(
    st.sampled_from(["word", " two words ", "<break/>", "<break time='1s'/>", "", "3"]),
    lambda inner: st.builds(
        "{0}<{1}>{2}</{1}>{3}".format, inner, st.sampled_from(["p", "s", "w", "emphasis", "prosody"]), inner, inner
    ),
    max_leaves=12,
)


@given(markup=MARKUP)
def test_no_word_is_lost_and_neighbours_differ(markup):
    pieces, faults = pieces_of(markup)
    (say,) = parse(f"<Response><Say>{markup}</Say></Response>".encode()).root.children
    words, ahead = [], [say]
    while ahead:
        part = ahead.pop()
        if isinstance(part, str):
            words += part.split()
        else:
            ahead.extend(reversed(part.content))
    assert plain_text(pieces).split() == words
    assert faults == ()
    for piece, following in pairwise(pieces):
        assert not (isinstance(piece, Pause) and isinstance(following, Pause))
        assert not (isinstance(piece, Stretch) and isinstance(following, Stretch) and piece.manner == following.manner)
