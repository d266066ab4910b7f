"""An emulator that can take anything: one socket, requests as bytes, and every error that it logs is noted.

It has a call that is up, one that is over, a number, a sub-account, a key, a recording, two people in a conference;
what a request has destroyed is there again for the next.
"""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from typing import Any

from twilio_emulator.calls.call import CallStatus
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.core import Core, Settings
from twilio_emulator.rest.desk import API_ROOT
from twilio_emulator.twiml.flow import Instructions

NUMBER, PHONE = "+15551110001", "+15552220001"
PEERS = "+15552220011", "+15552220012"
"""Who are in a conference."""

MEETING = "<Response><Dial><Conference record='record-from-start' waitUrl=''>fuzz</Conference></Dial></Response>"


@dataclass(frozen=True)
class Answer:
    """A reply to a request of any kind."""

    status: int
    headers: Message
    body: bytes

    def json(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.body)
        return said


class Victim:
    """Belongs to the loop of its runner, on which the emulator lives too."""

    def __init__(self, runner: asyncio.Runner, core: Core) -> None:
        self._runner = runner
        self._core = core
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        # Nobody waits for time to pass, so none does between two requests.
        self._attendee = core.rooms.clock.attend("whoever attacks")
        self.errors: list[str] = []
        rooms = core.rooms
        self.main = rooms.accounts.main
        self.sub = rooms.accounts.open_sub_account("sub", now_ms=0)
        self.key = rooms.accounts.issue_key(self.main.sid, "key", now_ms=0)
        for phone in (PHONE, *PEERS):
            core.install_phone(phone, behavior="answer", answer_after_ms=0)
        self.sids = {"{main}": self.main.sid}
        self.revive()
        self.sids["{done}"] = self._place("<Response/>", lasts=False)
        self.revive()
        for name, below, form in (
            ("{queue}", "Queues", "FriendlyName=support"),
            ("{application}", "Applications", "VoiceUrl=http://127.0.0.1:1/"),
            ("{recording}", f"Calls/{self.sids['{live}']}/Recordings", ""),
        ):
            self.sids[name] = self._make(f"{API_ROOT}/{self.main.sid}/{below}.json", form)

    def revive(self) -> None:
        """Have all that a request may need."""
        store, accounts, sids = self._core.rooms.store, self._core.rooms.accounts, self.sids
        if not self.sub.is_active:
            self.sub = accounts.open_sub_account("sub", now_ms=0)
        if accounts.keys.get(self.key.sid) is None:
            self.key = accounts.issue_key(self.main.sid, "key", now_ms=0)
        sids |= {"{sub}": self.sub.sid, "{key}": self.key.sid}
        number = store.owned(NUMBER)
        if number is not None and number.account_sid != self.main.sid:
            store.remove_number(number.sid)
            number = None
        sids["{number}"] = (number or self._core.add_number(NUMBER)).sid
        live = store.call(sids.get("{live}", ""))
        if live is None or live.status.is_final:
            sids["{live}"] = self._place('<Response><Pause length="3600"/></Response>', lasts=True)
        conference = store.conferences.get(sids.get("{conference}", ""))
        if conference is None or len(conference.present) < len(PEERS):
            for phone in PEERS:
                sids["{participant}"] = self._place(MEETING, lasts=True, to=phone)
            meeting = store.conferences.open_named(self.main.sid, "fuzz")
            assert meeting is not None
            sids["{conference}"] = meeting.sid

    def _make(self, path: str, form: str) -> str:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {self.authorization('main')}\r\n"
        made = self.ask(f"{head}Content-Length: {len(form)}\r\n\r\n{form}".encode())
        assert made.status == 201
        sid: str = made.json()["sid"]
        return sid

    def ask(self, request: bytes, *, is_head: bool = False) -> Answer:
        """Send bytes, read what comes back."""
        return self._runner.run(self._ask(request, is_head=is_head))

    def authorization(self, who: str) -> str:
        """The header of somebody who may ask."""
        name, secret = {
            "main": (self.main.sid, self.main.auth_token),
            "sub": (self.sub.sid, self.sub.auth_token),
            "key": (self.key.sid, self.key.secret),
        }[who]
        return "Basic " + b64encode(f"{name}:{secret}".encode()).decode()

    async def _ask(self, request: bytes, *, is_head: bool) -> Answer:
        reader, writer = self._streams or await asyncio.open_connection(*self._address())
        self._streams = reader, writer
        writer.write(request)
        async with asyncio.timeout(20):
            head = await reader.readuntil(b"\r\n\r\n")
            line, _, rest = head.decode().partition("\r\n")
            headers = Parser().parsestr(rest)
            body = b"" if is_head else await reader.readexactly(int(headers.get("Content-Length", "0")))
            if headers.get("Connection") == "close" or line.endswith("400 Bad Request"):
                self._streams = None
                writer.close()
                await writer.wait_closed()
        return Answer(int(line.split()[1]), headers, body)

    def _address(self) -> tuple[str, int]:
        host, _, port = self._core.base_url.removeprefix("http://").rpartition(":")
        return host, int(port)

    def let_pass(self, ms: int) -> None:
        """Let some call time pass, and what is due in it happen."""
        clock = self._core.rooms.clock

        async def wait() -> None:
            passed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            clock.call_at(clock.now_ms + ms, lambda: passed.set_result(None))
            self._attendee.waiting()
            async with asyncio.timeout(20):
                await passed
            self._attendee.satisfied()

        self._runner.run(wait())

    def _place(self, twiml: str, *, lasts: bool, to: str = PHONE) -> str:
        exchange, store = self._core.exchange, self._core.rooms.store
        for call in map(store.call, exchange.live_calls):  # a phone holds one call at a time
            if call is not None and call.to_number == to:
                exchange.end_call(call)
        call = exchange.place_call(
            CallRequest(account_sid=self.main.sid, to=to, from_=NUMBER, instructions=Instructions(twiml=twiml))
        )
        self.let_pass(1000)
        assert call.status is (CallStatus.IN_PROGRESS if lasts else CallStatus.COMPLETED)
        return call.sid

    async def aclose(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            await self._streams[1].wait_closed()


class _Complaints(logging.Handler):
    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        self._errors.append(logging.Formatter().format(record))


@contextmanager
def living_victim() -> Iterator[Victim]:
    """One that lives for as long as the block."""
    with asyncio.Runner() as runner:
        core = Core(Settings(speed="max", speech="murmur"))
        runner.run(core.start())
        suffering = Victim(runner, core)
        complaints = _Complaints(suffering.errors)
        logging.getLogger().addHandler(complaints)
        try:
            yield suffering
        finally:
            logging.getLogger().removeHandler(complaints)
            runner.run(suffering.aclose())
            runner.run(core.stop())
