"""`<Start>`, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import Start, Stop, VoiceResponse


@golden_timeline(repetitions=50)
async def test_a_fork_runs_beside_the_verbs_until_it_is_stopped(scene: Scene) -> None:
    response = VoiceResponse()
    start = Start()
    start.stream(
        url=scene.streams.url, name="copy", track="both_tracks", status_callback=f"{scene.customer.url}/stream"
    )
    response.append(start)
    response.say("This call may be copied.")
    stop = Stop()
    stop.stream(name="copy")
    response.append(stop)
    response.pause(length=1)
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("completed")
    await scene.streams.closed()
