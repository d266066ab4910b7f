import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_wire.redaction import redact, redact_number, redact_secret

NUMBERS = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+15551110001", "+1555***0001"),
        ("+442071838750", "+4420***8750"),
        ("+4930123456", "+49***56"),
        ("+1234567", "+12***67"),
        ("+12345", "+***"),
        ("5551110001", "55***01"),
        ("client:alice", "client:alice"),
        ("sip:alice@example.com", "sip:alice@example.com"),
        ("", ""),
    ],
)
def test_a_number_shows_its_ends(number, shown):
    assert redact_number(number) == shown


@given(NUMBERS)
def test_at_least_three_digits_are_hidden(number):
    for hidden in (redact_number(number), redact(number)):
        assert hidden.startswith("+")
        assert "***" in hidden
        assert sum(map(str.isdigit, hidden)) <= len(number) - 1 - 3


@given(st.lists(st.one_of(NUMBERS, st.text(max_size=10)), max_size=6))
def test_no_number_is_left_in_a_text(parts):
    text = " ".join(parts)
    hidden = redact(text)
    assert not any(part in hidden for part in parts if part.startswith("+") and part[1:8].isdecimal())


@given(st.lists(st.one_of(NUMBERS, st.text(max_size=10))))
def test_redacting_twice_is_redacting_once(parts):
    text = "".join(parts)
    assert redact(redact(text)) == redact(text)
    assert redact_number(redact_number(text)) == redact_number(text)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("call from +15551110001 to +442071838750.", "call from +1555***0001 to +4420***8750."),
        ("To=%2B15551110001&From=%2b15551110002", "To=%2B1555***0001&From=%2b1555***0002"),
        ("late by +20 ms at +0200", "late by +20 ms at +0200"),
        ("sid CA0123456789 took 12345678 ms", "sid CA0123456789 took 12345678 ms"),
        ("+123456789012345678", "+1234***5678"),
    ],
)
def test_numbers_are_found_in_sentences_and_urls_and_nothing_else_is(text, hidden):
    assert redact(text) == hidden


@pytest.mark.parametrize(
    ("secret", "shown"),
    [("0123456789abcdef0123456789abcdef", "01***ef"), ("short", "***"), ("", "***"), ("elevenchars", "***")],
)
def test_a_secret_shows_two_characters_at_each_end_if_it_is_long(secret, shown):
    assert redact_secret(secret) == shown


@given(st.text())
def test_a_secret_never_shows_more_than_a_third(secret):
    assert len(redact_secret(secret).replace("*", "")) <= len(secret) / 3
