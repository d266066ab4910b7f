import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_wire.e164 import InvalidNumber, is_e164, national_format, normalize

NUMBERS = st.from_regex(r"\+[1-9][0-9]{1,14}", fullmatch=True)


@given(NUMBERS)
def test_a_number_in_e164_is_itself(number):
    assert is_e164(number)
    assert normalize(number) == number


@given(NUMBERS, st.data())
def test_what_people_write_between_digits_does_not_matter(number, data):
    written = "".join(digit + data.draw(st.text(" -.()", max_size=2)) for digit in number)
    assert normalize(written) == number


@given(st.text())
def test_normalizing_gives_e164_or_says_why_not(text):
    try:
        assert is_e164(normalize(text))
    except InvalidNumber as error:
        assert repr(text) in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "+0",
        "+1",
        "+01234567",
        "15551110001",
        "5551110001",
        "+1234567890123456",
        "+1555111000x",
        "++15551110001",
        "+15551110001\n",
        "client:alice",
        "sip:a@b.c",
        "+١٥٥٥١١١٠٠٠١",
        "whatsapp:+15551110001",
    ],
)
def test_anything_else_is_refused(text):
    assert not is_e164(text)
    with pytest.raises(InvalidNumber, match=r"country code and the number, like \+15551110001"):
        normalize(text)


def test_a_plus_sign_lost_on_the_way_is_recognised():
    with pytest.raises(InvalidNumber, match="must be sent as %2B"):
        normalize(" 15551110001")


@pytest.mark.parametrize(
    ("number", "formatted"),
    [
        ("+15551110001", "(555) 111-0001"),
        ("+13051416799", "(305) 141-6799"),
        ("+442071838750", "+442071838750"),
        ("+1555", "+1555"),
        ("client:alice", "client:alice"),
    ],
)
def test_north_american_numbers_are_shown_as_people_write_them(number, formatted):
    assert national_format(number) == formatted
