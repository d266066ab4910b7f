"""What a log may show of a phone number or a secret: enough to tell two apart, not enough to use.

Laws: at least three digits of a number stay hidden, and redacting twice is redacting once.
"""

import re
from typing import Final

# Seven digits is the shortest number anyone is called on; fewer would catch "+20 ms". In a URL a plus is %2B.
_NUMBER_IN_TEXT: Final = re.compile(r"(?<=\+)[1-9][0-9]{6,}|(?<=%2B)[1-9][0-9]{6,}", re.IGNORECASE)
# Where a number is expected it may lack its plus sign. Four digits are what redaction leaves at an end.
_NUMBER: Final = re.compile(r"[0-9]{5,}")
_STARS: Final = "***"
_SHORTEST_SECRET_SHOWN: Final = 12


def redact_number(number: str) -> str:
    """Hide the middle of a phone number: `+15551110001` becomes `+1555***0001`.

    Other addresses (`client:alice`, `sip:alice@example.com`) stay as they are.
    """
    return _NUMBER.sub(_hide_middle, number)


def redact(text: str) -> str:
    """Hide the middle of every phone number in a text: a plus sign (or %2B) and seven digits or more."""
    return _NUMBER_IN_TEXT.sub(_hide_middle, text)


def redact_secret(text: str) -> str:
    """Show two characters at each end of a long secret, `ab***yz`, and nothing of a short one."""
    return text[:2] + _STARS + text[-2:] if len(text) >= _SHORTEST_SECRET_SHOWN else _STARS


def _hide_middle(found: re.Match[str]) -> str:
    digits = found[0]
    if len(digits) < 7:
        return _STARS
    shown = 4 if len(digits) >= 11 else 2
    return digits[:shown] + _STARS + digits[-shown:]
