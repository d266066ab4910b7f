"""What the tests of the webhook client share: one form, one way to ask, one way to read a failure."""

from collections.abc import Callable

from twilio_emulator.journal import WebhookSent
from twilio_emulator.webhooks.client import Failure, Reply, WebhookClient

FORM = {"CallSid": "CA1", "From": "+15551110001", "FromCity": "", "Digits": "1, 2"}

MakeClient = Callable[..., WebhookClient]
Sent = Callable[[], list[WebhookSent]]


async def fetch(client: WebhookClient, url: str, method: str = "POST", call_sid: str = "CA1") -> Reply | Failure:
    return await client.send(purpose="voice", method=method, url=url, parameters=FORM, call_sid=call_sid)


def failure_of(outcome: Reply | Failure) -> Failure:
    assert isinstance(outcome, Failure), outcome
    return outcome
