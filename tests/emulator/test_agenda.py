"""The agenda: what runs when, in which order, and what is left of what was cancelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.agenda import Agenda


@given(st.lists(st.integers(0, 1000), max_size=40))
def test_callbacks_run_in_the_order_of_their_time_and_then_of_their_arrival(dues: list[int]) -> None:
    agenda = Agenda()
    ran: list[tuple[int, int]] = []
    for arrival, due in enumerate(dues):
        agenda.add(due, lambda due=due, arrival=arrival: ran.append((due, arrival)))
    agenda.advance_to(1000)
    assert ran == sorted((due, arrival) for arrival, due in enumerate(dues))
    assert agenda.now_ms == 1000


def test_a_callback_sees_its_own_moment_however_late_it_runs() -> None:
    agenda = Agenda()
    seen: list[int] = []
    agenda.add(30, lambda: seen.append(agenda.now_ms))
    agenda.add(70, lambda: seen.append(agenda.now_ms))
    agenda.advance_to(500)
    assert seen == [30, 70]


def test_a_cancelled_callback_does_not_run_and_is_no_reason_to_wake() -> None:
    agenda = Agenda()
    timer = agenda.add(10, lambda: pytest.fail("it was cancelled"))
    timer.cancel()
    assert agenda.next_ms is None
    agenda.advance_to(100)


def test_what_a_callback_adds_for_now_still_runs_in_the_same_advance() -> None:
    agenda = Agenda()
    ran: list[str] = []
    agenda.add(10, lambda: agenda.add(5, lambda: ran.append("late guest")))
    agenda.advance_to(10)
    assert ran == ["late guest"]


def test_timers_that_were_cancelled_do_not_pile_up() -> None:
    agenda, ran = Agenda(), []
    for number in range(10_000):
        agenda.add(number, lambda number=number: ran.append(number))
        agenda.add(4 * 3600 * 1000, lambda: ran.append(-1)).cancel()
    assert len(agenda._heap) < 2 * 10_000 + 200
    for _ in range(10_000):
        agenda.add(4 * 3600 * 1000, lambda: ran.append(-1)).cancel()
    assert len(agenda._heap) < 2 * 10_000 + 200
    agenda.advance_to(4 * 3600 * 1000)
    assert ran == list(range(10_000))
    assert agenda.happenings == 0
