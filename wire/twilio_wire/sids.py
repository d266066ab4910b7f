"""Twilio's identifiers: two capital letters that name the kind of resource, then 32 hex digits.

Identifiers here are not random: a factory gives the same sequence for the same seed, so that a run can be
repeated and compared.
"""

import hashlib
import re
from collections.abc import Iterator
from itertools import count
from typing import Final

from twilio_wire.words import Word


class SidKind(Word):
    """What an identifier names; the value is its prefix (patterns in twilio-oai api_v2010)."""

    ACCOUNT = "AC"
    CALL = "CA"
    PHONE_NUMBER = "PN"
    """An incoming number, and an outgoing caller id too."""
    RECORDING = "RE"
    CONFERENCE = "CF"
    QUEUE = "QU"
    APPLICATION = "AP"
    NOTIFICATION = "NO"
    KEY = "SK"
    TRANSCRIPTION = "TR"
    REALTIME_TRANSCRIPTION = "GT"
    STREAM = "MZ"
    SIPREC = "SR"
    PAYMENT = "PK"
    CALL_GROUP = "GP"
    TRUNK = "TK"
    BYOC_TRUNK = "BY"
    SIP_DOMAIN = "SD"
    ADDRESS = "AD"
    IDENTITY = "RI"
    BUNDLE = "BU"
    RECORDING_PUBLIC_KEY = "CR"
    CONVERSATION_RELAY_SESSION = "VX"
    """Source: twilio.com/docs/voice/twiml/connect/conversationrelay."""
    REQUEST = "RQ"
    """The Twilio-Request-Id header of a REST answer."""
    ADD_ON_RESULT = "XR"
    USER_DEFINED_MESSAGE_SUBSCRIPTION = "ZY"
    USER_DEFINED_MESSAGE = "KX"


_SID: Final = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")


class SidFactory:
    """Gives out identifiers, a sequence for each kind, the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._numbers: dict[SidKind, Iterator[int]] = {kind: count(1) for kind in SidKind}

    def new(self, kind: SidKind) -> str:
        """Return the next identifier of a kind, e.g. `CA` and 32 lower-case hex digits."""
        name = f"{kind}:{next(self._numbers[kind])}:{self._seed}"
        return kind + hashlib.sha256(name.encode()).hexdigest()[:32]


def is_sid(text: str, kind: SidKind | None = None) -> bool:
    """Whether text is an identifier of that kind, or of any (twilio-oai: `^XX[0-9a-fA-F]{32}$`)."""
    return _SID.fullmatch(text) is not None and (kind is None or text.startswith(kind))
