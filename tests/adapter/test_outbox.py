"""The bookkeeping of what was said: queued, in flight, heard, dropped."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from twilio_adapter.outbox import LEAD_BYTES, MESSAGE_BYTES, Outbox, Parcel


class AnythingMayHappen(RuleBasedStateMachine):
    """Whatever is put, sent, echoed, cleared, lost and withdrawn, in any order: no byte appears or vanishes."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox()
        self.marks: list[str] = []
        self.parcels: list[Parcel] = []
        self.put_bytes = 0
        self.shipped_bytes = 0

    @rule(size=st.integers(0, 20_000))
    def put(self, size: int) -> None:
        self.parcels.append(self.outbox.put(bytes(size)))
        self.put_bytes += size

    @rule()
    def ship(self) -> None:
        for shipment in self.outbox.ship():
            assert 0 < len(shipment.ulaw) <= MESSAGE_BYTES
            assert shipment.mark not in self.marks
            self.marks.append(shipment.mark)
            self.shipped_bytes += len(shipment.ulaw)

    @rule(place=st.integers(0, 40))
    def echo(self, place: int) -> None:
        before = self.outbox.heard
        mark = self.marks[place % len(self.marks)] if self.marks else "tb:77"
        if not self.outbox.echoed(mark):
            assert self.outbox.heard == before

    @rule(name=st.text(max_size=5))
    def echo_of_a_mark_nobody_sent(self, name: str) -> None:
        assert not self.outbox.echoed(f"somebody's {name}")

    @rule(unplayed=st.integers(-5, 30_000))
    def clear(self, unplayed: int) -> None:
        before = self.outbox.dropped
        assert self.outbox.clear(unplayed) == self.outbox.dropped - before
        assert self.outbox.pending == 0

    @rule(unplayed=st.integers(0, 10_000))
    def lose(self, unplayed: int) -> None:
        queued = self.outbox.queued
        self.outbox.lose(unplayed)
        assert (self.outbox.queued, self.outbox.in_flight) == (queued, 0)

    @rule(place=st.integers(0, 40))
    def withdraw(self, place: int) -> None:
        if self.parcels:
            parcel = self.parcels[place % len(self.parcels)]
            self.outbox.withdraw(parcel)
            assert parcel.gone

    @invariant()
    def nothing_is_created_or_lost(self) -> None:
        outbox = self.outbox
        assert outbox.accepted == self.put_bytes
        assert outbox.heard + outbox.dropped + outbox.pending == outbox.accepted
        assert min(outbox.heard, outbox.dropped, outbox.queued, outbox.in_flight) >= 0
        assert outbox.heard <= self.shipped_bytes
        assert outbox.queued == sum(parcel.left for parcel in self.parcels)

    @invariant()
    def the_lead_is_bounded(self) -> None:
        assert self.outbox.in_flight <= LEAD_BYTES


TestAnythingMayHappen = AnythingMayHappen.TestCase
TestAnythingMayHappen.settings = settings(max_examples=60, stateful_step_count=30)


def test_messages_are_at_most_100_ms_and_a_second_is_in_flight() -> None:
    outbox = Outbox()
    outbox.put(bytes(16_000))
    shipments = outbox.ship()
    assert [len(shipment.ulaw) for shipment in shipments] == [800] * 10
    assert outbox.ship() == []


def test_an_echo_lets_the_next_message_go() -> None:
    outbox = Outbox()
    outbox.put(bytes(16_000))
    first = outbox.ship()[0]
    assert outbox.echoed(first.mark)
    assert len(outbox.ship()) == 1
    assert (outbox.heard, outbox.in_flight) == (800, 8000)


def test_an_echo_proves_that_what_was_sent_before_it_was_heard_too() -> None:
    outbox = Outbox()
    outbox.put(bytes(2400))
    shipments = outbox.ship()
    assert outbox.echoed(shipments[2].mark)
    assert outbox.heard == 2400
    assert not outbox.echoed(shipments[0].mark)


def test_marks_that_come_back_because_of_a_clear_are_not_heard() -> None:
    outbox = Outbox()
    outbox.put(bytes(1600))
    cleared = outbox.ship()
    assert outbox.clear(unplayed=1600) == 1600
    outbox.put(bytes(800))
    after = outbox.ship()
    for shipment in cleared:
        assert not outbox.echoed(shipment.mark)
    assert (outbox.heard, outbox.in_flight) == (0, 800)
    assert outbox.echoed(after[0].mark)


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=20))
def test_audio_arrives_in_order_and_complete(sizes: list[int]) -> None:
    outbox = Outbox()
    expected = b"".join(bytes([index]) * size for index, size in enumerate(sizes))
    for index, size in enumerate(sizes):
        outbox.put(bytes([index]) * size)
    arrived = b""
    while shipments := outbox.ship():
        arrived += b"".join(shipment.ulaw for shipment in shipments)
        outbox.echoed(shipments[-1].mark)
    assert arrived == expected
    assert outbox.heard == len(expected)
