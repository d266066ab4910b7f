"""A recorded call, met again by the application: `handset_from`, on both faces of the emulator, and in a script."""

from pathlib import Path

import pytest
from call_records import a_call
from customer import Customer

from twilio_emulator import TwilioEmulator
from twilio_emulator.errors import BadScript
from twilio_emulator.sync import TwilioEmulator as SyncEmulator
from twilio_wire.cassette import CassetteError, DigitEntry, write_cassette

NUMBER = "+15550001111"
PHONE = "+15557770001"
ASKS = """<Response>{before}
<Gather input="speech dtmf" numDigits="2" timeout="5" speechTimeout="1" action="/{next}"><Say>{question}</Say></Gather>
<Say>Nobody there.</Say></Response>"""


def pizzeria(*, before: str = "") -> dict[str, str]:
    """Two questions, answered by words and by keys, and good-bye; something may come before the second."""
    return {
        "/voice": ASKS.format(question="What would you like to order today?", next="kind", before=""),
        "/kind": ASKS.format(question="And how many? Please press two keys.", next="thanks", before=before),
        "/thanks": "<Response><Say>Thank you for calling.</Say><Pause length='9'/></Response>",
    }


@pytest.fixture
async def cassette(twilio: TwilioEmulator, customer: Customer, tmp_path: Path) -> Path:
    """Somebody orders twelve pizzas, is thanked, and hangs up."""
    customer.pages = pizzeria()
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(PHONE).dial(NUMBER)
    line.record(tmp_path / "pizza")
    for answer in (lambda: line.say("A large Margherita, please."), lambda: line.press("12"), lambda: line.hang_up()):
        await line.wait_for_speech()
        await line.wait_for_silence(0.8)
        await answer()
    await twilio.wait_until_idle()
    assert answers(customer) == [("A large Margherita, please.", ""), ("", "12")]
    customer.seen.clear()
    return tmp_path / "pizza"


def answers(customer: Customer) -> list[tuple[str, str]]:
    """What the application was told, in words and in keys."""
    forms = [form for path in ("/kind", "/thanks") for form in customer.forms(path)]
    return [(form.get("SpeechResult", ""), form.get("Digits", "")) for form in forms]


ORDER = [("A large Margherita, please.", ""), ("", "12")]


@pytest.mark.parametrize("mode", ["clock", "reactive"])
async def test_the_same_application_meets_the_same_caller(
    twilio: TwilioEmulator, customer: Customer, cassette: Path, mode: str
) -> None:
    line = await twilio.handset_from(cassette, mode=mode).dial(NUMBER)
    await line.wait_until("completed")
    assert answers(customer) == ORDER
    assert "hangs up" in twilio.timeline(line.call_sid)


@pytest.mark.parametrize(("mode", "order"), [("clock", ORDER[:1]), ("reactive", ORDER)])
async def test_a_slower_application_is_answered_only_by_who_listens(
    twilio: TwilioEmulator, customer: Customer, cassette: Path, mode: str, order: list
) -> None:
    customer.pages = pizzeria(before="<Pause length='12'/>")
    line = await twilio.handset_from(cassette, mode=mode).dial(NUMBER)
    await line.wait_until("completed")
    assert answers(customer) == order


async def test_an_application_calls_the_recorded_phone(
    twilio: TwilioEmulator, customer: Customer, cassette: Path
) -> None:
    phone = twilio.handset_from(cassette, PHONE, mode="reactive", answer_after=3)
    call = twilio.client().calls.create(to=PHONE, from_=NUMBER, url=f"{customer.url}/voice")
    line = await phone.next_call()
    await line.wait_until("completed")
    assert (line.call_sid, line.phone_number, answers(customer)) == (call.sid, PHONE, ORDER)


async def test_a_script_of_ones_own_goes_before_the_part(
    twilio: TwilioEmulator, customer: Customer, cassette: Path
) -> None:
    line = await twilio.handset_from(cassette).dial(NUMBER, script=[{"silence": 1}, {"hang_up": True}])
    await line.wait_until("completed")
    assert answers(customer) == []


async def test_a_part_is_a_step_of_a_script(twilio: TwilioEmulator, customer: Customer, cassette: Path) -> None:
    step = {"replay": str(cassette), "mode": "reactive", "side": "near", "timeout": 30}
    line = await twilio.handset(PHONE).dial(NUMBER, script=[step, {"press": "1"}])
    await line.wait_until("completed")
    assert answers(customer) == ORDER


async def test_each_recorded_phone_has_a_number_of_its_own(twilio: TwilioEmulator, cassette: Path) -> None:
    twilio.add_number("+15557790002")
    phones = [twilio.handset_from(cassette).phone_number for _ in range(2)]
    assert phones == ["+15557790001", "+15557790003"]


def test_the_synchronous_face_has_it_too(tmp_path: Path) -> None:
    recorded = a_call(far=b"", near=b"", entries=(DigitEntry(0, "near", "4"), DigitEntry(0, "near", "2")))
    write_cassette(tmp_path / "call", recorded, made_by="A test.")
    with SyncEmulator(speed="max", speech="murmur") as twilio:
        phone = twilio.handset_from(tmp_path / "call")
        twilio.add_number(NUMBER)
        call = twilio.client().calls.create(
            to=phone.phone_number, from_=NUMBER, twiml="<Response><Gather numDigits='2'/></Response>"
        )
        line = phone.next_call()
        line.wait_until("completed")
        assert line.call_sid == call.sid
        assert "key heard    2" in twilio.timeline(call.sid)


@pytest.mark.parametrize(
    ("status", "direction", "behavior"),
    [
        ("busy", "outbound", "busy"),
        ("no-answer", "outbound", "no-answer"),
        ("failed", "outbound", "failed"),
        ("busy", "inbound", "completed"),
        ("completed", "outbound", "completed"),
    ],
)
async def test_who_did_not_answer_does_not_answer(
    twilio: TwilioEmulator, tmp_path: Path, status: str, direction: str, behavior: str
) -> None:
    recorded = a_call(status=status, direction=direction, seen_by="emulator", far=b"", near=b"", entries=())
    write_cassette(tmp_path / "call", recorded, made_by="A test.")
    phone = twilio.handset_from(tmp_path / "call", timeout=5)
    twilio.add_number(NUMBER)
    call = twilio.client().calls.create(
        to=phone.phone_number, from_=NUMBER, timeout=10, twiml="<Response><Pause length='1'/></Response>"
    )
    await twilio.wait_for_call(call.sid, behavior)


async def test_an_application_that_does_not_end_the_call_is_left(
    twilio: TwilioEmulator, customer: Customer, tmp_path: Path
) -> None:
    write_cassette(tmp_path / "call", a_call(far=b"", near=b""), made_by="A test.")
    customer.pages["/voice"] = "<Response><Say>Hello.</Say><Pause length='600'/></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset_from(tmp_path / "call", timeout=20).dial(NUMBER)
    await line.wait_until("completed")
    assert "has waited in vain for the end of the call" in twilio.timeline(line.call_sid)


@pytest.mark.parametrize(
    ("arguments", "error", "about"),
    [
        ({"cassette": "nowhere"}, CassetteError, "nowhere"),
        ({"side": "left"}, ValueError, "'left'"),
        ({"mode": "slow"}, ValueError, "clock, reactive"),
        ({"phone_number": "555"}, ValueError, "'555'"),
        ({"timeout": -1}, ValueError, "length of time"),
    ],
)
async def test_what_cannot_be_replayed_is_said_before_any_call(
    twilio: TwilioEmulator, cassette: Path, arguments: dict, error: type[Exception], about: str
) -> None:
    with pytest.raises(error, match=about):
        twilio.handset_from(**{"cassette": cassette, **arguments})


@pytest.mark.parametrize(
    ("step", "about"),
    [
        ({"replay": "nowhere"}, "nowhere"),
        ({"replay": 5}, "path of a cassette"),
        ({"replay": "pizza", "mode": "slow"}, "clock, reactive"),
        ({"replay": "pizza", "timeout": "long"}, "timeout takes a number"),
        ({"replay": "pizza", "text": "Hi."}, "does not go with 'text'"),
    ],
)
async def test_a_step_that_cannot_be_replayed_is_named(
    twilio: TwilioEmulator, cassette: Path, monkeypatch: pytest.MonkeyPatch, step: dict, about: str
) -> None:
    monkeypatch.chdir(cassette.parent)
    with pytest.raises(BadScript, match=about):
        twilio.handset(PHONE, script=[step])
