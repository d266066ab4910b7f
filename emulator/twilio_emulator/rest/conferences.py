"""The Conferences resource: list, read, end, and announce something to all of one
[twilio.com/docs/voice/api/conference-resource].

There is no way to create one: it begins to exist with its first participant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.conferences.conference import Conference, ConferenceStatus
from twilio_emulator.rest.conference_resource import conference_resource
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.filters import Filters
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.paging import cut_page, page_body, read_page_request
from twilio_emulator.rest.parameters import Form
from twilio_emulator.twiml.outcomes import GoTo


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET Conferences.json."""
    query = Form(request.query)
    filters: Filters[Conference] = Filters(query, desk.calendar)
    created = filters.moment("DateCreated", lambda conference: conference.created_ms)
    filters.moment("DateUpdated", lambda conference: conference.updated_ms)
    filters.equal("FriendlyName", lambda conference: conference.friendly_name)
    filters.choice("Status", tuple(ConferenceStatus), lambda conference: conference.status.value)
    wanted = read_page_request(query)
    page = cut_page(
        created.of(desk.world.store.conferences.of(desk.account.sid), lambda conference: conference.created_ms),
        wanted,
        filters.matches,
    )
    desk.warn(query.leftovers({}))
    shown = [conference_resource(conference, desk.calendar) for conference in page.items]
    path = f"{desk.account_path}/Conferences.json"
    return Reply(200, page_body("conferences", shown, page, wanted, path=path, filters=filters.parameters))


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Conferences/{sid}.json."""
    return Reply(200, conference_resource(find_conference(desk, request, sid), desk.calendar))


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Conferences/{sid}.json: end it, or announce something to everybody in it."""
    conference = find_conference(desk, request, sid)
    form = Form(request.form)
    status = form.choice("Status", ("completed",), code=20001)
    announcement = read_announcement(form)
    if status or announcement is not None:
        require_not_over(conference)
    if announcement is not None and not status:
        require_started(conference)
        desk.world.conferences.announce(conference, announcement)
    if status:
        desk.world.conferences.end(conference)
    desk.warn(form.leftovers({}))
    return Reply(200, conference_resource(conference, desk.calendar))


LIST: Final[Mapping[str, Handler]] = {"GET": read_all}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": change}


def find_conference(desk: Desk, request: Request, sid: str) -> Conference:
    """The account's conference with this sid.

    Raises:
        RestError: 20404.
    """
    conference = desk.world.store.conferences.find(desk.account.sid, sid)
    if conference is None:
        raise RestError(20404, path=request.path)
    return conference


def require_not_over(conference: Conference) -> None:
    """Insist that there is something to act upon.

    Raises:
        RestError: 16022.
    """
    if conference.is_over:
        raise RestError(16022, name=conference.sid)


def require_started(conference: Conference) -> None:
    """Insist that people talk in it.

    Raises:
        RestError: 16001.
    """
    if conference.status is not ConferenceStatus.IN_PROGRESS:
        raise RestError(16001)


def read_announcement(form: Form) -> GoTo | None:
    """The document to be heard by one or by all, None when there is none.

    Raises:
        RestError: 21205 or 21209.
    """
    url = form.url("AnnounceUrl", code=21205)
    method = form.method("AnnounceMethod", code=21209)
    return GoTo(url, method, purpose="announcement") if url else None
