"""What a process holds: memory, sockets, tasks."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import sys
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def memory_bytes() -> int:
    """Resident memory, once what is garbage has been given back as far as the system lets us."""
    gc.collect()
    if sys.platform == "linux":
        _trim()
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _trim() -> None:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def sockets() -> int:
    """Open sockets; 0 where the system does not tell."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        return 0
    return sum(_is_socket(path) for path in descriptors.iterdir())


def _is_socket(path: Path) -> bool:
    try:
        return str(path.readlink()).startswith("socket:")
    except OSError:  # the directory's own descriptor, closed by now
        return False


def tasks() -> int:
    """Tasks of the running loop that are not done."""
    return len(asyncio.all_tasks())
