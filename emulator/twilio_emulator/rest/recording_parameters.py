"""How a call is to be recorded: parameters in, a `RecordingSpec` or a refusal out.

Calls and their Recordings take the same ones; only the default of Trim differs
[twilio.com/docs/voice/api/call-resource, twilio.com/docs/voice/api/recording].
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSource, RecordingSpec
from twilio_emulator.journal import Problem
from twilio_emulator.media.recorder import RecordingTrack, Trim
from twilio_emulator.rest.parameters import Form
from twilio_emulator.webhooks.target import is_target

RECORDING_EVENTS: Final = ("in-progress", "completed", "absent")
PARTICIPANT_RECORDING_EVENTS: Final = (
    "started", "in-progress", "paused", "resumed", "stopped", "completed", "failed", "absent",
)  # fmt: skip
"""What can be subscribed to of a participant's own recording [twilio-oai]; none here ever fails."""

_CHANNELS: Final = {"mono": 1, "dual": 2}
_TRACKS: Final = tuple(RecordingTrack)
_TRIMS: Final = tuple(Trim)
_WITHOUT_EFFECT_ALONE: Final = ("RecordingStatusCallback", "RecordingChannels", "RecordingTrack")
RECORDING: Final = frozenset(
    {
        *_WITHOUT_EFFECT_ALONE,
        "RecordingStatusCallbackMethod",
        "RecordingStatusCallbackEvent",
        "Record",
        "Trim",
    }
)
"""What is said of recordings when a call is placed."""


def check_recording(
    form: Form,
    problems: list[Problem],
    *,
    source: RecordingSource,
    trim: Trim,
    events: tuple[str, ...] = RECORDING_EVENTS,
) -> RecordingSpec:
    """Read how to record; `trim` is the default, `events` are those that can be subscribed to.

    Raises:
        RestError: 20001 or 21209.
    """
    channels = form.choice("RecordingChannels", tuple(_CHANNELS), code=20001, default="mono")
    track = form.choice("RecordingTrack", _TRACKS, code=20001, default=RecordingTrack.BOTH)
    wanted_trim = form.choice("Trim", _TRIMS, code=20001, default=trim)
    return RecordingSpec(
        source=source,
        channels=_CHANNELS[channels],
        track=RecordingTrack(track),
        trim=Trim(wanted_trim),
        callback=_callback(form, problems, events),
    )


def check_record(
    form: Form, problems: list[Problem], *, events: tuple[str, ...] = RECORDING_EVENTS
) -> RecordingSpec | None:
    """How a new call is to be recorded, None when it is not.

    Raises:
        RestError: 20001 or 21209.
    """
    if not form.has_any(RECORDING):
        return None
    spec = check_recording(form, problems, source=RecordingSource.OUTBOUND_API, trim=Trim.TRIM_SILENCE, events=events)
    if form.flag("Record", default=False):
        return spec
    if any(form.text(name) for name in _WITHOUT_EFFECT_ALONE):
        problems.append(_not_recorded())
    return None


def _callback(form: Form, problems: list[Problem], known: tuple[str, ...]) -> StatusCallback | None:
    url = form.text("RecordingStatusCallback")
    method = form.method("RecordingStatusCallbackMethod", code=21209)
    # Events come in one value with blanks between, or in several values.
    words = [word for text in form.texts("RecordingStatusCallbackEvent") for word in text.split()]
    wrong = [word for word in words if word not in known]
    if wrong:
        problems.append(_unknown_events(wrong, known))
    if url and not is_target(url):
        problems.append(_invalid_callback(url))
        return None
    events = frozenset(words) - frozenset(wrong) if words else frozenset({"completed"})
    return StatusCallback(url=url, method=method, events=events) if url else None


def _not_recorded() -> Problem:
    return Problem(
        code=0,
        level="warning",
        message="The parameters of recordings have no effect without Record=true.",
        hint="Add Record=true, or leave them out.",
    )


def _unknown_events(words: list[str], known: tuple[str, ...]) -> Problem:
    return Problem(
        code=21626,
        level="warning",
        message=f"RecordingStatusCallbackEvent has invalid events, which are ignored: {' '.join(words)}",
        hint=f"The events are {', '.join(known)}.",
    )


def _invalid_callback(url: str) -> Problem:
    return Problem(
        code=21609,
        level="warning",
        message=f"RecordingStatusCallback is not a valid URL: {url}; nothing is sent to it.",
        hint="Give an absolute http or https URL.",
        url=url,
    )
