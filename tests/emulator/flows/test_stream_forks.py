"""`<Start><Stream>`: the app listens beside a call that goes on by itself."""

from customer import Customer
from journal_views import codes, spoken, warnings
from stream_app import Message, Stream, StreamApp

from twilio_emulator import Line, TwilioEmulator
from twilio_wire.audio import from_ulaw

NUMBER = "+15550001111"
CALLER = "+15557770001"
EVERY_CODE = bytes(range(256)) * 25


async def dial(twilio: TwilioEmulator, customer: Customer, verbs: str) -> Line:
    customer.pages["/voice"] = f"<Response>{verbs}</Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    return line


def start(streams: StreamApp, attributes: str = "") -> str:
    return f"<Start><Stream url='{streams.url}' {attributes}/></Start>"


async def test_a_fork_of_both_tracks_hears_the_whole_call(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(
        twilio, customer, start(streams, "track='both_tracks'") + "<Say>Hello there.</Say><Pause length='2'/>"
    )
    await line.play(EVERY_CODE)
    await line.wait_until("completed")
    assert streams.events == ["connected", "start", "media", "stop"]
    assert streams.of("start")[0]["start"]["tracks"] == ["inbound", "outbound"]
    assert EVERY_CODE in streams.audio("inbound")
    for track, of_the_phone in (("inbound", line.said), ("outbound", line.heard)):
        assert (from_ulaw(streams.audio(track)).pcm == of_the_phone.pcm).all()
    assert line.heard.seconds > 2.0
    assert len(streams.audio("inbound")) == len(streams.audio("outbound"))


async def test_a_fork_hears_only_the_caller_unless_it_asks_for_more(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, start(streams) + "<Say>Hello there.</Say><Pause/>")
    await line.wait_until("completed")
    assert streams.of("start")[0]["start"]["tracks"] == ["inbound"]
    assert {message["media"]["track"] for message in streams.of("media")} == {"inbound"}


async def test_a_fork_is_stopped_by_its_name_and_the_call_goes_on(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    callback = f"name='ear' statusCallback='{customer.url}/stream_status'"
    stop = "<Stop><Stream name='ear'/></Stop>"
    line = await dial(twilio, customer, f"{start(streams, callback)}<Pause/>{stop}<Say>After.</Say>")
    await line.wait_until("completed")
    assert streams.events == ["connected", "start", "media", "stop"]
    assert len(streams.of("media")) in (49, 50)
    assert spoken(twilio) == ["After."]
    forms = customer.forms("/stream_status")
    assert [(form["StreamEvent"], form["StreamName"]) for form in forms] == [
        ("stream-started", "ear"),
        ("stream-stopped", "ear"),
    ]


async def test_stopping_a_fork_that_is_not_there_is_a_warning(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(
        twilio, customer, start(streams, "name='ear'") + "<Stop><Stream name='eye'/></Stop><Say>After.</Say>"
    )
    await line.wait_until("completed")
    assert "'eye'" in warnings(twilio)
    assert spoken(twilio) == ["After."]


async def test_a_second_fork_of_a_name_is_not_started_until_the_first_has_stopped(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    ears = start(streams, "name='ears'")
    again = f"<Pause/><Stop><Stream name='ears'/></Stop>{ears}<Pause/>"
    line = await dial(twilio, customer, f"{ears}{ears}{again}")
    await line.wait_until("completed")
    assert len(streams.of("start")) == len(streams.of("stop")) == 2
    assert warnings(twilio).count("A stream named 'ears' runs on this call already") == 1
    assert "names must be unique: this one was not started." in warnings(twilio)


async def test_a_conversation_with_the_name_of_a_fork_is_opened_with_a_warning(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    connect = f"<Connect><Stream url='{streams.url}' name='ears'/></Connect>"
    line = await dial(twilio, customer, start(streams, "name='ears'") + connect)
    await line.silence(1)
    assert len(streams.of("start")) == 2
    assert "names must be unique: they cannot be told apart." in warnings(twilio)


async def test_a_call_has_four_forked_tracks_and_no_more(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    tracks = ("both_tracks", "inbound_track", "both_tracks", "outbound_track", "inbound_track")
    verbs = "".join(start(streams, f"track='{track}' name='{number}'") for number, track in enumerate(tracks))
    connect = f"<Connect><Stream url='{streams.url}'/></Connect>"
    line = await dial(twilio, customer, verbs + connect)
    await line.silence(1)
    started = [message["start"]["tracks"] for message in streams.of("start")]
    assert started == [["inbound", "outbound"], ["inbound"], ["outbound"], ["inbound"]]  # the last is the conversation
    assert "forked tracks; the stream '2' was not started." in warnings(twilio)
    assert "forked tracks; the stream '4' was not started." in warnings(twilio)


async def test_a_fork_that_the_app_closes_does_not_disturb_the_call(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def close(stream: Stream, message: Message) -> None:
        if message["event"] == "media":
            await stream.socket.close()

    streams.react = close
    line = await dial(twilio, customer, start(streams) + "<Say>Hello there.</Say>")
    await line.wait_until("completed")
    assert spoken(twilio) == ["Hello there."]
    assert len(streams.of("media")) == 1
    assert line.heard.seconds > 0.5


async def test_a_fork_cannot_be_opened_and_the_call_goes_on(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    streams.refuse_with = 404
    line = await dial(twilio, customer, start(streams) + "<Say>Hello there.</Say>")
    await line.wait_until("completed")
    assert (spoken(twilio), codes(twilio)) == (["Hello there."], [31920])


async def test_a_fork_listens_on_while_other_twiml_takes_over(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, start(streams) + "<Pause length='60'/>")
    twilio.client().calls(line.call_sid).update(twiml="<Response><Pause/><Say>New words.</Say></Response>")
    await line.play(EVERY_CODE)
    await line.wait_until("completed")
    assert EVERY_CODE in streams.audio()
    assert (streams.events, spoken(twilio)) == (["connected", "start", "media", "stop"], ["New words."])


async def test_a_fork_and_a_conversation_share_a_call(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def talk(stream: Stream, message: Message) -> None:
        if message["event"] == "start" and message["start"]["tracks"] == ["inbound"]:
            await stream.play(EVERY_CODE)

    streams.react = talk
    connect = f"<Connect><Stream url='{streams.url}'/></Connect>"
    line = await dial(twilio, customer, start(streams, "track='outbound_track'") + connect)
    await line.silence(1.5)
    await line.hang_up()
    assert EVERY_CODE in streams.audio("outbound")  # the fork hears what the conversation says
    assert len(streams.of("stop")) == 2


async def test_words_sent_on_a_fork_are_not_heard(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def talk(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.play(bytes(8000))

    streams.react = talk
    line = await dial(twilio, customer, start(streams) + "<Pause length='2'/>")
    await line.wait_until("completed")
    assert not line.heard.pcm.any()
    assert codes(twilio) == [31951]
