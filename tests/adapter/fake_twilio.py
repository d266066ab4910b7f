"""A hand-written Twilio: the REST endpoints the adapter uses, signed webhooks, and the far side of its media streams.

Written from Twilio's documentation with aiohttp and plain `websockets`; signatures come from the official SDK. It
shares no code with the emulator, so that the two can disagree.
"""

import asyncio
import base64
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from twilio_adapter import Limits

ACCOUNT = "AC" + "0" * 32
AUTH_TOKEN = "12345678901234567890123456789012"
OURS = "+15550001111"
THEIRS = "+15550002222"
QUIET = b"\xff" * 160
LOUD = (b"\x10" * 4 + b"\x90" * 4) * 20
LIMIT_S = 5.0
QUICK = Limits(
    rest_s=3.0,
    retry_s=0.001,
    answer_grace_s=0.0,
    stream_start_s=3.0,
    media_gap_s=3.0,
    stop_s=3.0,
    last_word_s=0.01,
    tunnel_s=3.0,
    reattach_s=3.0,
)
"""The adapter's limits in tests: long enough for a slow machine, short enough to fail soon."""


class Gate:
    """Something a test holds shut until it has seen that somebody waits there."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def wait(self) -> None:
        self.reached.set()
        await self.opened.wait()


class FakeTwilio:
    """REST for one account. Every change is written to `requests`; replies can be held back or refused."""

    def __init__(self) -> None:
        self.numbers: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.refusals: dict[str, tuple[int, int]] = {}
        self.gates: dict[str, Gate] = {}
        self.cut: set[str] = set()
        self.page = ""
        self.account = {"sid": ACCOUNT, "status": "active", "type": "Full"}
        self.date = ""
        self.on_create: Callable[[PlacedCall], Awaitable[None]] | None = None
        self.on_redirect: Callable[[dict[str, str]], Awaitable[None]] | None = None
        self.streams: dict[str, FarEnd] = {}
        self.stops_when_hung_up = True
        self.placed: list[PlacedCall] = []
        self.became = "ringing"
        self.notes: list[str] = []
        self.base_url = ""
        self._runner: web.AppRunner | None = None
        self.validator = RequestValidator(AUTH_TOKEN)
        self._news = asyncio.Event()

    async def __aenter__(self) -> "FakeTwilio":
        app = web.Application()
        root = f"/2010-04-01/Accounts/{ACCOUNT}"
        app.router.add_get(f"{root}.json", self._show_account)
        app.router.add_get(f"{root}/IncomingPhoneNumbers.json", self._list_numbers)
        app.router.add_post(root + "/IncomingPhoneNumbers/{sid}.json", self._update_number)
        app.router.add_post(f"{root}/Calls.json", self._create_call)
        app.router.add_get(root + "/Calls/{sid}.json", self._show_call)
        app.router.add_get(root + "/Calls/{sid}/Notifications.json", self._list_notes)
        app.router.add_post(root + "/Calls/{sid}.json", self._update_call)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base_url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def own(self, number: str, **settings: Any) -> dict[str, Any]:
        sid = f"PN{len(self.numbers):032x}"
        unset = dict.fromkeys(("voice_url", "voice_fallback_url", "voice_application_sid", "trunk_sid"))
        self.numbers[sid] = {
            "sid": sid,
            "phone_number": number,
            "voice_method": "POST",
            "voice_fallback_method": "POST",
            **unset,
            **settings,
        }
        return self.numbers[sid]

    def changes(self, what: str) -> list[dict[str, Any]]:
        return [fields for name, fields in self.requests if name == what]

    async def saw(self, what: str, times: int = 1) -> None:
        """Return when a request has been made, so many times."""
        async with asyncio.timeout(LIMIT_S):
            while len(self.changes(what)) < times:
                self._news.clear()
                await self._news.wait()

    def refuse(self, what: str, status: int, code: int) -> None:
        self.refusals[what] = (status, code)

    def hold(self, what: str) -> Gate:
        self.gates[what] = Gate()
        return self.gates[what]

    # --- endpoints ------------------------------------------------------------------------------------------------

    async def _show_account(self, request: web.Request) -> web.Response:
        credentials = base64.b64encode(f"{ACCOUNT}:{AUTH_TOKEN}".encode()).decode()
        if request.headers["Authorization"] != f"Basic {credentials}":
            self.refuse("show account", 401, 20003)
        await self._enter("show account", {})
        return self._reply("show account", self.account)

    async def _list_numbers(self, request: web.Request) -> web.Response:
        await self._enter("list numbers", {})
        digits = request.query.get("PhoneNumber", "").lstrip("+")
        found = [number for number in self.numbers.values() if digits in number["phone_number"]]
        return self._reply("list numbers", {"incoming_phone_numbers": found, "next_page_uri": None})

    async def _update_number(self, request: web.Request) -> web.Response:
        fields = await _form(request)
        await self._enter("update number", fields)
        number = self.numbers[request.match_info["sid"]]
        if "update number" not in self.refusals:
            number |= {_snake(name): value for name, value in fields.items()}
        return self._reply("update number", number)

    async def _create_call(self, request: web.Request) -> web.Response:
        fields = await _form(request)
        call = PlacedCall(self, f"CA{len(self.placed):032x}", fields)
        if "create call" not in self.refusals:
            self.placed.append(call)
            if self.on_create is not None:
                await self.on_create(call)
        await self._enter("create call", fields)
        if "create call" in self.cut:
            request.transport.abort()
        return self._reply("create call", {"sid": call.sid, "status": "queued"}, status=201)

    async def _show_call(self, request: web.Request) -> web.Response:
        await self._enter("show call", {})
        return self._reply("show call", {"sid": request.match_info["sid"], "status": self.became})

    async def _list_notes(self, _: web.Request) -> web.Response:
        await self._enter("list notes", {})
        notes = [{"error_code": code} for code in self.notes]
        return self._reply("list notes", {"notifications": notes, "next_page_uri": None})

    async def _update_call(self, request: web.Request) -> web.Response:
        fields = await _form(request) | {"sid": request.match_info["sid"]}
        what = "hang up" if "Status" in fields else "redirect call"
        await self._enter(what, fields)
        if what not in self.refusals:
            if what == "hang up" and self.stops_when_hung_up and fields["sid"] in self.streams:
                await self.streams[fields["sid"]].stop()
            if what == "redirect call" and self.on_redirect is not None:
                await self.on_redirect(fields)
        return self._reply(what, {"sid": fields["sid"], "status": "completed"})

    async def _enter(self, what: str, fields: dict[str, Any]) -> None:
        if what in self.gates:
            await self.gates[what].wait()
        self.requests.append((what, fields))
        self._news.set()

    def _reply(self, what: str, content: dict[str, Any], *, status: int = 200) -> web.Response:
        if self.page:
            return web.Response(text=self.page, content_type="text/html")
        if what in self.refusals:
            status, code = self.refusals[what]
            content = {"code": code, "message": f"refused {OURS}", "more_info": "", "status": status}
        return web.json_response(content, status=status, headers={"Date": self.date} if self.date else {})

    # --- webhooks -------------------------------------------------------------------------------------------------

    def sign(self, url: str, fields: dict[str, str] | None = None) -> str:
        return self.validator.compute_signature(url, fields or {})

    async def post(
        self, url: str, fields: dict[str, str], *, signed_url: str | None = None, signature: str | None = None
    ) -> tuple[int, str]:
        headers = {
            "X-Twilio-Signature": self.sign(signed_url or url, fields) if signature is None else signature,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=urlencode(fields), headers=headers) as reply,
        ):
            return reply.status, await reply.text()

    async def ring(self, voice_url: str, *, caller: str = THEIRS, sid: str = "CA" + "e" * 32) -> ElementTree.Element:
        """Call our number: ask for TwiML as Twilio does."""
        fields = {"CallSid": sid, "AccountSid": ACCOUNT, "From": caller, "To": OURS, "CallStatus": "ringing"}
        status, text = await self.post(voice_url, fields)
        assert status == 200, text
        return ElementTree.fromstring(text)

    async def call_in(
        self, voice_url: str, *, caller: str = THEIRS, sid: str = "CA" + "e" * 32, stream_sid: str = "MZ" + "1" * 32
    ) -> "FarEnd":
        """Call our number and connect the stream it asks for."""
        return await self.connect(await self.ring(voice_url, caller=caller, sid=sid), sid, stream_sid)

    async def connect(self, twiml: ElementTree.Element, call_sid: str, stream_sid: str = "MZ" + "1" * 32) -> "FarEnd":
        stream = twiml.find("Connect/Stream")
        assert stream is not None, ElementTree.tostring(twiml)
        parameters = {each.get("name"): each.get("value") for each in stream.findall("Parameter")}
        far_end = await FarEnd.dial(stream.get("url"), self.sign(stream.get("url")), call_sid, stream_sid)
        await far_end.start(parameters)
        self.streams[call_sid] = far_end
        return far_end


class PlacedCall:
    """A call the adapter asked REST for."""

    def __init__(self, twilio: FakeTwilio, sid: str, fields: dict[str, Any]) -> None:
        self.twilio = twilio
        self.sid = sid
        self.fields = fields

    @property
    def twiml(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.fields["Twiml"])

    async def report(self, status: str, **more: str) -> None:
        """Send a status callback."""
        url = self.fields["StatusCallback"]
        code, _ = await self.twilio.post(url, {"CallSid": self.sid, "CallStatus": status, **more})
        assert code == 204

    async def answer(self, stream_sid: str = "MZ" + "1" * 32) -> "FarEnd":
        """Pick up: connect the stream."""
        return await self.twilio.connect(self.twiml, self.sid, stream_sid)


class FarEnd:
    """Twilio's end of one media stream: what the app sends is played at 50 frames a second of *its* clock.

    A tick sends one `media`, plays 20 ms of what the app has sent, echoes the marks it has passed, and then pings, so
    that the app has dealt with all of it when the tick ends.
    """

    def __init__(self, ws: ClientConnection, call_sid: str, stream_sid: str) -> None:
        self.ws = ws
        self.call_sid = call_sid
        self.stream_sid = stream_sid
        self.sent: list[dict[str, Any]] = []
        self.heard = bytearray()
        self.echo = True
        self.longest_lead = 0
        self._queue: list[bytes | str] = []
        self._sequence = 0
        self._chunk = 0
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def dial(cls, url: str, signature: str | None, call_sid: str, stream_sid: str) -> "FarEnd":
        headers = {} if signature is None else {"x-twilio-signature": signature}
        ws = await connect(
            url,
            additional_headers=headers,
            compression=None,
            user_agent_header="Twilio.TmeWs/1.0",
            ping_interval=None,
            proxy=None,
        )
        return cls(ws, call_sid, stream_sid)

    async def start(self, parameters: dict[str, str]) -> None:
        self._reader = asyncio.get_running_loop().create_task(self._read())
        await self.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        body = {
            "accountSid": ACCOUNT,
            "streamSid": self.stream_sid,
            "callSid": self.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": parameters,
        }
        await self._event("start", start=body)
        with suppress(ConnectionClosed):
            await self.barrier()

    async def _event(self, event: str, **fields: Any) -> None:
        self._sequence += 1
        await self.send({"event": event, "sequenceNumber": str(self._sequence), **fields, "streamSid": self.stream_sid})

    async def send(self, message: dict[str, Any]) -> None:
        await self.ws.send(json.dumps(message))

    async def barrier(self) -> None:
        """Return when the app has dealt with all we sent, and we have all it sent back."""
        async with asyncio.timeout(LIMIT_S):
            await (await self.ws.ping())
        for _ in range(3):
            await asyncio.sleep(0)

    async def media(self, frame: bytes = QUIET) -> None:
        self._chunk += 1
        payload = base64.b64encode(frame).decode()
        body = {"track": "inbound", "chunk": str(self._chunk), "timestamp": str(self._chunk * 20), "payload": payload}
        await self._event("media", media=body)

    async def tick(self, frame: bytes = QUIET) -> None:
        await self.media(frame)
        await self._play(160)
        await self.barrier()

    async def ticks(self, seconds: float, frame: bytes = QUIET) -> None:
        for _ in range(round(seconds * 50)):
            await self.tick(frame)

    async def say(self, ulaw: bytes) -> None:
        for start in range(0, len(ulaw), 160):
            await self.tick(ulaw[start : start + 160].ljust(160, b"\xff"))

    async def press(self, digit: str) -> None:
        await self._event("dtmf", dtmf={"track": "inbound_track", "digit": digit})
        await self.barrier()

    async def stop(self, *, close: bool = True) -> None:
        with suppress(ConnectionClosed):
            await self._event("stop", stop={"accountSid": ACCOUNT, "callSid": self.call_sid})
            await self.barrier()
        if close:
            await self.close()

    async def close(self) -> None:
        await self.ws.close()
        if self._reader is not None:
            await self._reader

    async def drop(self) -> None:
        """Lose the connection without a close frame."""
        self.ws.transport.abort()
        await self.ws.wait_closed()

    @property
    def buffered(self) -> int:
        return sum(len(item) for item in self._queue if isinstance(item, bytes))

    def events(self) -> list[str]:
        return [message["event"] for message in self.sent]

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self.ws:
                await self._take(json.loads(text))

    async def _take(self, message: dict[str, Any]) -> None:
        assert message["streamSid"] == self.stream_sid
        self.sent.append(message)
        if message["event"] == "media":
            self._queue.append(base64.b64decode(message["media"]["payload"]))
            self.longest_lead = max(self.longest_lead, self.buffered)
        elif message["event"] == "mark":
            self._queue.append(message["mark"]["name"])
            await self._echo_leading_marks()
        elif message["event"] == "clear":
            marks = [item for item in self._queue if isinstance(item, str)]
            self._queue.clear()
            for mark in marks:
                await self._echo(mark)

    async def _play(self, size: int) -> None:
        while size and self._queue:
            audio = self._queue.pop(0)
            self.heard += audio[:size]
            if len(audio) > size:
                self._queue.insert(0, audio[size:])
            size -= min(size, len(audio))
            await self._echo_leading_marks()
        self.heard += QUIET[:size]

    async def _echo_leading_marks(self) -> None:
        while self._queue and isinstance(self._queue[0], str):
            await self._echo(self._queue.pop(0))

    async def _echo(self, mark: str) -> None:
        if self.echo:
            await self._event("mark", mark={"name": mark})


async def _form(request: web.Request) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in parse_qsl((await request.text()), keep_blank_values=True):
        fields[name] = [*fields[name], value] if isinstance(fields.get(name), list) else value
        if name == "StatusCallbackEvent":
            fields.setdefault("events", []).append(value)
    return fields


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
