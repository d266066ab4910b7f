"""The Streams of a call: fork its audio to a Media Stream, and stop that
[twilio.com/docs/voice/api/stream-resource]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from twilio_emulator.calls.sidecars import SidecarKind
from twilio_emulator.journal import Problem
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import call_in_progress
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.sidecar_resource import check_room, sidecar_reply, stop_sidecar
from twilio_emulator.twiml.flow import StreamSpec

_MOST_PARAMETERS: Final = 99


def start(desk: Desk, request: Request, call_sid: str) -> Reply:
    """POST Calls/{sid}/Streams.json."""
    call = call_in_progress(desk, request, call_sid, "stream")
    form = Form(request.form)
    problems: list[Problem] = []
    name, track = check_room(form, desk, call, SidecarKind.STREAM)
    spec = StreamSpec(
        url=_url(form, desk, problems),
        bidirectional=False,
        name=name,
        track=track,
        parameters=_parameters(form),
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


def _url(form: Form, desk: Desk, problems: list[Problem]) -> str:
    """The socket's URL, without a query or a fragment.

    Raises:
        RestError: 21205.
    """
    text = form.text("Url")
    try:
        parts = urlsplit(text)
        is_socket = bool(parts.hostname) and parts.scheme in {"ws", "wss"} and parts.port != 0
    except ValueError:
        is_socket = False
    if not is_socket or (parts.scheme == "ws" and not desk.world.quirks.allow_ws):
        hint = "Give an absolute URL that begins with wss://."
        raise RestError(21205, parameter="Url", value=text, hint=hint)
    if parts.scheme == "ws":
        problems.append(_insecure(text))
    if parts.query:
        problems.append(_with_query(text))
    return parts._replace(query="", fragment="").geturl()


def _parameters(form: Form) -> tuple[tuple[str, str], ...]:
    """Parameter1.Name and Parameter1.Value to Parameter99.Name and Parameter99.Value."""
    pairs = [
        (form.text(f"Parameter{number}.Name"), form.text(f"Parameter{number}.Value"))
        for number in range(1, _MOST_PARAMETERS + 1)
    ]
    return tuple((name, value) for name, value in pairs if name)


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
