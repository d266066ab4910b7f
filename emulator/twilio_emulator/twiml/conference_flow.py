"""What a call may ask of a conference, and what it may be told: the family of party commands behind `<Conference>`.

A participant is seated by `JoinConference` and stays until it leaves of its own accord, is put out, or the conference
is over. `ConferenceLeft` tells the flow of the last two; one who may not come in hears `ConferenceRefused`.
Source: twilio.com/docs/voice/twiml/conference.
"""

from __future__ import annotations

from enum import StrEnum

from twilio_emulator.conferences.spec import ParticipantSpec
from twilio_emulator.twiml.flow import Event, PartyCommand


class ConferenceCommand(PartyCommand, frozen=True):
    """Something that concerns a conference."""


class JoinConference(ConferenceCommand, frozen=True):
    """Take a seat in the conference of this name, which begins to exist with its first participant."""

    name: str
    spec: ParticipantSpec


class LeaveConference(ConferenceCommand, frozen=True):
    """Get up. No `ConferenceLeft` follows."""


class Leaving(StrEnum):
    """Why a call is no longer in its conference."""

    CONFERENCE_ENDED = "the conference ended"
    PUT_OUT = "the participant was put out"
    WAIT_FAILED = "what it was to hear while waiting could not be had"


class ConferenceLeft(Event, frozen=True):
    """The call is out of its conference, and goes on."""

    leaving: Leaving


class ConferenceRefused(Event, frozen=True):
    """The call did not get in: Twilio's error code, one sentence, and what to change."""

    code: int
    message: str
    hint: str
