"""The customer's product in these examples: a small telephone menu, as a TwiML web app on a number of its own.

It knows nothing of the test bench. It checks Twilio's signature with the official SDK and answers with the SDK's TwiML.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

MENU = "Welcome to the test bench. For sales, press 1. For support, press 2."
DEPARTMENTS = {"1": "You have reached sales.", "2": "You have reached support."}


def ivr_app(auth_token: str) -> web.Application:
    """The menu: POST /voice greets and gathers one key, POST /choice connects to a department."""
    app = web.Application(middlewares=[signed_by_twilio(auth_token)])
    app.router.add_post("/voice", menu)
    app.router.add_post("/choice", choice)
    app.router.add_post("/status", status)
    return app


async def menu(_: web.Request) -> web.Response:
    response = VoiceResponse()
    gather = Gather(num_digits=1, action="/choice", timeout=5)
    gather.say(MENU)
    response.append(gather)
    response.say("We did not hear a key. Goodbye.")
    return twiml(response)


async def choice(request: web.Request) -> web.Response:
    form = await request.post()
    department = DEPARTMENTS.get(str(form["Digits"]))
    response = VoiceResponse()
    if department is None:
        response.say("That is not one of the choices.")
        response.redirect("/voice")
    else:
        response.say(f"{department} Please tell us your name.")
        response.pause(length=5)
        response.say("Thank you. We will call you back. Goodbye.")
        response.hangup()
    return twiml(response)


async def status(_: web.Request) -> web.Response:
    return web.Response(status=204)


def twiml(response: VoiceResponse) -> web.Response:
    """A document as a reply."""
    return web.Response(text=str(response), content_type="text/xml")


def signed_by_twilio(auth_token: str):
    """Refuse requests that Twilio has not signed."""
    validator = RequestValidator(auth_token)

    @web.middleware
    async def check(request: web.Request, handler) -> web.StreamResponse:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(str(request.url), dict(await request.post()), signature):
            raise web.HTTPForbidden(text="The signature does not match.")
        return await handler(request)

    return check


@asynccontextmanager
async def running(app: web.Application) -> AsyncIterator[str]:
    """Serve an app on a free local port; gives its base URL."""
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
