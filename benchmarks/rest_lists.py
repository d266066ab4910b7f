"""How long page 1 of the list of calls takes when there are few calls, and when there are many.

    python rest_lists.py FEW MANY

In process, the API without a socket. Prints milliseconds, each the fastest of several batches: what the machine does
besides only ever makes them slower.
"""

from __future__ import annotations

import base64
import sys
import time

import msgspec
from judge import tell

from twilio_emulator.calls.call import Call, CallStatus, Direction
from twilio_emulator.core import Core, Settings
from twilio_emulator.rest.api import Api
from twilio_emulator.rest.http import Request
from twilio_wire.sids import SidKind

_BATCHES, _PAGES_A_BATCH = 10, 10


def page_ms(calls: int) -> float:
    """Milliseconds from a request for page 1 of so many finished calls to its bytes."""
    core = Core(Settings(speech="murmur"))
    account_sid = core.rooms.account_sid
    for n in range(calls):
        core.rooms.store.add_call(_finished(core.rooms.sids.new(SidKind.CALL), account_sid, n))
    user = base64.b64encode(f"{account_sid}:{core.rooms.auth_token}".encode()).decode()
    request = Request("GET", f"/2010-04-01/Accounts/{account_sid}/Calls.json", authorization=f"Basic {user}")
    api, encoder = Api(core.exchange), msgspec.json.Encoder()
    batches_s = []
    for _ in range(_BATCHES):
        began_s = time.perf_counter()
        for _ in range(_PAGES_A_BATCH):
            reply = api.answer(request)
            encoder.encode(reply.content)
        batches_s.append(time.perf_counter() - began_s)
        assert reply.status == 200
    return min(batches_s) * 1000 / _PAGES_A_BATCH


def _finished(sid: str, account_sid: str, n: int) -> Call:
    at_ms = n * 100
    return Call(
        sid=sid,
        account_sid=account_sid,
        direction=Direction.OUTBOUND_API,
        from_number="+15550002222",
        to_number=f"+1555{1_000_000 + n}",
        status=CallStatus.COMPLETED,
        created_ms=at_ms,
        answered_ms=at_ms + 1000,
        started_ms=at_ms + 1000,
        ended_ms=at_ms + 9000,
    )


if __name__ == "__main__":
    tell(page_ms=[page_ms(int(calls)) for calls in sys.argv[1:]])
