"""`<Start>`, to the millisecond."""

from sounds import tone_line
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


@golden_timeline()
async def test_a_recording_goes_on_to_the_end_of_the_call(scene: Scene) -> None:
    response, other = VoiceResponse(), VoiceResponse()
    start = Start()
    start.recording(
        recording_status_callback=f"{scene.customer.url}/recording",
        recording_status_callback_event="in-progress completed",
    )
    response.append(start)
    response.say("This call is recorded.")
    response.redirect("/other")
    other.say("In this document, too.")
    scene.pages["/voice"], scene.pages["/other"] = response, other
    line = await scene.dial()
    await line.play(tone_line(440, 1.0))
    await line.wait_until("completed")


@golden_timeline()
async def test_a_siprec_session_is_told_and_stopped(scene: Scene) -> None:
    response = VoiceResponse()
    start, stop = Start(), Stop()
    start.siprec(name="ear", connector_name="Recorder", status_callback="/siprec")
    start.siprec(connector_name="Recorder", status_callback="/siprec")
    start.siprec(name="third", connector_name="Recorder", status_callback="/siprec")
    stop.siprec(name="ear")
    response.append(start)
    response.say("Somebody listens.")
    response.append(stop)
    response.pause(length=1)
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("completed")
