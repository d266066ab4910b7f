"""Documents that cannot be carried out, over the wire: Twilio's code and place in the journal, its words in the ear.

The emulator goes on as if nothing had happened: the same number takes the next call.
"""

import re

import pytest
from customer import Customer
from journal_views import spoken

from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import Problem

NUMBER = "+15550001111"
CALLER = "+15557770001"
APOLOGY = "We're sorry, an application error has occurred. Goodbye."
GREETING = "<Response><Say>Good morning.</Say></Response>"
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(10))

FAILS = {
    "an entity bomb": (f"<!DOCTYPE r [{BOMB}]><Response><Say>&e9;</Say></Response>", 12100, "line 1, column 1"),
    "an external entity": (
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response><Say>&x;</Say></Response>',
        12100,
        "line 1, column 1",
    ),
    "bytes that are not UTF-8": (b"<Response><Say>\xff\xfe\xfa</Say></Response>", 12100, "Byte 15"),
    "a NUL": (b"<Response><Say>a\x00b</Say></Response>", 12100, "line 1, column"),
    "an end that is missing": ("<Response>\n  <Say>Hi</Say>\n", 12100, "line 3, column 1"),
    "another root": ("<Answer/>", 12102, "line 1, column 1"),
    "nothing": ("", 12100, "empty"),
    "more than 64 kB": (f"<Response><!--{'x' * 65536}--></Response>", 11750, "64 kB"),
    "a noun that Start has not": ("<Response>\n<Start><Strom/></Start></Response>", 14300, "line 2, column 8"),
    "a URL that is none": ("<Response><Play>ftp://example.com/a.wav</Play></Response>", 11100, "not an http"),
}

GOES_ON = {
    "an unknown verb": (
        "<Response>\n <Shout>Hey</Shout><Say>Good morning.</Say></Response>",
        12200,
        "line 2, column 2",
    ),
    "an unknown attribute": ('<Response><Say volume="11">Good morning.</Say></Response>', 12200, "line 1, column 11"),
    "a wrong value": ('<Response><Pause length="x"/><Say>Good morning.</Say></Response>', 13910, "line 1, column 11"),
    "wrong nesting": (
        "<Response><Gather timeout='1'><Hangup/></Gather><Say>Good morning.</Say></Response>",
        13320,
        "31",
    ),
    "elements 5000 deep": (f"<Response>{'<a>' * 5000}{'</a>' * 5000}<Say>Good morning.</Say></Response>", 12200, "<a>"),
}


async def called(twilio: TwilioEmulator, customer: Customer, document: str | bytes) -> list[str]:
    """What a caller is told by a document."""
    body = document if isinstance(document, bytes) else document.encode()
    customer.files["/voice"] = ("text/xml", body)
    before = len(spoken(twilio))
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    return spoken(twilio)[before:]


@pytest.mark.parametrize(("document", "code", "where"), FAILS.values(), ids=list(FAILS))
async def test_a_document_that_fails_is_apologised_for_and_the_next_call_is_well(
    twilio: TwilioEmulator, customer: Customer, document: str | bytes, code: int, where: str
) -> None:
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    assert await called(twilio, customer, document) == [APOLOGY]
    [problem] = twilio.journal.of(Problem)
    assert (problem.code, problem.level) == (code, "error")
    assert where in problem.message
    assert problem.hint or code == 11750
    assert await called(twilio, customer, GREETING) == ["Good morning."]


@pytest.mark.parametrize(("document", "code", "where"), GOES_ON.values(), ids=list(GOES_ON))
async def test_what_is_only_warned_about_does_not_stop_the_document(
    twilio: TwilioEmulator, customer: Customer, document: str, code: int, where: str
) -> None:
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    assert await called(twilio, customer, document) == ["Good morning."]
    [problem] = twilio.journal.of(Problem)
    assert (problem.code, problem.level) == (code, "warning")
    assert re.search(re.escape(where), problem.message)


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml", "text/html", "text/plain"])
async def test_twiml_is_carried_out_whatever_it_is_called(
    twilio: TwilioEmulator, customer: Customer, content_type: str
) -> None:
    customer.files["/voice"] = (content_type, GREETING.encode())
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    assert spoken(twilio) == ["Good morning."]
    assert twilio.journal.of(Problem) == []
