"""`<Pause>`, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import VoiceResponse


@golden_timeline(repetitions=50)
async def test_a_pause_first_lets_it_ring_and_a_pause_later_is_silence(scene: Scene) -> None:
    response = VoiceResponse()
    response.pause(length=3)
    response.say("Here we are.")
    response.pause()
    response.say("Goodbye.")
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("completed")


@golden_timeline()
async def test_a_document_of_pauses_is_never_answered(scene: Scene) -> None:
    response = VoiceResponse()
    response.pause(length=2)
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("no-answer")
