"""The emulator as `twilio-emulator serve` has it, with one call that rings unanswered.

    python rest_emulator.py

Prints its port, and the requests to send: one that reads that call, one that places another to the same phone.
"""

from __future__ import annotations

import asyncio
import base64

from children import measured_until_told
from judge import tell
from rest_requests import FORM, OWNED, UNANSWERED, get, post

from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.core import Core, Settings
from twilio_emulator.process import settle_in
from twilio_emulator.twiml.flow import Instructions


async def serve() -> None:
    """Serve until it is killed."""
    core = Core(Settings(speed=1.0, speech="murmur"))
    await core.start()
    core.add_number(OWNED)
    core.install_phone(UNANSWERED, behavior="no-answer", answer_after_ms=0)
    account_sid = core.rooms.account_sid
    spoken = Instructions(twiml="<Response><Hangup/></Response>")
    call = core.exchange.place_call(
        CallRequest(account_sid=account_sid, to=UNANSWERED, from_=OWNED, instructions=spoken)
    )
    user = base64.b64encode(f"{account_sid}:{core.rooms.auth_token}".encode()).decode()
    calls = f"/2010-04-01/Accounts/{account_sid}/Calls"
    settle_in()
    port = int(core.base_url.rpartition(":")[2])
    tell(port=port, get=get(f"{calls}/{call.sid}.json", user), post=post(f"{calls}.json", FORM, user))
    while True:
        cpu_s, _ = await measured_until_told()
        tell(cpu_s=cpu_s)


if __name__ == "__main__":
    asyncio.run(serve())
