"""The heartbeat: every line once every 20 ms, in phases, by absolute deadlines."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.agenda import Agenda, Callback, Timer
from twilio_emulator.clock import FreeClock
from twilio_emulator.media.pump import Pump
from twilio_emulator.media.punctuality import Spell


class HandMovedClock:
    """A real clock's agenda, moved by the test."""

    lockstep = False

    def __init__(self) -> None:
        self.agenda = Agenda()
        self.lateness_ms = 0.0

    @property
    def now_ms(self) -> int:
        return self.agenda.now_ms

    def call_at(self, due_ms: int, callback: Callback, *, limit: bool = False) -> Timer:
        return self.agenda.add(due_ms, callback, limit=limit)


class Line:
    def __init__(self, clock: HandMovedClock | FreeClock) -> None:
        self._clock = clock
        self.ticks: list[int] = []

    def tick(self) -> None:
        self.ticks.append(self._clock.now_ms)


@given(joins=st.lists(st.integers(0, 500), min_size=1, max_size=30))
def test_every_line_ticks_every_20_ms_from_within_20_ms_of_joining(joins: list[int]) -> None:
    clock = HandMovedClock()
    pump = Pump(clock)
    lines: list[tuple[int, Line]] = []
    for moment in sorted(joins):
        clock.agenda.advance_to(moment)
        line = Line(clock)
        lines.append((moment, line))
        pump.add(line)
    clock.agenda.advance_to(1000)
    for joined, line in lines:
        assert 1 <= line.ticks[0] - joined <= 20
        assert {later - earlier for earlier, later in itertools.pairwise(line.ticks)} == {20}
        assert line.ticks[-1] > 980


def test_forty_lines_are_spread_over_the_twenty_phases() -> None:
    clock = HandMovedClock()
    pump = Pump(clock)
    lines = [Line(clock) for _ in range(40)]
    for line in lines:
        pump.add(line)
    clock.agenda.advance_to(20)
    at = [line.ticks[0] for line in lines]
    assert all(at.count(moment) == 2 for moment in range(1, 21))


def test_late_ticks_follow_one_another_and_none_is_left_out() -> None:
    clock = HandMovedClock()
    pump = Pump(clock)
    line = Line(clock)
    pump.add(line)
    clock.agenda.advance_to(10_000)
    assert len(line.ticks) == 500


def test_in_lockstep_a_lines_phase_depends_on_nothing_but_its_own_beginning() -> None:
    clock = FreeClock()
    pump = Pump(clock)
    lines = [Line(clock) for _ in range(3)]
    for line in lines:
        pump.add(line)
    clock.agenda.advance_to(40)
    assert [line.ticks for line in lines] == [[20, 40]] * 3


def test_a_line_taken_off_by_an_earlier_one_in_the_same_turn_does_not_tick() -> None:
    clock = FreeClock()
    pump = Pump(clock)
    victim = Line(clock)

    class Killer:
        def tick(self) -> None:
            pump.remove(victim)

    pump.add(Killer())
    pump.add(victim)
    clock.agenda.advance_to(100)
    assert victim.ticks == []
    assert len(pump) == 1


def test_an_empty_pump_leaves_nothing_on_the_agenda() -> None:
    clock = FreeClock()
    pump = Pump(clock)
    line = Line(clock)
    pump.add(line)
    pump.remove(line)
    pump.remove(line)
    clock.agenda.advance_to(20)
    assert clock.agenda.next_ms is None


def test_lateness_is_told_in_percentiles() -> None:
    clock = HandMovedClock()
    pump = Pump(clock)
    assert pump.lateness() == {"p50": 0.0, "p99": 0.0, "max": 0.0}
    pump.add(Line(clock))
    for moment in range(20, 2020, 20):
        clock.lateness_ms = moment / 20
        clock.agenda.advance_to(moment)
    assert pump.lateness() == {"p50": 51.0, "p99": 100.0, "max": 100.0}


def test_a_pump_that_begins_to_be_late_says_so_once() -> None:
    clock = HandMovedClock()
    pump = Pump(clock)
    spells: list[Spell] = []
    pump.on_late = spells.append
    pump.add(Line(clock))
    clock.lateness_ms = 25.0
    clock.agenda.advance_to(30_000)

    assert [(spell.p99_ms, spell.max_ms) for spell in spells] == [(25.0, 25.0)]
    assert pump.late_since(0) is not None


def test_a_free_clock_is_never_late() -> None:
    clock = FreeClock()
    pump = Pump(clock)
    pump.add(Line(clock))
    clock.agenda.advance_to(30_000)

    assert pump.lateness() == {"p50": 0.0, "p99": 0.0, "max": 0.0}
    assert pump.late_since(0) is None
