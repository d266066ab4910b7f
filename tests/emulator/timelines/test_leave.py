"""`<Leave>`, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import Gather, VoiceResponse


@golden_timeline(repetitions=50)
async def test_a_key_in_the_queue_leads_out_of_it_and_on_below_the_enqueue(scene: Scene) -> None:
    voice = VoiceResponse()
    voice.enqueue("support", wait_url="/wait")
    voice.say("We shall call you back.")
    wait, leave = VoiceResponse(), VoiceResponse()
    wait.append(Gather(num_digits=1, action="/leave", timeout=60))
    leave.leave()
    scene.pages["/voice"], scene.pages["/wait"], scene.pages["/leave"] = voice, wait, leave
    line = await scene.dial()
    await line.silence(2)
    await line.press("1")
    await line.wait_until("completed")
