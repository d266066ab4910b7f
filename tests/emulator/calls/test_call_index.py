"""Finding calls without looking at all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.calls.call import FINAL_STATUSES, Call, CallEvent, CallStatus, Direction
from twilio_emulator.calls.store import Store
from twilio_emulator.calls.window import Span

PATHS = {
    "queued": (),
    "in-progress": (CallEvent.DIALLED, CallEvent.ANSWERED),
    "busy": (CallEvent.DIALLED, CallEvent.WAS_BUSY),
    "completed": (CallEvent.DIALLED, CallEvent.ANSWERED, CallEvent.HUNG_UP),
}
ACTIONS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from("AB"), st.sampled_from("12"), st.sampled_from("12")),
    st.tuples(st.just("step"), st.integers(0, 30), st.sampled_from(list(PATHS))),
    st.tuples(st.just("remove"), st.integers(0, 30)),
    st.tuples(st.just("look")),
)


def call(number: int, account: str, to: str, from_: str) -> Call:
    return Call(
        sid=f"CA{number}",
        account_sid=account,
        direction=Direction.OUTBOUND_API,
        from_number=from_,
        to_number=to,
        status=CallStatus.QUEUED,
        created_ms=number,
        parent_call_sid="CA0" if number % 3 == 1 else None,
    )


@given(st.lists(ACTIONS, max_size=40))
def test_every_search_finds_what_a_look_at_all_calls_would(actions: list) -> None:
    store, calls = Store(), []

    def compare() -> None:
        for account in "AB":
            for status in ("", "queued", "in-progress", "busy", "completed"):
                for to in ("", "1", "2"):
                    for from_ in ("", "1"):
                        for parent in ("", "CA0"):
                            found = store.find_calls(
                                account, status=status, to_number=to, from_number=from_, parent_call_sid=parent
                            )
                            wanted = [
                                one.sid
                                for one in calls
                                if one.account_sid == account
                                and status in ("", one.status_in_rest)
                                and to in ("", one.to_number)
                                and from_ in ("", one.from_number)
                                and parent in ("", one.parent_call_sid)
                            ]
                            sids = [one.sid for one in found]
                            assert [sid for sid in sids if sid in wanted] == wanted

    for number, (what, *how) in enumerate(actions):
        if what == "add":
            calls.append(call(number, *how))
            store.add_call(calls[-1])
        elif what == "look":
            compare()
        elif calls:
            one = calls[how[0] % len(calls)]
            if what == "remove" and one.status in FINAL_STATUSES:
                calls.remove(one)
                store.remove_call(one.sid)
            elif what == "step" and one.status is CallStatus.QUEUED:
                for event in PATHS[how[1]]:
                    one.apply(event, now_ms=number)
    compare()


def test_a_status_among_very_many_calls_is_found_by_looking_at_few() -> None:
    store = Store()
    for number in range(1000):
        one = call(number, "A", "1", "2")
        for event in PATHS["busy" if number == 500 else "completed"]:
            one.apply(event, now_ms=number)
        store.add_call(one)
    assert [one.sid for one in store.find_calls("A", status="busy", from_number="2")] == ["CA500"]


def placed(created_ms: int, *, waits_ms: int = 0, lasts_ms: int = 10) -> Call:
    one = call(created_ms, "A", "1", "2")
    one.apply(CallEvent.DIALLED, now_ms=created_ms + waits_ms)
    one.apply(CallEvent.ANSWERED, now_ms=created_ms + waits_ms)
    one.apply(CallEvent.HUNG_UP, now_ms=created_ms + waits_ms + lasts_ms)
    return one


@pytest.mark.parametrize(
    ("spans", "created"),
    [
        ({"started": Span(from_ms=9_000)}, range(8_950, 10_000)),
        ({"started": Span(before_ms=100)}, range(100)),
        ({"ended": Span(from_ms=9_000)}, range(8_800, 10_000)),
        ({"ended": Span(before_ms=100)}, range(100)),
        ({"started": Span(500, 600), "ended": Span(before_ms=560)}, range(450, 560)),
        ({"started": Span(600, 500)}, range(0)),
    ],
)
def test_a_span_of_time_leaves_only_calls_created_about_then(spans: dict[str, Span], created: range) -> None:
    store = Store()
    for created_ms in range(10_000):
        waits_ms, lasts_ms = (50 if created_ms == 77 else 0), (200 if created_ms == 99 else 10)
        store.add_call(placed(created_ms, waits_ms=waits_ms, lasts_ms=lasts_ms))
    found = store.find_calls("A", **spans)
    assert [one.created_ms for one in found] == list(created)


def test_calls_that_were_not_filed_in_order_are_all_looked_at() -> None:
    store = Store()
    for created_ms in (5, 3):
        store.add_call(placed(created_ms))
    assert len(store.find_calls("A", started=Span(from_ms=5))) == 2


def test_a_call_that_waited_in_the_queue_is_found_by_when_it_started() -> None:
    store = Store()
    for created_ms in range(100):
        store.add_call(placed(created_ms, waits_ms=5_000 if created_ms == 50 else 0))
    assert "CA50" in [one.sid for one in store.find_calls("A", started=Span(from_ms=5_000))]


def test_a_window_is_a_sequence_of_its_own() -> None:
    window = Span(3, 6).of(range(10), lambda number: number)
    assert (list(window), len(window), window[0], window[-1], list(window[::-1])) == ([3, 4, 5], 3, 3, 5, [5, 4, 3])
    with pytest.raises(IndexError):
        window[3]
