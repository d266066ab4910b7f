"""A whole call for a synchronous test suite: a Flask app in a thread, `twilio_emulator.sync`, and no `await`."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse
from werkzeug.serving import make_server

from twilio_emulator import CallOver, NeverHappened, NotStarted
from twilio_emulator.phones.handset import LineFacts
from twilio_emulator.sync import TwilioEmulator

NUMBER = "+15550001111"
CALLER = "+15557770001"
CALLEE = "+15557770002"


@pytest.fixture
def twilio() -> Iterator[TwilioEmulator]:
    with TwilioEmulator(speed="max", speech="murmur") as emulator:
        yield emulator


@pytest.fixture
def app(twilio: TwilioEmulator) -> Flask:
    """A customer's app: a menu, and a number that it calls back when somebody asks for that."""
    app = Flask("customer")
    validator = RequestValidator(twilio.auth_token)
    app.config["statuses"] = []

    @app.before_request
    def check_signature() -> None:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(request.url, request.form, signature):
            abort(403)

    def twiml(response: VoiceResponse) -> Response:
        return Response(str(response), mimetype="text/xml")

    @app.post("/voice")
    def voice() -> Response:
        response = VoiceResponse()
        response.append(Gather(num_digits=1, action="/choice"))
        return twiml(response)

    @app.post("/choice")
    def choice() -> Response:
        response = VoiceResponse()
        if request.form["Digits"] == "9":
            twilio.client().calls.create(to=CALLEE, from_=NUMBER, twiml="<Response><Say>Ring ring.</Say></Response>")
        response.play(digits=request.form["Digits"])
        response.pause(length=1)
        return twiml(response)

    @app.post("/status")
    def status() -> tuple[str, int]:
        app.config["statuses"].append(request.form["CallStatus"])
        return "", 204

    return app


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_whole_call_without_an_await(twilio: TwilioEmulator, app: Flask, url: str) -> None:
    twilio.add_number(NUMBER, voice_url=f"{url}/voice", status_callback=f"{url}/status")
    line = twilio.handset(CALLER).dial(NUMBER)
    line.wait_until("in-progress")
    line.silence(0.5)
    line.press("7")
    line.wait_for_silence(0.5)
    line.wait_until("completed")
    assert app.config["statuses"] == ["completed"]
    assert line.digits_heard == "7"
    assert line.heard.seconds > 1.0
    with pytest.raises(CallOver):
        line.press("1")


def test_an_app_places_a_call_while_it_answers_one(twilio: TwilioEmulator, app: Flask, url: str) -> None:
    twilio.add_number(NUMBER, voice_url=f"{url}/voice")
    called = twilio.handset(CALLEE, behavior="ring")
    line = twilio.handset(CALLER).dial(NUMBER)
    line.wait_until("in-progress")
    line.press("9")
    callback = called.next_call()
    assert callback.status == "ringing"
    callback.answer()
    callback.wait_for_speech()
    callback.hang_up()
    twilio.wait_for_call(callback.call_sid)
    twilio.wait_until_idle()
    assert line.status == "completed"


def test_a_wait_in_vain_ends_with_its_limit(twilio: TwilioEmulator, app: Flask, url: str) -> None:
    twilio.add_number(NUMBER, voice_url=f"{url}/voice")
    line = twilio.handset(CALLER).dial(NUMBER)
    line.wait_until("in-progress")
    with pytest.raises(NeverHappened, match="2 s of call time"):
        line.wait_for_digits(1, timeout=2)
    line.hang_up()
    assert line.status == "completed"


def test_a_call_is_refused(twilio: TwilioEmulator) -> None:
    twilio.add_number(NUMBER)
    phone = twilio.handset(CALLEE, behavior="ring")
    sid = twilio.client().calls.create(to=CALLEE, from_=NUMBER, twiml="<Response/>").sid
    phone.next_call().reject()
    twilio.wait_for_call(sid, "no-answer")


def test_words_are_said_and_heard_without_await(twilio: TwilioEmulator) -> None:
    app = Flask("customer")
    said = []

    @app.post("/voice")
    def voice() -> Response:
        said.extend(request.form.getlist("SpeechResult"))
        response = VoiceResponse()
        if len(said) < 2:
            response.append(Gather(input="speech", speech_timeout="auto"))
        return Response(str(response), mimetype="text/xml")

    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        twilio.add_number(NUMBER, voice_url=f"http://127.0.0.1:{server.port}/voice")
        line = twilio.handset(CALLER).dial(NUMBER)
        line.wait_until("in-progress")
        line.say("Good morning.")
        line.silence(2)
        line.play(b"\x20" * 4000, text="Good night.")
        line.wait_until("completed")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert said == ["Good morning.", "Good night."]


def test_an_emulator_can_be_started_where_nothing_can_be_entered() -> None:
    twilio = TwilioEmulator(speed="max", speech="murmur")
    twilio.start()
    assert twilio.client().api.accounts.list()[0].sid == twilio.account_sid
    twilio.stop()
    twilio.stop()
    with pytest.raises(NotStarted):
        twilio.client()


def test_every_call_on_a_phone_is_told_as_it_begins(twilio: TwilioEmulator) -> None:
    lines: list[LineFacts] = []
    twilio.watch_lines(lines.append)
    twilio.add_number(NUMBER)
    twilio.handset(CALLEE, behavior="busy")
    twilio.handset(CALLER, script=[{"say": "Good morning."}])
    for to in (CALLER, CALLEE):
        sid = twilio.client().calls.create(to=to, from_=NUMBER, twiml="<Response><Pause length='5'/></Response>").sid
        twilio.wait_for_call(sid, "completed" if to == CALLER else "busy")
    assert [(line.phone_number, line.status) for line in lines] == [(CALLER, "completed"), (CALLEE, "busy")]
    assert lines[0].said.seconds > 4
