"""The call's state machine: the whole cross product of statuses and events."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.calls.call import (
    FINAL_STATUSES,
    TRANSITIONS,
    Call,
    CallEvent,
    CallStatus,
    Direction,
    IllegalTransition,
)


def a_call(status: CallStatus) -> Call:
    return Call(
        sid="CA" + "0" * 32,
        account_sid="AC" + "0" * 32,
        direction=Direction.OUTBOUND_API,
        from_number="+15550001111",
        to_number="+15557770001",
        status=status,
        created_ms=0,
    )


@pytest.mark.parametrize(("status", "event"), list(itertools.product(CallStatus, CallEvent)))
def test_every_pair_either_follows_the_table_or_is_refused_by_name(status: CallStatus, event: CallEvent) -> None:
    call = a_call(status)
    if (status, event) in TRANSITIONS:
        assert call.can(event)
        assert call.apply(event, now_ms=5) is status
        assert call.status is TRANSITIONS[status, event]
    else:
        assert not call.can(event)
        with pytest.raises(IllegalTransition, match=event.value):
            call.apply(event, now_ms=5)
        assert call.status is status


def test_nothing_follows_a_final_status() -> None:
    assert not [pair for pair in TRANSITIONS if pair[0] in FINAL_STATUSES]


def test_every_status_that_is_not_final_can_end() -> None:
    for status in set(CallStatus) - FINAL_STATUSES:
        reachable, frontier = set(), [status]
        while frontier:
            here = frontier.pop()
            following = {after for (before, _), after in TRANSITIONS.items() if before is here} - reachable
            reachable |= following
            frontier.extend(following)
        assert reachable & FINAL_STATUSES


@given(st.lists(st.sampled_from(CallEvent), max_size=12))
def test_times_are_kept_in_the_order_in_which_things_happen(events: list[CallEvent]) -> None:
    call = a_call(CallStatus.QUEUED)
    for now_ms, event in enumerate(events, start=1):
        if call.can(event):
            call.apply(event, now_ms=now_ms)
    happened = [ms for ms in (call.started_ms, call.answered_ms, call.ended_ms) if ms is not None]
    assert happened == sorted(happened)
    assert (call.ended_ms is not None) == call.status.is_final


@pytest.mark.parametrize(("talked_ms", "seconds"), [(0, 0), (1, 1), (1000, 1), (1001, 2), (49_000, 49)])
def test_duration_counts_from_the_answer_in_begun_seconds(talked_ms: int, seconds: int) -> None:
    call = a_call(CallStatus.RINGING)
    call.apply(CallEvent.ANSWERED, now_ms=7000)
    call.apply(CallEvent.HUNG_UP, now_ms=7000 + talked_ms)
    assert call.duration_s == seconds


def test_an_unanswered_call_has_no_duration() -> None:
    call = a_call(CallStatus.RINGING)
    call.apply(CallEvent.NOT_ANSWERED, now_ms=60_000)
    assert call.duration_s == 0


def test_rest_never_says_initiated() -> None:
    assert a_call(CallStatus.INITIATED).status_in_rest == "queued"


@pytest.mark.parametrize("status", [CallStatus.QUEUED, CallStatus.INITIATED])
def test_rest_never_says_that_a_dialled_leg_is_queued(status: CallStatus) -> None:
    leg = a_call(status)
    leg.direction = Direction.OUTBOUND_DIAL
    assert leg.status_in_rest == "ringing"
