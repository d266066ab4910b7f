"""Where a call can go: telephone numbers, and the addresses of clients, SIP users, SIMs, WhatsApp and applications.

Everybody has one address in one form, so that it can be looked up: `+15551110001`, `client:alice`,
`sip:bob@example.com`, `sim:DE…`, `whatsapp:+15551110001`, `app:AP…`. What else may be written into one (SIP parameters
and headers, parameters of a client) goes along with the call and is no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote

from twilio_wire.e164 import InvalidNumber, is_e164, normalize

MAX_IDENTITY_CHARS: Final = 256
MAX_SIP_URI_CHARS: Final = 255
"""[twilio.com/docs/voice/twiml/client, twilio.com/docs/voice/twiml/sip]"""

# user, host, port, parameters, headers [RFC 3261, section 19.1]
_SIP: Final = re.compile(
    r"sips?:(?:([^@;?\s]+)@)?([A-Za-z0-9.\-]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?((?:;[^;?\s]+)*)(?:\?(\S*))?",
    re.IGNORECASE,
)
_SIP_PORT: Final = 5060
APPLICATION: Final = "app:"
_APPLICATION_SID: Final = re.compile(r"AP[0-9a-f]{32}")
_SIM: Final = re.compile(r"DE[0-9a-f]{32}")


class InvalidAddress(ValueError):
    """Text that is no address to ring."""


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody's address, and what was written with it for whoever answers: names and values."""

    station: str
    extras: Mapping[str, str] = field(default_factory=dict)


def parse_address(text: str) -> Address:
    """Understand an address.

    Raises:
        InvalidAddress: saying what is wrong with it.
        InvalidNumber: for what is neither an address nor a number.
    """
    kind, colon, rest = text.partition(":")
    if not colon:
        return Address(normalize(text))
    kind = kind.lower()
    read = _KINDS.get("sip" if kind == "sips" else kind)
    if read is None:
        raise InvalidNumber(f"{text!r} is neither a number in E.164 nor an address that begins with {_NAMES}.")
    return read(rest if read is not _sip else text)


def station(text: str) -> str:
    """The form of an address in which it is looked up; text that is none comes back as it is."""
    if is_e164(text):
        return text
    try:
        return parse_address(text).station
    except ValueError:
        return text


def sip_host(uri: str) -> str:
    """The host of a SIP URI, without its port; empty for text that is none."""
    match = _SIP.fullmatch(uri)
    return "" if match is None else match[2].lower()


def _client(identity: str) -> Address:
    name, _, parameters = identity.partition("?")
    name = unquote(name)
    if not name.strip():
        raise InvalidAddress("A client's address is client: and its identity, like client:alice.")
    if len(name) > MAX_IDENTITY_CHARS:
        raise InvalidAddress(f"A client's identity has at most {MAX_IDENTITY_CHARS} characters; this has {len(name)}.")
    return Address(f"client:{name}", dict(parse_qsl(parameters, keep_blank_values=True)))


def _sip(uri: str) -> Address:
    match = _SIP.fullmatch(uri)
    if match is None:
        raise InvalidAddress(f"{uri!r} is no SIP URI; write sip:user@host.")
    user, host, port, _, headers = match.groups()
    where = f"{user}@{host.lower()}" if user else host.lower()
    number = f":{port}" if port and int(port) != _SIP_PORT else ""
    return Address(f"sip:{where}{number}", dict(parse_qsl(headers or "", keep_blank_values=True)))


def _sim(sid: str) -> Address:
    if _SIM.fullmatch(sid) is None:
        raise InvalidAddress(f"{sid!r} is no SIM; write its sid, DE and 32 hexadecimal digits.")
    return Address(f"sim:{sid}")


def _application(text: str) -> Address:
    sid, _, parameters = text.partition("?")
    if _APPLICATION_SID.fullmatch(sid) is None:
        raise InvalidAddress(f"{sid!r} is no application; write its sid, AP and 32 hexadecimal digits.")
    return Address(f"{APPLICATION}{sid}", dict(parse_qsl(parameters, keep_blank_values=True)))


def _whatsapp(number: str) -> Address:
    return Address(f"whatsapp:{normalize(number)}")


_KINDS: Final[Mapping[str, Callable[[str], Address]]] = {
    "app": _application,
    "client": _client,
    "sip": _sip,
    "sim": _sim,
    "whatsapp": _whatsapp,
}
_NAMES: Final = ", ".join(f"{kind}:" for kind in _KINDS)
