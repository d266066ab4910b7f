"""What `twilio-adapter doctor` examines: everything a call over a real number needs, in the order in which it fails.

Laws: a check is one method and one row of the table, and changes nothing at Twilio. What a check needs is named, so
that one cause is told once and not six times. Whatever is found wrong has a cause and a remedy.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from twilio.request_validator import RequestValidator

from twilio_adapter.addresses import Addresses, checked_public_url
from twilio_adapter.bench import check_credentials
from twilio_adapter.dial import phone_number as checked_number
from twilio_adapter.errors import AdapterError, ConfigurationError, TwilioRefused
from twilio_adapter.lease import LeaseBook
from twilio_adapter.limits import Limits
from twilio_adapter.pace import NoPace
from twilio_adapter.probe import until_reached
from twilio_adapter.reception import Reception
from twilio_adapter.rest import OwnedNumber, Rest
from twilio_adapter.server import Server, bind, local_url
from twilio_adapter.signature import HEADER, Signatures
from twilio_adapter.stream_socket import REFUSED
from twilio_adapter.tunnel import Tunnel
from twilio_adapter.waits import Waits
from twilio_wire.messages import Start, StartBody, encode
from twilio_wire.redaction import redact_number

CLOCK_TOLERANCE_S: Final = 60.0
_FORM: Final = {"CallSid": "CA" + "0" * 32, "CallStatus": "completed", "From": "+15005550006"}
_START: Final = Start(
    sequence_number="1",
    stream_sid="MZ" + "0" * 32,
    start=StartBody(account_sid="AC" + "0" * 32, stream_sid="MZ" + "0" * 32, call_sid="CA" + "0" * 32),
)
_REQUEST_S: Final = 10.0
_REFUSED: Final = 403
_ACCEPTED: Final = 204
_POLICY_VIOLATION: Final = 1008


class Verdict(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """What a check has found.

    Attributes:
        check: its name.
        verdict: how it came out.
        found: what was seen, one sentence.
        cause: why, if something is wrong.
        fix: what to do about it.
    """

    check: str
    verdict: Verdict
    found: str
    cause: str = ""
    fix: str = ""


@dataclass(frozen=True, kw_only=True)
class Patient:
    """What is examined: what an adapter would be constructed with. Empty credentials are examined too."""

    account_sid: str
    auth_token: str
    phone_number: str
    http_port: int
    tunnel: Tunnel
    api_base_url: str | None = None
    limits: Limits = field(default_factory=Limits)
    leases: LeaseBook | None = None


class _Wrong(Exception):
    """A check has found something."""

    def __init__(self, found: str, cause: str, fix: str, verdict: Verdict = Verdict.FAILED) -> None:
        super().__init__(found)
        self.found = found
        self.cause = cause
        self.fix = fix
        self.verdict = verdict


class Examination:
    """One examination. Iterate over `findings()`, then `close()`."""

    def __init__(self, patient: Patient) -> None:
        self._patient = patient
        self._rest: Rest | None = None
        self._account_type = ""
        self._owned: OwnedNumber | None = None
        self._listener: socket.socket | None = None
        self._server: Server | None = None
        self._reception = Reception(
            addresses=Addresses("http://127.0.0.1"),
            allowed_callers=frozenset(),
            waits=Waits(NoPace()),
            on_digit=_ignore,
            on_begin=_ignore,
            hang_up_later=_ignore,
        )
        self._failed: set[str] = set()

    async def findings(self, announce: Callable[[str], object]) -> AsyncIterator[Finding]:
        """Carry out every check; `announce` is told what is being done now."""
        for check in _CHECKS:
            announce(check.doing)
            finding = await self._carry_out(check)
            if finding.verdict in {Verdict.FAILED, Verdict.SKIPPED}:
                self._failed.add(check.name)
            yield finding

    async def close(self) -> None:
        """Close everything that was opened."""
        await self._patient.tunnel.close()
        if self._server is not None:
            await self._server.stop()
        if self._listener is not None:
            self._listener.close()
        if self._rest is not None:
            await self._rest.aclose()

    async def _carry_out(self, check: "_Check") -> Finding:
        missing = [name for name in check.needs if name in self._failed]
        if missing:
            return Finding(check.name, Verdict.SKIPPED, f"not examined, because of: {', '.join(missing)}")
        try:
            return Finding(check.name, Verdict.OK, await check.method(self))
        except _Wrong as wrong:
            return Finding(check.name, wrong.verdict, wrong.found, wrong.cause, wrong.fix)
        except AdapterError as error:
            return Finding(check.name, Verdict.FAILED, str(error), check.cause, check.fix)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            found = f"It could not be finished ({type(error).__name__})."
            return Finding(check.name, Verdict.FAILED, found, check.cause, check.fix)

    # --- the account ----------------------------------------------------------------------------------------------

    async def credentials(self) -> str:
        """Ask Twilio who we are."""
        patient = self._patient
        try:
            check_credentials(patient.account_sid, patient.auth_token)
        except ConfigurationError as error:
            raise _Wrong(
                str(error),
                "TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN is not set, or holds something else.",
                "Copy both from the first page of Twilio's Console into the environment.",
            ) from None
        self._rest = Rest(
            patient.account_sid,
            patient.auth_token,
            api_base_url=patient.api_base_url,
            timeout_s=patient.limits.rest_s,
        )
        try:
            account = await self._rest.account()
        except TwilioRefused as refusal:
            raise _Wrong(str(refusal), *_REFUSALS.get(refusal.code, _REFUSED_OTHERWISE)) from None
        if account.status != "active":
            raise _Wrong(
                f"The account is {account.status}.",
                "Twilio suspends accounts that owe money or break its rules, and owners close them.",
                "Look for a notice in Twilio's Console, or use another account.",
            )
        self._account_type = account.type
        return f"Twilio knows the account ({account.type.lower()}, {account.status})"

    async def clock(self) -> str:
        """Compare our clock with the date of Twilio's reply."""
        assert self._rest is not None
        if not self._rest.last_date:
            raise _Wrong(
                "Twilio's reply carried no date.",
                "A proxy in between has taken it out.",
                "Compare this machine's clock with another one.",
                Verdict.WARNING,
            )
        theirs, ours = parsedate_to_datetime(self._rest.last_date), self._rest.last_seen
        skew_s = (ours - theirs).total_seconds()
        if abs(skew_s) > CLOCK_TOLERANCE_S:
            raise _Wrong(
                f"This machine's clock is {abs(skew_s):.0f} s {'ahead of' if skew_s > 0 else 'behind'} Twilio's.",
                "It is not synchronised; certificates may be refused, and no log fits Twilio's debugger.",
                "Switch time synchronisation on (timedatectl set-ntp true; macOS and Windows: date and time settings).",
            )
        return f"this machine's clock and Twilio's are within {CLOCK_TOLERANCE_S:g} s"

    async def number(self) -> str:
        """Look for the number among the account's."""
        assert self._rest is not None
        if not self._patient.phone_number:
            raise _Wrong(
                "There is no phone number.",
                "TWILIO_PHONE_NUMBER is not set.",
                "Set it to a number of the account, like +15551110001.",
            )
        wanted = checked_number(self._patient.phone_number)
        shown = redact_number(wanted)
        owned = await self._rest.find_number(wanted)
        if owned is None:
            raise _Wrong(
                f"The account does not own {shown}.",
                "It belongs to another account or sub-account, or was released; a verified caller id is not owned.",
                "Buy a number in Twilio's Console, or take the credentials of the account that owns it.",
            )
        if not owned.voice:
            raise _Wrong(
                f"{shown} cannot take calls.",
                "The number has no voice capability.",
                "Buy one with the capability Voice.",
            )
        if owned.trunk_sid:
            raise _Wrong(
                f"{shown} belongs to SIP trunk {owned.trunk_sid}.",
                "A trunk takes a number's calls before its webhook does.",
                "Take the number off the trunk, or use another number.",
            )
        self._owned = owned
        return f"the account owns {shown}, and it takes calls"

    async def webhook(self) -> str:
        """See whether the number still points at an adapter that is gone."""
        assert self._owned is not None
        book = self._patient.leases
        lease = None if book is None else await asyncio.to_thread(book.recall, self._owned.sid)
        if book is None or lease is None or not lease.in_force(self._owned.settings):
            return "the number's webhook is as its owner has set it"
        if not await asyncio.to_thread(book.try_hold, self._owned.sid):
            raise _Wrong(
                f"Process {lease.pid} has the number since {lease.since}.",
                "Another adapter is at work with it.",
                "Wait until it ends, or use another number.",
                Verdict.WARNING,
            )
        await asyncio.to_thread(book.release, self._owned.sid)
        raise _Wrong(
            f"The number still points at an adapter that ended without giving it back ({lease.since}).",
            f"Process {lease.pid} was killed.",
            "Run `twilio-adapter restore`; the next adapter that connects does it too.",
            Verdict.WARNING,
        )

    async def trial(self) -> str:
        """Name the limits of a trial account."""
        if self._account_type == "Trial":
            raise _Wrong(
                "This is a trial account.",
                "It may call verified numbers only (21219, 21210), a call ends after 10 minutes (13805), and callees "
                "hear a message and have to press a key first.",
                "Verify the callee's number in the Console, or upgrade the account.",
                Verdict.WARNING,
            )
        return "the account has no trial limits"

    # --- the way in -----------------------------------------------------------------------------------------------

    async def port(self) -> str:
        """Take the port, and serve on it as an adapter would."""
        self._listener = bind(self._patient.http_port)
        self._server = Server(
            self._reception, Signatures(self._patient.auth_token, validate=True), self._patient.limits
        )
        await self._server.start(self._listener)
        return f"port {urlsplit(local_url(self._listener)).port} is free"

    async def tunnel(self) -> str:
        """Open the tunnel."""
        assert self._listener is not None
        url = await self._patient.tunnel.open(local_url(self._listener))
        self._reception.addresses = Addresses(checked_public_url(url, self._patient.api_base_url))
        return f"the tunnel is open: {url}"

    async def reach(self) -> str:
        """Ask our own server for its nonce, through the public URL."""
        assert self._server is not None
        url = self._reception.addresses.base_url
        await until_reached(
            url,
            self._server.probe,
            limit_s=self._patient.limits.tunnel_s,
            name_servers=self._patient.tunnel.name_servers,
        )
        return f"{url} leads to this machine"

    async def signature(self) -> str:
        """Send a signed webhook the whole way, and a forged one."""
        url = self._reception.addresses.status_url
        signed = RequestValidator(self._patient.auth_token).compute_signature(url, _FORM)
        async with _session() as session:
            for header, expected in ((signed, _ACCEPTED), ("Zm9yZ2Vk", _REFUSED)):
                async with session.post(url, data=_FORM, headers={HEADER: header}) as reply:
                    if reply.status != expected:
                        raise _Wrong(
                            f"A webhook that was {'signed' if expected == _ACCEPTED else 'forged'} came back as HTTP "
                            f"{reply.status} instead of {expected}.",
                            "Something on the way changes requests: their headers, their body or their path.",
                            "Let the tunnel or proxy pass requests on unchanged.",
                        )
        return "a signed webhook is accepted through the tunnel, and a forged one is refused"

    async def stream(self) -> str:
        """Open a media stream the whole way; without a token it must be closed."""
        url = self._reception.addresses.stream_url
        signed = RequestValidator(self._patient.auth_token).compute_signature(url, {})
        try:
            async with _session() as session, session.ws_connect(url, headers={HEADER: signed}) as socket_:
                await socket_.send_str(encode(_START))
                last_words = (await socket_.receive()).extra
                code = socket_.close_code
        except aiohttp.WSServerHandshakeError as error:
            raise _Wrong(
                f"The tunnel did not open a WebSocket: HTTP {error.status}.",
                "It does not pass WebSockets, or takes out their headers; Twilio logs this as 31920.",
                "Switch WebSockets on in the proxy, or use another tunnel.",
            ) from None
        if code != _POLICY_VIOLATION or last_words != REFUSED:
            raise _Wrong(
                f"A media stream without a token was closed with code {code} instead of {_POLICY_VIOLATION}.",
                "Something on the way closes or answers WebSockets itself.",
                "Let the tunnel or proxy pass WebSockets on unchanged.",
            )
        return "a media stream reaches the adapter, and is closed if it has no token"


# twilio.com/docs/api/errors, by code: what it means here, and what to do.
_REFUSALS: Final[dict[int, tuple[str, str]]] = {
    20003: (
        "The auth token is not this account's: it was mistyped, rotated, or is a sub-account's.",
        "Copy the Account SID and the Auth Token from the same page of Twilio's Console.",
    ),
    20008: (
        "These are test credentials, with which nothing is ever dialled.",
        "Take the live credentials, or the emulator.",
    ),
    20404: ("Twilio has no such account.", "Copy the Account SID from Twilio's Console."),
}
_REFUSED_OTHERWISE: Final = (
    "Twilio did not accept the credentials.",
    "Look the code up at twilio.com/docs/api/errors.",
)


@dataclass(frozen=True)
class _Check:
    """One row: a check, what it does in words, what must have gone well before, and what to say if it fails."""

    name: str
    doing: str
    method: Callable[[Examination], Awaitable[str]]
    needs: tuple[str, ...] = ()
    cause: str = "Twilio could not be asked."
    fix: str = "Check the connection to the internet, and status.twilio.com."


_CHECKS: Final = (
    _Check("credentials", "asking Twilio about the account", Examination.credentials),
    _Check("clock", "comparing clocks", Examination.clock, ("credentials",)),
    _Check(
        "number",
        "looking for the number",
        Examination.number,
        ("credentials",),
        "TWILIO_PHONE_NUMBER is not a number in E.164, or Twilio could not be asked.",
        "Write it like +15551110001.",
    ),
    _Check("webhook", "looking at the number's webhook", Examination.webhook, ("number",)),
    _Check("trial", "looking for limits", Examination.trial, ("credentials",)),
    _Check(
        "port",
        "taking the port",
        Examination.port,
        (),
        "Another program, perhaps another adapter, listens there.",
        "End it, or choose another port with --port; a tunnel of your own must lead there.",
    ),
    _Check(
        "tunnel",
        "opening the tunnel",
        Examination.tunnel,
        ("port",),
        "The tunnel's program is missing, has no account, or may not open connections.",
        "Install it, or start it by hand to see what it says; or lead a tunnel of your own here, with --public-url.",
    ),
    _Check(
        "reach",
        "waiting until the public URL leads here",
        Examination.reach,
        ("tunnel",),
        "The URL leads to another port or machine, or something on the way is closed.",
        "Lead the tunnel to the port that is examined; try another network, or --tunnel ngrok.",
    ),
    _Check(
        "signature",
        "sending a signed webhook through the tunnel",
        Examination.signature,
        ("reach",),
        "Requests get lost on the way.",
        "Try again; try another tunnel.",
    ),
    _Check(
        "stream",
        "opening a media stream through the tunnel",
        Examination.stream,
        ("reach",),
        "WebSockets get lost on the way.",
        "Try another tunnel.",
    ),
)


def _ignore(_: object) -> None:
    """An examination has no calls."""


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_REQUEST_S), trust_env=True)
