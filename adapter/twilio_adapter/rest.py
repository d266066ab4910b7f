"""The few REST requests the adapter makes, through the official SDK, without blocking the event loop.

Laws: the SDK is synchronous, so every request runs in a thread and cannot be taken back once it has begun; callers that
may be cancelled shield it. Errors become ours, told apart by Twilio's code and never by text. Nothing is logged or
chained unredacted: the SDK and what is below it show numbers and the account in what they log and raise.
"""

import asyncio
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from twilio_adapter import wall
from twilio_adapter.addresses import is_local
from twilio_adapter.errors import TwilioRefused, TwilioUnreachable
from twilio_adapter.pace import NoPace, Pace
from twilio_wire.hosts import rebase
from twilio_wire.redaction import redact

logger = logging.getLogger(__name__)
T = TypeVar("T")

TWILIO_API: Final = "https://api.twilio.com"
# What Twilio says to a change of a call that has ended: not found (twilio.com/docs/api/errors/20404), or not in a
# state for it (twilio.com/docs/api/errors/21220).
ALREADY_OVER: Final = frozenset({404, 20404, 21220})
_ACCOUNT: Final = re.compile(r"AC[0-9a-f]{32}")
_NOTES_READ: Final = 20
STATUS_EVENTS: Final = ["initiated", "ringing", "answered", "completed"]


@dataclass(frozen=True)
class VoiceSettings:
    """What a phone number does with a call. An unset value is the empty string."""

    voice_url: str
    voice_method: str
    voice_fallback_url: str
    voice_fallback_method: str
    voice_application_sid: str


@dataclass(frozen=True)
class OwnedNumber:
    """A phone number of the account."""

    sid: str
    settings: VoiceSettings
    trunk_sid: str
    voice: bool = True
    """Whether it can take calls at all."""


@dataclass(frozen=True)
class CallReport:
    """What Twilio knows of a call.

    Attributes:
        status: of the Call resource.
        error_codes: what its debugger has noted of it, oldest first (twilio.com/docs/api/errors).
    """

    status: str
    error_codes: tuple[str, ...]


@dataclass(frozen=True)
class Account:
    """What kind of account this is: `active`, `suspended` or `closed`; `Trial` or `Full`."""

    status: str
    type: str


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Sends the SDK's requests to another base URL, and keeps quiet about them."""

    def __init__(self, api_base_url: str | None, *, timeout_s: float) -> None:
        super().__init__(timeout=timeout_s)
        self._api_base_url = api_base_url
        self.last_date = ""
        self.last_seen = wall.now()
        if is_local(api_base_url) and self.session is not None:
            self.session.trust_env = False  # an HTTP proxy knows nothing of our loopback

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """Make the request at the other base URL."""
        if self._api_base_url is not None:
            url = rebase(url, self._api_base_url)
        reply = super().request(method, url, *args, **kwargs)
        self.last_date = str((reply.headers or {}).get("Date", ""))
        self.last_seen = wall.now()
        return reply

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Log one line without parameters."""
        logger.debug("%s %s", kwargs["method"], _redact(str(kwargs["url"])))

    def log_response(self, status_code: int, response: Any) -> None:
        """Log the status."""
        logger.debug("%s", status_code)


class Rest:
    """Twilio's API, or an emulator's, for one account."""

    def __init__(
        self, account_sid: str, auth_token: str, *, api_base_url: str | None, timeout_s: float, pace: Pace | None = None
    ) -> None:
        self._pace = pace or NoPace()
        self._base_url = api_base_url or TWILIO_API
        self._http = _HttpClient(api_base_url, timeout_s=timeout_s)
        self._client = Client(account_sid, auth_token, http_client=self._http)
        self._timeout_s = timeout_s

    @property
    def last_date(self) -> str:
        """The `Date` of the last reply, as HTTP writes it; empty if there was none."""
        return self._http.last_date

    @property
    def last_seen(self) -> datetime:
        """When that reply came, by this machine's clock."""
        return self._http.last_seen

    async def account(self) -> Account:
        """Return what Twilio knows of the account itself."""

        def fetch() -> Account:
            account = self._client.api.accounts(self._client.account_sid).fetch()
            return Account(status=_word(account.status), type=_word(account.type))

        return await self._do("look the account up", fetch)

    async def find_number(self, number: str) -> OwnedNumber | None:
        """Return a phone number (E.164) of the account; None if it is not the account's."""

        def find() -> OwnedNumber | None:
            # PhoneNumber matches parts of numbers (twilio.com/docs/phone-numbers/api/incomingphonenumber-resource).
            matches = self._client.incoming_phone_numbers.list(phone_number=number)
            return next((_owned(match) for match in matches if match.phone_number == number), None)

        return await self._do("look the number up", find)

    async def update_number(self, sid: str, changes: dict[str, str]) -> None:
        """Change settings of a phone number; the names are the SDK's (`voice_url`)."""
        await self._do("change the number", lambda: self._client.incoming_phone_numbers(sid).update(**changes))

    async def create_call(
        self, *, to: str, from_: str, twiml: str, status_callback: str, timeout_s: int, time_limit_s: int
    ) -> str:
        """Place a call and return its SID."""

        def create() -> str:
            call = self._client.calls.create(
                to=to,
                from_=from_,
                twiml=twiml,
                status_callback=status_callback,
                status_callback_event=STATUS_EVENTS,
                timeout=timeout_s,
                time_limit=time_limit_s,
            )
            return str(call.sid)

        return await self._do("place the call", create)

    async def look_at_call(self, sid: str) -> CallReport:
        """Return what became of a call, as Twilio has it."""

        def look() -> CallReport:
            call = self._client.calls(sid)
            newest_first = call.notifications.list(limit=_NOTES_READ)
            codes = [str(note.error_code) for note in reversed(newest_first) if note.error_code]
            return CallReport(status=_word(call.fetch().status), error_codes=tuple(dict.fromkeys(codes)))

        return await self._do("look at the call", look)

    async def update_call(self, sid: str, twiml: str) -> None:
        """Put other TwiML in charge of a live call."""
        await self._do("change the call", lambda: self._client.calls(sid).update(twiml=twiml))

    async def complete_call(self, sid: str) -> None:
        """Hang a call up; one that is over already is fine."""
        try:
            await self._do("hang up", lambda: self._client.calls(sid).update(status="completed"))
        except TwilioRefused as refusal:
            if refusal.code not in ALREADY_OVER:
                raise

    async def aclose(self) -> None:
        """Close the connections; the next request opens new ones."""
        if self._http.session is not None:
            await asyncio.to_thread(self._http.session.close)

    async def _do(self, what: str, work: Callable[[], T]) -> T:
        self._pace.acting()
        try:
            return await asyncio.to_thread(work)
        except TwilioException as error:
            raise self._refused(what, error) from None
        except requests.Timeout:
            raise TwilioUnreachable(
                f"Could not {what}: {self._base_url} did not answer within {self._timeout_s:g} s; check it is up."
            ) from None
        except requests.RequestException as error:
            unreachable = TwilioUnreachable(
                f"Could not {what}: {self._base_url} cannot be reached ({type(error).__name__})."
            )
            unreachable.add_note(_redact(str(error)))
            raise unreachable from None
        except ValueError:
            raise self._no_api(what) from None
        finally:
            self._pace.acted()

    def _refused(self, what: str, error: TwilioException) -> TwilioRefused | TwilioUnreachable:
        said = _said(error)
        if said is None:
            return self._no_api(what)
        status, code, words = said
        return TwilioRefused(
            _redact(f"Twilio would not {what}: {words} (error {code}, HTTP {status})."), status=status, code=code
        )

    def _no_api(self, what: str) -> TwilioUnreachable:
        return TwilioUnreachable(
            f"Could not {what}: {self._base_url} does not answer as Twilio's API does: check what is there."
        )


def _redact(text: str) -> str:
    return _ACCOUNT.sub("AC***", redact(text))


class _RedactBelow(logging.Filter):
    """urllib3 logs whole URLs at DEBUG: the account, and numbers in the query."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, without what it should not show."""
        record.msg, record.args = _redact(record.getMessage()), ()
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_RedactBelow())


def _said(error: TwilioException) -> tuple[int, int, str] | None:
    """Return the HTTP status, Twilio's code and its words; the SDK raises a refusal in three shapes."""
    if (status := getattr(error, "status", None)) is not None:
        return int(status), int(error.code or status), str(getattr(error, "msg", "") or error.title)
    response = error.args[-1]  # of a list that was refused (twilio.base.page)
    if (status := getattr(response, "status_code", None)) is None:
        return None
    try:
        content = json.loads(response.text)
        return int(status), int(content["code"]), str(content["message"])
    except (ValueError, KeyError, TypeError):
        return int(status), int(status), "no reason given"


def _owned(number: Any) -> OwnedNumber:
    settings = VoiceSettings(
        voice_url=number.voice_url or "",
        voice_method=number.voice_method or "",
        voice_fallback_url=number.voice_fallback_url or "",
        voice_fallback_method=number.voice_fallback_method or "",
        voice_application_sid=number.voice_application_sid or "",
    )
    capabilities = number.capabilities or {}
    return OwnedNumber(
        sid=str(number.sid),
        settings=settings,
        trunk_sid=number.trunk_sid or "",
        voice=bool(capabilities.get("voice", True)),
    )


def _word(value: Any) -> str:
    """Return an enumeration's value; the SDK has it as text or as an Enum."""
    return str(getattr(value, "value", value))
