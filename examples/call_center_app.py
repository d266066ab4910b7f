"""The customer's product in `call_center.py`: a small call centre, as a TwiML web app.

Callers choose from a menu and wait in a queue. An agent dials the desk and gets whoever is next; with star the two move
into a conference, which is recorded, and which a coach can dial into: the agent hears the coach, the caller does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web
from ivr_app import signed_by_twilio, twiml
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

MENU = "Welcome. For support, press 1."
QUEUE = "support"


@dataclass
class CallCenter:
    """What the app remembers: who takes care of whom, and what was recorded."""

    agent_of: dict[str, str] = field(default_factory=dict)
    """The agent's call for each room; a room is named after the caller's call."""
    recordings: list[str] = field(default_factory=list)


def call_center_app(auth_token: str, center: CallCenter) -> web.Application:
    """The web app; `center` is its memory."""
    app = web.Application(middlewares=[signed_by_twilio(auth_token)])
    app[CENTER] = center
    for path, handler in PAGES.items():
        app.router.add_post(path, handler)
    return app


# --- the caller -------------------------------------------------------------------------------------------------------


async def menu(_: web.Request) -> web.Response:
    response = VoiceResponse()
    gather = Gather(num_digits=1, action="/choice", timeout=5)
    gather.say(MENU)
    response.append(gather)
    response.redirect("/voice")
    return twiml(response)


async def choice(request: web.Request) -> web.Response:
    response = VoiceResponse()
    if (await request.post())["Digits"] == "1":
        response.enqueue(QUEUE, wait_url="/wait", action="/after_queue")
    else:
        response.redirect("/voice")
    return twiml(response)


async def wait(request: web.Request) -> web.Response:
    response = VoiceResponse()
    response.say(f"You are number {(await request.post())['QueuePosition']} in line.")
    response.pause(length=10)
    return twiml(response)


async def after_queue(request: web.Request) -> web.Response:
    form = await request.post()
    response = VoiceResponse()
    if form["QueueResult"] == "bridged" and form["CallSid"] in request.app[CENTER].agent_of:
        response.append(_room(str(form["CallSid"]), record="record-from-start"))
    else:
        response.say("Thank you for calling. Goodbye.")
    return twiml(response)


# --- the agent --------------------------------------------------------------------------------------------------------


async def desk(_: web.Request) -> web.Response:
    response = VoiceResponse()
    dial = Dial(action="/after_desk", hangup_on_star=True, timeout=60)
    dial.queue(QUEUE, url="/whisper")
    response.append(dial)
    return twiml(response)


async def whisper(request: web.Request) -> web.Response:
    form = await request.post()
    request.app[CENTER].agent_of[str(form["CallSid"])] = str(form["DequeingCallSid"])
    response = VoiceResponse()
    response.say("Here is an agent. Your call may be recorded.")
    return twiml(response)


async def after_desk(request: web.Request) -> web.Response:
    form = await request.post()
    response = VoiceResponse()
    if form["DialCallStatus"] == "completed":
        response.append(_room(str(form["DequeuedCallSid"]), end_conference_on_exit=True))
    return twiml(response)


# --- the coach --------------------------------------------------------------------------------------------------------


async def coach(request: web.Request) -> web.Response:
    room, agent = list(request.app[CENTER].agent_of.items())[-1]
    response = VoiceResponse()
    response.append(_room(room, coach=agent))
    return twiml(response)


async def recorded(request: web.Request) -> web.Response:
    form = await request.post()
    request.app[CENTER].recordings.append(str(form["RecordingUrl"]))
    return web.Response(status=204)


def _room(name: str, **attributes: object) -> Dial:
    dial = Dial()
    dial.conference(name, beep=False, wait_url="", recording_status_callback="/recorded", **attributes)
    return dial


CENTER = web.AppKey("center", CallCenter)
PAGES = {
    "/voice": menu,
    "/choice": choice,
    "/wait": wait,
    "/after_queue": after_queue,
    "/desk": desk,
    "/whisper": whisper,
    "/after_desk": after_desk,
    "/coach": coach,
    "/recorded": recorded,
}
