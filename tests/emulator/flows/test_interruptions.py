"""Every verb that lasts, taken off the line: by REST with other TwiML, by REST with an end, by the far end.

What the app is still asked then is a table; nothing else of the document happens.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from customer import Customer
from journal_views import codes, spoken
from sounds import tone_line
from stream_app import StreamApp

from twilio_emulator import Line, TwilioEmulator
from twilio_emulator.twiml.verbs import VERBS

NUMBER = "+15550001111"
CALLER = "+15557770001"
CALLEE = "+15557770002"
TALK = tone_line(440, 3.0)

AT_ONCE = {"Hangup", "Leave", "Refer", "Reject", "Stop"}
"""Verbs that are over when they begin; and Refer, which is soon over (see test_refer)."""


@dataclass(frozen=True)
class Row:
    """A verb under way, and what its `action` is asked with when the call ends, and when other TwiML takes over."""

    verb: str
    markup: str
    at_the_end: dict[str, str] = field(default_factory=dict)
    when_replaced: dict[str, str] = field(default_factory=dict)
    answers: bool = True

    def __str__(self) -> str:
        return self.markup.replace("{streams}", "").replace("/", "")


ROWS = [
    Row("Connect", '<Connect action="/action"><Stream url="{streams}"/></Connect>'),
    Row(
        "Dial",
        f'<Dial action="/action"><Number>{CALLEE}</Number></Dial>',
        at_the_end={"CallStatus": "completed", "DialCallStatus": "completed"},
    ),
    Row(
        "Dial",
        f'<Dial action="/action" timeout="600"><Number>{CALLEE}</Number></Dial>',
        at_the_end={"CallStatus": "completed", "DialCallStatus": "no-answer"},
        answers=False,
    ),
    Row("Echo", "<Echo/>"),
    Row(
        "Enqueue",
        '<Enqueue action="/action">line</Enqueue>',
        at_the_end={"CallStatus": "completed", "QueueResult": "hangup"},
        when_replaced={"CallStatus": "in-progress", "QueueResult": "redirected"},
    ),
    Row("Gather", '<Gather action="/action" timeout="60" actionOnEmptyResult="true"><Pause length="60"/></Gather>'),
    Row("Gather", '<Gather action="/action" timeout="60" actionOnEmptyResult="true"/>'),
    Row("Pause", '<Pause length="60"/>'),
    Row("Play", '<Play digits="WWWWWWWWWWWWWWWWWWWW1"/>'),
    Row("Record", '<Record action="/action"/>', at_the_end={"CallStatus": "completed", "Digits": "hangup"}),
    Row("Redirect", "<Redirect>/meanwhile</Redirect>"),
    Row("Say", '<Say loop="0">This goes on and on.</Say>'),
    Row("Start", '<Start><Recording recordingStatusCallback="{app}/recording"/></Start><Pause length="60"/>'),
]


@dataclass
class Stage:
    """A call with a verb on the line."""

    twilio: TwilioEmulator
    customer: Customer
    line: Line


Interruption = Callable[[Stage], Awaitable[None]]


async def with_a_url(stage: Stage) -> None:
    stage.twilio.client().calls(stage.line.call_sid).update(url=f"{stage.customer.url}/other")


async def with_a_document(stage: Stage) -> None:
    document = "<Response><Say>Another document.</Say></Response>"
    stage.twilio.client().calls(stage.line.call_sid).update(twiml=document)


async def by_rest(stage: Stage) -> None:
    stage.twilio.client().calls(stage.line.call_sid).update(status="completed")


async def by_the_far_end(stage: Stage) -> None:
    await stage.line.hang_up()


async def interrupted(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp, row: Row, interrupt: Interruption
) -> Line:
    """Play the call up to the interruption, and on to its end."""
    markup = row.markup.replace("{streams}", streams.url).replace("{app}", customer.url)

    async def meanwhile(_: dict[str, str]) -> str:
        await interrupt(Stage(twilio, customer, line))
        return "<Response><Say>Never said.</Say></Response>"

    customer.pages = {
        "/voice": f"<Response><Say>Hello.</Say>{markup}<Say>Never said.</Say></Response>",
        "/meanwhile": meanwhile,
        "/other": "<Response><Say>Another document.</Say></Response>",
    }
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    twilio.handset(CALLEE, behavior="answer" if row.answers else "no-answer")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    if row.verb != "Redirect":
        await line.play(TALK)
        await interrupt(Stage(twilio, customer, line))
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    return line


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize("interrupt", [with_a_url, with_a_document])
async def test_other_twiml_takes_over(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp, row: Row, interrupt: Interruption
) -> None:
    await interrupted(twilio, customer, streams, row, interrupt)
    said = spoken(twilio)
    assert said[-1] == "Another document."
    assert "Never said." not in said
    asked = customer.forms("/action")
    assert [{name: form[name] for name in row.when_replaced} for form in asked] == [row.when_replaced] * len(asked)
    assert len(asked) == bool(row.when_replaced)
    assert codes(twilio) == []


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize("interrupt", [by_rest, by_the_far_end])
async def test_the_call_ends_and_what_is_owed_is_asked_for(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp, row: Row, interrupt: Interruption
) -> None:
    line = await interrupted(twilio, customer, streams, row, interrupt)
    assert line.status == "completed"
    assert "Never said." not in spoken(twilio)
    asked = customer.forms("/action")
    assert [{name: form[name] for name in row.at_the_end} for form in asked] == [row.at_the_end] * len(asked)
    assert len(asked) == bool(row.at_the_end)
    assert codes(twilio) == []


def test_every_verb_is_in_the_table_or_over_at_once() -> None:
    assert {row.verb for row in ROWS} | AT_ONCE == set(VERBS)
