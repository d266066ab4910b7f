"""The processes of a run, each on a core of its own: how they are started, spoken with and ended.

A child prints JSON, one fact a line, and is told words on its standard input, one a line.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO, Any, NoReturn

HERE = Path(__file__).parent
_OPEN_FILES = 8192


class RunFailed(Exception):
    """A run could not be completed; the text says which process failed and what it said last."""


class Child:
    """One process of a run."""

    def __init__(
        self, script: str, process: asyncio.subprocess.Process, complaints: IO[bytes], *, silence_limit_s: float
    ) -> None:
        self._script = script
        self._process = process
        self._complaints = complaints
        self._silence_limit_s = silence_limit_s

    async def hears(self, what: str) -> dict[str, Any]:
        """The next fact that it prints; `what` names it in the failure.

        Raises:
            RunFailed: when it ends or stays silent instead.
        """
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(self._silence_limit_s):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise RunFailed(f"{self._script} did not say {what} within {self._silence_limit_s:g} s.") from None
        if not line:
            await self.fails()
        fact: dict[str, Any] = json.loads(line)
        return fact

    async def fails(self) -> NoReturn:
        """Wait for the end of the process, which is too early whenever it comes.

        Raises:
            RunFailed: at that end.
        """
        code = await self._process.wait()
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        raise RunFailed(f"{self._script} ended before it was done: {lines[-1] if lines else f'exit code {code}'}")

    def tell(self, word: object) -> None:
        """Give it a word that it waits for."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())

    def tell_now(self) -> None:
        """Let it begin, or end, what it waits to begin or end."""
        self.tell("now")

    async def end(self) -> None:
        """Kill it, if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.communicate()


@contextlib.asynccontextmanager
async def child(script: str, *arguments: object, core: int, silence_limit_s: float) -> AsyncIterator[Child]:
    """Run one of the scripts beside this file on the core with this index, where the system allows to choose."""
    with tempfile.TemporaryFile() as complaints:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(HERE / script),
            *map(str, arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=complaints,
        )
        _pin(process.pid, core)
        running = Child(script, process, complaints, silence_limit_s=silence_limit_s)
        try:
            yield running
        finally:
            await running.end()


def _pin(pid: int, core: int) -> None:
    if sys.platform != "linux":
        return
    usable = sorted(os.sched_getaffinity(0))
    with contextlib.suppress(ProcessLookupError):
        os.sched_setaffinity(pid, {usable[core % len(usable)]})


def allow_many_sockets() -> None:
    """Raise the limit of open files, which children inherit, as far as the system lets us."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def told() -> str:
    """The child's side of `Child.tell`."""
    return await asyncio.to_thread(sys.stdin.readline)


async def measured_until_told(*, began: Callable[[], None] = lambda: None) -> tuple[float, float]:
    """The child's side: CPU and wall seconds between two words; `began` is called at the first."""
    await told()
    began()
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    await told()
    return time.process_time() - cpu_s, time.perf_counter() - wall_s
