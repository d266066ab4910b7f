"""Agents who dial a queue: who gets whom, what both hear, and how it ends for either side."""

import pytest
from customer import Customer
from journal_views import codes, spoken
from sounds import seconds_of, tone_line
from twilio.twiml.voice_response import Dial, VoiceResponse

from twilio_emulator import Line, TwilioEmulator
from twilio_emulator.journal import PartiesTalked, QueueMoved

NUMBER, DESK = "+15550001111", "+15550002222"
CALLERS = ("+15557770001", "+15557770002", "+15557770003")
AGENTS = ("+15558880001", "+15558880002")
RINGBACK_HZ = 460
"""Between its two."""


def dial_queue(name: str = "support", noun: dict[str, object] | None = None, **attributes: object) -> str:
    response = VoiceResponse()
    dial = Dial(**{"action": "/done"} | attributes)
    dial.queue(name, **noun or {})
    response.append(dial)
    return str(response)


@pytest.fixture(autouse=True)
def numbers(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    twilio.add_number(DESK, voice_url=f"{customer.url}/desk")
    customer.pages["/voice"] = "<Response><Enqueue action='/out' waitUrl=''>support</Enqueue></Response>"
    customer.pages["/desk"] = dial_queue()
    customer.pages["/out"] = "<Response><Say>How were we?</Say></Response>"
    customer.pages["/done"] = "<Response><Say>Next.</Say></Response>"


async def call_in(twilio: TwilioEmulator, caller: str = CALLERS[0]) -> Line:
    line = await twilio.handset(caller).dial(NUMBER)
    await line.wait_until("in-progress")
    await line.silence(1)
    return line


async def take(twilio: TwilioEmulator, agent: str = AGENTS[0]) -> Line:
    line = await twilio.handset(agent).dial(DESK)
    await line.wait_until("in-progress")
    return line


def results(customer: Customer) -> list[tuple[str, str]]:
    """What the callers' action was told: which call, and how its stay ended."""
    return [(form["CallSid"], form["QueueResult"]) for form in customer.forms("/out")]


def talks(twilio: TwilioEmulator) -> list[tuple[str, str, str]]:
    return [(entry.call_sid, entry.other_call_sid, entry.event) for entry in twilio.journal.of(PartiesTalked)]


async def test_caller_and_agent_hear_each_other(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/out"] = "<Response/>"
    caller = await call_in(twilio)
    agent = await take(twilio)
    await caller.play(tone_line(600, 2.0))
    await agent.play(tone_line(900, 3.0))
    await agent.hang_up()
    await caller.wait_until("completed")
    assert seconds_of(900, caller.heard.pcm) == pytest.approx(3.0, abs=0.1)
    assert seconds_of(600, agent.heard.pcm) == pytest.approx(2.0, abs=0.1)
    assert seconds_of(600, caller.heard.pcm) == 0, "nobody hears itself"
    assert talks(twilio) == [(agent.call_sid, caller.call_sid, what) for what in ("bridged", "parted")]


async def test_when_the_agent_hangs_up_the_callers_action_is_told_after_the_talk(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    caller = await call_in(twilio)
    agent = await take(twilio)
    await agent.silence(10)
    assert customer.forms("/out") == []
    await agent.hang_up()
    await caller.wait_until("completed")
    (form,) = customer.forms("/out")
    assert (form["QueueResult"], form["QueueTime"], form["CallStatus"]) == ("bridged", "1", "in-progress")
    (done,) = customer.forms("/done")
    assert (done["DialCallStatus"], done["DialCallSid"], done["DialBridged"]) == ("completed", caller.call_sid, "true")
    assert (done["DequeueResult"], done["DequeuedCallSid"]) == ("bridged", caller.call_sid)
    assert done["QueueSid"] == form["QueueSid"]
    assert int(done["DialCallDuration"]) == int(done["DequeuedCallDuration"]) == pytest.approx(10, abs=1)
    assert done["CallStatus"] == "completed"
    assert spoken(twilio) == ["How were we?"]


async def test_when_the_caller_hangs_up_the_agent_goes_on(twilio: TwilioEmulator, customer: Customer) -> None:
    caller = await call_in(twilio)
    agent = await take(twilio)
    await caller.silence(5)
    await caller.hang_up()
    await agent.wait_until("completed")
    (form,) = customer.forms("/out")
    assert (form["QueueResult"], form["CallStatus"]) == ("bridged", "completed")
    assert customer.forms("/done")[0]["CallStatus"] == "in-progress"
    assert spoken(twilio) == ["Next."]


async def test_an_agent_who_comes_first_hears_ringing_and_gets_the_first_caller(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    twilio.client().queues.create(friendly_name="support")
    customer.pages["/desk"] = dial_queue(timeout=60)
    agent = await take(twilio)
    await agent.silence(8)
    caller = await twilio.handset(CALLERS[0]).dial(NUMBER)
    await caller.wait_until("in-progress")
    await caller.play(tone_line(900, 1.0))
    assert seconds_of(RINGBACK_HZ, agent.heard.pcm) == pytest.approx(3.8, abs=0.5), "two seconds in six"
    assert seconds_of(900, agent.heard.pcm) == pytest.approx(1.0, abs=0.1)
    assert [entry.event for entry in twilio.journal.of(QueueMoved)] == ["entered", "taken"]


async def test_callers_and_agents_are_served_in_turn(twilio: TwilioEmulator, customer: Customer) -> None:
    callers = [await call_in(twilio, caller) for caller in CALLERS[:2]]
    agents = [await take(twilio, agent) for agent in AGENTS]
    expected = [(agent.call_sid, caller.call_sid, "bridged") for agent, caller in zip(agents, callers, strict=True)]
    assert talks(twilio) == expected
    third = await call_in(twilio, CALLERS[2])
    assert twilio.client().queues.list()[0].current_size == 1
    await agents[1].hang_up()
    await third.hang_up()
    assert results(customer)[-1] == (third.call_sid, "hangup")


async def test_an_empty_queue_is_not_waited_for_longer_than_the_timeout(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    twilio.client().queues.create(friendly_name="support")
    customer.pages["/desk"] = dial_queue(timeout=12)
    agent = await take(twilio)
    await agent.wait_until("completed")
    (done,) = customer.forms("/done")
    assert (done["DialCallStatus"], done["DialBridged"]) == ("no-answer", "false")
    assert agent.heard.seconds == pytest.approx(12.5, abs=0.6)
    caller = await call_in(twilio)
    await caller.silence(5)
    assert twilio.client().queues.list()[0].current_size == 1, "the agent is gone for good"


async def test_an_unknown_queue_fails_at_once(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/desk"] = dial_queue("suport")
    agent = await take(twilio)
    await agent.wait_until("completed")
    assert customer.forms("/done")[0]["DialCallStatus"] == "failed"
    assert twilio.client().queues.list() == [], "dialling makes no queue"


async def test_the_caller_hears_the_agents_document_before_the_agent(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/desk"] = dial_queue(noun={"url": "/whisper"})
    customer.pages["/whisper"] = "<Response><Say>This call is recorded.</Say></Response>"
    caller = await call_in(twilio)
    agent = await take(twilio)
    await agent.silence(3)
    (form,) = customer.forms("/whisper")
    assert (form["CallSid"], form["DequeingCallSid"], form["QueueTime"]) == (caller.call_sid, agent.call_sid, "1")
    assert form["QueueSid"] == twilio.client().queues.list(limit=1)[0].sid
    assert spoken(twilio, caller.call_sid) == ["This call is recorded."]
    assert talks(twilio)[0] == (agent.call_sid, caller.call_sid, "bridged")


LONG = "<Response><Pause length='20'/></Response>"


async def test_a_caller_who_hangs_up_before_the_talk_makes_room_for_the_next(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/desk"] = dial_queue(noun={"url": "/whisper"})
    customer.pages["/whisper"] = LONG
    first, second = await call_in(twilio, CALLERS[0]), await call_in(twilio, CALLERS[1])
    agent = await take(twilio)
    await first.silence(5)
    customer.pages["/whisper"] = "<Response/>"
    await first.hang_up()
    await agent.silence(1)
    assert results(customer) == [(first.call_sid, "hangup")]
    assert talks(twilio) == [(agent.call_sid, second.call_sid, "bridged")]


async def test_an_agent_who_hangs_up_before_the_talk_leaves_a_caller_whose_action_can_help(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/desk"] = dial_queue(noun={"url": "/whisper"})
    customer.pages["/whisper"] = LONG
    customer.pages["/out"] = "<Response><Enqueue action='/out' waitUrl=''>support</Enqueue></Response>"
    caller = await call_in(twilio)
    agent = await take(twilio)
    await agent.silence(5)
    await agent.hang_up()
    await caller.silence(1)
    assert results(customer) == [(caller.call_sid, "bridging-in-process")]
    assert twilio.client().queues.list()[0].current_size == 1, "back in the queue"
    assert talks(twilio) == []
    assert customer.forms("/done")[0]["DialCallStatus"] == "no-answer"


@pytest.mark.parametrize("bridged", [False, True])
async def test_rest_takes_the_caller_away_from_the_agent(
    twilio: TwilioEmulator, customer: Customer, bridged: bool
) -> None:
    customer.pages["/desk"] = dial_queue(noun={} if bridged else {"url": "/whisper"}, timeout=5)
    customer.pages["/whisper"] = LONG
    customer.pages["/new"] = "<Response><Say>Elsewhere.</Say></Response>"
    caller = await call_in(twilio)
    agent = await take(twilio)
    await agent.silence(2)
    twilio.client().calls(caller.call_sid).update(url=f"{customer.url}/new")
    await caller.wait_until("completed")
    await agent.wait_until("completed")
    assert results(customer) == [(caller.call_sid, "redirected-from-bridged" if bridged else "bridging-in-process")]
    assert customer.forms("/done")[0]["DialCallStatus"] == ("completed" if bridged else "no-answer")
    assert spoken(twilio, caller.call_sid) == ["Elsewhere."]


async def test_rest_takes_the_agent_away_from_the_caller(twilio: TwilioEmulator, customer: Customer) -> None:
    caller = await call_in(twilio)
    agent = await take(twilio)
    await agent.silence(2)
    twilio.client().calls(agent.call_sid).update(twiml="<Response><Pause length='9'/></Response>")
    await caller.wait_until("completed")
    assert results(customer) == [(caller.call_sid, "bridged")]
    assert customer.forms("/done") == [], "a Dial that REST ends tells nobody"
    assert agent.status == "in-progress"


async def test_star_frees_the_agent_for_the_next_caller(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/desk"] = customer.pages["/done"] = dial_queue(hangup_on_star=True)
    first, second = await call_in(twilio, CALLERS[0]), await call_in(twilio, CALLERS[1])
    agent = await take(twilio)
    await agent.silence(3)
    await agent.press("*")
    await agent.silence(3)
    expected = [(first.call_sid, "bridged"), (first.call_sid, "parted"), (second.call_sid, "bridged")]
    assert [talk[1:] for talk in talks(twilio)] == expected
    assert results(customer) == [(first.call_sid, "bridged")]


async def test_a_talk_is_recorded_for_the_agent(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/desk"] = dial_queue(record="record-from-answer-dual")
    caller = await call_in(twilio)
    agent = await take(twilio)
    await caller.play(tone_line(900, 2.0))
    await agent.hang_up()
    await twilio.wait_until_idle()
    (recording,) = twilio.client().recordings.list()
    assert (recording.call_sid, recording.source, recording.channels) == (agent.call_sid, "DialVerb", 2)
    assert customer.forms("/done")[0]["RecordingUrl"] == recording.media_url


async def test_an_agents_call_that_rest_places_takes_the_next_caller(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    caller = await call_in(twilio)
    twilio.handset(AGENTS[0], script=[{"silence": 3}, {"hang_up": True}])
    call = twilio.client().calls.create(to=AGENTS[0], from_=NUMBER, twiml=dial_queue(action=None))
    await twilio.wait_for_call(call.sid)
    await caller.wait_until("completed")
    assert results(customer) == [(caller.call_sid, "bridged")]
    assert codes(twilio) == []
