"""At free speed call time passes while a verb waits, and not while a script thinks."""

import asyncio

from fake_twilio import LOUD
from websockets.frames import Frame, Opcode

from twilio_adapter.gate import Gate
from twilio_wire.barrier import barrier_payload, is_barrier


def opened(gate: Gate) -> bool:
    answers: list[bool] = []
    gate.through(lambda: answers.append(True))
    return bool(answers)


async def test_barriers_pass_while_somebody_waits_and_nobody_acts():
    gate = Gate()
    assert not opened(gate)
    gate.waiting()
    assert opened(gate)
    gate.acting()
    assert not opened(gate)
    gate.acted()
    assert opened(gate)
    gate.satisfied()
    assert not opened(gate)
    gate.leave()
    assert opened(gate)


async def test_what_was_kept_passes_in_order_when_somebody_waits():
    gate, answers = Gate(), []
    for number in range(3):
        gate.through(lambda number=number: answers.append(number))
    gate.waiting()
    assert answers == [0, 1, 2]


async def test_a_script_that_waits_for_something_else_is_not_waited_for_for_ever():
    gate = Gate(patience_s=0.01)
    passed = asyncio.Event()
    for _ in range(3):
        passed.clear()
        gate.through(passed.set)
        assert not passed.is_set()
        await passed.wait()


async def test_an_emulators_barrier_is_answered_only_while_a_verb_waits(in_call, background) -> None:
    far_end, adapter, answered = in_call.far_end, in_call.adapter, []
    process = far_end.ws.process_event

    def note(frame: Frame) -> None:
        if frame.opcode is Opcode.PONG:
            answered.append(bytes(frame.data))
        process(frame)

    far_end.ws.process_event = note
    await far_end.ws.ping(barrier_payload(1))
    await (await far_end.ws.ping(b"a proxy's"))
    assert answered == [b"a proxy's"]
    listening = await background.start(adapter.recv_audio(5, tail_silence=0.02))
    await (await far_end.ws.ping(barrier_payload(2)))
    assert answered[1:] == [barrier_payload(1), barrier_payload(2)]
    await far_end.ticks(0.2, LOUD)
    await far_end.ticks(0.2)
    await listening
    await far_end.ws.ping(barrier_payload(3))
    await (await far_end.ws.ping(b"a proxy's"))
    assert barrier_payload(3) not in answered


def test_only_whole_barriers_are_barriers():
    assert is_barrier(barrier_payload(2**63))
    assert not is_barrier(b"")
    assert not is_barrier(barrier_payload(1)[:-1])
    assert not is_barrier(barrier_payload(1) + b"x")
