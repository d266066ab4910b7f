"""`<Start><Transcription>` and its end, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import Start, Stop, VoiceResponse


@golden_timeline()
async def test_both_sides_are_written_down_until_it_is_stopped(scene: Scene) -> None:
    response = VoiceResponse()
    start = Start()
    start.transcription(name="notes", status_callback_url="/told", partial_results=True, hints="order, pizza")
    response.append(start)
    response.say("Your order?")
    response.pause(length=3)
    stop = Stop()
    stop.transcription(name="notes")
    response.append(stop)
    response.say("Good bye.")
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_for_silence(0.5)
    await line.say("A pizza.")
    await line.wait_until("completed")
