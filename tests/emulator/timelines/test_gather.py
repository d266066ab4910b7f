"""`<Gather>` of keys, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import Gather, VoiceResponse


def menu(**attributes: object) -> VoiceResponse:
    response = VoiceResponse()
    gather = Gather(action="/choice", **attributes)
    gather.say("Press one for sales, two for support.")
    gather.pause(length=1)
    response.append(gather)
    response.say("You pressed nothing.")
    return response


@golden_timeline(repetitions=50)
async def test_keys_stop_the_prompt_and_the_finishing_key_asks_the_action(scene: Scene) -> None:
    scene.pages["/voice"] = menu(timeout=4)
    scene.pages["/choice"] = VoiceResponse()
    line = await scene.dial()
    await line.wait_for_speech()
    await line.press("12w34#")
    await line.wait_until("completed")


@golden_timeline()
async def test_the_timeout_counts_from_the_end_of_the_prompts(scene: Scene) -> None:
    scene.pages["/voice"] = menu(num_digits=1, timeout=4)
    line = await scene.dial()
    await line.wait_until("completed")


@golden_timeline()
async def test_an_empty_result_can_be_asked_for(scene: Scene) -> None:
    scene.pages["/voice"] = menu(num_digits=1, timeout=2, action_on_empty_result=True)
    scene.pages["/choice"] = VoiceResponse()
    line = await scene.dial()
    await line.wait_until("completed")


@golden_timeline()
async def test_a_caller_who_hangs_up_with_keys_pressed_tells_nobody(scene: Scene) -> None:
    scene.pages["/voice"] = menu()
    line = await scene.dial()
    await line.wait_for_speech()
    await line.press("12")
    await line.hang_up()
