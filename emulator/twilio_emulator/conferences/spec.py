"""What a participant wants when it comes into a conference, and the words and limits that Twilio has for it.

Said by the attributes of `<Conference>` and by the parameters of REST's Participants alike. Sources:
twilio.com/docs/voice/twiml/conference, twilio.com/docs/voice/api/conference-participant-resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSpec

MAX_PARTICIPANTS: Final = 250
MIN_PARTICIPANTS: Final = 2
MAX_LABEL_CHARS: Final = 128
MAX_NAME_CHARS: Final = 128

DEFAULT_REGION: Final = "us1"
"""Where conferences are mixed that have no reason to be mixed elsewhere [twilio-oai, Conference.region]."""

REGIONS: Final = ("us1", "us2", "ie1", "de1", "sg1", "br1", "au1", "jp1")

CALLBACK_EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "start": ("conference-start",),
    "end": ("conference-end",),
    "join": ("participant-join",),
    "leave": ("participant-leave",),
    "mute": ("participant-mute", "participant-unmute"),
    "hold": ("participant-hold", "participant-unhold"),
    "modify": ("participant-modify",),
    "speaker": ("participant-speech-start", "participant-speech-stop"),
    "announcement": ("announcement-end", "announcement-fail"),
}
"""The words with which an app subscribes, and the events that each brings."""


LABEL_RULE: Final = f"A label has up to {MAX_LABEL_CHARS} characters, no /, and does not look like a call sid."

_CALL_SID: Final = re.compile(r"CA[0-9a-f]{32}")


def events_named(words: Iterable[str]) -> frozenset[str]:
    """The events that these words of a subscription bring."""
    return frozenset(event for word in words for event in CALLBACK_EVENTS[word])


def is_label(text: str) -> bool:
    """Whether a participant may go by this [twilio.com/docs/api/errors/16023]."""
    decoded = text.replace("%2F", "/").replace("%2f", "/")
    return 0 < len(text) <= MAX_LABEL_CHARS and "/" not in decoded and _CALL_SID.fullmatch(text) is None


class Beep(StrEnum):
    """When the others hear a participant come and go."""

    ALWAYS = "true"
    NEVER = "false"
    ON_ENTER = "onEnter"
    ON_EXIT = "onExit"

    @property
    def on_enter(self) -> bool:
        """A beep when it comes."""
        return self in (Beep.ALWAYS, Beep.ON_ENTER)

    @property
    def on_exit(self) -> bool:
        """A beep when it goes."""
        return self in (Beep.ALWAYS, Beep.ON_EXIT)


@dataclass(frozen=True, slots=True)
class Music:
    """What one hears who is not in the talk. `url` None is Twilio's own music, an empty one is silence."""

    url: str | None = None
    method: str = "POST"


DEFAULT_MUSIC: Final = Music()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceSettings:
    """What a participant wants of the whole conference. Only those of the first one count, but for the region and the
    recording, which the first one to ask for them decides.

    `callback.events` are those of `CALLBACK_EVENTS`, spelled out. `record_end_url` is the old way to hear of a
    recording: told once, at the end of a conference whose recording has no callback of its own.
    """

    callback: StatusCallback | None = None
    max_participants: int = MAX_PARTICIPANTS
    region: str = ""
    recording: RecordingSpec | None = None
    record_end_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantSpec:
    """How somebody comes in. `coaches` is the call sid of the only one who is to hear it, empty for a talker.

    With `early_media` the others hear it ring.
    """

    muted: bool = False
    beep: Beep = Beep.ALWAYS
    starts: bool = True
    ends: bool = False
    label: str = ""
    wait: Music = DEFAULT_MUSIC
    coaches: str = ""
    early_media: bool = False
    settings: ConferenceSettings = field(default_factory=ConferenceSettings)
