"""Words are their text, wherever they are looked up."""

from twilio_wire.words import Word


class Colour(Word):
    RED = "red"


def test_a_word_and_its_text_find_each_other_in_a_table():
    assert {Colour.RED: 1}["red"] == {"red": 1}[Colour.RED] == 1
    assert f"{Colour.RED}" == Colour("red") == "red"
