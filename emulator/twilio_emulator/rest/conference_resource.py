"""A conference and a participant as REST shows them [twilio-oai, conference and participant]."""

from __future__ import annotations

from twilio_emulator.conferences.conference import Conference, Participant
from twilio_emulator.conferences.spec import DEFAULT_REGION
from twilio_emulator.rest.dates import Calendar
from twilio_emulator.webhooks.parameters import API_VERSION


def conference_resource(conference: Conference, calendar: Calendar) -> dict[str, object]:
    """The JSON of a conference."""
    return {
        "account_sid": conference.account_sid,
        "api_version": API_VERSION,
        "call_sid_ending_conference": conference.ended_by or None,
        "date_created": calendar.rfc2822(conference.created_ms),
        "date_updated": calendar.rfc2822(conference.updated_ms),
        "friendly_name": conference.friendly_name,
        "reason_conference_ended": None if conference.ended_because is None else conference.ended_because.value,
        "region": conference.region or DEFAULT_REGION,
        "sid": conference.sid,
        "status": conference.status.value,
        "subresource_uris": {
            "participants": f"{conference.path}/Participants.json",
            "recordings": f"{conference.path}/Recordings.json",
        },
        "uri": f"{conference.path}.json",
    }


def participant_resource(participant: Participant, conference: Conference, calendar: Calendar) -> dict[str, object]:
    """The JSON of a participant."""
    return {
        "account_sid": participant.account_sid,
        "call_sid": participant.call.sid,
        "call_sid_to_coach": participant.call_sid_to_coach or None,
        "coaching": participant.is_coaching,
        "conference_sid": conference.sid,
        "date_created": calendar.rfc2822(participant.created_ms),
        "date_updated": calendar.rfc2822(participant.updated_ms),
        "end_conference_on_exit": participant.ends,
        "hold": participant.is_held,
        "label": participant.label or None,
        "muted": participant.is_muted,
        "queue_time": None,
        "start_conference_on_enter": participant.starts,
        "status": participant.status,
        "uri": f"{conference.path}/Participants/{participant.call.sid}.json",
    }
