"""What REST starts beside a call: forks, SIPREC, transcriptions, user-defined messages."""

import pytest
from customer import Customer
from journal_views import codes
from sounds import tone_line
from stream_app import StreamApp
from twilio.base.exceptions import TwilioRestException

from twilio_emulator import Line, TwilioEmulator
from twilio_emulator.journal import Problem, SidecarMoved

NUMBER = "+15550001111"
CALLER = "+15557770001"


@pytest.fixture
async def line(twilio: TwilioEmulator, customer: Customer) -> Line:
    """A call that listens for a minute."""
    customer.pages["/voice"] = "<Response><Say>Hi.</Say><Pause length='60'/></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    return line


def refusal(action: object, **arguments: object) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as refused:
        action(**arguments)
    return refused.value.status, refused.value.code


async def test_a_fork_hears_the_call_until_it_is_stopped(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp, line: Line
) -> None:
    call = twilio.client().calls(line.call_sid)
    stream = call.streams.create(
        url=streams.url,
        name="ear",
        status_callback=f"{customer.url}/stream",
        parameter1_name="who",
        parameter1_value="me",
    )
    assert (stream.status, stream.name, stream.sid[:2]) == ("in-progress", "ear", "MZ")
    sound = tone_line(440, 1.0)
    await line.play(sound)
    stopped = call.streams("ear").update(status="stopped")
    assert (stopped.status, stopped.sid) == ("stopped", stream.sid)
    await line.play(tone_line(800, 1.0))
    await line.hang_up()
    await twilio.wait_until_idle()
    [start] = streams.of("start")
    assert start["start"]["customParameters"] == {"who": "me"}
    assert start["start"]["streamSid"] == stream.sid
    assert streams.audio("inbound").strip(b"\xff") == sound.strip(b"\xff")
    assert [form["StreamEvent"] for form in customer.forms("/stream")] == ["stream-started", "stream-stopped"]


async def test_a_forks_url_may_be_relative_to_that_of_the_twiml(
    twilio: TwilioEmulator, streams: StreamApp, line: Line
) -> None:
    twilio.client().calls(line.call_sid).streams.create(url=streams.url.removeprefix("ws:"))
    await line.silence(0.5)
    assert streams.events[:2] == ["connected", "start"]


async def test_a_forks_parameter_of_500_characters_is_dropped_with_a_warning(
    twilio: TwilioEmulator, streams: StreamApp, line: Line
) -> None:
    twilio.client().calls(line.call_sid).streams.create(
        url=streams.url,
        parameter1_name="name",
        parameter1_value="x" * 496,
        parameter2_name="name",
        parameter2_value="x" * 495,
    )
    await line.silence(0.5)
    assert streams.of("start")[0]["start"]["customParameters"] == {"name": "x" * 495}
    [warning] = [problem for problem in twilio.journal.of(Problem) if "500" in problem.message]
    assert warning.message == "Parameter1: name and value have 500 characters; it is dropped."


async def test_a_fork_of_twiml_is_stopped_by_rest_and_by_its_name(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    fork = f"<Start><Stream url='{streams.url}' name='ear'/></Start><Pause length='60'/>"
    customer.pages["/voice"] = f"<Response>{fork}</Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    await line.silence(0.5)
    assert twilio.client().calls(line.call_sid).streams("ear").update(status="stopped").status == "stopped"
    await line.silence(0.5)
    assert streams.events[-1] == "stop"


async def test_a_stream_that_has_stopped_stays_stopped(twilio: TwilioEmulator, streams: StreamApp, line: Line) -> None:
    call = twilio.client().calls(line.call_sid)
    stream = call.streams.create(url=streams.url)
    await line.hang_up()
    await twilio.wait_until_idle()
    assert call.streams(stream.sid).update(status="stopped").status == "stopped"


async def test_two_streams_of_one_name_and_more_than_four_tracks_are_refused(
    twilio: TwilioEmulator, streams: StreamApp, line: Line
) -> None:
    call = twilio.client().calls(line.call_sid)
    call.streams.create(url=streams.url, name="ear", track="both_tracks")
    assert refusal(call.streams.create, url=streams.url, name="ear") == (400, 20001)
    call.siprec.create(name="ear", track="both_tracks")
    assert refusal(call.transcriptions.create) == (400, 20001)
    call.siprec("ear").update(status="stopped")
    assert call.transcriptions.create().status == "in-progress"


@pytest.mark.parametrize(("resource", "prefix"), [("siprec", "SR"), ("transcriptions", "GT")])
async def test_siprec_and_transcriptions_are_taken_noted_and_stopped(
    twilio: TwilioEmulator, line: Line, resource: str, prefix: str
) -> None:
    resources = getattr(twilio.client().calls(line.call_sid), resource)
    begun = resources.create(name="ear")
    assert (begun.status, begun.name, begun.sid[:2]) == ("in-progress", "ear", prefix)
    assert resources(begun.sid).update(status="stopped").status == "stopped"
    again = resources.create(name="ear")
    assert again.sid != begun.sid
    await line.hang_up()
    await twilio.wait_until_idle()
    moves = [(entry.sid, entry.event) for entry in twilio.journal.of(SidecarMoved, call_sid=line.call_sid)]
    assert moves == [
        (begun.sid, "began"), (begun.sid, "stopped"), (again.sid, "began"), (again.sid, "stopped"),
    ]  # fmt: skip


async def test_stopping_is_all_that_can_be_done_to_them(twilio: TwilioEmulator, line: Line) -> None:
    siprec = twilio.client().calls(line.call_sid).siprec
    begun = siprec.create()
    assert refusal(begun.update, status="paused") == (400, 20001)
    assert refusal(siprec("nobody").update, status="stopped") == (404, 20404)


async def test_messages_are_noted_and_subscriptions_come_and_go(
    twilio: TwilioEmulator, customer: Customer, line: Line
) -> None:
    call = twilio.client().calls(line.call_sid)
    message = call.user_defined_messages.create(content='{"colour": "red"}')
    assert message.sid.startswith("KX")
    subscription = call.user_defined_message_subscriptions.create(callback=f"{customer.url}/message")
    assert subscription.sid.startswith("ZY")
    assert call.user_defined_message_subscriptions(subscription.sid).delete()
    assert refusal(call.user_defined_message_subscriptions(subscription.sid).delete) == (404, 20404)
    moves = [(entry.event, entry.detail) for entry in twilio.journal.of(SidecarMoved, call_sid=line.call_sid)]
    assert moves[0] == ("sent", '{"colour": "red"}')
    assert [event for event, _ in moves] == ["sent", "began", "ended"]
    assert codes(twilio) == []


async def test_nothing_of_this_can_be_done_to_a_call_that_is_over(twilio: TwilioEmulator, line: Line) -> None:
    await line.hang_up()
    await twilio.wait_until_idle()
    call = twilio.client().calls(line.call_sid)
    assert refusal(call.streams.create, url="wss://app.example/") == (400, 21220)
    assert refusal(call.siprec.create) == (400, 21220)
    assert refusal(call.transcriptions.create) == (400, 21220)
    assert refusal(call.recordings.create) == (400, 21220)
    assert refusal(call.user_defined_messages.create, content="{}") == (400, 31211)
