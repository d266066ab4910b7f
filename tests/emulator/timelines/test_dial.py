"""`<Dial>`, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import Dial, VoiceResponse

from twilio_emulator import Handset

CALLEE = "+15557770002"
OTHER = "+15557770003"


def callee(scene: Scene, **behavior: object) -> Handset:
    return scene.twilio.handset(CALLEE, **behavior)


@golden_timeline(repetitions=50)
async def test_the_callee_answers_and_hangs_up(scene: Scene) -> None:
    response = VoiceResponse()
    response.dial(CALLEE, action="/done")
    scene.pages["/voice"] = response
    scene.pages["/done"] = VoiceResponse()
    phone = callee(scene, answer_after=7.0, script=[{"press": "5"}, {"silence": 1}, {"hang_up": True}])
    line = await scene.dial(script=[{"press": "1"}])
    scene.watch(await phone.next_call())
    await line.wait_until("completed")


@golden_timeline()
async def test_two_ring_and_the_first_to_pass_the_screening_is_bridged(scene: Scene) -> None:
    dial = Dial(action="/done", caller_id="+15550001111")
    for number in (CALLEE, OTHER):
        dial.number(
            number,
            url="/screen",
            status_callback=f"/leg/{number[-1]}",
            status_callback_event="initiated ringing answered completed",
        )
    response = VoiceResponse()
    response.append(dial)
    screening = VoiceResponse()
    screening.gather(num_digits=1, action="/pressed")
    screening.hangup()
    scene.pages["/voice"] = response
    scene.pages["/screen"] = screening
    scene.pages["/pressed"] = scene.pages["/done"] = VoiceResponse()
    callee(scene)
    scene.twilio.handset(OTHER, answer_after=2.0, script=[{"press": "1"}, {"silence": 2}, {"hang_up": True}])
    line = await scene.dial()
    await line.wait_until("completed")


@golden_timeline()
async def test_nobody_answers_and_the_call_goes_on(scene: Scene) -> None:
    response = VoiceResponse()
    response.dial(CALLEE, timeout=5)
    response.say("Nobody is there.")
    scene.pages["/voice"] = response
    callee(scene, behavior="no-answer")
    line = await scene.dial()
    await line.wait_until("completed")
