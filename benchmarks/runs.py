"""The runs of the benchmark: callers in one process, the judge in another, and what came of it."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from children import Child, RunFailed, child

_SETTLING_S = 0.5
"""Between the first media of the last stream and the measurement; less for short measurements."""
_SILENCE_LIMIT_S = 60.0
_CALLERS_CORE, _JUDGES_CORE = 0, 1

Figures = dict[str, Any]
T = TypeVar("T")


async def measure(stream_counts: list[int], seconds: float, rounds: int, *, starting: Callable[[str], None]) -> Figures:
    """Everything, `rounds` times over; each figure is the median of its rounds. `starting` is told each run's name.

    Raises:
        RunFailed: when one of the runs fails.
    """
    emulated: dict[int, list[Figures]] = {count: [] for count in stream_counts}
    raw: dict[int, list[Figures]] = {count: [] for count in stream_counts}
    calls_s: list[float] = []
    for _ in range(rounds):
        for count in stream_counts:
            starting(f"{count} streams, emulator")
            emulated[count].append(await real_time("emulated_calls.py", count, seconds))
            starting(f"{count} streams, raw wheel")
            raw[count].append(await real_time("raw_wheel.py", count, seconds))
        starting('a minute at speed="max"')
        calls_s.append(await max_speed())
    return {
        "streams": {str(count): _side_by_side(emulated[count], raw[count]) for count in stream_counts},
        "heartbeat": {str(count): _heartbeat(emulated[count]) for count in stream_counts},
        "max_speed_60s_call_s": round(statistics.median(calls_s), 3),
    }


async def real_time(callers: str, streams: int, seconds: float) -> Figures:
    """One run: a script makes so many streams, and they are judged for so many seconds.

    Raises:
        RunFailed: when a process fails, or nothing was sent.
    """
    limit_s = seconds + _SILENCE_LIMIT_S
    async with (
        child("judge.py", streams, seconds, core=_JUDGES_CORE, silence_limit_s=limit_s) as judge,
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


async def max_speed() -> float:
    """Wall seconds of a call of a minute at speed="max".

    Raises:
        RunFailed: when a process fails, or the call was not what it should have been.
    """
    async with (
        child("judge.py", 1, 0, core=_JUDGES_CORE, silence_limit_s=_SILENCE_LIMIT_S) as judge,
        child("max_speed_call.py", core=_CALLERS_CORE, silence_limit_s=_SILENCE_LIMIT_S) as calling,
    ):
        calling.tell((await judge.hears("its port"))["port"])
        outcome = await _unless_it_fails(calling.hears("how the call went"), judge)
    if not outcome["key_came_back"]:
        raise RunFailed("max_speed_call.py did not hear the key that the application echoed.")
    return float(outcome["wall_s"])


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
