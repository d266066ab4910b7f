"""`<Reject>`, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import VoiceResponse


@golden_timeline(repetitions=50)
async def test_a_caller_is_refused(scene: Scene) -> None:
    response = VoiceResponse()
    response.pause(length=2)
    response.reject()
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("no-answer")


@golden_timeline()
async def test_a_caller_hears_that_it_is_busy(scene: Scene) -> None:
    response = VoiceResponse()
    response.reject(reason="busy").parameter(name="why", value="lunch")
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("busy")


@golden_timeline()
async def test_a_call_that_was_answered_can_only_be_hung_up(scene: Scene) -> None:
    response = VoiceResponse()
    response.say("One moment.")
    response.reject()
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("completed")
