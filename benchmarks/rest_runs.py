"""The runs of the REST benchmark: a server on one core, its clients on another, and what came of it."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from children import RunFailed, child

RUNS_A_ROUND = 4
_SILENCE_LIMIT_S = 60.0
_SERVERS_CORE, _CLIENTS_CORE = 0, 1
_SERVE = "from twilio_emulator.cli import main; main()"
_FEW_CALLS = 100

Figures = dict[str, Any]


async def measure(
    *, connections: int, seconds: float, calls: int, rounds: int, starting: Callable[[str], None]
) -> Figures:
    """Everything, `rounds` times over; each figure is the median of its rounds. `starting` is told each run's name.

    Raises:
        RunFailed: when one of the runs fails.
    """
    emulated: list[Figures] = []
    bare: list[Figures] = []
    pages: list[Figures] = []
    starts: list[Figures] = []
    for _ in range(rounds):
        starting("requests to the emulator")
        emulated.append(await under_load(("rest_emulator.py",), connections, seconds))
        starting("requests to a bare handler")
        sizes = (emulated[-1][name]["body_bytes"] for name in ("get", "post"))
        bare.append(await under_load(("rest_bare.py", *sizes), connections, seconds))
        starting(f"a list of {calls} calls")
        pages.append(await first_pages(_FEW_CALLS, calls))
        starting("a cold start")
        starts.append(await cold_start())
    return {
        "requests": {
            "GET Calls/{sid}.json": _side_by_side("get", emulated, bare),
            "POST Calls.json": _side_by_side("post", emulated, bare),
        },
        "page_1": _medians(pages, digits=3),
        "start": _medians(starts, digits=3),
    }


async def under_load(server: tuple[object, ...], connections: int, seconds: float) -> Figures:
    """One server, asked first with GET and then with POST: requests a second, CPU and bytes of each, the clients' load.

    Raises:
        RunFailed: when a process fails, or an answer is not what it should be.
    """
    script, *arguments = server
    limit_s = 2 * seconds + _SILENCE_LIMIT_S
    async with child(str(script), *arguments, core=_SERVERS_CORE, silence_limit_s=limit_s) as serving:
        address = await serving.hears("where it listens")
        figures = {}
        for name in ("get", "post"):
            asked = (address["port"], connections, seconds, address[name])
            serving.tell_now()
            async with child("rest_clients.py", *asked, core=_CLIENTS_CORE, silence_limit_s=limit_s) as clients:
                figures[name] = await clients.hears(f"how {script} answered")
            serving.tell_now()
            used = await serving.hears("what it used")
            figures[name]["cpu_us"] = used["cpu_s"] * 1e6 / figures[name]["answers"]
    return figures


async def first_pages(*calls: int) -> Figures:
    """How long page 1 of a short and of a long list takes, in milliseconds.

    Raises:
        RunFailed: when the process fails.
    """

    async with child("rest_lists.py", *calls, core=_SERVERS_CORE, silence_limit_s=_SILENCE_LIMIT_S) as listing:
        facts = await listing.hears("how long the pages took")
    few_ms, many_ms = facts["page_ms"]
    few_calls, many_calls = calls
    return {
        "few_calls": few_calls,
        "few_ms": few_ms,
        "many_calls": many_calls,
        "many_ms": many_ms,
        "ratio": many_ms / few_ms,
    }


async def cold_start() -> Figures:
    """Seconds from the start of `twilio-emulator serve` to `ready`, and its resident memory in MB (10^6 bytes) then.

    The second start counts: the first compiles, as an installation does.

    Raises:
        RunFailed: when it does not become ready.
    """
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        await _start(environment)
        return await _start(environment)


async def _start(environment: dict[str, str]) -> Figures:
    command = (sys.executable, "-c", _SERVE, "serve", "--port", "0", "--speech", "murmur")
    pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    began_s = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=nowhere, env=environment)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_SILENCE_LIMIT_S):
            line = await process.stdout.readline()
        ready_s = time.perf_counter() - began_s
        if not line.startswith(b"ready "):
            raise RunFailed("twilio-emulator serve ended before it was ready.")
        return {"ready_s": ready_s, "rss_mb": _resident_mb(process.pid)}
    except TimeoutError:
        raise RunFailed(f"twilio-emulator serve was not ready within {_SILENCE_LIMIT_S:g} s.") from None
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def _resident_mb(pid: int) -> float | None:
    """Resident memory, where the system tells it in a file."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmRSS:"))


def _side_by_side(name: str, emulated: list[Figures], bare: list[Figures]) -> Figures:
    per_s = statistics.median(run[name]["per_s"] for run in emulated)
    bare_per_s = statistics.median(run[name]["per_s"] for run in bare)
    cpu_us = statistics.median(run[name]["cpu_us"] for run in emulated)
    bare_cpu_us = statistics.median(run[name]["cpu_us"] for run in bare)
    return {
        "per_s": round(per_s, 1),
        "bare_per_s": round(bare_per_s, 1),
        "ratio": round(per_s / bare_per_s, 3),
        "cpu_us": round(cpu_us, 1),
        "bare_cpu_us": round(bare_cpu_us, 1),
        "cpu_ratio": round(bare_cpu_us / cpu_us, 3),
        "body_bytes": emulated[-1][name]["body_bytes"],
        "clients_busy": round(max(run[name]["busy"] for run in (*emulated, *bare)), 3),
    }


def _medians(runs: list[Figures], *, digits: int) -> Figures:
    return {
        name: None if value is None else round(statistics.median(run[name] for run in runs), digits)
        for name, value in runs[0].items()
    }
