from __future__ import annotations

from twilio_emulator.twiml.errors import TwimlError, quoted


def test_an_error_reads_as_one_line_with_its_place():
    assert str(TwimlError(12100, "It is not XML.", 3, 7)) == "12100: It is not XML. (line 3, column 7)"
    assert str(TwimlError(11200, "It answered 500.")) == "11200: It answered 500."


def test_long_text_of_an_app_is_quoted_by_its_beginning():
    assert quoted("x" * 40) == "x" * 40
    assert quoted("x" * 41) == "x" * 40 + "…"
