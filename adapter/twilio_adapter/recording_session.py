"""One recording from beginning to end: a telephone, a call, a script or a person, a cassette.

Law: whatever becomes of the call, its cassette is finished as far as it got, and the outcome says how far that was.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from twilio_adapter.adapter import TwilioAgentAdapter
from twilio_adapter.errors import AdapterError, CallFailed, CallStillUp, NoCall, ScriptStepFailed
from twilio_adapter.harnesses import EmulatorHarness, TwilioHarness
from twilio_adapter.script import run
from twilio_adapter.script_file import ScriptFile
from twilio_wire.cassette import Side

_NOBODY_THERE: Final = "Over the emulator, prepare(twilio) in the script's file sets up who answers."
_INTERRUPTED: Final = "It was interrupted."


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be recorded.

    Attributes:
        to: whom to call, E.164; empty to wait for a call.
        script: what we do; None, or without steps, to listen until the call is over.
        out: the cassette's folder.
        overwrite: whether a cassette that is there is replaced.
        handset: whose part a phone shall play.
        patience_s: how long it may ring, or how long to wait for a call.
        longest_s: how long the call may last.
        made_by: a sentence for the README.
    """

    to: str
    script: ScriptFile | None
    out: Path
    overwrite: bool
    handset: Side
    patience_s: float
    longest_s: int
    made_by: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it.

    Attributes:
        ok: whether the call went as it should, and all of it is in the cassette.
        cassette: the folder; None if there was no call.
        problem: what went wrong, in words; empty if nothing did.
    """

    ok: bool
    cassette: str | None
    status: str | None = None
    duration_ms: int = 0
    entries: int = 0
    hung_up_by: Side | None = None
    handset: Side
    is_real: bool = False
    problem: str = ""

    def as_dict(self) -> dict[str, str | int | bool | None]:
        """For machines."""
        return asdict(self)


async def record(
    order: Order, harness: EmulatorHarness | TwilioHarness, watch: Callable[[TwilioAgentAdapter], None]
) -> Outcome:
    """Record a call. Cancelling it once hangs up and ends the recording, as a person does who has heard enough.

    Args:
        order: what.
        harness: over what.
        watch: told of the adapter before there is a call.

    Raises:
        CassetteExists, CassetteError: it cannot be recorded there.
        AdapterError: there is no telephone, or the emulator could not be prepared.
    """
    problem: str | None = None
    try:
        async with AsyncExitStack() as stack:
            adapter = await stack.enter_async_context(harness)
            recorder = adapter.record(
                order.out, handset=order.handset, overwrite=order.overwrite, made_by=order.made_by
            )
            watch(adapter)
            if order.script is not None and isinstance(harness, EmulatorHarness):
                await order.script.set_up(harness.twilio, stack)
            problem = await _hold(order, adapter)
    except AdapterError as error:
        if problem is None:
            raise
        problem = problem or str(error)  # the way out
    return _outcome(order, adapter, problem or recorder.problem or "")


async def _hold(order: Order, adapter: TwilioAgentAdapter) -> str:
    """Have the call; return what went wrong."""
    try:
        if order.to:
            await adapter.place_call(order.to, timeout=order.patience_s, time_limit=order.longest_s)
        else:
            await adapter.wait_for_call(order.patience_s)
        if order.script is not None and order.script.script is not None:
            await run(adapter, order.script.script, speak=order.script.speak, hear=order.script.hear)
            return ""
        with suppress(CallStillUp):  # we have heard enough
            await adapter.wait_until_ended(order.longest_s)
    except ScriptStepFailed as error:
        assert order.script is not None
        return f"{order.script.place_of(error)}: {error}"
    except CallFailed as error:
        return f"{error} {_NOBODY_THERE}" if not adapter.call_record.is_real else str(error)
    except AdapterError as error:
        return str(error)
    except asyncio.CancelledError:
        _go_on_after_interrupt()
        listens = order.script is None or order.script.script is None
        return "" if listens and adapter.call_sid is not None else _INTERRUPTED
    return ""


def _go_on_after_interrupt() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.uncancel()


def _outcome(order: Order, adapter: TwilioAgentAdapter, problem: str) -> Outcome:
    try:
        call = adapter.call_record
    except NoCall:
        return Outcome(ok=False, cassette=None, handset=order.handset, problem=problem)
    return Outcome(
        ok=not problem,
        cassette=str(order.out),
        status=call.status,
        duration_ms=call.duration_ms,
        entries=len(call.entries),
        hung_up_by=call.hung_up_by,
        handset=order.handset,
        is_real=call.is_real,
        problem=problem,
    )
