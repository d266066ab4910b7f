"""What one call's audio says: listens to its tracks for whoever wants to know, and asks the recogniser where it must.

    notes = hearing.take_notes(language="en-US")     # from now on
    …
    notes.close()
    text = await notes.text()                        # of all that the far end said meanwhile

Listeners are pure (`media.listener`); here they meet the leg, and the recogniser meets the clock: while it works, call
time stands still, and everything heard later waits behind what it will say.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from twilio_emulator.journal import Problem
from twilio_emulator.media.leg import Leg
from twilio_emulator.media.listener import Heard, Listener, SpeechEvent, Unclear
from twilio_emulator.media.recognition import RecognitionUnavailableError
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import SpeechStarted, SpeechStopped, Track, WordsHeard
from twilio_wire.dtmf import Detector
from twilio_wire.g711 import FRAME_BYTES, FRAME_MS, IDLE_FRAME
from twilio_wire.levels import is_silent

_LONGEST_KEY_MS: Final = 500
"""Keys that last longer on the average are a tone in something else."""

_UNKNOWN_SOUND: Final = "There is sound on the call of which nobody knows what it says; it counts as noise."
_UNKNOWN_SOUND_HINT: Final = (
    'Give the text with it: line.play(path, text="…"), or a manifest.toml beside the file. Sound of streams can be '
    'known by TwilioEmulator(known_audio=…), or recognised by recognition="base.en" and the extra recognition.'
)


class Hearing:
    """The ears of one call: as many listeners as are asked for."""

    def __init__(self, call_sid: str, leg: Leg, rooms: Rooms) -> None:
        self._call_sid = call_sid
        self._leg = leg
        self._rooms = rooms

    def listen(
        self, track: Track, hear: Callable[[SpeechEvent], None], *, language: str, hints: Sequence[str] = ()
    ) -> Listening:
        """Tell `hear` all that is said on a track (inbound or outbound) from now on."""
        return Listening(self._call_sid, self._leg, self._rooms, track, hear, language, hints)

    def take_notes(self, *, language: str = "en-US") -> Notes:
        """Write down what the far end says from now on."""
        return Notes(self, language, lambda: self._rooms.clock.now_ms)


class Listening:
    """One listener on one track, until it is closed."""

    def __init__(
        self,
        call_sid: str,
        leg: Leg,
        rooms: Rooms,
        track: Track,
        hear: Callable[[SpeechEvent], None],
        language: str,
        hints: Sequence[str],
    ) -> None:
        self._call_sid = call_sid
        self._leg = leg
        self._rooms = rooms
        self._hear = hear
        self._language = language
        self._hints = hints
        self._listener = Listener(sound_is_speech=rooms.understands_sound)
        self._to_tell: deque[Heard] = deque()
        self._recognizing = False
        self._when_told: list[Callable[[], None]] = []
        self._tap = self._inbound if track is Track.INBOUND else self._outbound
        leg.add_tap(self._tap)

    def close(self) -> None:
        """Listen no longer; what has been heard so far is still told, if only once it is recognised."""
        self._leg.remove_tap(self._tap)
        self._take(self._listener.finish())

    def drop(self) -> None:
        """Listen no longer, and tell nothing more."""
        self._hear = _to_nobody
        self._leg.remove_tap(self._tap)

    def when_told(self, callback: Callable[[], None]) -> None:
        """Run `callback` when all that has been heard so far has been told, which may be at once."""
        if self._recognizing:
            self._when_told.append(callback)
        else:
            callback()

    def _inbound(self, inbound: bytes, _: bytes) -> None:
        self._take(self._listener.feed(inbound))

    def _outbound(self, _: bytes, outbound: bytes) -> None:
        self._take(self._listener.feed(outbound))

    def _take(self, heard: list[Heard]) -> None:
        if heard:
            self._to_tell.extend(heard)
            self._tell()

    def _tell(self) -> None:
        """Tell what may be told; behind a sound that is being recognised, everything waits."""
        while self._to_tell and not self._recognizing:
            fact = self._to_tell.popleft()
            if isinstance(fact, Unclear):
                self._make_out(fact)
            else:
                self._hear(fact)
        if not self._recognizing:
            told, self._when_told = self._when_told, []
            for callback in told:
                callback()

    def _make_out(self, sound: Unclear) -> None:
        """Find out what a sound says. Keys say nothing."""
        if _is_keys(sound.audio):
            return
        if not self._rooms.understands_sound:
            self._complain(_UNKNOWN_SOUND, _UNKNOWN_SOUND_HINT)
            return
        self._recognizing = True
        hold = self._rooms.clock.hold(f"recognition for {self._call_sid}")

        async def recognize() -> None:
            with hold:
                try:
                    said = await self._rooms.recognize(sound.audio, language=self._language, hints=self._hints)
                    if said is None:
                        self._complain(_UNKNOWN_SOUND, _UNKNOWN_SOUND_HINT)
                    elif said.words:
                        self._hear(WordsHeard(said.words, said.confidence))
                except RecognitionUnavailableError as error:
                    self._complain(str(error), "")
                finally:
                    self._recognizing = False
                    self._tell()

        self._rooms.tasks.spawn(recognize())

    def _complain(self, message: str, hint: str) -> None:
        """Say it once a call."""
        told = self._rooms.journal.of(Problem, call_sid=self._call_sid)
        if all(problem.message != message for problem in told):
            self._rooms.journal.write(
                Problem(call_sid=self._call_sid, code=0, level="warning", message=message, hint=hint)
            )


@dataclass(frozen=True, slots=True)
class Note:
    """A stretch of speech between two pauses, and the call time at which it began and ended."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


class Notes:
    """What the far end says, written down from the moment the notes are taken until they are closed."""

    def __init__(self, hearing: Hearing, language: str, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._notes: list[Note] = []
        self._words: list[str] = []
        self._confidences: list[float] = []
        self._start_ms = 0
        self._listening = hearing.listen(Track.INBOUND, self._hear, language=language)

    def close(self) -> None:
        """Write down no more."""
        self._listening.close()

    async def notes(self) -> tuple[Note, ...]:
        """All that was said, in order, once what was heard has been recognised."""
        told = asyncio.get_running_loop().create_future()
        self._listening.when_told(lambda: told.set_result(None))
        await told
        return tuple(self._notes)

    async def text(self) -> str:
        """All that was said, as one text; empty when nothing was, or nobody knows what."""
        return " ".join(note.text for note in await self.notes())

    def _hear(self, fact: SpeechEvent) -> None:
        match fact:
            case SpeechStarted():
                self._start_ms = self._now_ms()
            case WordsHeard(words=words, confidence=confidence):
                self._words += words
                self._confidences += [confidence] * len(words)
            case SpeechStopped(silent_ms=silent_ms) if self._words:
                confidence = sum(self._confidences) / len(self._confidences)
                end_ms = self._now_ms() - silent_ms
                self._notes.append(Note(" ".join(self._words), self._start_ms, end_ms, confidence))
                self._words, self._confidences = [], []


def _is_keys(audio: bytes) -> bool:
    """Whether a sound is keys and nothing else: they come in band from whoever has no keypad of ours."""
    detector = Detector()
    frames = [audio[start : start + FRAME_BYTES] for start in range(0, len(audio), FRAME_BYTES)]
    keys = sum(len(detector.feed(frame)) for frame in (*frames, IDLE_FRAME))
    loud_ms = sum(FRAME_MS for frame in frames if not is_silent(frame))
    return keys > 0 and loud_ms <= keys * _LONGEST_KEY_MS


def _to_nobody(_: SpeechEvent) -> None:
    """Whoever listened has gone."""
