"""`<Conference>`, to the millisecond."""

from timeline_bench import NUMBER, Scene, golden_timeline
from twilio.twiml.voice_response import Dial, VoiceResponse

GUEST = "+15557770002"
EVERYTHING = "start end join leave mute hold modify speaker announcement"


def conference(*, action: str = "", **attributes: object) -> VoiceResponse:
    response, dial = VoiceResponse(), Dial(**({"action": action} if action else {}))
    dial.conference("Room 1234", **attributes)
    response.append(dial)
    return response


@golden_timeline(repetitions=50)
async def test_a_caller_waits_for_a_moderator_who_ends_it(scene: Scene) -> None:
    waiting, done = VoiceResponse(), VoiceResponse()
    waiting.say("Please wait.")
    waiting.pause(length=30)
    done.say("Thank you.")
    scene.pages["/wait"], scene.pages["/done"] = waiting, done
    scene.pages["/voice"] = conference(
        action="/done",
        start_conference_on_enter=False,
        participant_label="caller",
        wait_url="/wait",
        record="record-from-start",
        recording_status_callback="/recording",
        recording_status_callback_event="in-progress completed",
        status_callback="/events",
        status_callback_event=EVERYTHING,
    )
    line = await scene.dial()
    await line.silence(2.0)
    scene.pages["/voice"] = conference(end_conference_on_exit=True)
    moderator = scene.twilio.handset(GUEST)
    guest = scene.watch(await moderator.dial(NUMBER, script=[{"press": "5"}, {"silence": 1}, {"hang_up": True}]))
    await guest.wait_until("completed")
    await line.wait_until("completed")


@golden_timeline()
async def test_a_guest_is_called_in_put_on_hold_and_put_out_by_rest(scene: Scene) -> None:
    announcement = VoiceResponse()
    announcement.say("This call is recorded.")
    scene.pages["/announce"] = announcement
    scene.pages["/voice"] = conference(
        wait_url="", beep="false", status_callback="/events", status_callback_event=EVERYTHING
    )
    line = await scene.dial()
    await line.wait_until("in-progress")
    phone = scene.twilio.handset(GUEST)
    participants = scene.twilio.client().conferences("Room 1234").participants
    called = participants.create(to=GUEST, from_=NUMBER, label="guest", beep="onExit")
    scene.watch(await phone.next_call())
    await line.silence(2.0)
    room = scene.twilio.client().conferences(called.conference_sid)
    room.update(announce_url=f"{scene.customer.url}/announce")
    await line.silence(2.0)
    for changes in ({"hold": True}, {"hold": False}, {"muted": True}):
        room.participants("guest").update(**changes)
        await line.silence(0.5)
    room.participants("guest").delete()
    await line.silence(0.5)
    await line.hang_up()
