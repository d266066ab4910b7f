"""`<Gather>` of speech, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import Gather, VoiceResponse


def question(**attributes: object) -> VoiceResponse:
    response = VoiceResponse()
    gather = Gather(action="/said", **{"input": "speech", "speech_timeout": "auto", **attributes})
    gather.say("How can I help you?")
    response.append(gather)
    response.say("You said nothing.")
    return response


@golden_timeline(repetitions=50)
async def test_words_are_told_as_they_end_and_all_of_them_at_the_pause(scene: Scene) -> None:
    scene.pages["/voice"] = question(partial_result_callback="/partial")
    scene.pages["/said"] = VoiceResponse()
    line = await scene.dial()
    await line.wait_for_silence(0.3)
    await line.say("Yes, please.")
    await line.wait_until("completed")


@golden_timeline()
async def test_speech_stops_the_prompt_and_the_pause_that_ends_it_is_given(scene: Scene) -> None:
    scene.pages["/voice"] = question(speech_timeout=2, input="dtmf speech")
    scene.pages["/said"] = VoiceResponse()
    line = await scene.dial()
    await line.wait_for_speech()
    await line.say("Help.", confidence=0.4)
    await line.wait_until("completed")


@golden_timeline()
async def test_a_caller_who_does_not_speak_goes_on_to_the_next_verb(scene: Scene) -> None:
    scene.pages["/voice"] = question(timeout=2)
    line = await scene.dial()
    await line.wait_until("completed")
