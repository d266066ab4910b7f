"""`<Say>`, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import VoiceResponse


@golden_timeline(repetitions=50)
async def test_a_text_is_said_twice_and_the_call_ends_with_the_document(scene: Scene) -> None:
    response = VoiceResponse()
    response.say("Welcome to the garden.", loop=2)
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("completed")
