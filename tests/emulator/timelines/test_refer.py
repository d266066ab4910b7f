"""`<Refer>`, to the millisecond."""

from timeline_bench import NUMBER, Scene, golden_timeline
from twilio.twiml.voice_response import Refer, VoiceResponse


@golden_timeline()
async def test_a_call_that_is_not_sip_cannot_be_referred(scene: Scene) -> None:
    refer = Refer(action="/referred")
    refer.sip("sip:alice@example.com")
    response = VoiceResponse()
    response.append(refer)
    scene.pages["/voice"] = response
    line = await scene.dial()
    await line.wait_until("completed")


@golden_timeline(repetitions=50)
async def test_a_sip_user_is_referred(scene: Scene) -> None:
    refer = Refer(action="/referred")
    refer.sip("sip:alice@example.com")
    response = VoiceResponse()
    response.append(refer)
    scene.pages["/voice"] = response
    scene.pages["/referred"] = VoiceResponse()
    bob = scene.twilio.handset("sip:bob@example.com", behavior="ring")
    scene.twilio.client().calls.create(to="sip:bob@example.com", from_=NUMBER, url=f"{scene.customer.url}/voice")
    line = await scene.take_call(bob)
    await line.wait_until("completed")


@golden_timeline()
async def test_a_sip_user_who_refuses_goes_on(scene: Scene) -> None:
    response = VoiceResponse()
    response.append(refer := Refer())
    refer.sip("sip:alice@example.com")
    response.say("We could not transfer you.")
    scene.pages["/voice"] = response
    bob = scene.twilio.handset("sip:bob@example.com", behavior="ring", on_refer="reject")
    scene.twilio.client().calls.create(to="sip:bob@example.com", from_=NUMBER, url=f"{scene.customer.url}/voice")
    line = await scene.take_call(bob)
    await line.wait_until("completed")
