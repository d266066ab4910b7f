"""What a conference tells of itself: an entry in the journal for every event, and the app's callback for some.

Parameters and events: twilio.com/docs/voice/twiml/conference, "Request parameters". Events are numbered from 1, whether
or not anybody subscribed to them; that conference-start names nobody, and where numbers begin, is our reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import format_datetime
from typing import Final

from twilio_emulator.calls.call import CallStatus
from twilio_emulator.calls.progress import post
from twilio_emulator.calls.recordings import Recording
from twilio_emulator.conferences.conference import Conference, EndReason, LeaveReason, Participant
from twilio_emulator.journal import ConferenceMoved
from twilio_emulator.rooms import Rooms

REFUSED_CALLBACK: Final = 16011
"""The app answered a conference's callback with 4xx or 5xx [twilio.com/docs/api/errors/16011]."""

_WHY_ENDED: Final[Mapping[EndReason, str]] = {
    EndReason.VIA_API: "The conference was ended by the API",
    EndReason.MODERATOR_LEFT: "A participant with endConferenceOnExit left the conference",
    EndReason.MODERATOR_KICKED: "A participant with endConferenceOnExit was removed from the conference",
    EndReason.LAST_KICKED: "The last participant was removed from the conference",
    EndReason.LAST_LEFT: "The last participant left the conference",
}


class ConferenceReports:
    """Tells of one conference."""

    def __init__(self, conference: Conference, rooms: Rooms) -> None:
        self._conference = conference
        self._rooms = rooms

    def wants(self, event: str) -> bool:
        """Whether the app subscribed to it."""
        callback = self._conference.settings.callback
        return callback is not None and event in callback.events

    def started(self, by: Participant) -> None:
        """Everybody can talk now; `by` is who came last."""
        self._tell("conference-start", by.call.sid, {})

    def ended(self, by: Participant | None, reason: EndReason, call_sid: str) -> None:
        """It is over; `by` is who ended it by leaving, `call_sid` a call that was in it."""
        said = {"ReasonConferenceEnded": reason.value, "Reason": _WHY_ENDED[reason]}
        if by is not None:
            said["CallSidEndingConference"] = by.call.sid
            if by.label:
                said["ParticipantLabelEndingConference"] = by.label
        self._tell("conference-end", call_sid, said, reason.value)

    def left(self, participant: Participant, status: CallStatus, reason: LeaveReason) -> None:
        """Somebody is out, or did not come after all; `status` is where that leaves the call."""
        said = {"ParticipantCallStatus": status.value, "ReasonParticipantLeft": reason.value}
        self._tell("participant-leave", participant.call.sid, _of(participant) | said, reason.value)

    def participant(self, event: str, participant: Participant) -> None:
        """Something has changed for a participant."""
        self._tell(event, participant.call.sid, _of(participant))

    def announced(self, url: str, call_sid: str, participant: Participant | None) -> None:
        """An announcement has been heard to its end, by one or by all."""
        said = {} if participant is None else _of(participant)
        self._tell("announcement-end", call_sid, said | {"AnnounceUrl": url}, url)

    def announcement_failed(self, url: str, call_sid: str, participant: Participant | None, why: str) -> None:
        """An announcement could not be had."""
        said = {} if participant is None else _of(participant)
        said |= {"AnnounceUrl": url, "ReasonAnnouncementFailed": why}
        self._tell("announcement-fail", call_sid, said, why)

    def recorded(self, recording: Recording, call_sid: str) -> None:
        """A recording is ready, and its own callback has not been asked for [the same page, eventCallbackUrl]."""
        url, take = self._conference.settings.record_end_url, recording.take
        if not url or take is None or recording.spec.callback is not None:
            return
        parameters = {
            "ConferenceSid": self._conference.sid,
            "FriendlyName": self._conference.friendly_name,
            "AccountSid": self._conference.account_sid,
            "Timestamp": format_datetime(self._rooms.clock.utc().astimezone(UTC)),
            "EventName": "conference-record-end",
            "RecordingUrl": self._rooms.address.url(recording.path),
            "Duration": str(recording.duration_s),
            "RecordingFileSize": str(len(take.wav())),
        }
        post(
            self._rooms,
            call_sid,
            url=url,
            method="POST",
            parameters=parameters,
            purpose="conference callback",
            refused=REFUSED_CALLBACK,
        )

    def _tell(self, event: str, call_sid: str, said: Mapping[str, str], detail: str = "") -> None:
        conference = self._conference
        conference.events += 1
        self._rooms.journal.write(
            ConferenceMoved(
                call_sid=call_sid,
                conference_sid=conference.sid,
                name=conference.friendly_name,
                event=event,
                detail=detail,
            )
        )
        callback = conference.settings.callback
        if callback is None or event not in callback.events:
            return
        parameters = {
            "ConferenceSid": conference.sid,
            "FriendlyName": conference.friendly_name,
            "AccountSid": conference.account_sid,
            "SequenceNumber": str(conference.events),
            "Timestamp": format_datetime(self._rooms.clock.utc().astimezone(UTC)),
            "StatusCallbackEvent": event,
            **said,
        }
        post(
            self._rooms,
            call_sid,
            url=callback.url,
            method=callback.method,
            parameters=parameters,
            purpose="conference callback",
            refused=REFUSED_CALLBACK,
        )


def _of(participant: Participant) -> dict[str, str]:
    said = {
        "CallSid": participant.call.sid,
        "Muted": _word(participant.is_muted),
        "Hold": _word(participant.is_held),
        "Coaching": _word(participant.is_coaching),
        "EndConferenceOnExit": _word(participant.ends),
        "StartConferenceOnEnter": _word(participant.starts),
    }
    if participant.label:
        said["ParticipantLabel"] = participant.label
    if participant.is_coaching:
        said["CallSidToCoach"] = participant.call_sid_to_coach
    return said


def _word(value: object) -> str:
    return "true" if value else "false"
