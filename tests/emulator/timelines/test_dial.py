"""`<Dial>`, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import Application, Client, Dial, VoiceResponse

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


@golden_timeline()
async def test_with_answer_on_bridge_it_rings_until_there_is_somebody_and_is_recorded(scene: Scene) -> None:
    response = VoiceResponse()
    response.dial(
        CALLEE,
        action="/done",
        answer_on_bridge=True,
        hangup_on_star=True,
        record="record-from-answer-dual",
        recording_status_callback="/recorded",
        recording_status_callback_event="in-progress completed",
    )
    scene.pages["/voice"] = response
    scene.pages["/done"] = VoiceResponse()
    phone = callee(scene, answer_after=3.0, script=[{"press": "7"}])
    line = await scene.dial()
    scene.watch(await phone.next_call())
    await line.wait_until("in-progress")
    await line.silence(1.0)
    await line.press("*")
    await line.wait_until("completed")


@golden_timeline()
async def test_the_caller_hangs_up_on_a_conversation(scene: Scene) -> None:
    response = VoiceResponse()
    response.dial(CALLEE, action="/done", time_limit=60)
    scene.pages["/voice"] = response
    phone = callee(scene)
    line = await scene.dial()
    scene.watch(await phone.next_call())
    await line.silence(4.0)
    await line.hang_up()


@golden_timeline()
async def test_one_after_another_a_busy_sip_user_and_a_client(scene: Scene) -> None:
    dial = Dial(action="/done", sequential=True, timeout=20, caller_id="+15550001111")
    dial.sip("sip:bob@example.com?X-Ticket=42", status_callback="/leg/sip")
    client = Client(status_callback="/leg/client", status_callback_event="answered completed")
    client.identity("alice")
    client.parameter(name="ticket", value="42")
    dial.append(client)
    response = VoiceResponse()
    response.append(dial)
    scene.pages["/voice"] = response
    scene.pages["/done"] = VoiceResponse()
    scene.twilio.handset("sip:bob@example.com", behavior="busy")
    alice = scene.twilio.handset("client:alice", script=[{"press": "5"}, {"hang_up": True}])
    line = await scene.dial()
    scene.watch(await alice.next_call())
    await line.wait_until("completed")


@golden_timeline()
async def test_rest_redirects_the_leg_and_each_goes_its_own_way(scene: Scene) -> None:
    response = VoiceResponse()
    response.dial(CALLEE, action="/done")
    alone = VoiceResponse()
    alone.say("You are with us now.")
    after = VoiceResponse()
    after.pause(length=1)
    scene.pages["/voice"] = response
    scene.pages["/done"] = after
    phone = callee(scene)
    line = await scene.dial()
    answered = scene.watch(await phone.next_call())
    await line.silence(3.0)
    scene.redirect(answered, twiml=str(alone))
    await line.wait_until("completed")
    await answered.wait_until("completed")


@golden_timeline()
async def test_an_application_is_a_call_of_its_own(scene: Scene) -> None:
    application = scene.twilio.client().applications.create(
        friendly_name="sales", voice_url=f"{scene.customer.url}/sales"
    )
    dial = Dial(action="/done")
    noun = Application(application.sid, copy_parent_to=True)
    noun.parameter(name="from", value="the menu")
    dial.append(noun)
    response = VoiceResponse()
    response.append(dial)
    sales = VoiceResponse()
    sales.play(digits="9")
    sales.pause(length=1)
    scene.pages["/voice"] = response
    scene.pages["/sales"] = sales
    scene.pages["/done"] = VoiceResponse()
    line = await scene.dial()
    await line.wait_until("completed")


@golden_timeline()
async def test_a_machine_answers_and_is_told_beside_the_conversation(scene: Scene) -> None:
    dial = Dial(action="/done")
    dial.number(CALLEE, machine_detection="Enable", amd_status_callback="/amd", status_callback="/leg")
    response = VoiceResponse()
    response.append(dial)
    scene.pages["/voice"] = response
    scene.pages["/done"] = VoiceResponse()
    phone = callee(scene, answered_by="machine_start")
    line = await scene.dial()
    scene.watch(await phone.next_call())
    await line.silence(5.0)
    await line.hang_up()
