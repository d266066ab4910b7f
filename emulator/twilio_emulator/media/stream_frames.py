"""The WebSocket frames that a stream consists of, written and read without ceremony.

Every 20 ms each stream sends one text frame and is sent another, and in lock-step a ping and a pong besides. For these
the protocol machine of `websockets` costs more than all the rest of a stream's work. So a whole, plain text frame or
pong is dealt with here; everything else (fragments, closes, the application's own pings, binary frames, long messages,
and whatever breaks the protocol) goes to the machine as it came, byte for byte, and the machine alone judges it.

Pure: bytes in, bytes out. Source of the layout: RFC 6455, section 5.2.
"""

from __future__ import annotations

import os
import struct
import sys
from enum import Enum
from typing import Final

try:
    from websockets.speedups import apply_mask
except ImportError:  # as `websockets` does where its C extension could not be built
    from websockets.utils import apply_mask

FINAL_TEXT: Final = 0x81
FINAL_PING: Final = 0x89
_FINAL_PONG: Final = 0x8A
_FINAL: Final = 0x80
_OPCODE: Final = 0x0F
_CONTINUATION, _TEXT, _BINARY = 0, 1, 2
_MASKED: Final = 0x80
_TWO_BYTES: Final = 126
_EIGHT_BYTES: Final = 127
_MASK_BYTES: Final = 4
_TWO_BYTE_HEAD: Final = struct.Struct(">BBH")
_MASKS_AT_ONCE: Final = 256
"""Asking the system for four random bytes costs more than masking a frame with them."""


class FrameWriter:
    """Writes a client's frames: final, and masked each with a key of its own."""

    __slots__ = ("_masks", "_next_mask")

    def __init__(self) -> None:
        self._masks = b""
        self._next_mask = 0

    def frame(self, first: int, payload: bytes) -> bytes:
        """A frame that begins with `FINAL_TEXT`, or with `FINAL_PING` and has 125 bytes of payload at most."""
        if (begin := self._next_mask) == len(self._masks):
            self._masks, begin = os.urandom(_MASK_BYTES * _MASKS_AT_ONCE), 0
        self._next_mask = end = begin + _MASK_BYTES
        mask = self._masks[begin:end]
        length = len(payload)
        if length < _TWO_BYTES:
            head = bytes((first, _MASKED | length))
        elif length < 1 << 16:
            head = _TWO_BYTE_HEAD.pack(first, _MASKED | _TWO_BYTES, length)
        else:
            head = bytes((first, _MASKED | _EIGHT_BYTES)) + length.to_bytes(8, "big")
        return head + mask + apply_mask(payload, mask)


class Part(Enum):
    """What a piece of the received bytes is."""

    TEXT = "text"
    """The payload of a whole text message."""
    PONG = "pong"
    """The payload of a pong."""
    OTHER = "other"
    """Bytes for the protocol machine: a frame, or the next piece of one."""


_PLAIN: Final = {FINAL_TEXT: Part.TEXT, _FINAL_PONG: Part.PONG}


class FrameReader:
    """Sorts what a server sends. Feed it from the first byte after the handshake on."""

    __slots__ = ("_fragmented", "_owed", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        """The beginning of a frame whose end has not come yet."""
        self._owed = 0
        """How many bytes of the frame that the machine is reading have yet to come."""
        self._fragmented = False
        """Whether a message in fragments is under way: a text frame between them is for the machine to refuse."""

    def only_text(self, data: memoryview) -> memoryview | None:
        """The payload, if the next bytes are one plain text message from the first to the last, as they nearly always
        are; else None, and they are for `split`.
        """
        head = _TWO_BYTE_HEAD.size
        if len(data) <= head or self._rest or self._owed or self._fragmented:
            return None
        first, kind, length = _TWO_BYTE_HEAD.unpack_from(data)
        is_whole = first == FINAL_TEXT and kind == _TWO_BYTES and length == len(data) - head
        return data[head:] if is_whole else None

    def split(self, data: bytes) -> list[tuple[Part, bytes]]:
        """Cut bytes into parts, in order; a plain frame that is not whole yet is kept for the next call."""
        parts: list[tuple[Part, bytes]] = []
        if self._owed:
            parts.append((Part.OTHER, data[: self._owed]))
            data, self._owed = data[self._owed :], max(self._owed - len(data), 0)
        if self._rest:
            data, self._rest = self._rest + data, b""
        at, end = 0, len(data)
        while at < end:
            frame = _extent(data, at)
            if frame is None:
                break
            payload_at, frame_end = frame
            kind = self._kind(data[at], data[at + 1])
            if kind is Part.OTHER:
                parts.append((kind, data[at:frame_end]))
                self._owed = max(frame_end - end, 0)
            elif frame_end <= end:
                parts.append((kind, data[payload_at:frame_end]))
            else:
                break
            at = frame_end
        self._rest = data[at:]
        return parts

    def _kind(self, first: int, length: int) -> Part:
        """What the frame with these two first bytes is; a long one is never kept: the machine reads it as it comes."""
        opcode, is_final = first & _OPCODE, first & _FINAL
        kind = _PLAIN.get(first, Part.OTHER) if length <= _TWO_BYTES else Part.OTHER
        if self._fragmented and opcode in (_CONTINUATION, _TEXT, _BINARY):
            kind = Part.OTHER
            self._fragmented = not is_final
        elif opcode in (_TEXT, _BINARY):
            self._fragmented = not is_final
        return kind


def _extent(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `at` begins and where it ends; None when too little of it is there to say.

    A masked frame has no end: a server must not send one, and the machine reads nothing after it.
    """
    if len(data) - at < 2:
        return None
    length = data[at + 1]
    if length < _TWO_BYTES:
        return at + 2, at + 2 + length
    if length == _TWO_BYTES:
        if len(data) - at < 4:
            return None
        return at + 4, at + 4 + (data[at + 2] << 8 | data[at + 3])
    if length == _EIGHT_BYTES:
        if len(data) - at < 10:
            return None
        return at + 10, at + 10 + int.from_bytes(data[at + 2 : at + 10], "big")
    return at + 2, sys.maxsize
