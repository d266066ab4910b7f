"""One event's requests over the wire: attempts, redirects, a login when asked for one, all within one time
limit.

Everything it meets becomes a `Reply` or a `Failure`; nothing of aiohttp leaves this file as an exception.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from twilio_emulator.quirks import Quirks
from twilio_emulator.webhooks import failures
from twilio_emulator.webhooks.cookies import CallCookies
from twilio_emulator.webhooks.encoding import FORM_TYPE, encode_parameters, with_query
from twilio_emulator.webhooks.failures import Failure
from twilio_emulator.webhooks.overrides import Policy
from twilio_emulator.webhooks.redirects import MAX_REDIRECTS, Hop, next_hop
from twilio_emulator.webhooks.signature import HEADER, sign_form, sign_url, signed_url
from twilio_emulator.webhooks.target import Target, parse_target

HEADERS: Final[Mapping[str, str]] = {
    "User-Agent": "TwilioProxy/1.1",
    "Accept": "*/*",
    "Accept-Encoding": "gzip",
    "X-Home-Region": "us1",
}
"""What captured requests carry, whatever they are about."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that can be used: the final URL (login included, for what is relative to it), and what came.

    `content_type` is the header as sent, empty when there was none; `body` is decompressed.
    """

    url: str
    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP reply, not judged yet."""

    hop: Hop
    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool
    """There was more than the limit; `body` is the beginning."""

    @property
    def content_type(self) -> str:
        """The header as sent, or empty."""
        return self.headers.get("Content-Type", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be requested. A callback wants no document: nobody reads its reply, it may be anything."""

    hop: Hop
    wants_document: bool
    limit_bytes: int
    headers: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    """Headers that ask for a newer version only; a 304 is an answer to them and to nothing else."""


class Exchange:
    """Carries one order out. `answer` is the last HTTP reply it saw, also when the outcome is a failure."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        auth_token: str,
        quirks: Quirks,
        policy: Policy,
        cookies: CallCookies,
    ) -> None:
        self.answer: Answer | None = None
        self._session = session
        self._auth_token = auth_token
        self._quirks = quirks
        self._policy = policy
        self._cookies = cookies
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=policy.connect_ms / 1000, sock_read=policy.read_ms / 1000
        )

    async def run(self, order: Order) -> Reply | Failure:
        """Attempt the order as often as the policy allows, within its total time."""
        try:
            async with asyncio.timeout(self._policy.total_ms / 1000):
                for _ in range(self._policy.retries):
                    outcome = await self._follow(order)
                    if not (isinstance(outcome, Failure) and outcome.kind in self._policy.retry_on):
                        return outcome
                return await self._follow(order)
        except TimeoutError:
            url = parse_target(order.hop.url).url
            return failures.out_of_time(url, self._policy.total_ms, is_override=self._policy.total_is_override)

    async def _follow(self, order: Order) -> Reply | Failure:
        """One attempt: the request and those that its redirects lead to."""
        hop = order.hop
        for _ in range(MAX_REDIRECTS + 1):
            target = parse_target(hop.url)
            self.answer = None
            if self._session.closed:
                return Failure(failures.CONNECTION_FAILURE, "The emulator has been stopped.", target.url)
            try:
                answer = self.answer = await self._request(order, hop, target)
            except aiohttp.ClientError as error:
                return failures.connection_failed(error, target.url)
            unchanged = answer.status == HTTPStatus.NOT_MODIFIED and bool(order.conditions)
            if unchanged or not 300 <= answer.status < 400:
                return judge(answer, target.url, order)
            followed = next_hop(hop, answer.status, answer.headers.get("Location", ""))
            if isinstance(followed, Failure):
                return followed
            hop = followed
        url = parse_target(order.hop.url).url
        message = f"{url} led to more than {MAX_REDIRECTS} redirects in a row."
        return Failure(failures.TOO_MANY_REDIRECTS, message, url, answer.status)

    async def _request(self, order: Order, hop: Hop, target: Target) -> Answer:
        """Request a hop; a 401 that asks for Basic gets the URL's login, once."""
        answer = await self._send(order, hop, target, {})
        challenge = answer.headers.get("WWW-Authenticate", "").lower()
        if answer.status == HTTPStatus.UNAUTHORIZED and target.login and challenge.startswith("basic"):
            answer = await self._send(order, hop, target, {"Authorization": target.login.basic})
        return answer

    async def _send(self, order: Order, hop: Hop, target: Target, extra: Mapping[str, str]) -> Answer:
        url, body = target.url, None
        headers = CIMultiDict({**HEADERS, **order.headers, **order.conditions, **extra})
        if hop.method == "GET":
            url = with_query(url, hop.parameters.items())
            headers[HEADER] = sign_url(self._auth_token, signed_url(url, self._quirks))
        else:
            body = encode_parameters(hop.parameters.items()).encode()
            headers["Content-Type"] = FORM_TYPE + ("; charset=UTF-8" if self._quirks.form_charset else "")
            to_sign = signed_url(url, self._quirks)
            headers[HEADER] = sign_form(self._auth_token, to_sign, hop.parameters.items())
        location = URL(url, encoded=True)
        if cookie := self._cookies.header(location):
            headers["Cookie"] = cookie
        async with self._session.request(
            hop.method, location, data=body, headers=headers, allow_redirects=False, timeout=self._timeout
        ) as response:
            self._cookies.take(response.cookies, location)
            content, is_cut = await _read_at_most(response.content, order.limit_bytes)
            if is_cut:
                response.close()
            return Answer(hop, response.status, response.headers, content, is_cut)


def judge(answer: Answer, url: str, order: Order) -> Reply | Failure:
    """Whether Twilio could use an answer that is no redirect; `url` is the one to tell, without login."""
    if answer.status >= HTTPStatus.BAD_REQUEST:
        return failures.error_response(url, answer.status)
    if order.wants_document and answer.is_cut:
        message = f"The reply of {url} is larger than {order.limit_bytes // 1024} kB."
        return Failure(failures.BODY_TOO_LARGE, message, url, answer.status)
    chunked = answer.headers.get("Transfer-Encoding", "").lower() == "chunked"
    if order.wants_document and chunked and not answer.body:
        message = f"The reply of {url} is announced in chunks, but there are none."
        return Failure(failures.EMPTY_CHUNKED_BODY, message, url, answer.status)
    return Reply(answer.hop.url, answer.status, answer.content_type, answer.body)


async def _read_at_most(content: aiohttp.StreamReader, limit_bytes: int) -> tuple[bytes, bool]:
    """The body up to a limit, and whether there was more."""
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > limit_bytes:
            return bytes(body[:limit_bytes]), True
    return bytes(body), False
