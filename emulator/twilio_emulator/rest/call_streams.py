"""The Streams of a call: fork its audio to a Media Stream, and stop that
[twilio.com/docs/voice/api/stream-resource]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.call import Call
from twilio_emulator.calls.sidecars import SidecarKind
from twilio_emulator.journal import Problem
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import call_in_progress
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.sidecar_resource import check_room, sidecar_reply, stop_sidecar
from twilio_emulator.twiml.facts import MAX_PARAMETER_CHARS
from twilio_emulator.twiml.flow import StreamSpec
from twilio_emulator.twiml.verbs.stream import socket_url

_MOST_PARAMETERS: Final = 99


def start(desk: Desk, request: Request, call_sid: str) -> Reply:
    """POST Calls/{sid}/Streams.json."""
    call = call_in_progress(desk, request, call_sid, "stream")
    form = Form(request.form)
    problems: list[Problem] = []
    name, track = check_room(form, desk, call, SidecarKind.STREAM)
    spec = StreamSpec(
        url=_url(form, desk, call, problems),
        bidirectional=False,
        name=name,
        track=track,
        parameters=_parameters(form, problems),
        status_callback=form.url("StatusCallback", code=21205),
        status_callback_method=form.method("StatusCallbackMethod", code=21209),
        has_query="?" in form.text("Url"),
    )
    desk.warn([*problems, *form.leftovers({})], call.sid)
    return sidecar_reply(desk.world.fork_stream(call, spec), desk)


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Calls/{sid}/Streams/{sid or name}.json: stop it."""
    return stop_sidecar(desk, request, SidecarKind.STREAM, sid)


LIST: Final[Mapping[str, Handler]] = {"POST": start}
INSTANCE: Final[Mapping[str, Handler]] = {"POST": change}


def _url(form: Form, desk: Desk, call: Call, problems: list[Problem]) -> str:
    """The socket's URL, without a query or a fragment; a relative one is relative to the URL of the call's TwiML.

    Raises:
        RestError: 21205.
    """
    text = form.text("Url")
    try:
        parts = socket_url(text, call.instructions.url)
        is_socket = bool(parts.hostname) and parts.scheme in {"ws", "wss"} and parts.port != 0
    except ValueError:
        is_socket = False
    if not is_socket or (parts.scheme == "ws" and not desk.world.quirks.allow_ws):
        hint = "Give a URL that begins with wss://, or one relative to the URL of the call's TwiML."
        raise RestError(21205, parameter="Url", value=text, hint=hint)
    if text.startswith("ws:"):
        problems.append(_insecure(text))
    if parts.query:
        problems.append(_with_query(text))
    return parts._replace(query="", fragment="").geturl()


def _parameters(form: Form, problems: list[Problem]) -> tuple[tuple[str, str], ...]:
    """Parameter1.Name and Parameter1.Value to Parameter99.Name and Parameter99.Value.

    One that is too long is dropped, as in TwiML: that the limit is the same is judgement.
    """
    kept = []
    for number in range(1, _MOST_PARAMETERS + 1):
        name, value = form.text(f"Parameter{number}.Name"), form.text(f"Parameter{number}.Value")
        if name and len(name) + len(value) >= MAX_PARAMETER_CHARS:
            problems.append(_too_long(number, len(name) + len(value)))
        elif name:
            kept.append((name, value))
    return tuple(kept)


def _too_long(number: int, characters: int) -> Problem:
    return Problem(
        code=0,
        level="warning",
        message=f"Parameter{number}: name and value have {characters} characters; it is dropped.",
        hint=f"Keep both together under {MAX_PARAMETER_CHARS}: pass a key, and look the rest up.",
    )


def _with_query(url: str) -> Problem:
    return Problem(
        code=0,
        level="warning",
        message="The stream's Url has a query string; the app does not get to see it.",
        hint="Pass values in Parameter1.Name and Parameter1.Value.",
        url=url,
    )


def _insecure(url: str) -> Problem:
    return Problem(
        code=31922,
        level="warning",
        message="The stream's Url uses ws://, which Twilio refuses; the emulator lets it pass.",
        hint="Use wss:// in production.",
        url=url,
    )
