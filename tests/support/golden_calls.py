"""Calls to compare: one side made of what is spoken in the fixtures, as records that an adapter could have made."""

from functools import cache
from pathlib import Path

import numpy as np

from twilio_wire.audio import read_audio
from twilio_wire.cassette import CallRecord, DigitEntry, Entry, StateEntry
from twilio_wire.g711 import SAMPLE_RATE, encode
from twilio_wire.pcm import Pcm, to_int16

FIXTURES = Path(__file__).parents[2] / "fixtures_audio"


@cache
def said(path: str) -> Pcm:
    """A fixture's samples (int16, 8 kHz), from its first sound to its last."""
    pcm = read_audio(FIXTURES / f"{path}.wav").pcm
    heard = np.flatnonzero(np.abs(pcm) > 100)
    return pcm[heard[0] : heard[-1] + 1]


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


def side(*parts: str | Pcm | float) -> bytes:
    """µ-law of fixtures (by path), samples, and silences (by seconds), one after the other."""
    pieces = [
        silence(part) if isinstance(part, float) else said(part) if isinstance(part, str) else part for part in parts
    ]
    return encode(np.concatenate(pieces))


def louder(pcm: Pcm, db: float) -> Pcm:
    return to_int16(pcm.astype(np.float64) * 10 ** (db / 20))


def seconds_of(*parts: str | Pcm | float) -> float:
    return len(side(*parts)) / SAMPLE_RATE


def record(
    application: bytes, handset: bytes = b"", *entries: Entry, keys: tuple[tuple[int, str], ...] = ()
) -> CallRecord:
    """A call that a phone made to an application; `keys` are (ms, key) that the phone pressed."""
    length = max(len(application), len(handset))
    end_ms = length // 8
    pressed = [DigitEntry(at_ms, "near", key) for at_ms, key in keys]
    return CallRecord(
        direction="outbound",
        status="completed",
        from_number="+15551110001",
        to_number="+15551110002",
        far=application.ljust(length, b"\xff"),
        near=handset.ljust(length, b"\xff"),
        entries=(
            StateEntry(0, "initiated"), StateEntry(0, "ringing"), StateEntry(0, "answered"),
            *pressed, *entries, StateEntry(end_ms, "completed"),
        ),
        seen_by="adapter",
        is_real=False,
        versions={"twilio-testbench": "0.1.0"},
    )  # fmt: skip
