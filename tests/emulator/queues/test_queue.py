"""A queue by itself: callers and agents come and go in any order, and nobody is lost, doubled or overtaken."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from twilio_emulator.queues.queue import Agent, Member, Queue, QueueFull, Queues

ACCOUNT = "AC" + "0" * 32


class Party:
    """A caller or an agent."""

    def __init__(self, call_sid: str) -> None:
        self.call_sid = call_sid


def queue(*, max_size: int = 1000, name: str = "support", sid: str = "QU1") -> Queue:
    return Queue(sid, ACCOUNT, name, created_ms=0, updated_ms=0, max_size=max_size)


def join(where: Queue, call_sid: str, now_ms: int = 0, limit: int = 0) -> Member:
    return where.join(call_sid, Party(call_sid), now_ms=now_ms, limit=limit)  # type: ignore[arg-type]


def agent(call_sid: str) -> Agent:
    return Agent(Party(call_sid))  # type: ignore[arg-type]


def test_places_move_up_when_somebody_leaves() -> None:
    support = queue()
    one, two, three = (join(support, sid) for sid in ("CA1", "CA2", "CA3"))
    assert [member.position for member in (one, two, three)] == [1, 2, 3]
    support.leave(two, now_ms=5000)
    assert [member.position for member in (one, two, three)] == [1, 0, 2]
    assert (support.front, support.current_size) == (one, 2)


def test_waiting_is_counted_in_whole_seconds_and_stops_with_the_stay() -> None:
    support = queue()
    one = join(support, "CA1", now_ms=0)
    join(support, "CA2", now_ms=1500)
    assert (one.wait_s(2999), support.average_wait_s(2999)) == (2, 2)
    support.leave(one, now_ms=3000)
    assert (one.wait_s(60_000), support.average_wait_s(4000)) == (3, 2)


def test_an_empty_queue_has_no_average() -> None:
    assert queue().average_wait_s(60_000) == 0


@pytest.mark.parametrize(("max_size", "limit", "fits"), [(1, 0, False), (2, 0, True), (2, 1, False), (1, 5, False)])
def test_neither_the_queues_size_nor_the_callers_own_limit_is_exceeded(max_size: int, limit: int, fits: bool) -> None:
    support = queue(max_size=max_size)
    join(support, "CA1")
    if fits:
        join(support, "CA2", limit=limit)
    else:
        with pytest.raises(QueueFull):
            join(support, "CA2", limit=limit)
    assert support.current_size == 1 + fits


def test_a_name_is_an_accounts_own_and_can_be_given_up() -> None:
    queues = Queues()
    support = queue()
    queues.add(support)
    assert queues.named(ACCOUNT, "support") is support
    assert queues.named("AC" + "1" * 32, "support") is None
    queues.rename(support, "help")
    assert (queues.named(ACCOUNT, "support"), queues.named(ACCOUNT, "help")) == (None, support)
    queues.remove(support.sid)
    assert queues.named(ACCOUNT, "help") is None
    queues.add(support)
    queues.clear()
    assert (queues.named(ACCOUNT, "help"), queues.all()) == (None, ())


class AnyOrder(RuleBasedStateMachine):
    """Compares a queue with two plain lists."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = queue(max_size=4)
        self.now_ms = 0
        self.waiting: list[Member] = []
        self.asking: list[Agent] = []
        self.met: list[tuple[Member, Agent]] = []
        self.gone: list[Member] = []
        self.came = 0

    def _match(self) -> None:
        while (pair := self.queue.match(now_ms=self.now_ms)) is not None:
            assert pair == (self.waiting.pop(0), self.asking.pop(0)), "the first of each"
            self.met.append(pair)

    @rule(ms=st.integers(0, 3000))
    def time_passes(self, ms: int) -> None:
        self.now_ms += ms

    @rule()
    def somebody_calls(self) -> None:
        self.came += 1
        try:
            member = join(self.queue, f"CA{self.came}", self.now_ms)
        except QueueFull:
            assert len(self.waiting) == 4
            self.came -= 1
            return
        self.waiting.append(member)
        self._match()

    @rule()
    def an_agent_asks(self) -> None:
        asking = agent(f"AG{len(self.asking)}")
        self.queue.seek(asking)
        self.asking.append(asking)
        self._match()

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def a_caller_has_enough(self, data: st.DataObject) -> None:
        member = data.draw(st.sampled_from(self.waiting))
        self.waiting.remove(member)
        self.queue.leave(member, now_ms=self.now_ms)
        self.queue.leave(member, now_ms=self.now_ms + 1)
        self.gone.append(member)

    @precondition(lambda self: self.asking)
    @rule(data=st.data())
    def an_agent_gives_up(self, data: st.DataObject) -> None:
        asking = data.draw(st.sampled_from(self.asking))
        self.asking.remove(asking)
        self.queue.give_up(asking)
        self.queue.give_up(asking)

    @invariant()
    def everybody_is_where_they_should_be(self) -> None:
        assert list(self.queue.members) == self.waiting
        assert self.queue.current_size == len(self.waiting)
        assert [member.position for member in self.waiting] == list(range(1, len(self.waiting) + 1))
        assert all(self.queue.member(member.call_sid) is member for member in self.waiting)
        assert not (self.waiting and self.asking), "callers or agents wait, never both"
        out = [*self.gone, *(member for member, _ in self.met)]
        assert all(member.position == 0 and member.left_ms is not None for member in out)
        assert len(self.waiting) + len(out) == self.came, "nobody is lost, nobody is there twice"


TestAnyOrder = AnyOrder.TestCase
