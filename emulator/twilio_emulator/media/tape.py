"""Keeps what was said, however long the call, in little memory.

A `Tape` is one direction of one call. Two to four seconds of it are in memory; the rest is in blocks of one temporary
file that all tapes of an emulator share, and that goes when the last of them does. Five hundred calls of an hour take
some 24 MB of memory, where they would take 29 GB.

Laws: audio comes out as it went in. A block belongs to one tape, and is free again when that tape is forgotten. What
the disk has no room for stays in memory: nothing is lost.
"""

from __future__ import annotations

import errno
import logging
import os
import tempfile
import threading
import weakref
from array import array
from collections import deque
from io import RawIOBase
from typing import Final, cast

from twilio_emulator.media.rota import Rota
from twilio_wire.g711 import FRAME_BYTES, SAMPLE_RATE

logger = logging.getLogger(__name__)

BLOCK_BYTES: Final = 2 * SAMPLE_RATE
"""Two seconds. Writing so much takes some ten microseconds, once in two seconds for each direction of a call."""
_FRAMES_A_BLOCK: Final = BLOCK_BYTES // FRAME_BYTES


class TapeStore:
    """The file behind the tapes of one emulator, made when the first block is full."""

    def __init__(self) -> None:
        self._file: RawIOBase | None = None
        self._blocks = 0
        self._free: deque[int] = deque()
        self._rota = Rota(_FRAMES_A_BLOCK)
        self._is_full = False
        # Tapes are written on the emulator's loop, and read on whichever thread a test runs.
        self._lock = threading.Lock()

    def tape(self) -> Tape:
        """A new, empty tape."""
        return Tape(self, beyond_bytes=self._rota.next() * FRAME_BYTES)

    @property
    def blocks_in_use(self) -> int:
        """How many blocks of the file belong to a tape."""
        return self._blocks - len(self._free)

    def keep(self, block: bytes) -> int | None:
        """Write a block; returns its number, or None when there is no room for it."""
        with self._lock:
            is_new = not self._free
            number = self._blocks if is_new else self._free.pop()
            try:
                self._write(number, block)
            except OSError as error:
                if not is_new:
                    self._free.append(number)
                if not self._is_full:
                    logger.warning("What is said in calls stays in memory, for it cannot be written to disk: %s", error)
                self._is_full = True
                return None
            self._is_full = False
            self._blocks += is_new
            return number

    def read(self, number: int) -> bytes:
        """A block, as it was kept."""
        with self._lock:
            assert self._file is not None
            self._file.seek(number * BLOCK_BYTES)
            return self._file.read(BLOCK_BYTES) or b""

    def forget(self, blocks: array[int]) -> None:
        """These blocks are free again. Takes no lock: the collector may call it while this very thread holds it."""
        self._free.extend(block for block in blocks if block >= 0)

    def _write(self, number: int, block: bytes) -> None:
        if self._file is None:
            file = tempfile.TemporaryFile(prefix="twilio-emulator-", buffering=0)  # noqa: SIM115 - see below
            self._file = cast(RawIOBase, file)
            weakref.finalize(self, file.close)  # lines may be read after the emulator has stopped
        self._file.seek(number * BLOCK_BYTES)
        if self._file.write(block) != len(block):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


_NO_BLOCKS: Final = array("l")
"""What every tape begins with; most phones that ring never say or hear anything."""


class Tape:
    """Audio that is only ever added to: bytes, µ-law, 8 kHz, mono.

    A block is written when it is complete and `beyond_bytes` of the next are there.
    """

    __slots__ = ("__weakref__", "_blocks", "_enough", "_kept_here", "_length", "_newest", "_store", "_whole_and_newest")

    def __init__(self, store: TapeStore, *, beyond_bytes: int) -> None:
        self._store = store
        self._blocks = _NO_BLOCKS
        """By number in the store; -1, -2, … for the first, the second, … for which it had no room."""
        self._kept_here: list[bytes] = []
        self._newest: list[bytes] = []
        """What comes after the blocks, as it came: keeping a frame costs less than copying it."""
        self._whole_and_newest = (0, self._newest)
        """How many blocks there are, and that: one value, for whoever reads it on another thread."""
        self._length = 0
        self._enough = BLOCK_BYTES + beyond_bytes
        """At this length a block is written."""

    def __len__(self) -> int:
        """How many bytes there are."""
        return self._length

    def add(self, audio: bytes) -> None:
        """Put audio, of any length, behind what is there."""
        self._newest.append(audio)
        self._length = length = self._length + len(audio)
        if length >= self._enough:
            self._spill(b"".join(self._newest))

    def read(self, begin: int = 0) -> bytes:
        """All of it from this byte on. Any thread may ask."""
        whole, newest = self._whole_and_newest
        first = min(begin // BLOCK_BYTES, whole)
        blocks = [
            self._store.read(block) if block >= 0 else self._kept_here[~block] for block in self._blocks[first:whole]
        ]
        return b"".join([*blocks, *newest])[begin - first * BLOCK_BYTES :]

    def latest(self, frames: int) -> list[bytes]:
        """The last so many frames, where what was added lately was frames. For the thread that adds."""
        newest = self._newest
        if frames < len(newest):  # the first may be the rest of more than one
            return newest[-frames:]
        audio = self.read(self._length - frames * FRAME_BYTES)
        return [audio[start : start + FRAME_BYTES] for start in range(0, len(audio), FRAME_BYTES)]

    def _spill(self, audio: bytes) -> None:
        if not self._blocks:
            self._blocks = array("l")
            weakref.finalize(self, self._store.forget, self._blocks)
        whole = len(audio) - len(audio) % BLOCK_BYTES
        for begin in range(0, whole, BLOCK_BYTES):
            block = audio[begin : begin + BLOCK_BYTES]
            number = self._store.keep(block)
            if number is None:
                number = ~len(self._kept_here)
                self._kept_here.append(block)
            self._blocks.append(number)
        self._newest = [audio[whole:]]
        self._whole_and_newest = (len(self._blocks), self._newest)
        self._enough += whole
