"""The paths below a call, and those of what calls leave behind: a table, a file a resource. See `rest.routes`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from twilio_emulator.rest import (
    add_on_results,
    call_events,
    call_messages,
    call_payments,
    call_recordings,
    call_siprec,
    call_streams,
    call_transcriptions,
    notifications,
    recordings,
    transcriptions,
)
from twilio_emulator.rest.desk import API_ROOT, Handler

ROUTES: Final[Mapping[str, Mapping[str, Handler]]] = {
    "Calls/{}/Events": call_events.LIST,
    "Calls/{}/Notifications": notifications.CALL_LIST,
    "Calls/{}/Notifications/{}": notifications.CALL_INSTANCE,
    "Calls/{}/Payments": call_payments.LIST,
    "Calls/{}/Payments/{}": call_payments.INSTANCE,
    "Calls/{}/Recordings": call_recordings.LIST,
    "Calls/{}/Recordings/{}": call_recordings.INSTANCE,
    "Calls/{}/Siprec": call_siprec.LIST,
    "Calls/{}/Siprec/{}": call_siprec.INSTANCE,
    "Calls/{}/Streams": call_streams.LIST,
    "Calls/{}/Streams/{}": call_streams.INSTANCE,
    "Calls/{}/Transcriptions": call_transcriptions.LIST,
    "Calls/{}/Transcriptions/{}": call_transcriptions.INSTANCE,
    "Calls/{}/UserDefinedMessages": call_messages.MESSAGES,
    "Calls/{}/UserDefinedMessageSubscriptions": call_messages.SUBSCRIPTIONS,
    "Calls/{}/UserDefinedMessageSubscriptions/{}": call_messages.SUBSCRIPTION,
    "Notifications": notifications.LIST,
    "Notifications/{}": notifications.INSTANCE,
    "Recordings": recordings.LIST,
    "Recordings/{}": recordings.INSTANCE,
    "Recordings/{}/AddOnResults": add_on_results.LIST,
    "Recordings/{}/AddOnResults/{}": add_on_results.INSTANCE,
    "Recordings/{}/AddOnResults/{}/Payloads": add_on_results.PAYLOADS,
    "Recordings/{}/AddOnResults/{}/Payloads/{}": add_on_results.PAYLOAD,
    "Recordings/{}/AddOnResults/{}/Payloads/{}/Data": add_on_results.PAYLOAD_DATA,
    "Recordings/{}/Transcriptions": transcriptions.RECORDING_LIST,
    "Recordings/{}/Transcriptions/{}": transcriptions.INSTANCE,
    "Transcriptions": transcriptions.LIST,
    "Transcriptions/{}": transcriptions.INSTANCE,
}

FILES: Final[Mapping[str, Mapping[str, Handler]]] = {
    "Recordings/{}.": recordings.WAV,
    "Recordings/{}.wav": recordings.WAV,
    "Recordings/{}.mp3": recordings.MP3,
}

_MEDIA: Final = re.compile(rf"{API_ROOT}/AC[0-9a-fA-F]{{32}}/Recordings/[^/.]+(\.wav|\.mp3)?")


def is_media(path: str) -> bool:
    """Whether a path leads to the audio of a recording."""
    return _MEDIA.fullmatch(path) is not None
