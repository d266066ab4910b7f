"""Listening in a call: the far end's turns, its frames, its silence, its keys.

Laws: nothing that was received is lost. A turn is looked for from where the last one ended, and keys likewise, so that
what the far end said while we spoke, or before anybody asked, is still there. Every limit counts received audio.
"""

from collections.abc import AsyncIterator, Callable, Iterator

import numpy as np

from twilio_adapter.chunk import CHUNK_RATE, AudioChunk
from twilio_adapter.errors import KeysMissing, NothingHeard, NotSilent, TurnTooLong
from twilio_adapter.frames import FrameResampler
from twilio_adapter.hearing import QuietMeter, Started, TurnDetector
from twilio_adapter.recording import BYTES_A_MS
from twilio_adapter.sounds import Finding, SoundSearch
from twilio_adapter.verbs import Verbs
from twilio_wire.g711 import FRAME_BYTES, SAMPLE_RATE, decode
from twilio_wire.resample import resample


def to_bytes(seconds: float) -> int:
    """Return how many bytes of µ-law last that long."""
    return round(seconds * 1000) * BYTES_A_MS


class _Reader:
    """Hands out the received audio frame by frame, from a position (in bytes) on."""

    def __init__(self, received: bytearray, position: int) -> None:
        self._received = received
        self.position = position

    def frames(self) -> Iterator[bytes]:
        """Yield the whole frames that have arrived; stopping in between keeps the rest for the next time."""
        while len(self._received) - self.position >= FRAME_BYTES:
            start = self.position
            self.position += FRAME_BYTES
            yield bytes(self._received[start : self.position])


class Ear:
    """The verbs that listen."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs
        self._received = verbs.call.session.recording.far
        self._taken = 0
        """Bytes up to which turns have been handed out."""
        self._keys_taken = 0
        self._sounds: SoundSearch | None = None
        """Follows the turn that is being handed out in pieces."""

    async def turn(self, *, timeout_s: float, tail_s: float, longest_s: float, beyond: int = 0) -> AudioChunk:
        """Return what the far end says next: from its first sound until `tail_s` of silence, or the call's end.

        Args:
            beyond: silence that has ended by this position, in bytes, is a pause in the turn and not its end.

        Raises:
            NothingHeard: no sound within `timeout_s`.
            TurnTooLong: no such silence within `longest_s` of its beginning.
            CallEnded: the call was over before a sound.
            NoMedia: nothing arrives at all.
        """
        search = _TurnSearch(self._received, self._taken, tail_s=tail_s, beyond=beyond)
        asked_at = len(self._received)

        def found() -> bool:
            if search.advance():
                return True
            if self._verbs.call.over:
                if search.begun_at is None:
                    raise self._verbs.ended()
                return True
            if search.begun_at is None:
                if len(self._received) - asked_at >= to_bytes(timeout_s):
                    raise _nothing_heard(timeout_s)
            elif search.position - search.begun_at >= to_bytes(longest_s):
                raise TurnTooLong(
                    f"The far end has not paused for {tail_s:g} s in {longest_s:g} s of call time: lower tail_silence, "
                    "raise longest, or follow it with listen().",
                    limit_s=longest_s,
                )
            return False

        await self._verbs.until(found)
        self._taken = search.position
        self._sounds = None
        return search.chunk()

    async def sound(self, *, timeout_s: float) -> AudioChunk:
        """Return what sounds next as soon as it does, or what the far end goes on to say.

        Raises:
            NothingHeard: no sound within `timeout_s`, or none for so long after the piece before.
            CallEnded: the call was over before a sound.
            NoMedia: nothing arrives at all.
        """
        search = self._following()
        asked_at = len(self._received)

        def found() -> bool:
            over = self._verbs.call.over
            finding = search.look(round(timeout_s * 1000), ended=over)
            if finding is Finding.SOUND:
                return True
            waited = not search.in_turn and len(self._received) - asked_at >= to_bytes(timeout_s)
            if finding is Finding.PAUSE or (waited and not over):
                raise _nothing_heard(timeout_s)
            if over:
                raise self._verbs.ended()
            return False

        await self._verbs.until(found)
        return self._cut(*search.take(ended=self._verbs.call.over))

    def unheard(self) -> AudioChunk | None:
        """Return what has sounded since, up to now."""
        span = self._following().take_all()
        return self._cut(*span) if span else None

    async def frames(self) -> AsyncIterator[AudioChunk]:
        """Yield the received audio, 20 ms at a time, from the end of the last turn until the call ends.

        Each frame comes one frame after it was heard: the conversion to 24 kHz needs its successor.
        """
        reader = _Reader(self._received, self._taken)
        start_ms = self._taken // BYTES_A_MS
        converter = FrameResampler(SAMPLE_RATE, CHUNK_RATE)
        frame_samples = CHUNK_RATE * FRAME_BYTES // SAMPLE_RATE
        while True:
            await self._verbs.until(self._has_frame_after(reader))
            arrived = list(reader.frames())
            pcm = converter.process(decode(b"".join(arrived))) if arrived else converter.flush()
            for piece in np.split(pcm, range(frame_samples, pcm.size, frame_samples)) if pcm.size else ():
                yield AudioChunk.from_pcm(piece, start_ms=start_ms)
                start_ms += piece.size * 1000 // CHUNK_RATE
            if not arrived:
                return

    async def silence(self, seconds: float, *, timeout_s: float) -> None:
        """Return when the far end has been silent for so long, counted from now.

        Raises:
            NotSilent: it was not within `timeout_s` of call time.
            CallEnded, NoMedia: there is nothing more to hear.
        """
        meter = QuietMeter()
        asked_at = len(self._received)
        reader = _Reader(self._received, asked_at)

        def silent() -> bool:
            for frame in reader.frames():
                meter.feed(frame)
                if meter.quiet_ms >= seconds * 1000:
                    return True
            if self._verbs.call.over:
                raise self._verbs.ended()
            if len(self._received) - asked_at >= to_bytes(timeout_s):
                raise NotSilent(
                    f"The far end was not silent for {seconds:g} s within {timeout_s:g} s of call time: "
                    "give it a longer timeout, or interrupt it.",
                    limit_s=timeout_s,
                )
            return False

        await self._verbs.until(silent)

    async def speech(self, *, timeout_s: float) -> None:
        """Return as soon as the far end makes a sound, from now on; a turn that is under way counts.

        Raises:
            NothingHeard: it did not within `timeout_s` of call time.
            CallEnded, NoMedia: there is nothing more to hear.
        """
        meter = QuietMeter()
        asked_at = len(self._received)
        reader = _Reader(self._received, asked_at)

        def sounding() -> bool:
            for frame in reader.frames():
                meter.feed(frame)
                if meter.sounding:
                    return True
            if self._verbs.call.over:
                raise self._verbs.ended()
            if len(self._received) - asked_at >= to_bytes(timeout_s):
                raise NothingHeard(
                    f"The far end has made no sound for {timeout_s:g} s of call time: give it a longer timeout, or "
                    "check that it has something to say.",
                    limit_s=timeout_s,
                )
            return False

        await self._verbs.until(sounding)

    async def keys(self, count: int, *, timeout_s: float) -> str:
        """Return the next `count` keys the far end presses, from where the last ones ended.

        Raises:
            KeysMissing: it pressed fewer within `timeout_s` of call time; they are still there.
            CallEnded, NoMedia: there is nothing more to hear.
        """
        session = self._verbs.call.session
        asked_at = len(self._received)

        def pressed() -> bool:
            digits = session.digits[self._keys_taken :]
            if len(digits) >= count:
                return True
            if self._verbs.call.over:
                raise self._verbs.ended()
            if len(self._received) - asked_at >= to_bytes(timeout_s):
                raise KeysMissing(
                    f"The far end pressed {len(digits)} of {count} keys within {timeout_s:g} s of call time: give it a "
                    "longer timeout, or check that it presses them.",
                    limit_s=timeout_s,
                    digits=digits,
                )
            return False

        await self._verbs.until(pressed)
        start, self._keys_taken = self._keys_taken, self._keys_taken + count
        return session.digits[start : self._keys_taken]

    async def seconds(self, seconds: float) -> None:
        """Return when so much call time has passed.

        Raises:
            CallEnded, NoMedia: time stands still.
        """
        reached = len(self._received) + to_bytes(seconds)

        def passed() -> bool:
            if len(self._received) >= reached:
                return True
            if self._verbs.call.over:
                raise self._verbs.ended()
            return False

        await self._verbs.until(passed)

    def _following(self) -> SoundSearch:
        if self._sounds is None:
            self._sounds = SoundSearch(self._received, self._taken)
        return self._sounds

    def _cut(self, begin: int, end: int) -> AudioChunk:
        """Hand out a piece. It is converted together with its neighbours, so that pieces join without a seam."""
        self._taken = end
        before = min(begin, FRAME_BYTES)
        pcm = resample(decode(self._received[begin - before : end + FRAME_BYTES]), SAMPLE_RATE, CHUNK_RATE)
        ratio = CHUNK_RATE // SAMPLE_RATE
        piece = pcm[before * ratio : (before + end - begin) * ratio]
        return AudioChunk.from_pcm(piece, start_ms=begin // BYTES_A_MS)

    def _has_frame_after(self, reader: _Reader) -> Callable[[], bool]:
        return lambda: len(self._received) - reader.position >= FRAME_BYTES or self._verbs.call.over


def _nothing_heard(timeout_s: float) -> NothingHeard:
    return NothingHeard(
        f"The far end said nothing for {timeout_s:g} s of call time: give it longer, or check that it has something to "
        "say.",
        limit_s=timeout_s,
    )


class _TurnSearch:
    """Looks for one turn in the received audio as it grows. Positions are bytes from the call's beginning."""

    def __init__(self, received: bytearray, start: int, *, tail_s: float, beyond: int) -> None:
        self._received = received
        self._beyond = beyond
        self._start = start
        self._reader = _Reader(received, start)
        self._detector = TurnDetector(round(tail_s * 1000))
        self.begun_at: int | None = None

    @property
    def position(self) -> int:
        """How far it has looked."""
        return self._reader.position

    def advance(self) -> bool:
        """Look at what has arrived; return whether the turn is complete."""
        for frame in self._reader.frames():
            happened = self._detector.feed(frame)
            if isinstance(happened, Started) and self.begun_at is None:
                self.begun_at = self._start + happened.at_ms * BYTES_A_MS
            if self.begun_at is not None and self._detector.started_ms is None and self.position > self._beyond:
                return True
        return False

    def chunk(self) -> AudioChunk:
        """Return the turn, from its first sound to its last."""
        begun_at = self._start if self.begun_at is None else self.begun_at
        ended_at = self._start + self._detector.sound_ended_ms * BYTES_A_MS
        return AudioChunk.from_ulaw(bytes(self._received[begun_at:ended_at]), start_ms=begun_at // BYTES_A_MS)
