"""What `profanityFilter` hides: the first letter stays, the rest becomes asterisks.

Source: twilio.com/docs/voice/twiml/gather. Which words Twilio's engines hold for profane is not documented; these are
words that every English list has, with their endings.
"""

from __future__ import annotations

import re
from typing import Final

_PROFANE: Final = re.compile(
    r"\b(?:mother)?(fuck|shit|cunt|cock(?=suck)|bitch|bastard|asshole|arsehole|wank|twat|dickhead|bollocks|piss)"
    r"(?:s|es|ed|er|ers|ing|in'|head|heads|sucker|suckers|ty|y)?\b",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """The text with profane words hidden: "shit" becomes "s***"."""
    return _PROFANE.sub(lambda found: found[0][0] + "*" * (len(found[0]) - 1), text)
