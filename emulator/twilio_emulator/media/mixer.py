"""Mixes any number of talkers, 20 ms at a time: each hears all others and not itself. Pure, µ-law in and out.

Laws
----
* What is heard is the sum of what the others say: decoded, added in whole numbers, cut off at the limits of int16,
  encoded again.
* A sound that comes alone is handed on byte for byte. Where nothing sounds, everybody hears `IDLE_FRAME` itself and
  nothing is computed.
* N channels cost N: what a talker hears is the sum of all less its own.
* A sum carries the words of all that it was made of (see `media.captions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from twilio_emulator.media.captions import captions_of, carrying
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME, decode, encode
from twilio_wire.pcm import LOUDEST

_Sums = NDArray[np.int32]


@dataclass(slots=True, eq=False)
class Channel:
    """One talker's place at the mixer. Frames are 160 bytes, µ-law, 8 kHz, mono.

    Attributes:
        said: the last 20 ms that came in.
        heard: the next 20 ms that go out; `mix` sets it.
        is_muted: hears everybody and is heard by nobody.
        is_apart: neither hears nor is heard, for as long as it waits or is on hold.
        coaches: who alone hears it.
    """

    said: bytes = IDLE_FRAME
    heard: bytes = IDLE_FRAME
    is_muted: bool = False
    is_apart: bool = False
    coaches: Channel | None = None

    @property
    def sounds(self) -> bool:
        """Whether it has something to say and may."""
        return self.said != IDLE_FRAME and not self.is_muted and not self.is_apart


def mix(channels: Sequence[Channel], to_all: bytes = IDLE_FRAME) -> bytes:
    """Set what each channel hears of the others and of `to_all`; returns what one hears who only listens."""
    sounding = [channel for channel in channels if channel.sounds]
    talkers = [channel for channel in sounding if channel.coaches is None]
    sounds = [talker.said for talker in talkers]
    if to_all != IDLE_FRAME:
        sounds.append(to_all)
    everything = blend(sounds)
    for channel in channels:
        channel.heard = IDLE_FRAME if channel.is_apart else everything
    if len(sounds) > _FEW:
        _take_out_their_own(talkers, sounds)
    else:
        for rank, talker in enumerate(talkers):
            talker.heard = blend(sounds[:rank] + sounds[rank + 1 :])
    if len(sounding) > len(talkers):
        _whisper(sounding, sounds, talkers)
    return everything


def blend(sounds: Sequence[bytes]) -> bytes:
    """Add frames up; one alone stays as it is."""
    if not sounds:
        return IDLE_FRAME
    if len(sounds) == 1:
        return sounds[0]
    return carrying(_encode(_samples(sounds).sum(axis=0)), *sounds)


def add(first: bytes, second: bytes) -> bytes:
    """Add two frames up; where one of them is idle, the other stays as it is."""
    if second == IDLE_FRAME:
        return first
    return second if first == IDLE_FRAME else blend((first, second))


_FEW: Final = 2
"""With so many sounds a talker hears one of them at most, which needs no sum."""


def _take_out_their_own(talkers: Sequence[Channel], sounds: Sequence[bytes]) -> None:
    samples = _samples(sounds)
    heard = _encode(samples.sum(axis=0) - samples[: len(talkers)])
    captioned = [sound for sound in sounds if captions_of(sound)]
    for rank, talker in enumerate(talkers):
        mixed = heard[rank * FRAME_BYTES : (rank + 1) * FRAME_BYTES]
        others = [sound for sound in captioned if sound is not talker.said]
        talker.heard = carrying(mixed, *others)


def _whisper(sounding: Sequence[Channel], sounds: Sequence[bytes], talkers: Sequence[Channel]) -> None:
    """Let those who are coached hear their coaches besides."""
    whispers: dict[Channel, list[bytes]] = {}
    for coach in sounding:
        if coach.coaches is not None and not coach.coaches.is_apart:
            whispers.setdefault(coach.coaches, []).append(coach.said)
    total = _samples(sounds).sum(axis=0) if sounds else np.zeros(FRAME_BYTES, dtype=np.int32)
    for coached, whispered in whispers.items():
        talks = coached in talkers
        if len(sounds) + len(whispered) - talks == 1:
            coached.heard = whispered[0]
            continue
        others = total - _samples([coached.said])[0] if talks else total
        mixed = _encode(others + _samples(whispered).sum(axis=0))
        coached.heard = carrying(mixed, coached.heard, *whispered)


def _samples(sounds: Sequence[bytes]) -> _Sums:
    """A row a sound."""
    return decode(b"".join(sounds)).astype(np.int32).reshape(len(sounds), FRAME_BYTES)


def _encode(sums: NDArray[np.signedinteger[Any]]) -> bytes:
    return encode(np.clip(sums, -LOUDEST - 1, LOUDEST).astype(np.int16))
