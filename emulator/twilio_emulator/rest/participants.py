"""The Participants of a conference: list, read, call somebody in, mute, hold, announce, coach, put out
[twilio.com/docs/voice/api/conference-participant-resource].

A participant goes by the sid of its call, or by its label. Who has left, and everybody of a conference that is over, is
not there any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.conferences.conference import Conference, Participant
from twilio_emulator.conferences.spec import Music
from twilio_emulator.rest.conference_resource import participant_resource
from twilio_emulator.rest.conferences import find_conference, read_announcement, require_not_over, require_started
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.paging import cut_page, page_body, read_page_request
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.participant_parameters import check_coaching, check_new_participant
from twilio_wire.sids import SidKind, is_sid

_FILTERS: Final = {
    "Muted": lambda participant: participant.is_muted,
    "Hold": lambda participant: participant.is_held,
    "Coaching": lambda participant: participant.is_coaching,
}


def read_all(desk: Desk, request: Request, conference_sid: str) -> Reply:
    """GET Conferences/{sid}/Participants.json."""
    conference = find_conference(desk, request, conference_sid)
    query = Form(request.query)
    wishes = {name: query.flag(name, default=False) for name in _FILTERS if query.text(name)}
    wanted = read_page_request(query)
    page = cut_page(
        tuple(conference.participants.values()),
        wanted,
        lambda participant: all(_FILTERS[name](participant) is wish for name, wish in wishes.items()),
    )
    desk.warn(query.leftovers({}))
    shown = [participant_resource(participant, conference, desk.calendar) for participant in page.items]
    filters = [(name, str(wish).lower()) for name, wish in wishes.items()]
    path = f"{conference.path}/Participants.json"
    return Reply(200, page_body("participants", shown, page, wanted, path=path, filters=filters))


def invite(desk: Desk, request: Request, name: str) -> Reply:
    """POST Conferences/{sid or friendly name}/Participants.json: call somebody in; a new name is a new conference."""
    conference = _open_conference(desk, name)
    invited = check_new_participant(Form(request.form), desk.world, desk.account.sid, conference)
    friendly_name = name if conference is None else conference.friendly_name
    participant = desk.world.conferences.invite(friendly_name, invited.request, invited.spec)
    participant.call.asked_with = request.form
    desk.warn(invited.problems, participant.call.sid)
    joined = desk.world.store.conferences.get(participant.conference_sid)
    assert joined is not None  # whoever is invited is expected somewhere
    return Reply(201, participant_resource(participant, joined, desk.calendar) | {"queue_time": "0"})


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Conferences/{sid}/Participants/{call sid or label}.json."""
    conference, participant = _find(desk, request, sid)
    return Reply(200, participant_resource(participant, conference, desk.calendar))


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Conferences/{sid}/Participants/{call sid or label}.json."""
    conference, participant = _find(desk, request, sid)
    form = Form(request.form)
    announcement = read_announcement(form)
    hold_music = Music(form.url("HoldUrl", code=21205) or None, form.method("HoldMethod", code=21209, default="GET"))
    wait = Music(form.url("WaitUrl", code=21205), form.method("WaitMethod", code=21209))
    coaches = check_coaching(form, conference, participant)
    holds = form.flag("Hold", default=False) if form.text("Hold") else None
    if announcement is not None or holds is not None:
        require_started(conference)
        if not participant.is_present:
            raise RestError(16001)
    office = desk.world.conferences
    if form.text("Muted"):
        office.mute(participant, muted=form.flag("Muted", default=False))
    if holds:
        office.hold(participant, hold_music)
    elif holds is not None:
        office.resume(participant)
    changes: dict[str, object] = {}
    if form.has("WaitUrl"):
        changes["wait"] = wait
    for parameter, field in (("BeepOnExit", "beeps_on_exit"), ("EndConferenceOnExit", "ends")):
        if form.text(parameter):
            changes[field] = form.flag(parameter, default=False)
    if coaches is not None:
        changes |= {"is_coaching": bool(coaches), "call_sid_to_coach": coaches}
    if changes:
        office.modify(participant, changes)
    if announcement is not None:
        office.announce_to(participant, announcement)
    desk.warn(form.leftovers({}), participant.call.sid)
    return Reply(200, participant_resource(participant, conference, desk.calendar))


def put_out(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE Conferences/{sid}/Participants/{call sid or label}.json."""
    _, participant = _find(desk, request, sid)
    desk.world.conferences.put_out(participant)
    return Reply(204)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all, "POST": invite}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": change, "DELETE": put_out}


def _find(desk: Desk, request: Request, sid: str) -> tuple[Conference, Participant]:
    """The conference, and its participant that goes by this call sid or label.

    Raises:
        RestError: 20404.
    """
    conference = find_conference(desk, request, desk.outer_sid)
    participant = conference.known_as(sid)
    if participant is None:
        raise RestError(20404, path=request.path, hint="Only who is in the conference, or being called in, is found.")
    return conference, participant


def _open_conference(desk: Desk, name: str) -> Conference | None:
    """The conference that a sid or a friendly name means, None for a name that nobody uses now.

    Raises:
        RestError: 16003 for a sid that is none of the account's, 16022 for a conference that is over.
    """
    if not is_sid(name, SidKind.CONFERENCE):
        return desk.world.store.conferences.open_named(desk.account.sid, name)
    conference = desk.world.store.conferences.find(desk.account.sid, name)
    if conference is None:
        raise RestError(16003, name=name)
    require_not_over(conference)
    return conference
