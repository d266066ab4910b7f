"""Phone numbers as Twilio writes them: E.164, a plus sign and up to 15 digits."""

import re
from typing import Final

_E164: Final = re.compile(r"\+[1-9][0-9]{1,14}")
# The North American plan: country code 1 and ten digits.
_NANP: Final = re.compile(r"\+1([0-9]{3})([0-9]{3})([0-9]{4})")
_PUNCTUATION: Final = str.maketrans("", "", " -.()")


class InvalidNumber(ValueError):
    """Text that is not a phone number in E.164."""


def is_e164(text: str) -> bool:
    """Whether text is a phone number exactly as Twilio sends it, like `+15551110001`."""
    return _E164.fullmatch(text) is not None


def normalize(text: str) -> str:
    """Return the number in E.164, without the spaces, dots, dashes and brackets people write.

    Raises:
        InvalidNumber: it does not begin with a plus sign, or has not 2 to 15 digits.
    """
    number = text.translate(_PUNCTUATION)
    if is_e164(number):
        return number
    if text.startswith(" ") and is_e164(f"+{number}"):
        advice = "in a form or a URL a plus sign must be sent as %2B, or it arrives as a space"
    else:
        advice = "write a plus sign, the country code and the number, like +15551110001"
    raise InvalidNumber(f"{text!r} is not a phone number in E.164: {advice}.")


def national_format(number: str) -> str:
    """Return `(555) 111-0001` for a North American number and anything else as it came.

    So Twilio fills `to_formatted` and `from_formatted` (twilio-oai api_v2010, schema api.v2010.account.call).
    """
    nanp = _NANP.fullmatch(number)
    return f"({nanp[1]}) {nanp[2]}-{nanp[3]}" if nanp else number
