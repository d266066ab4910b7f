"""`<Hangup>`, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import VoiceResponse


@golden_timeline(repetitions=50)
async def test_an_unanswered_call_is_answered_to_be_hung_up(scene: Scene) -> None:
    response = VoiceResponse()
    response.hangup()
    response.say("Never heard.")
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("completed")


@golden_timeline()
async def test_it_may_have_parameters(scene: Scene) -> None:
    response = VoiceResponse()
    response.say("Goodbye.")
    response.hangup().parameter(name="why", value="closed")
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("completed")
