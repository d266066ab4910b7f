"""`<Enqueue>` and what happens in a queue, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import VoiceResponse


def enqueue(**attributes: object) -> VoiceResponse:
    response = VoiceResponse()
    response.enqueue("support", **attributes)
    response.say("Nobody is there.")
    return response


def music() -> VoiceResponse:
    response = VoiceResponse()
    response.say("Please wait.")
    response.pause(length=2)
    return response


@golden_timeline(repetitions=50)
async def test_two_callers_wait_and_the_second_moves_up_when_the_first_hangs_up(scene: Scene) -> None:
    scene.pages["/voice"] = enqueue(action="/out", wait_url="/wait")
    scene.pages["/wait"] = music()
    scene.pages["/out"] = VoiceResponse()
    first = await scene.dial()
    await first.silence(1)
    second = scene.watch(await scene.twilio.handset("+15557770002").dial("+15550001111"))
    await second.silence(4)
    await first.hang_up()
    await second.silence(4)
    await second.hang_up()


@golden_timeline()
async def test_music_plays_until_rest_takes_the_front_out(scene: Scene) -> None:
    scene.pages["/voice"] = enqueue(action="/out")
    scene.pages["/next"] = VoiceResponse()
    line = await scene.dial()
    await line.silence(3)
    queue = scene.twilio.client().queues.list()[0]
    scene.twilio.client().queues(queue.sid).members("Front").update(url=f"{scene.customer.url}/next")
    await line.wait_until("completed")


@golden_timeline()
async def test_a_full_queue_turns_a_caller_away(scene: Scene) -> None:
    scene.twilio.client().queues.create(friendly_name="support", max_size=1)
    scene.pages["/voice"] = enqueue(wait_url="")
    first = await scene.dial()
    await first.silence(1)
    second = scene.watch(await scene.twilio.handset("+15557770002").dial("+15550001111"))
    await second.wait_until("completed")
    await first.hang_up()


@golden_timeline()
async def test_a_mistake_in_the_wait_document_is_told_to_the_action(scene: Scene) -> None:
    scene.pages["/voice"] = enqueue(action="/out", wait_url="/wait")
    scene.pages["/wait"] = (500, "")
    scene.pages["/out"] = VoiceResponse()
    line = await scene.dial()
    await line.wait_until("completed")
