"""`<Refer>`, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import Refer, VoiceResponse


@golden_timeline(repetitions=50)
async def test_a_call_that_is_not_sip_cannot_be_referred(scene: Scene) -> None:
    refer = Refer(action="/referred")
    refer.sip("sip:alice@example.com")
    response = VoiceResponse()
    response.append(refer)
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("completed")
