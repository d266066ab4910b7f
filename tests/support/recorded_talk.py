"""Talks to be recorded and replayed: turns of two sides as audio, and a phone that plays one of them to the other."""

from __future__ import annotations

import hashlib

from call_records import a_call
from hypothesis import strategies as st
from phone_bench import Bench

from twilio_emulator.phones.part import Mode, part_of
from twilio_emulator.phones.phone_call import PhoneCall
from twilio_emulator.phones.replay import Replay
from twilio_wire import g711
from twilio_wire.cassette import CallRecord, Entry, HangUpEntry, Side
from twilio_wire.dtmf import DigitTiming, synthesize
from twilio_wire.g711 import FRAME_MS, IDLE_FRAME

LONG_TONE = DigitTiming(on_ms=200, gap_ms=0, dbm0=-9.0)


def sound(ms: int, mark: int = 0) -> bytes:
    """Loud noise (bytes, µ-law), another for every mark."""
    noise = hashlib.shake_256(str(mark).encode()).digest(ms * 8)
    return bytes(0x10 + code % 0x20 | code & 0x80 for code in noise)


def silence(ms: int) -> bytes:
    return b"\xff" * (ms * 8)


def tone(key: str) -> bytes:
    """A key as long as another telephone presses it."""
    return g711.encode(synthesize(key, timing=LONG_TONE))


class Talk:
    """What both sides say, put together turn by turn; `near` is the handset's."""

    def __init__(self) -> None:
        self.far = b""
        self.near = b""
        self.entries: tuple[Entry, ...] = ()
        self.turns: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Talk({', '.join(self.turns)})"

    @property
    def ms(self) -> int:
        return max(len(self.far), len(self.near)) // 8

    def far_says(self, audio: bytes) -> Talk:
        self.turns = (*self.turns, f"{self.ms} far {len(audio) // 8}")
        self.far = self.far.ljust(self.ms * 8, b"\xff") + audio
        return self

    def near_says(self, audio: bytes, *, over_ms: int = 0) -> Talk:
        """Begin so long before the end of what has been said."""
        self.turns = (*self.turns, f"{self.ms - over_ms} near {len(audio) // 8}")
        self.near = self.near.ljust((self.ms - over_ms) * 8, b"\xff") + audio
        return self

    def pause(self, ms: int) -> Talk:
        self.far, self.near = (side.ljust((self.ms + ms) * 8, b"\xff") for side in (self.far, self.near))
        return self

    def hangs_up(self, by: str) -> Talk:
        self.entries = (*self.entries, HangUpEntry(self.ms, by))
        return self

    def record(self) -> CallRecord:
        far, near = (side.ljust(self.ms * 8, b"\xff") for side in (self.far, self.near))
        return a_call(far=far, near=near, entries=self.entries)


def replaying(
    bench: Bench, call: CallRecord, mode: Mode, *, side: Side = "near", timeout_ms: int = 60_000
) -> PhoneCall:
    """A phone in a new call, at its first moment, that plays the recorded handset."""
    phone = bench.talking()
    Replay(part_of(call, side, mode), timeout_ms).begin(phone)
    return phone


def talk_to(bench: Bench, phone: PhoneCall, audio: bytes, *, more_ms: int = 0) -> bytes:
    """Let a phone hear this audio, and silence after it; returns what it said meanwhile."""
    said = b""
    for frame in [*g711.frames(audio), *[IDLE_FRAME] * (more_ms // FRAME_MS)]:
        bench.pass_ms(FRAME_MS)
        said += phone.speak()
        phone.hear(frame)
    return said


_lengths = st.integers(5, 60).map(lambda frames: frames * FRAME_MS)


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    """A handset that takes turns with an application, or talks and presses keys into its turns."""
    talk = Talk()
    for mark in range(draw(st.integers(1, 5))):
        for sentence in range(draw(st.integers(0 if mark == 0 else 1, 3))):
            talk.pause(draw(st.sampled_from([0, 100, 260, 500, 1000])))
            talk.far_says(sound(draw(_lengths), 100 * mark + sentence))
        barges_in = draw(st.booleans()) and talk.far[-1:] not in (b"", b"\xff")
        over_ms = FRAME_MS * draw(st.integers(1, 4)) if barges_in else 0
        if not barges_in:
            talk.pause(draw(st.integers(10, 100)) * FRAME_MS)
        if draw(st.booleans()):
            talk.near_says(sound(draw(_lengths), 10_000 + mark), over_ms=over_ms)
        else:
            talk.near_says(tone(draw(st.sampled_from("0123456789*#"))), over_ms=over_ms)
        talk.pause(draw(st.integers(15, 60)) * FRAME_MS)
    return talk
