"""`<Dial><Queue>`: a caller, an agent, and what both apps are told, to the millisecond."""

from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import Dial, VoiceResponse

from twilio_emulator import Line

DESK, AGENT = "+15550002222", "+15558880001"


async def open_the_desk(scene: Scene, **attributes: object) -> None:
    """A number that agents dial, and the caller's way into the queue."""
    scene.twilio.add_number(DESK, voice_url=f"{scene.customer.url}/desk")
    voice = VoiceResponse()
    voice.enqueue("support", action="/out", wait_url="")
    desk = VoiceResponse()
    dial = Dial(action="/done", timeout=10, hangup_on_star=True)
    dial.queue("support", **attributes)
    desk.append(dial)
    scene.pages["/voice"], scene.pages["/desk"] = voice, desk
    scene.pages["/out"] = scene.pages["/done"] = VoiceResponse()


async def take(scene: Scene) -> Line:
    """An agent dials the queue."""
    line = scene.watch(await scene.twilio.handset(AGENT).dial(DESK))
    await line.wait_until("in-progress")
    return line


@golden_timeline(repetitions=50)
async def test_a_caller_is_told_who_comes_and_the_two_talk(scene: Scene) -> None:
    await open_the_desk(scene, url="/whisper")
    whisper = VoiceResponse()
    whisper.say("Here is an agent.")
    scene.pages["/whisper"] = whisper
    caller = await scene.dial()
    await caller.silence(3)
    agent = await take(scene)
    await agent.silence(3)
    await agent.press("1")
    await agent.silence(1)
    await agent.press("*")
    await agent.wait_until("completed")


@golden_timeline()
async def test_an_agent_waits_in_vain(scene: Scene) -> None:
    scene.twilio.client().queues.create(friendly_name="support")
    await open_the_desk(scene)
    agent = await take(scene)
    await agent.wait_until("completed")


@golden_timeline()
async def test_there_is_no_such_queue(scene: Scene) -> None:
    await open_the_desk(scene)
    agent = await take(scene)
    await agent.wait_until("completed")
