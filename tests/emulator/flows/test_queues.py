"""Callers in a queue: what they hear, where they stand, and every way out but an agent."""

import pytest
from customer import Customer
from journal_views import codes, spoken
from rest_bench import refusal
from sounds import seconds_of, tone_pcm
from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator import Line, TwilioEmulator
from twilio_emulator.journal import QueueMoved
from twilio_emulator.media.hold_music import hold_music
from twilio_wire import g711
from twilio_wire.audio import wav_bytes

NUMBER = "+15550001111"
CALLERS = ("+15557770001", "+15557770002", "+15557770003")


def enqueue(name: str = "support", **attributes: object) -> str:
    response = VoiceResponse()
    response.enqueue(name, **attributes)
    response.say("Nobody is there.")
    return str(response)


@pytest.fixture(autouse=True)
def number(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    customer.pages["/voice"] = enqueue(action="/out", wait_url="/wait")
    customer.pages["/wait"] = "<Response><Pause length='60'/></Response>"
    customer.pages["/out"] = "<Response><Say>Goodbye.</Say></Response>"


async def call_in(twilio: TwilioEmulator, caller: str = CALLERS[0]) -> Line:
    """Somebody calls, and is in the queue a second later."""
    line = await twilio.handset(caller).dial(NUMBER)
    await line.wait_until("in-progress")
    await line.silence(1)
    return line


def moves(twilio: TwilioEmulator) -> list[tuple[str, str]]:
    return [(entry.event, entry.detail) for entry in twilio.journal.of(QueueMoved)]


async def test_a_caller_hears_music_all_the_while(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/voice"] = enqueue()
    line = await call_in(twilio)
    await line.silence(30)
    await line.hang_up()
    heard, music = line.heard.pcm.tobytes(), g711.decode(hold_music()).tobytes()
    frame = 2 * g711.FRAME_BYTES
    begins = heard.find(music)
    assert 0 <= begins <= frame, "from the answer on"
    assert begins + len(music) <= heard.find(music, begins + 1) <= begins + len(music) + frame, "and round again"


async def test_a_caller_hears_the_apps_own_music_again_and_again(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.files["/tone.wav"] = ("audio/wav", wav_bytes(tone_pcm(600, 2.0)))
    customer.pages["/voice"] = enqueue(wait_url="/tone.wav", wait_url_method="GET")
    line = await call_in(twilio)
    await line.silence(9)
    await line.hang_up()
    assert seconds_of(600, line.heard.pcm) == pytest.approx(10, abs=0.2)
    requests = [seen for seen in customer.seen if seen.path == "/tone.wav"]
    assert {seen.method for seen in requests} == {"GET"}
    assert [int(seen.form["QueueTime"]) for seen in requests] == [0, 2, 4, 6, 8, 10][: len(requests)]


async def test_callers_are_told_their_place(twilio: TwilioEmulator, customer: Customer) -> None:
    lines = []
    for caller in CALLERS:
        lines.append(await call_in(twilio, caller))
        await lines[-1].silence(9)
    await lines[0].hang_up()
    await lines[1].silence(50)
    queue = twilio.client().queues.list()[0]
    told = [(form["CallSid"], form["QueuePosition"], form["CurrentQueueSize"]) for form in customer.forms("/wait")]
    assert [(sid, place, size) for sid, place, size in told if sid == lines[1].call_sid] == [
        (lines[1].call_sid, "2", "2"),
        (lines[1].call_sid, "1", "2"),
    ]
    first = customer.forms("/wait")[2]
    assert (first["QueueSid"], first["QueueTime"], first["AvgQueueTime"]) == (queue.sid, "0", "10")
    assert first["MaxQueueSize"] == "1000"
    assert (queue.friendly_name, queue.current_size) == ("support", 2)
    members = twilio.client().queues(queue.sid).members.list()
    assert [(member.call_sid, member.position) for member in members] == [
        (lines[1].call_sid, 1),
        (lines[2].call_sid, 2),
    ]
    assert members[0].wait_time > members[1].wait_time > 40


async def test_a_caller_who_hangs_up_leaves_the_queue_and_the_action_is_told(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    line = await call_in(twilio)
    await line.hang_up()
    await twilio.wait_until_idle()
    (form,) = customer.forms("/out")
    queue = twilio.client().queues.list()[0]
    assert (form["QueueResult"], form["QueueSid"], form["QueueTime"]) == ("hangup", queue.sid, "1")
    assert form["CallStatus"] == "completed"
    assert (queue.current_size, spoken(twilio)) == (0, []), "nobody carries out what the action answers"
    assert moves(twilio) == [("entered", "as number 1"), ("left", "the call is over, or was redirected")]


async def test_leave_takes_a_caller_out_and_on(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/wait"] = "<Response><Say>We are closed.</Say><Leave/></Response>"
    customer.pages["/voice"] = enqueue(wait_url="/wait")
    line = await call_in(twilio)
    await line.wait_until("completed")
    assert spoken(twilio) == ["We are closed.", "Nobody is there."]
    assert twilio.client().queues.list()[0].current_size == 0


async def test_a_key_in_the_queue_leads_out_of_it(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/wait"] = "<Response><Gather numDigits='1' action='/key' timeout='60'/></Response>"
    customer.pages["/key"] = lambda form: "<Response><Leave/></Response>" if form["Digits"] == "1" else "<Response/>"
    line = await call_in(twilio)
    await line.press("2")
    await line.silence(1)
    assert twilio.client().queues.list()[0].current_size == 1
    await line.press("1")
    await line.wait_until("completed")
    assert [form["QueueResult"] for form in customer.forms("/out")] == ["leave"]
    assert spoken(twilio) == ["Goodbye."]


async def test_a_wait_document_that_hangs_up_ends_the_call_and_the_action_is_told(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/wait"] = "<Response><Say>Call again.</Say><Hangup/></Response>"
    line = await twilio.handset(CALLERS[0]).dial(NUMBER)
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    (form,) = customer.forms("/out")
    assert (form["QueueResult"], form["CallStatus"]) == ("hangup", "completed")
    assert spoken(twilio) == ["Call again."]


async def test_rest_takes_the_front_out_and_the_action_is_told_at_once(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/next"] = "<Response><Say>Next, please.</Say></Response>"
    first, second = await call_in(twilio, CALLERS[0]), await call_in(twilio, CALLERS[1])
    queue = twilio.client().queues.list()[0]
    members = twilio.client().queues(queue.sid).members
    assert members("Front").update(url=f"{customer.url}/next", method="GET").call_sid == first.call_sid
    await first.wait_until("completed")
    (form,) = customer.forms("/out")
    assert (form["CallSid"], form["QueueResult"], form["QueueTime"]) == (first.call_sid, "redirected", "2")
    assert form["CallStatus"] == "in-progress"
    assert [seen.method for seen in customer.seen if seen.path == "/next"] == ["GET"]
    assert spoken(twilio) == ["Next, please."], "the action has no say"
    assert [member.call_sid for member in members.list()] == [second.call_sid]
    assert refusal(members(first.call_sid).update, url=f"{customer.url}/next") == (404, 20404)


async def test_a_queue_that_is_full_lets_nobody_in(twilio: TwilioEmulator, customer: Customer) -> None:
    queue = twilio.client().queues.create(friendly_name="support", max_size=1)
    await call_in(twilio, CALLERS[0])
    line = await twilio.handset(CALLERS[1]).dial(NUMBER)
    await line.wait_until("completed")
    (form,) = customer.forms("/out")
    assert form["QueueResult"] == "queue-full"
    assert not {"QueueSid", "QueueTime"} & set(form)
    assert (codes(twilio), spoken(twilio)) == ([14207], ["Goodbye."])
    assert twilio.client().queues(queue.sid).fetch().current_size == 1
    assert len(twilio.client().queues.list()) == 1, "the queue that REST made is the one"


async def test_a_queue_stays_until_it_is_deleted_which_needs_it_empty(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    line = await call_in(twilio)
    queue = twilio.client().queues.list()[0]
    assert refusal(queue.delete) == (409, 20009)
    await line.hang_up()
    assert queue.delete()
    await call_in(twilio)
    assert twilio.client().queues.list()[0].sid != queue.sid


async def test_every_account_has_queues_of_its_own(twilio: TwilioEmulator, customer: Customer) -> None:
    client = twilio.client()
    sub = client.api.v2010.accounts.create(friendly_name="sub")
    client.api.v2010.accounts(sub.sid).queues.create(friendly_name="support", max_size=1)
    await call_in(twilio, CALLERS[0])
    await call_in(twilio, CALLERS[1])
    assert [queue.current_size for queue in client.queues.list()] == [2]
    assert [queue.current_size for queue in client.api.v2010.accounts(sub.sid).queues.list()] == [0]


async def test_a_call_that_is_deleted_later_leaves_no_trace_in_the_queue(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    line = await call_in(twilio)
    sid = twilio.client().queues.list()[0].sid
    twilio.client().calls(line.call_sid).update(status="completed")
    await twilio.wait_for_call(line.call_sid)
    twilio.client().calls(line.call_sid).delete()
    assert twilio.client().queues(sid).members.list() == []
