"""`<Play>`, to the millisecond."""

from sounds import tone_pcm
from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import VoiceResponse

from twilio_wire.audio import wav_bytes


@golden_timeline(repetitions=50)
async def test_a_file_is_played_twice_and_keys_once(scene: Scene) -> None:
    response = VoiceResponse()
    response.play("/tone.wav", loop=2)
    response.play(digits="1w2W3")
    scene.pages["/voice"] = response
    scene.files["/tone.wav"] = ("audio/wav", wav_bytes(tone_pcm(440, 0.5, rate=16000), rate=16000))
    line = await scene.dial()
    await line.wait_until("completed")


@golden_timeline()
async def test_a_file_that_is_not_there_ends_the_document(scene: Scene) -> None:
    response = VoiceResponse()
    response.play("/missing.wav")
    response.say("Never heard.")
    scene.pages["/voice"] = response
    scene.pages["/missing.wav"] = (404, "no such file")
    line = await scene.dial()
    await line.wait_until("completed")
