"""The REST API on a real port, over a world that does no more than note what it is asked to do."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from aiohttp import web
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from twilio_emulator.accounts.account import Accounts
from twilio_emulator.calls.call import Call, CallEvent, CallStatus, Direction
from twilio_emulator.calls.caller_id_check import CheckRequest
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.calls.store import IncomingPhoneNumber, Store
from twilio_emulator.clock import Clock, make_clock
from twilio_emulator.front_door import http_server
from twilio_emulator.journal import Journal, Problem
from twilio_emulator.queues.queue import Queue
from twilio_emulator.quirks import Quirks
from twilio_emulator.rest.app import RestEndpoint
from twilio_emulator.sdk_client import sdk_client
from twilio_emulator.twiml.flow import Instructions
from twilio_wire.sids import SidFactory, SidKind

ACCOUNT_SID = "AC" + "0a" * 16
AUTH_TOKEN = "secret-token"
OWNED = "+15551110001"
CALLEE = "+15552220001"
OF_CONFERENCES = {16001, 16003, 16020, 16022, 16024, 16026, 16027, 16028}
"""The codes of REST that are about conferences and nothing else."""


@dataclass
class NotingWorld:
    """A World whose calls move only when REST or the test moves them."""

    account_sid: str = ACCOUNT_SID
    auth_token: str = AUTH_TOKEN
    store: Store = field(default_factory=Store)
    clock: Clock = field(default_factory=lambda: make_clock(1.0))
    quirks: Quirks = field(default_factory=Quirks)
    sids: SidFactory = field(default_factory=lambda: SidFactory("rest tests"))
    placed: list[CallRequest] = field(default_factory=list)
    checked: list[CheckRequest] = field(default_factory=list)
    redirected: list[tuple[str, Instructions]] = field(default_factory=list)
    limited: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = Journal(self.clock)
        self.accounts = Accounts(self.account_sid, self.auth_token, self.sids)

    def place_call(self, request: CallRequest) -> Call:
        self.placed.append(request)
        return self.add_call(
            to=request.to,
            from_=request.from_,
            phone_number_sid=self.store.caller_id_sid(request.account_sid, request.from_),
            account_sid=request.account_sid,
        )

    def check_caller_id(self, request: CheckRequest) -> Call:
        self.checked.append(request)
        return self.place_call(request.call_request())

    def redirect_call(self, call: Call, instructions: Instructions) -> None:
        self.redirected.append((call.sid, instructions))

    def end_call(self, call: Call) -> None:
        answered = call.status is CallStatus.IN_PROGRESS
        call.apply(CallEvent.HUNG_UP if answered else CallEvent.CANCELED, now_ms=call.created_ms + 4000)

    def cancel_call(self, call: Call) -> None:
        call.apply(CallEvent.CANCELED, now_ms=call.created_ms + 4000)

    def limit_call(self, call: Call, seconds: int) -> None:
        self.limited.append((call.sid, seconds))

    def url_of(self, path: str) -> str:
        return f"http://emulator{path}"

    def delete_call(self, call: Call) -> None:
        self.store.remove_call(call.sid)

    # --- what tests arrange -----------------------------------------------------------------------------------------

    def add_number(self, phone_number: str = OWNED) -> IncomingPhoneNumber:
        number = IncomingPhoneNumber(
            sid=self.sids.new(SidKind.PHONE_NUMBER),
            account_sid=self.account_sid,
            phone_number=phone_number,
            friendly_name=phone_number,
            created_ms=0,
            updated_ms=0,
        )
        self.store.add_number(number)
        return number

    def add_call(
        self,
        *events: CallEvent,
        to: str = CALLEE,
        from_: str = OWNED,
        created_ms: int = 0,
        phone_number_sid: str | None = None,
        parent_call_sid: str | None = None,
        account_sid: str = "",
    ) -> Call:
        """A call that has gone through these events, a second apart."""
        call = Call(
            sid=self.sids.new(SidKind.CALL),
            account_sid=account_sid or self.account_sid,
            direction=Direction.OUTBOUND_API,
            from_number=from_,
            to_number=to,
            status=CallStatus.QUEUED,
            created_ms=created_ms,
            phone_number_sid=phone_number_sid,
            parent_call_sid=parent_call_sid,
        )
        for seconds, event in enumerate(events, start=1):
            call.apply(event, now_ms=created_ms + seconds * 1000)
        self.store.add_call(call)
        return call

    def add_queue(self, name: str, *calls: Call) -> Queue:
        """A queue with calls in it that have entered at 0 ms, 1000 ms, …"""
        queue = Queue(self.sids.new(SidKind.QUEUE), self.account_sid, name, created_ms=0, updated_ms=0)
        self.store.queues.add(queue)
        for rank, call in enumerate(calls):
            queue.join(call.sid, Waiting(), now_ms=rank * 1000)  # type: ignore[arg-type]
        return queue


class Waiting:
    """Somebody in a queue whom nobody takes."""

    call_sid = ""


def refusal(call: Callable[..., object], *args: object, **kwargs: object) -> tuple[int, int]:
    """The status and the code with which the SDK is refused; it wraps those of a list's page differently."""
    try:
        call(*args, **kwargs)
    except TwilioRestException as error:
        return error.status, error.code
    except TwilioException as error:
        _, response = error.args
        return response.status_code, json.loads(response.text)["code"]
    raise AssertionError("The request was not refused.")


ANSWERED = (CallEvent.DIALLED, CallEvent.RANG, CallEvent.ANSWERED)
FINISHED = (*ANSWERED, CallEvent.HUNG_UP)


@dataclass
class RestBench:
    """A served world: the official SDK for what it can say, `request` for what it cannot."""

    world: NotingWorld
    base_url: str
    client: Client
    session: requests.Session

    @property
    def account_url(self) -> str:
        return f"{self.base_url}/2010-04-01/Accounts/{ACCOUNT_SID}"

    def request(self, method: str, path: str, **kwargs: object) -> requests.Response:
        """A request below the account, with the right credentials."""
        return self.session.request(method, self.account_url + path, **kwargs)  # type: ignore[arg-type]

    def problems(self) -> list[Problem]:
        return self.world.journal.of(Problem)


@contextmanager
def serve(world: NotingWorld) -> Iterator[RestBench]:
    """Serve a world on a port of its own, in a thread of its own, as the emulator does."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()

    async def live() -> None:
        runner = web.ServerRunner(http_server(RestEndpoint(world).handle), handle_signals=False)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        world.clock.start()
        stop = asyncio.Event()
        started.set_result((asyncio.get_running_loop(), stop, runner.addresses[0][1]))
        await stop.wait()
        world.clock.stop()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(live()), daemon=True)
    thread.start()
    loop, stop, port = started.result(10)
    base_url = f"http://127.0.0.1:{port}"
    client = sdk_client(ACCOUNT_SID, AUTH_TOKEN, base_url)
    with requests.Session() as session:
        session.auth = (ACCOUNT_SID, AUTH_TOKEN)
        yield RestBench(world, base_url, client, session)
    client.http_client.session.close()
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
