"""A phone that is called, or dials: its behaviour in call time."""

import pytest
from phone_bench import Bench

from twilio_emulator.errors import NeverHappened, NobodyThere, NotRinging

OUTCOMES = {
    "answer": [(200, "rang"), (1200, "answered")],
    "ring": [(200, "rang")],
    "no-answer": [(200, "rang")],
    "busy": [(200, "busy")],
    "reject": [(200, "rang"), (1200, "rejected")],
    "unreachable": [(200, "unreachable")],
}


@pytest.mark.parametrize(("behavior", "told"), OUTCOMES.items())
def test_a_called_phone_does_what_its_behavior_says(bench: Bench, behavior: str, told: list) -> None:
    bench.phone(behavior).ring(bench.leg, "+15550001111")
    bench.pass_ms(100_000)
    assert bench.leg.told == told


def test_an_unknown_behavior_is_refused_with_the_list_of_known_ones(bench: Bench) -> None:
    with pytest.raises(ValueError, match="answer, ring, busy, no-answer, reject, unreachable"):
        bench.phone("grumpy")


def test_a_phone_in_a_call_is_busy_for_others_and_free_again_afterwards(bench: Bench) -> None:
    phone = bench.phone()
    call = phone.dial("+15550001111")
    call.answered()
    phone.ring(bench.leg, "+15550002222")
    bench.pass_ms(5000)
    assert bench.leg.told == [(200, "busy")]
    call.hang_up()
    phone.ring(bench.leg, "+15550002222")
    bench.pass_ms(1200)
    assert bench.leg.told[-1][1] == "answered"


def test_a_caller_who_gives_up_before_the_ring_is_never_heard_of(bench: Bench) -> None:
    phone = bench.phone()
    far_end = phone.ring(bench.leg, "+15550001111")
    from twilio_emulator.calls.far_end import LegEnding

    far_end.ended(LegEnding.CANCELED)
    bench.pass_ms(10_000)
    assert bench.leg.told == []


def test_the_test_can_answer_and_reject_a_phone_that_only_rings(bench: Bench) -> None:
    phone = bench.phone("ring")
    phone.ring(bench.leg, "+15550001111")
    bench.pass_ms(700)
    phone.next_call(timeout_ms=0).result(0).answer()
    assert bench.leg.told == [(200, "rang"), (700, "answered")]


def test_answering_twice_is_a_mistake_told_in_words(bench: Bench) -> None:
    phone = bench.phone()
    phone.ring(bench.leg, "+15550001111")
    bench.pass_ms(2000)
    call = phone.next_call(timeout_ms=0).result(0)
    with pytest.raises(NotRinging, match=r'behavior="ring"'):
        call.answer()


def test_next_call_waits_for_a_call_and_names_its_limit_when_none_comes(bench: Bench) -> None:
    phone = bench.phone()
    early = phone.next_call(timeout_ms=5000)
    phone.ring(bench.leg, "+15550001111")
    bench.pass_ms(200)
    assert early.result(0).call_sid == bench.leg.call_sid
    late = phone.next_call(timeout_ms=5000)
    bench.pass_ms(5000)
    with pytest.raises(NeverHappened, match="5 s of call time for a call"):
        late.result(0)


def test_a_number_that_nobody_owns_cannot_be_dialled(bench: Bench) -> None:
    with pytest.raises(NobodyThere, match="add_number"):
        bench.phone().dial("+15559990000")


def test_a_phone_runs_its_script_once_it_has_answered(bench: Bench) -> None:
    phone = bench.phone(script=[{"silence": 0.1}, {"press": "5"}, {"hang_up": True}])
    phone.ring(bench.leg, "+15550001111")
    bench.pass_ms(1200)
    call = phone.next_call(timeout_ms=0).result(0)
    bench.exchange_frames(call, 20)
    assert [entry.action for entry in bench.journal.entries][-2:] == ["presses", "hangs up"]
    assert bench.leg.told[-1][1] == "hung up"


def test_a_dialled_phone_starts_its_script_when_it_is_answered_and_not_before(bench: Bench) -> None:
    from twilio_emulator.phones.script import parse_script

    call = bench.phone().dial("+15550001111", parse_script([{"press": "1"}]))
    bench.pass_ms(3000)
    assert not bench.journal.entries
    call.answered()
    assert bench.journal.entries[-1].action == "presses"
