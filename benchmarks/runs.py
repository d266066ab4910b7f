"""The runs of the benchmark: callers in one process, the application in another, and what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, TypeVar

from children import Child, RunFailed, child
from search import most

_SETTLING_S = 0.5
"""Between the first media of the last stream and the measurement; less for short measurements."""
_SILENCE_LIMIT_S = 60.0
_CALLERS_CORE, _APPLICATIONS_CORE = 0, 1
_IN_TIME_MS = 10.0
_FIRST_TRIED = 100
_RATIO_STREAMS = 100
_LEAST_FRAMES = 0.98
"""Of those due: a sender that falls behind all the time is not in time, however evenly it does so."""
_RAW_MINUTES = 5
_LONG_CALLS = 40
_LONG_CALLS_SPEED = 10.0
"""So that ten minutes of forty calls are one of the wall, and as much work for a core as four hundred calls."""

Figures = dict[str, Any]
Told = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """What is measured. Seconds are wall time."""

    stream_counts: list[int]
    seconds: float
    rounds: int
    most_streams: int
    identical_runs: int
    calls: int
    minutes: float
    soak_calls: int


async def measure(plan: Plan, starting: Told) -> Figures:
    """Everything. `starting` is told each run's name.

    Raises:
        RunFailed: when one of the runs fails.
    """
    table = await _table(plan, starting)
    at_ratio = table["streams"].get(str(_RATIO_STREAMS))
    concurrent = await _concurrency("emulated_calls.py", plan, starting)
    raw_concurrent = await _concurrency("raw_wheel.py", plan, starting)
    one_minute = await _one_minute(plan, starting)
    return {
        "concurrent_p99_10ms": concurrent,
        "raw_concurrent_p99_10ms": raw_concurrent,
        "cpu_ratio_100": None if at_ratio is None else at_ratio["cpu_ratio"],
        **one_minute,
        "bytes_per_call": await _bytes_per_call(plan, starting),
        **await _soak(plan, starting),
        **table,
    }


# --- in real time -----------------------------------------------------------------------------------------------------


async def _table(plan: Plan, starting: Told) -> Figures:
    emulated: dict[int, list[Figures]] = {count: [] for count in plan.stream_counts}
    raw: dict[int, list[Figures]] = {count: [] for count in plan.stream_counts}
    for _ in range(plan.rounds):
        for count in plan.stream_counts:
            starting(f"{count} streams, emulator")
            emulated[count].append(await real_time("emulated_calls.py", count, plan.seconds))
            starting(f"{count} streams, raw wheel")
            raw[count].append(await real_time("raw_wheel.py", count, plan.seconds))
    return {
        "streams": {str(count): _side_by_side(emulated[count], raw[count]) for count in plan.stream_counts},
        "heartbeat": {str(count): _heartbeat(emulated[count]) for count in plan.stream_counts},
    }


async def _concurrency(callers: str, plan: Plan, starting: Told) -> int:
    """The most streams whose p99 lateness is small enough."""

    async def in_time(streams: int) -> bool:
        starting(f"the most streams, {callers}: {streams}")
        try:
            run = await real_time(callers, streams, plan.seconds)
        except RunFailed:
            return False
        due = streams * plan.seconds * 50
        return bool(run["p99_ms"] <= _IN_TIME_MS and run["frames"] >= _LEAST_FRAMES * due)

    return await most(in_time, first=_FIRST_TRIED, limit=plan.most_streams)


async def real_time(callers: str, streams: int, seconds: float) -> Figures:
    """One run: a script makes so many streams, and they are judged for so many seconds.

    Raises:
        RunFailed: when a process fails, or nothing was sent.
    """
    limit_s = seconds + _SILENCE_LIMIT_S
    async with (
        child("judge.py", streams, seconds, core=_APPLICATIONS_CORE, silence_limit_s=limit_s) as judge,
        child(callers, streams, core=_CALLERS_CORE, silence_limit_s=limit_s) as calling,
    ):
        calling.tell((await judge.hears("its port"))["port"])
        await _unless_it_fails(judge.hears(f"that the {streams} streams of {callers} carry media"), calling)
        await asyncio.sleep(min(_SETTLING_S, seconds / 4))
        calling.tell_now()
        judge.tell_now()
        verdict = await _unless_it_fails(judge.hears("its verdict"), calling)
        calling.tell_now()
        used = await calling.hears("what it used")
    if not verdict["frames"]:
        raise RunFailed(f"{callers} sent no frame in {seconds:g} s.")
    cpu_ms = used["cpu_s"] * 1000 / used["wall_s"] / streams
    return {**verdict, "cpu_per_call_second_ms": cpu_ms, "heartbeat": used.get("heartbeat")}


# --- at speed="max" ---------------------------------------------------------------------------------------------------


async def _one_minute(plan: Plan, starting: Told) -> Figures:
    """Wall seconds of a call of a minute, and how many in a row came out the same.

    Raises:
        RunFailed: when a process fails, or a call was not what it should have been.
    """
    calls: list[Figures] = []
    async with _beside_the_application("max_speed_call.py", plan.identical_runs) as calling:
        for number in range(plan.identical_runs):
            starting(f'a minute at speed="max", {number + 1} of {plan.identical_runs}')
            calls.append(await calling.hears("how the call went"))
            if not calls[-1]["key_came_back"]:
                raise RunFailed("max_speed_call.py did not hear the key that the application echoed.")
    starting("a minute in lock-step, raw")
    async with _beside_the_application("raw_lockstep.py", min(plan.identical_runs, _RAW_MINUTES)) as raw:
        minutes = [await raw.hears("how long it took") for _ in range(min(plan.identical_runs, _RAW_MINUTES))]
    first = calls[0]["digest"]
    return {
        "max_speed_60s_call_s": round(statistics.median(call["wall_s"] for call in calls), 3),
        "raw_max_speed_60s_call_s": round(statistics.median(minute["wall_s"] for minute in minutes), 3),
        "identical_runs": len(list(takewhile(lambda call: call["digest"] == first, calls))),
    }


async def _soak(plan: Plan, starting: Told) -> Figures:
    starting(f"{plan.soak_calls} short calls")
    async with _beside_the_application("soak.py", plan.soak_calls) as calling:
        left = await calling.hears("what is left")
    return {"soak_leftovers": sum(left.values()), "soak_left": left}


@contextlib.asynccontextmanager
async def _beside_the_application(callers: str, argument: int) -> AsyncIterator[Child]:
    """A script, and an application that somebody else might have written."""
    limit_s = _SILENCE_LIMIT_S * 10
    async with (
        child("application.py", core=_APPLICATIONS_CORE, silence_limit_s=limit_s) as application,
        child(callers, argument, core=_CALLERS_CORE, silence_limit_s=limit_s) as calling,
    ):
        calling.tell((await application.hears("its port"))["port"])
        yield calling


# --- memory -----------------------------------------------------------------------------------------------------------


async def _bytes_per_call(plan: Plan, starting: Told) -> int:
    """What one of many calls holds, and what it would hold more after some minutes."""
    starting(f"the memory of {plan.calls} calls")
    begun, grown = await _memory(plan.calls, 1.0, seconds=plan.seconds, settle_s=plan.seconds)
    starting(f"the memory of calls of {plan.minutes:g} minutes")
    wall_s = plan.minutes * 60 / _LONG_CALLS_SPEED
    calls = min(plan.calls, _LONG_CALLS)
    _, grown_long = await _memory(calls, _LONG_CALLS_SPEED, seconds=wall_s * 0.9, settle_s=wall_s * 0.1)
    return round((begun + grown) / plan.calls + max(grown_long, 0) / calls)


async def _memory(calls: int, speed: float, *, seconds: float, settle_s: float) -> tuple[int, int]:
    """Bytes that the calls hold once they have settled, and how many more so many wall seconds later."""
    limit_s = seconds + settle_s + _SILENCE_LIMIT_S
    async with (
        child("judge.py", calls, 0, core=_APPLICATIONS_CORE, silence_limit_s=limit_s) as judge,
        child("long_calls.py", calls, speed, core=_CALLERS_CORE, silence_limit_s=limit_s) as calling,
    ):
        calling.tell((await judge.hears("its port"))["port"])
        readings = [(await calling.hears("what it holds"))["memory_bytes"]]
        await _unless_it_fails(judge.hears(f"that the {calls} streams of long_calls.py carry media"), calling)
        for wait_s in (settle_s, seconds):
            await asyncio.sleep(wait_s)
            calling.tell_now()
            readings.append((await calling.hears("what it holds"))["memory_bytes"])
    before, settled, later = readings
    return settled - before, later - settled


# --- inside -----------------------------------------------------------------------------------------------------------


async def _unless_it_fails(work: Coroutine[Any, Any, T], other: Child) -> T:
    """The outcome of `work`, unless the other process ends before."""
    working, failing = asyncio.create_task(work), asyncio.create_task(other.fails())
    try:
        await asyncio.wait((working, failing), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            await failing
        return await working
    finally:
        working.cancel()
        failing.cancel()


def _side_by_side(emulated: list[Figures], raw: list[Figures]) -> Figures:
    ours, bar = _medians(emulated), _medians(raw)
    return {
        "p50_ms": round(ours["p50_ms"], 3),
        "p99_ms": round(ours["p99_ms"], 3),
        "max_ms": round(ours["max_ms"], 3),
        "raw_p50_ms": round(bar["p50_ms"], 3),
        "raw_p99_ms": round(bar["p99_ms"], 3),
        "raw_max_ms": round(bar["max_ms"], 3),
        "cpu_per_call_second_ms": round(ours["cpu_per_call_second_ms"], 3),
        "raw_cpu_per_call_second_ms": round(bar["cpu_per_call_second_ms"], 3),
        "cpu_ratio": round(ours["cpu_per_call_second_ms"] / bar["cpu_per_call_second_ms"], 2),
        "frames": ours["frames"],
        "judge_busy": round(ours["judge_busy"], 3),
    }


def _medians(runs: list[Figures]) -> Figures:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0] if name != "heartbeat"}


def _heartbeat(runs: list[Figures]) -> Figures:
    names = ("p50", "p99", "max")
    return {f"{name}_ms": round(statistics.median(run["heartbeat"][name] for run in runs), 3) for name in names}
