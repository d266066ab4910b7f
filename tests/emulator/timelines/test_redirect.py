"""`<Redirect>`, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import VoiceResponse


@golden_timeline(repetitions=50)
async def test_it_rings_on_until_a_document_answers(scene: Scene) -> None:
    first, second = VoiceResponse(), VoiceResponse()
    first.redirect("steps/second?from=first", method="GET")
    first.say("Never heard.")
    second.say("The second document.")
    second.redirect("third")
    third = VoiceResponse()
    third.say("The third.")
    scene.pages["/voice"], scene.pages["/steps/second"], scene.pages["/steps/third"] = first, second, third
    line = await scene.dial()
    await line.wait_until("completed")


@golden_timeline()
async def test_documents_that_lead_to_themselves_are_stopped(scene: Scene) -> None:
    response = VoiceResponse()
    response.redirect("")
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("completed")
