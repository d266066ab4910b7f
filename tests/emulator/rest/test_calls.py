"""Calls through the official SDK: what is placed, shown, changed and deleted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rest_bench import ACCOUNT_SID, ANSWERED, CALLEE, FINISHED, OWNED, NotingWorld, RestBench
from twilio.base.exceptions import TwilioRestException

from twilio_emulator.calls.call import CallEvent, StatusCallback
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.flow import Instructions

VOICE = "http://localhost:5000/voice"


# --- placing ----------------------------------------------------------------------------------------------------------


def test_a_call_with_a_url_is_placed_with_twilios_defaults(bench: RestBench) -> None:
    call = bench.client.calls.create(to=CALLEE, from_=OWNED, url=VOICE)
    assert bench.world.placed == [
        CallRequest(
            account_sid=ACCOUNT_SID,
            to=CALLEE,
            from_=OWNED,
            instructions=Instructions(url=VOICE),
            timeout_s=60,
            time_limit_s=14_400,
        )
    ]
    assert call.sid.startswith("CA")
    assert (call.status, call.direction, call.queue_time) == ("queued", "outbound-api", "0")
    assert (call.to, call.to_formatted) == (CALLEE, "(555) 222-0001")
    assert (call._from, call.from_formatted) == (OWNED, "(555) 111-0001")
    assert (call.date_created, call.date_updated, call.start_time, call.duration) == (None, None, None, None)
    owned = bench.world.store.owned(OWNED)
    assert owned is not None
    assert call.phone_number_sid == owned.sid
    assert call.uri == f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls/{call.sid}.json"
    assert call.subresource_uris["recordings"] == call.uri.replace(".json", "/Recordings.json")


def test_everything_that_a_call_can_be_told_reaches_the_exchange(bench: RestBench) -> None:
    bench.client.calls.create(
        to="+1 (555) 222-0001",
        from_=OWNED,
        url=VOICE,
        method="get",
        fallback_url="http://localhost:5000/fallback",
        fallback_method="GET",
        status_callback="http://localhost:5000/status",
        status_callback_method="GET",
        status_callback_event=["initiated", "ringing", "answered"],
        timeout=30,
        time_limit=90,
        send_digits="ww12#",
    )
    [request] = bench.world.placed
    assert request == CallRequest(
        account_sid=ACCOUNT_SID,
        to=CALLEE,
        from_=OWNED,
        instructions=Instructions(
            url=VOICE,
            method="GET",
            fallback_url="http://localhost:5000/fallback",
            fallback_method="GET",
        ),
        status_callback=StatusCallback(
            "http://localhost:5000/status", "GET", frozenset({"initiated", "ringing", "answered"})
        ),
        timeout_s=30,
        time_limit_s=90,
        send_digits="ww12#",
    )
    assert bench.problems() == []


def test_a_call_with_inline_twiml_is_placed(bench: RestBench) -> None:
    twiml = "<Response>".ljust(4000)
    bench.client.calls.create(to=CALLEE, from_=OWNED, twiml=twiml)
    assert bench.world.placed[0].instructions == Instructions(twiml=twiml)


def test_of_url_and_twiml_the_url_is_used_with_a_warning(bench: RestBench) -> None:
    call = bench.client.calls.create(to=CALLEE, from_=OWNED, url=VOICE, twiml="<Response/>")
    assert bench.world.placed[0].instructions == Instructions(url=VOICE)
    [problem] = bench.problems()
    assert (problem.code, problem.level, problem.call_sid) == (32019, "warning", call.sid)


@pytest.mark.parametrize("to", ["client:alice", "sip:bob@sip.example"])
def test_clients_and_sip_addresses_can_be_called_by_anybody(bench: RestBench, to: str) -> None:
    bench.client.calls.create(to=to, from_="client:carol", url=VOICE)
    bench.client.calls.create(to=to, from_=OWNED, url=VOICE)
    assert [(request.to, request.from_) for request in bench.world.placed] == [(to, "client:carol"), (to, OWNED)]


def test_status_callbacks_are_for_the_end_of_the_call_unless_told_otherwise(bench: RestBench) -> None:
    bench.client.calls.create(to=CALLEE, from_=OWNED, url=VOICE, status_callback=VOICE)
    callback = bench.world.placed[0].status_callback
    assert callback == StatusCallback(VOICE, "POST", frozenset({"completed"}))


@pytest.mark.parametrize("url", ["status", "ftp://app.example/", "http://my_host.example/status"])
def test_an_invalid_status_callback_is_a_warning_and_the_call_is_made(bench: RestBench, url: str) -> None:
    call = bench.client.calls.create(to=CALLEE, from_=OWNED, url=VOICE, status_callback=url)
    assert bench.world.placed[0].status_callback is None
    [problem] = bench.problems()
    assert (problem.code, problem.level, problem.call_sid) == (21609, "warning", call.sid)


def test_events_joined_in_one_value_are_dropped_and_the_hint_says_how_to_send_them(bench: RestBench) -> None:
    bench.client.calls.create(
        to=CALLEE, from_=OWNED, url=VOICE, status_callback=VOICE, status_callback_event="answered completed"
    )
    callback = bench.world.placed[0].status_callback
    assert callback is not None
    assert callback.events == frozenset()
    [problem] = bench.problems()
    assert problem.code == 21626
    assert problem.hint == "Send the parameter once for each event; with the SDK, give a list."


def test_events_that_do_not_exist_are_dropped_alone(bench: RestBench) -> None:
    events = ["initiated", "busy", "no-answer"]
    bench.client.calls.create(to=CALLEE, from_=OWNED, url=VOICE, status_callback=VOICE, status_callback_event=events)
    callback = bench.world.placed[0].status_callback
    assert callback is not None
    assert callback.events == {"initiated"}
    [problem] = bench.problems()
    assert problem.message.endswith("busy no-answer")
    assert "completed covers every way" in problem.hint


def test_what_is_not_emulated_yet_is_accepted_with_a_warning_that_names_it(bench: RestBench) -> None:
    call = bench.client.calls.create(
        to=CALLEE,
        from_=OWNED,
        url=VOICE,
        call_reason="a survey",
        client_notification_url=VOICE,
    )
    problems = bench.problems()
    assert {problem.message.split(" ")[0] for problem in problems} == {"CallReason", "ClientNotificationUrl"}
    assert {problem.call_sid for problem in problems} == {call.sid}
    assert {problem.level for problem in problems} == {"warning"}


def test_an_unknown_parameter_is_ignored_with_a_warning_that_guesses_what_was_meant(bench: RestBench) -> None:
    form = {"To": CALLEE, "From": OWNED, "Url": VOICE, "statusCallback": VOICE, "Zebra": "1"}
    assert bench.request("POST", "/Calls.json", data=form).status_code == 201
    first, second = bench.problems()
    assert (first.code, first.message) == (20001, "There is no parameter statusCallback; Twilio ignores it.")
    assert first.hint == "Did you mean StatusCallback? Parameter names are case-sensitive."
    assert second.hint == "Parameter names are case-sensitive."


# --- showing ----------------------------------------------------------------------------------------------------------


def test_a_finished_call_shows_its_times_and_its_duration(bench: RestBench) -> None:
    placed = bench.world.add_call(*FINISHED, created_ms=10_000)
    epoch = bench.world.clock.utc().replace(microsecond=0)
    call = bench.client.calls(placed.sid).fetch()
    assert (call.status, call.duration, call.queue_time) == ("completed", "1", "1000")
    assert call.price is None
    assert call.price_unit == "USD"
    assert isinstance(call.date_created, datetime)
    assert call.date_created.tzinfo is UTC
    assert (call.start_time - call.date_created).total_seconds() == 1
    assert (call.end_time - call.date_created).total_seconds() == 4
    assert call.date_updated == call.end_time
    assert abs((call.date_created - epoch).total_seconds() - 10) < 60


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((), "queued"),
        ((CallEvent.DIALLED,), "queued"),
        ((CallEvent.DIALLED, CallEvent.RANG), "ringing"),
        (ANSWERED, "in-progress"),
        ((CallEvent.DIALLED, CallEvent.RANG, CallEvent.WAS_BUSY), "busy"),
    ],
)
def test_rest_has_its_own_words_for_a_status_and_no_duration_before_the_end(
    bench: RestBench, events: tuple[CallEvent, ...], status: str
) -> None:
    call = bench.client.calls(bench.world.add_call(*events).sid).fetch()
    assert (call.status, call.duration) == (status, None)


def test_a_call_has_the_same_dates_however_often_it_is_read(bench: RestBench) -> None:
    sid = bench.world.add_call(*FINISHED, created_ms=999).sid
    seen = {bench.request("GET", f"/Calls/{sid}.json").text for _ in range(20)}
    assert len(seen) == 1


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_live_call_is_redirected_to_another_url(bench: RestBench) -> None:
    call = bench.world.add_call(*ANSWERED)
    shown = bench.client.calls(call.sid).update(url=VOICE, method="GET", fallback_url=VOICE, fallback_method="GET")
    expected = Instructions(url=VOICE, method="GET", fallback_url=VOICE, fallback_method="GET")
    assert bench.world.redirected == [(call.sid, expected)]
    assert (shown.sid, shown.status) == (call.sid, "in-progress")


def test_a_live_call_is_given_inline_twiml(bench: RestBench) -> None:
    call = bench.world.add_call(*ANSWERED)
    bench.client.calls(call.sid).update(twiml="<Response><Hangup/></Response>")
    assert bench.world.redirected == [(call.sid, Instructions(twiml="<Response><Hangup/></Response>"))]


def test_a_redirect_can_bring_a_status_callback_and_nothing_else_can(bench: RestBench) -> None:
    call = bench.world.add_call(*ANSWERED)
    bench.client.calls(call.sid).update(status_callback=VOICE)
    assert call.status_callback is None
    [problem] = bench.problems()
    assert "no effect in an update without Url" in problem.message
    bench.client.calls(call.sid).update(url=VOICE, status_callback=VOICE)
    assert call.status_callback == StatusCallback(VOICE)


@pytest.mark.parametrize("events", [(), ANSWERED[:1], ANSWERED[:2], FINISHED])
def test_only_a_call_in_progress_can_be_redirected(bench: RestBench, events: tuple[CallEvent, ...]) -> None:
    call = bench.world.add_call(*events)
    with pytest.raises(TwilioRestException) as refusal:
        bench.client.calls(call.sid).update(url=VOICE)
    assert (refusal.value.code, refusal.value.status) == (21220, 400)
    assert "Call is not in-progress. Cannot redirect." in refusal.value.msg


@pytest.mark.parametrize(
    ("events", "wanted", "status"),
    [
        ((), "canceled", "canceled"),
        (ANSWERED[:2], "canceled", "canceled"),
        (ANSWERED, "canceled", "in-progress"),
        (FINISHED, "canceled", "completed"),
        ((), "completed", "canceled"),
        (ANSWERED, "completed", "completed"),
        (FINISHED, "completed", "completed"),
    ],
)
def test_a_call_is_stopped_as_its_state_demands(
    bench: RestBench, events: tuple[CallEvent, ...], wanted: str, status: str
) -> None:
    call = bench.world.add_call(*events)
    assert bench.client.calls(call.sid).update(status=wanted).status == status


@pytest.mark.parametrize(
    ("quirks", "events", "wanted"),
    [
        (Quirks(late_cancel_is_error=True), ANSWERED, "canceled"),
        (Quirks(finished_update_is_error=True), FINISHED, "completed"),
        (Quirks(finished_update_is_error=True), FINISHED, "canceled"),
    ],
)
def test_stopping_too_late_can_be_made_an_error(
    world: NotingWorld, bench: RestBench, quirks: Quirks, events: tuple[CallEvent, ...], wanted: str
) -> None:
    world.quirks = quirks
    with pytest.raises(TwilioRestException) as refusal:
        bench.client.calls(world.add_call(*events).sid).update(status=wanted)
    assert refusal.value.code == 21220


def test_a_time_limit_is_passed_on(bench: RestBench) -> None:
    call = bench.world.add_call(*ANSWERED)
    bench.client.calls(call.sid).update(time_limit=30)
    assert bench.world.limited == [(call.sid, 30)]


def test_an_update_that_asks_for_nothing_changes_nothing(bench: RestBench) -> None:
    call = bench.world.add_call(*ANSWERED)
    assert bench.client.calls(call.sid).update().status == "in-progress"
    assert (bench.world.redirected, bench.world.limited, bench.problems()) == ([], [], [])


# --- deleting ---------------------------------------------------------------------------------------------------------


def test_a_finished_call_is_deleted_and_then_not_found(bench: RestBench) -> None:
    call = bench.world.add_call(*FINISHED)
    response = bench.request("DELETE", f"/Calls/{call.sid}.json")
    assert (response.status_code, response.content) == (204, b"")
    assert bench.client.calls.list() == []
    assert bench.request("DELETE", f"/Calls/{call.sid}.json").status_code == 404


@pytest.mark.parametrize(
    ("login", "codes"),
    [
        ({"sip_auth_username": "alice", "sip_auth_password": "p%20w"}, []),
        ({"sip_auth_username": "a" * 256, "sip_auth_password": "x"}, [21221]),
        ({"sip_auth_username": "a b", "sip_auth_password": "x"}, [21222]),
        ({"sip_auth_username": "alice", "sip_auth_password": "x" * 256}, [21223]),
        ({"sip_auth_username": "alice", "sip_auth_password": "pass word"}, [21224]),
        ({"sip_auth_username": "alice"}, [21225]),
    ],
)
def test_a_sip_login_with_mistakes_is_a_warning_and_the_call_is_made(
    bench: RestBench, login: dict[str, str], codes: list[int]
) -> None:
    call = bench.client.calls.create(to="sip:bob@sip.example", from_=OWNED, url=VOICE, **login)
    assert [problem.code for problem in bench.problems()] == [*codes, 0]
    assert {problem.call_sid for problem in bench.problems()} == {call.sid}
    assert "pass word" not in bench.world.journal.to_jsonl()


def test_a_call_that_still_queues_has_queued_until_now(bench: RestBench) -> None:
    waiting, gone = bench.world.add_call(created_ms=-2500), bench.world.add_call()
    bench.world.cancel_call(gone)
    assert int(bench.client.calls(waiting.sid).fetch().queue_time) >= 2500
    assert bench.client.calls(gone.sid).fetch().queue_time == "4000"
