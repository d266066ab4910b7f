"""The control API: phones and calls for test suites in any language. JSON over the REST API's port and credentials.

    POST /emulator/v1/numbers            {"phone_number", "voice_url"?, …}                → the number
    POST /emulator/v1/handsets           {"phone_number", "behavior"?, "answer_after"?, "script"?, "answered_by"?,
                                          "on_refer"?, "application"?}
    POST /emulator/v1/dial               {"from", "to", "script"?}                        → {"call_sid"}
    GET  /emulator/v1/calls/{sid}/timeline                                                → {"entries", "text"}
    GET  /emulator/v1/calls/{sid}/measures                                                → {"measures", "summary"}
    POST /emulator/v1/faults             {"faults": [{"name", …, "number"?, "call_sid"?}], "seed"?}  → {"faults"}
    DELETE /emulator/v1/faults                                                            → 204
    POST /emulator/v1/reset                                                               → 204

A script runs inside the emulator, on every call that the handset answers (or on the call dialled):
`[{"play": path, "text"?, "confidence"?} | {"say": text, "confidence"?} | {"press": "1"} | {"silence": s} |
{"wait_for_speech": true} | {"wait_for_silence": s} | {"wait_for_digits": n} | {"hang_up": true} |
{"replay": cassette, "side"?, "mode"?, "timeout"?}]`. Mistakes answer 400 with one sentence, before any call is placed.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

import msgspec
from aiohttp import web

from twilio_emulator.calls.addresses import parse_address
from twilio_emulator.calls.exchange import Exchange
from twilio_emulator.calls.store import IncomingPhoneNumber, NumberTaken
from twilio_emulator.errors import BadScript, NoApplication, NobodyThere
from twilio_emulator.faults.rules import Rule, rules_of
from twilio_emulator.phones.phone import Phone
from twilio_emulator.phones.script import Step, parse_script
from twilio_emulator.rest.auth import CHALLENGE, Credentials
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rooms import Rooms
from twilio_emulator.timeline import render_timeline
from twilio_wire.e164 import InvalidNumber, normalize

PREFIX = "/emulator/v1"


class Bench(Protocol):
    """What the control API can do to the emulator."""

    rooms: Rooms
    exchange: Exchange

    def add_number(
        self,
        phone_number: str,
        *,
        voice_url: str | None = None,
        voice_method: str = "POST",
        voice_fallback_url: str | None = None,
        voice_fallback_method: str = "POST",
        status_callback: str = "",
        status_callback_method: str = "POST",
        friendly_name: str = "",
    ) -> IncomingPhoneNumber:
        """Give the account a number."""

    def install_phone(
        self,
        phone_number: str,
        *,
        behavior: str,
        answer_after_ms: int,
        script: tuple[Step, ...] = (),
        answered_by: str = "human",
        on_refer: str = "accept",
        application_sid: str = "",
    ) -> Phone:
        """Put a phone on the network."""

    def phone_at(self, phone_number: str) -> Phone | None:
        """The phone at a number, if there is one."""

    def add_faults(self, rules: Iterable[Rule]) -> None:
        """Let things go wrong."""

    def clear_faults(self) -> None:
        """Let nothing go wrong any more."""

    async def reset(self) -> None:
        """Back to an empty world."""


class NumberOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A number to own."""

    phone_number: str
    voice_url: str | None = None
    voice_method: str = "POST"
    voice_fallback_url: str | None = None
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    friendly_name: str = ""


class HandsetOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A phone to put on the network."""

    phone_number: str
    behavior: str = "answer"
    answer_after: float = 1.0
    script: list[dict[str, Any]] = []
    answered_by: str = "human"
    on_refer: str = "accept"
    application: str = ""


class DialOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A call to place from a phone."""

    from_: str = msgspec.field(name="from")
    to: str = ""
    script: list[dict[str, Any]] = []
    parameters: dict[str, str] = {}


_MISTAKES = (
    msgspec.ValidationError,
    msgspec.DecodeError,
    BadScript,
    InvalidNumber,
    NumberTaken,
    ValueError,
    NoApplication,
    NobodyThere,
)


class ControlEndpoint:
    """Carries requests to the control API and replies back, for those who have the main account's credentials."""

    def __init__(self, bench: Bench) -> None:
        self._credentials = Credentials(bench.rooms.accounts)
        control = ControlApi(bench)
        self._routes: tuple[tuple[str, str, Callable[..., Awaitable[web.Response]]], ...] = (
            ("POST", "numbers", control.add_number),
            ("POST", "handsets", control.add_handset),
            ("POST", "dial", control.dial),
            ("GET", "calls/([^/]+)/timeline", control.timeline),
            ("GET", "calls/([^/]+)/measures", control.measures),
            ("POST", "faults", control.add_faults),
            ("DELETE", "faults", control.clear_faults),
            ("POST", "reset", control.reset),
        )

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Answer one request; mistakes are replies."""
        try:
            self._credentials.check_main(request.headers.get("Authorization", ""))
            return await self._answer(request)
        except RestError as error:
            return _json(error.body(), error.status, {"WWW-Authenticate": CHALLENGE})
        except _MISTAKES as error:
            return _json({"message": str(error)}, 400)

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        methods = []
        for method, pattern, handler in self._routes:
            if named := re.fullmatch(f"{PREFIX}/{pattern}", request.path):
                if method == request.method:
                    return await handler(request, *named.groups())
                methods.append(method)
        if methods:
            return _json(
                {"message": f"{request.path} takes {' or '.join(methods)}."}, 405, {"Allow": ", ".join(methods)}
            )
        return _json({"message": f"The control API has no {request.path}."}, 404)


class ControlApi:
    """One method a route."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def add_number(self, request: web.BaseRequest) -> web.Response:
        """Give the account a number."""
        order = msgspec.json.decode(await request.read(), type=NumberOrder)
        fields = {name: getattr(order, name) for name in NumberOrder.__struct_fields__ if name != "phone_number"}
        number = self._bench.add_number(order.phone_number, **fields)
        return _json({"sid": number.sid, "phone_number": number.phone_number, "voice_url": number.voice_url}, 201)

    async def add_handset(self, request: web.BaseRequest) -> web.Response:
        """Put a phone on the network."""
        order = msgspec.json.decode(await request.read(), type=HandsetOrder)
        if not 0 <= order.answer_after <= 600:
            raise ValueError(f"answer_after is {order.answer_after}; give seconds from 0 to 600.")
        phone = self._install(order)
        return _json(
            {
                "phone_number": phone.phone_number,
                "behavior": phone.behavior.value,
                "answer_after": order.answer_after,
                "script": order.script,
            },
            201,
        )

    async def dial(self, request: web.BaseRequest) -> web.Response:
        """Place a call from a phone; a number without a phone gets one."""
        order = msgspec.json.decode(await request.read(), type=DialOrder)
        steps = parse_script(order.script)
        caller = parse_address(order.from_).station
        phone = self._bench.phone_at(caller) or self._install(HandsetOrder(phone_number=caller))
        if not (order.to or phone.application_sid):
            raise ValueError("to is missing; only a handset with an application may dial nothing.")
        to = order.to if phone.application_sid else normalize(order.to)
        call = phone.dial(to, steps, order.parameters)
        return _json({"call_sid": call.call_sid}, 201)

    async def timeline(self, _: web.BaseRequest, sid: str) -> web.Response:
        """A call's journal, as entries and as text."""
        rooms = self._bench.rooms
        if rooms.store.call(sid) is None:
            return _no_call(sid)
        entries = [msgspec.to_builtins(entry) for entry in rooms.journal.for_call(sid)]
        return _json({"entries": entries, "text": render_timeline(rooms.journal, call_sid=sid)}, 200)

    async def measures(self, _: web.BaseRequest, sid: str) -> web.Response:
        """How a call's application talks over its stream; null and "" for a call without one."""
        if self._bench.rooms.store.call(sid) is None:
            return _no_call(sid)
        measures = self._bench.exchange.measures(sid)
        return _json({"measures": measures, "summary": "" if measures is None else measures.summary()}, 200)

    async def add_faults(self, request: web.BaseRequest) -> web.Response:
        """Let things go wrong."""
        rules = rules_of(msgspec.json.decode(await request.read(), type=dict[str, Any]))
        self._bench.add_faults(rules)
        return _json({"faults": [repr(rule.fault) for rule in rules]}, 201)

    async def clear_faults(self, _: web.BaseRequest) -> web.Response:
        """Let nothing go wrong any more."""
        self._bench.clear_faults()
        return web.Response(status=204)

    async def reset(self, _: web.BaseRequest) -> web.Response:
        """Back to an empty world."""
        await self._bench.reset()
        return web.Response(status=204)

    def _install(self, order: HandsetOrder) -> Phone:
        return self._bench.install_phone(
            order.phone_number,
            behavior=order.behavior,
            answer_after_ms=round(order.answer_after * 1000),
            script=parse_script(order.script),
            answered_by=order.answered_by,
            on_refer=order.on_refer,
            application_sid=order.application,
        )


def _no_call(sid: str) -> web.Response:
    return _json({"message": f"There is no call {sid}; POST {PREFIX}/dial returns the sids of calls."}, 404)


def _json(body: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)
