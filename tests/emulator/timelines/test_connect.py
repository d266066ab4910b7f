"""`<Connect><Stream>`, to the millisecond."""

from stream_app import Message, Stream
from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import Connect, VoiceResponse


@golden_timeline(repetitions=50)
async def test_an_app_echoes_the_caller_and_then_closes_its_socket(scene: Scene) -> None:
    async def echo(stream: Stream, message: Message) -> None:
        if message["event"] == "media" and int(message["media"]["chunk"]) <= 50:
            await stream.echo(message)
        elif message["event"] == "media" and message["media"]["chunk"] == "51":
            await stream.mark("enough")
        elif message["event"] == "mark":
            await stream.socket.close()

    response = VoiceResponse()
    connect = Connect(action="/after")
    stream = connect.stream(url=scene.streams.url, status_callback=f"{scene.customer.url}/stream")
    stream.parameter(name="tier", value="gold")
    response.append(connect)
    after = VoiceResponse()
    after.say("The app has left.")
    scene.pages["/voice"], scene.pages["/after"] = response, after
    scene.streams.react = echo
    line = await scene.dial()
    await line.press("159")
    await line.wait_until("completed")
