"""Calls that are dialled one after the other, and what the called party sees."""

from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import PhoneActed
from twilio_emulator.quirks import Quirks

NUMBER = "+15550001111"
CALLEE = "+15557770001"
TWIML = "<Response><Hangup/></Response>"


async def test_calls_beyond_the_pace_queue_and_say_how_long_they_did() -> None:
    async with TwilioEmulator(speed="max", speech="murmur", quirks=Quirks(calls_per_second=1)) as twilio:
        twilio.add_number(NUMBER)
        calls = twilio.client().calls
        sids = []
        for number in range(3):
            twilio.handset(f"+1555222000{number}")
            sids.append(calls.create(to=f"+1555222000{number}", from_=NUMBER, twiml=TWIML).sid)
        for sid in sids:
            await twilio.wait_for_call(sid)
        assert [calls(sid).fetch().queue_time for sid in sids] == ["0", "1000", "2000"]


async def test_calls_are_dialled_at_once_unless_they_are_paced(twilio: TwilioEmulator) -> None:
    twilio.add_number(NUMBER)
    calls = twilio.client().calls
    sids = [calls.create(to=f"+1555222000{number}", from_=NUMBER, twiml=TWIML).sid for number in range(3)]
    await twilio.wait_until_idle()
    assert [calls(sid).fetch().queue_time for sid in sids] == ["0", "0", "0"]


async def test_the_called_party_sees_the_caller_id(twilio: TwilioEmulator) -> None:
    twilio.add_number(NUMBER)
    twilio.add_number("+15550002222")
    twilio.handset(CALLEE)
    call = twilio.client().calls.create(to=CALLEE, from_=NUMBER, twiml=TWIML, caller_id="+15550002222")
    await twilio.wait_for_call(call.sid)
    [ringing] = [entry for entry in twilio.journal.of(PhoneActed) if entry.action == "rings"]
    assert ringing.detail == "(call from +15550002222)"
    assert twilio.client().calls(call.sid).fetch()._from == NUMBER
