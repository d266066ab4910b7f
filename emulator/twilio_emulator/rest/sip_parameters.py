"""Who logs in at a SIP address that is called: two parameters, read for their mistakes; no SIP is spoken here.

Twilio places the call all the same, and warns [twilio.com/docs/api/errors/21221 to 21225].
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from twilio_emulator.journal import Problem
from twilio_emulator.rest.parameters import Form


class _Rule(NamedTuple):
    """The codes for a value that is too long or has illegal characters, and what a legal one looks like."""

    too_long: int
    illegal: int
    legal: re.Pattern[str]


_LONGEST: Final = 255
_USERNAME, _PASSWORD = "SipAuthUsername", "SipAuthPassword"

# RFC 3261, section 25.1: `user` and `password`.
_RULES: Final[Mapping[str, _Rule]] = {
    _USERNAME: _Rule(21221, 21222, re.compile(r"(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/]|%[0-9A-Fa-f]{2})*")),
    _PASSWORD: _Rule(21223, 21224, re.compile(r"(?:[A-Za-z0-9\-_.!~*'()&=+$,]|%[0-9A-Fa-f]{2})*")),
}
SIP_LOGIN: Final = frozenset(_RULES)
_WITHOUT_PASSWORD: Final = 21225


def check_sip_login(form: Form, problems: list[Problem]) -> None:
    """Warn of what is wrong with it, and that it has no effect."""
    if not form.has_any(SIP_LOGIN):
        return
    for name, rule in _RULES.items():
        value = form.text(name)
        if len(value) > _LONGEST:
            problems.append(_warning(rule.too_long, f"{name} must have fewer than {_LONGEST + 1} characters."))
        elif not rule.legal.fullmatch(value):
            problems.append(_warning(rule.illegal, f"{name} has characters that are not allowed in SIP."))
    if form.text(_USERNAME) and not form.text(_PASSWORD):
        problems.append(_warning(_WITHOUT_PASSWORD, f"{_USERNAME} is given without {_PASSWORD}."))
    problems.append(
        Problem(
            code=0,
            level="warning",
            message="A login for SIP is accepted and has no effect: this version of the emulator speaks no SIP.",
            hint="Do not rely on it in this test.",
        )
    )


def _warning(code: int, message: str) -> Problem:
    return Problem(code=code, level="warning", message=message, hint="Correct the parameter.")
