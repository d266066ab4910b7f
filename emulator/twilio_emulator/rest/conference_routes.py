"""The paths of conferences: a table, a file a resource. See `rest.routes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.rest import conference_recordings, conferences, participants
from twilio_emulator.rest.desk import Handler

ROUTES: Final[Mapping[str, Mapping[str, Handler]]] = {
    "Conferences": conferences.LIST,
    "Conferences/{}": conferences.INSTANCE,
    "Conferences/{}/Participants": participants.LIST,
    "Conferences/{}/Participants/{}": participants.INSTANCE,
    "Conferences/{}/Recordings": conference_recordings.LIST,
    "Conferences/{}/Recordings/{}": conference_recordings.INSTANCE,
}
