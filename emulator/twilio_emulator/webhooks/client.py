"""Sends Twilio's requests to the application, signed, and writes each one with its reply in the journal.

Laws
----
* What the application does wrong comes back as a `Failure`; `send` and `fetch_media` raise nothing on its
  account.
* Waiting is bounded by the wall (5 s to connect, 15 s in all; settable), because it is other people's code
  we wait for. Whoever sends on behalf of a call holds the clock meanwhile.
* Exactly one `WebhookSent` a request, nothing else: what a failure means to the call is the caller's to say.
* Requests that are out at the same time are told in the order in which they were sent, if `in_order` is strict.
* Every request has a connection of its own. A kept one that the app closes at the wrong moment would look
  like a failure of the app, and that would be a flake.
"""

from __future__ import annotations

import hashlib
import ssl
import uuid
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Final

import aiohttp

from twilio_emulator.in_order import InOrder
from twilio_emulator.journal import Journal, WebhookSent
from twilio_emulator.quirks import Quirks
from twilio_emulator.webhooks import failures
from twilio_emulator.webhooks.cookies import CookieJars
from twilio_emulator.webhooks.exchange import Answer, Exchange, Order, Reply
from twilio_emulator.webhooks.failures import Failure
from twilio_emulator.webhooks.media_cache import MediaCache
from twilio_emulator.webhooks.overrides import BadOverride, Policy, parse_overrides
from twilio_emulator.webhooks.redirects import Hop
from twilio_emulator.webhooks.target import InvalidTarget, parse_target

__all__ = ["Failure", "Policy", "Reply", "WebhookClient"]

MAX_DOCUMENT_BYTES: Final = 64 * 1024
"""A TwiML reply may be no larger [twilio.com/docs/api/errors/11750]."""

MAX_MEDIA_BYTES: Final = 20 * 1024 * 1024
"""An audio file may be no larger [twilio.com/docs/voice/twiml/play]."""


_SHOWN_AS_TEXT: Final = ("text/", "application/json", "application/xml", "application/x-www-form-urlencoded")


class WebhookClient:
    """Requests to the application. Lives on one event loop; `aclose` when done.

    Args:
        auth_token: signs every request; or what tells the token for a call's sid (empty: no call's).
        journal: gets one entry a request.
        quirks: settings; defaults when left out.
        seed: idempotency tokens are the same again for the same seed.
        policy: time limits and retries where the URL's fragment has none of its own.
        tls: how to check the certificates of https URLs; the system's rules when left out.
        now_ms: call time, by which files grow old.
        in_order: where requests take turns to be told; left out, each is told as its reply comes.
    """

    def __init__(
        self,
        *,
        auth_token: str | Callable[[str], str],
        journal: Journal,
        quirks: Quirks | None = None,
        seed: str = "",
        policy: Policy | None = None,
        tls: ssl.SSLContext | None = None,
        in_order: InOrder | None = None,
        now_ms: Callable[[], int] = lambda: 0,
    ) -> None:
        self._token_of = auth_token if callable(auth_token) else lambda _: auth_token
        self._journal = journal
        self._quirks = quirks or Quirks()
        self._seed = seed
        self._policy = policy or Policy()
        self._tls = tls
        self._now_ms = now_ms
        self._in_order = in_order or InOrder(strict=False)
        self._sent = 0
        self._session: aiohttp.ClientSession | None = None
        self._cookies = CookieJars()
        self._media = MediaCache()

    async def send(
        self,
        *,
        purpose: str,
        method: str,
        url: str,
        parameters: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        call_sid: str = "",
        wants_document: bool = True,
        fail: Callable[[str], Failure] | None = None,
    ) -> Reply | Failure:
        """Request a document, or tell the application something.

        Args:
            purpose: what it is for, in the journal's words (`voice`, `status callback`, …).
            method: GET or POST.
            url: absolute; it may have a login, and connection overrides in its fragment.
            parameters: all of them, decoded; sent as a form (POST) or in the query (GET).
            call_sid: the call it is about; cookies are kept for each.
            wants_document: False for callbacks, whose reply nobody reads.
            fail: makes, of its URL, the failure that the request shall meet; the application is not asked then.
        """
        order = Order(
            hop=Hop(method.upper(), url, dict(parameters)),
            wants_document=wants_document,
            limit_bytes=MAX_DOCUMENT_BYTES,
            headers=self._event_headers(),
        )
        outcome, _ = await self._carry_out(order, purpose=purpose, call_sid=call_sid, fail=fail)
        return outcome

    async def fetch_media(
        self, url: str, *, call_sid: str = "", fail: Callable[[str], Failure] | None = None
    ) -> Reply | Failure:
        """GET an audio file, signed, without parameters; one we have is downloaded only if it changed."""
        hop = Hop("GET", url)
        known = self._media.find(url)
        if known is not None and self._now_ms() < known.fresh_until_ms:
            return Reply(url, HTTPStatus.OK, known.content_type, known.body)
        conditions = {} if known is None else known.conditions
        order = Order(
            hop=hop,
            wants_document=True,
            limit_bytes=MAX_MEDIA_BYTES,
            headers=self._event_headers(),
            conditions=conditions,
        )
        outcome, answer = await self._carry_out(order, purpose="media", call_sid=call_sid, fail=fail)
        if isinstance(outcome, Failure) or answer is None:
            return outcome
        if known is not None and outcome.status == HTTPStatus.NOT_MODIFIED:
            version = {"ETag": known.etag, "Last-Modified": known.last_modified, "Content-Type": known.content_type}
            renewed = {name: answer.headers[name] for name in ("ETag", "Cache-Control") if name in answer.headers}
            self._media.keep(url, known.body, version | renewed, now_ms=self._now_ms())
            return Reply(outcome.url, HTTPStatus.OK, known.content_type, known.body)
        self._media.keep(url, outcome.body, answer.headers, now_ms=self._now_ms())
        return outcome

    def forget_cookies(self) -> None:
        """The calls that there were are forgotten."""
        self._cookies.clear()

    async def aclose(self) -> None:
        """Close the connections. Requests under way end with a failure."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _carry_out(
        self, order: Order, *, purpose: str, call_sid: str, fail: Callable[[str], Failure] | None
    ) -> tuple[Reply | Failure, Answer | None]:
        """Request it, and write it down when its turn comes."""
        with self._in_order.begin() as turn:
            outcome, answer = await self._request(order, call_sid, fail)
            await turn.comes()
            self._note(order.hop, outcome, answer, purpose=purpose, call_sid=call_sid)
        return outcome, answer

    async def _request(
        self, order: Order, call_sid: str, fail: Callable[[str], Failure] | None
    ) -> tuple[Reply | Failure, Answer | None]:
        url = order.hop.url
        try:
            target = parse_target(url)
            policy = parse_overrides(target.fragment, self._policy)
        except InvalidTarget as error:
            return Failure(failures.INVALID_URL, str(error), url), None
        except BadOverride as error:
            return Failure(error.code, str(error), target.url), None
        if fail is not None:
            return fail(target.url), None
        exchange = Exchange(
            self._open_session(),
            auth_token=self._token_of(call_sid),
            quirks=self._quirks,
            policy=policy,
            cookies=self._cookies.of(call_sid),
        )
        outcome = await exchange.run(order)
        return outcome, exchange.answer

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, force_close=True, ssl=self._tls or True)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def _event_headers(self) -> dict[str, str]:
        """The same for all attempts of one event, so that a receiver can tell a repetition."""
        self._sent += 1
        digest = hashlib.sha256(f"{self._seed}:{self._sent}".encode()).digest()
        return {"I-Twilio-Idempotency-Token": str(uuid.UUID(bytes=digest[:16], version=4))}

    def _note(self, hop: Hop, outcome: Reply | Failure, answer: Answer | None, *, purpose: str, call_sid: str) -> None:
        self._journal.write(
            WebhookSent(
                call_sid=call_sid,
                purpose=purpose,
                method=hop.method,
                url=_without_login(hop.url),
                parameters=dict(hop.parameters),
                status=_status(outcome, answer),
                content_type="" if answer is None else answer.content_type,
                body="" if answer is None else _readable(answer),
                error=outcome.message if isinstance(outcome, Failure) else "",
            )
        )


def _status(outcome: Reply | Failure, answer: Answer | None) -> int:
    """The last HTTP status that there was, 0 for none."""
    if answer is not None:
        return answer.status
    return outcome.status if isinstance(outcome, Failure) else 0


def _without_login(url: str) -> str:
    try:
        return parse_target(url).url
    except InvalidTarget:
        return url


def _readable(answer: Answer) -> str:
    """The body for a person: text as text, anything else as its size."""
    if not answer.content_type or answer.content_type.lower().startswith(_SHOWN_AS_TEXT):
        return answer.body[:MAX_DOCUMENT_BYTES].decode(errors="replace")
    return f"({len(answer.body)} bytes of {answer.content_type})"
