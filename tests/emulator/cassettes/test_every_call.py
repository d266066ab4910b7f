"""Every call that the emulator sees becomes a cassette, whoever is in it."""

import logging
from pathlib import Path

import pytest
from customer import Customer

from twilio_emulator import TwilioEmulator
from twilio_wire.cassette import CassetteError, CassetteExists, DigitEntry, VerbEntry, read_cassette

NUMBER, OTHER = "+15550001111", "+15550002222"
CALLER, CALLEE = "+15557770001", "+15557770002"
MENU = '<Response><Gather numDigits="1" action="/choice"><Say>Press one.</Say></Gather></Response>'


async def test_a_call_on_a_phone_is_the_same_cassette_as_the_lines_own(
    twilio: TwilioEmulator, customer: Customer, tmp_path: Path
) -> None:
    customer.pages = {"/voice": MENU, "/choice": '<Response><Play digits="7"/><Hangup/></Response>'}
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
    twilio.record_calls(tmp_path / "calls")
    for hangs_up in (True, False):
        line = await twilio.handset(CALLER).dial(NUMBER)
        await line.wait_for_speech()
        if hangs_up:
            await line.hang_up()
        else:
            await line.press("1")
            await line.wait_until("completed")
        call = read_cassette(tmp_path / "calls" / line.call_sid)
        assert call == line.call_record.redacted()
        assert call.hung_up_by == ("near" if hangs_up else "far")
    assert len(list((tmp_path / "calls").iterdir())) == 2


async def test_two_numbers_without_a_phone_are_recorded_from_both_legs(
    twilio: TwilioEmulator, customer: Customer, tmp_path: Path
) -> None:
    customer.pages = {
        "/caller": '<Response><Pause length="2"/><Play digits="5"/><Pause length="2"/><Hangup/></Response>',
        "/callee": MENU,
        "/choice": "<Response><Say>Thank you.</Say><Pause length='60'/></Response>",
    }
    twilio.add_number(NUMBER)
    twilio.add_number(OTHER, voice_url=f"{customer.url}/callee")
    twilio.record_calls(tmp_path / "calls")
    twilio.client().calls.create(to=OTHER, from_=NUMBER, url=f"{customer.url}/caller")
    await twilio.wait_until_idle()
    calls = {call.direction: call for call in map(read_cassette, (tmp_path / "calls").iterdir())}
    assert set(calls) == {"inbound", "outbound"}
    asked, asking = calls["inbound"], calls["outbound"]
    assert [entry.digit for entry in asked.entries if isinstance(entry, DigitEntry)] == ["5"]
    assert [entry.verb for entry in asked.entries if isinstance(entry, VerbEntry)] == ["Gather", "Say", "Say", "Pause"]
    assert (asked.hung_up_by, asking.hung_up_by) == ("near", "far")
    assert asking.near.lstrip(b"\xff")[:4000] == asked.far.lstrip(b"\xff")[:4000]
    assert len(asked.far) == len(asked.near) > 4 * 8000


async def test_a_call_that_nobody_answers_is_recorded(twilio: TwilioEmulator, tmp_path: Path) -> None:
    twilio.add_number(NUMBER)
    twilio.handset(CALLEE, behavior="busy")
    twilio.record_calls(tmp_path / "calls")
    call = twilio.client().calls.create(to=CALLEE, from_=NUMBER, twiml="<Response/>")
    await twilio.wait_until_idle()
    recorded = read_cassette(tmp_path / "calls" / call.sid)
    assert (recorded.status, recorded.duration_ms, recorded.hung_up_by) == ("busy", 0, None)


async def test_a_folder_with_something_in_it_is_refused_unless_it_is_said(
    twilio: TwilioEmulator, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(CassetteExists, match="there is something in it already"):
        twilio.record_calls(tmp_path)
    with pytest.raises(CassetteError, match="cannot be written"):
        twilio.record_calls(tmp_path / "notes.txt" / "calls")
    twilio.record_calls(tmp_path, overwrite=True)


async def test_a_call_that_cannot_be_recorded_is_held_all_the_same(
    twilio: TwilioEmulator, customer: Customer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    customer.pages = {"/voice": "<Response><Say>Hello.</Say></Response>"}
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    twilio.record_calls(tmp_path / "calls")
    (tmp_path / "calls").rmdir()
    (tmp_path / "calls").touch()
    with caplog.at_level(logging.ERROR):
        line = await twilio.handset(CALLER).dial(NUMBER)
        await line.wait_until("completed")
    assert f"Call {line.call_sid} is not recorded: " in caplog.text
    assert line.heard.seconds > 0
