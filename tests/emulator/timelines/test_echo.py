"""`<Echo>`, to the millisecond."""

from sounds import tone_line
from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import VoiceResponse


@golden_timeline(repetitions=50)
async def test_a_caller_hears_itself_until_other_twiml_takes_over(scene: Scene) -> None:
    response, goodbye = VoiceResponse(), VoiceResponse()
    response.echo()
    response.say("Never said.")
    goodbye.say("Goodbye.")
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("in-progress")
    await line.silence(0.5)
    await line.play(tone_line(440, 1.0))
    await line.silence(0.5)
    scene.redirect(line, twiml=str(goodbye))
    await line.play(tone_line(880, 0.3))
    await line.wait_until("completed")
