"""Whatever callers and REST do to a conference, in whatever order: nothing fails, nothing is left behind."""

from __future__ import annotations

import contextlib
import logging

import pytest
from conference_bench import NUMBER, ROOM, conference_twiml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from twilio_emulator.errors import CallOver, NeverHappened
from twilio_emulator.journal import ConferenceMoved
from twilio_emulator.sync import TwilioEmulator

PHONES = [f"+1555777000{number}" for number in range(4)]
NOWHERE = "http://127.0.0.1:1/"

REST = {
    "mute": {"muted": True},
    "unmute": {"muted": False},
    "hold": {"hold": True},
    "hold to a url": {"hold": True, "hold_url": NOWHERE},
    "unhold": {"hold": False},
    "announce": {"announce_url": NOWHERE},
    "end with it": {"end_conference_on_exit": True},
    "coach nobody": {"coaching": False},
}
"""What REST may do to a participant."""

STEPS = st.one_of(
    st.tuples(st.just("join"), st.sampled_from(PHONES), st.sampled_from(["", "coach", "ends", "waits", "silent"])),
    st.tuples(st.just("invite"), st.sampled_from(PHONES), st.sampled_from(["", "coach"])),
    st.tuples(st.sampled_from(sorted(REST)), st.sampled_from(PHONES), st.just("")),
    st.tuples(st.sampled_from(["kick", "hang up", "redirect", "end", "announce to all", "wait"]),
              st.sampled_from(PHONES), st.just("")),
)  # fmt: skip


class Storm:
    """Does what a step says, if that can be done now; what REST refuses is refused with a code."""

    def __init__(self, twilio: TwilioEmulator) -> None:
        self._twilio = twilio
        self._client: Client = twilio.client()
        self._call_of: dict[str, str] = {}
        twilio.add_number(NUMBER)
        for phone in PHONES:
            twilio.handset(phone)

    def step(self, what: str, phone: str, how: str) -> None:
        try:
            self._do(what, phone, how)
        except TwilioRestException as refusal:
            assert refusal.code and refusal.status in (400, 404), refusal

    def _do(self, what: str, phone: str, how: str) -> None:
        somebody = next(iter(self._call_of.values()), "CA" + "0" * 32)
        if what == "join":
            attributes = {
                "coach": {"coach": somebody}, "ends": {"end_conference_on_exit": True},
                "waits": {"start_conference_on_enter": False}, "silent": {"muted": True}, "": {},
            }[how]  # fmt: skip
            twiml = conference_twiml(record="record-from-start", **attributes)
            call = self._client.calls.create(to=phone, from_=NUMBER, twiml=twiml)
            self._call_of[phone] = call.sid
            self._twilio.wait_for_call(call.sid, "in-progress")
        elif what == "invite":
            coach = {"call_sid_to_coach": somebody} if how else {}
            created = self._client.conferences(ROOM).participants.create(to=phone, from_=NUMBER, **coach)
            self._call_of[phone] = created.call_sid
        elif what == "wait":
            self._twilio.wait_for_call(self._call_of[phone], "completed", timeout=0.5)
        elif what in ("end", "announce to all"):
            [conference] = self._client.conferences.list(limit=1)
            conference.update(**({"status": "completed"} if what == "end" else {"announce_url": NOWHERE}))
        elif what in ("hang up", "redirect"):
            changes = {"status": "completed"} if what == "hang up" else {"twiml": "<Response><Pause/></Response>"}
            self._client.calls(self._call_of[phone]).update(**changes)
        else:
            [conference] = self._client.conferences.list(limit=1)
            participant = conference.participants(self._call_of[phone])
            participant.delete() if what == "kick" else participant.update(**REST[what])

    def calm(self) -> None:
        for call in self._client.calls.list():
            call.update(status="completed")
        self._twilio.wait_until_idle()


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, max_size=14))
def test_a_storm_over_a_conference_leaves_nothing_behind(steps: list[tuple[str, str, str]]) -> None:
    with TwilioEmulator(speed="max", speech="murmur") as twilio, pytest.MonkeyPatch.context() as patch:
        failures: list[str] = []
        patch.setattr(logging.Logger, "error", lambda *said, **_: failures.append(str(said)))
        storm = Storm(twilio)
        for step in steps:
            # There may be nobody, or no conference, to do it to.
            with contextlib.suppress(KeyError, ValueError, CallOver, NeverHappened):
                storm.step(*step)
        storm.calm()
        rooms = twilio._core.rooms
        assert failures == []
        assert (len(rooms.pump), len(rooms.conferences)) == (0, 0)
        conferences = twilio.client().conferences.list()
        assert all(conference.status == "completed" for conference in conferences)
        for conference in conferences:
            moves = twilio.journal.of(ConferenceMoved)
            told = [entry.event for entry in moves if entry.conference_sid == conference.sid]
            assert told.count("conference-end") == 1
            assert told[-1] in ("conference-end", "announcement-end", "announcement-fail")
            assert told.count("participant-leave") >= told.count("participant-join")
