"""Speaking in a call: send, wait until it has been heard, interrupt.

Laws: nothing sleeps; playback tells how far it has come. A verb that is cancelled takes back what it has not sent yet.
Words that are known are on the call's record, at the moment at which they begin to be heard.
"""

from twilio_adapter.chunk import AudioChunk
from twilio_adapter.outbox import Parcel
from twilio_adapter.session import Effect
from twilio_adapter.verbs import Verbs
from twilio_wire.cassette import SayEntry


class Mouth:
    """The verbs that speak."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs
        self._call = verbs.call
        self._session = verbs.call.session
        self._sending: set[Parcel] = set()
        self._cut_off: set[Parcel] = set()

    async def say(self, chunk: AudioChunk) -> None:
        """Send a chunk; return when all but the last second of it has been played, or when it was interrupted.

        Raises:
            CallEnded: the call is over.
            PlaybackStalled, NoMedia: playback does not come forward.
        """
        self._must_be_live()
        if chunk.transcript:
            self._call.note(SayEntry(self._session.next_plays_ms, "near", chunk.transcript))
        await self._sent(*self._session.say(chunk.pcm))

    async def say_ulaw(self, ulaw: bytes) -> None:
        """Send telephone audio (bytes, µ-law, 8 kHz) and return like `say`."""
        self._must_be_live()
        await self._sent(*self._session.say_ulaw(ulaw))

    async def drain(self) -> None:
        """Return when everything that was sent has been heard, or was dropped by an interruption.

        Raises:
            CallEnded, PlaybackStalled, NoMedia: that will not happen any more.
        """
        self._call.carry_out(self._session.finish_utterance())
        await self._verbs.until_sent(lambda: not self._session.outbox.pending)

    def interrupt(self) -> int:
        """Drop all that has not been heard; return how many milliseconds that is."""
        dropped_ms, effects = self._session.interrupt()
        self._call.carry_out(effects)
        return dropped_ms

    def cut_off(self) -> None:
        """Take back what verbs are still sending: the call is about to end, and they are to hear of it."""
        self._cut_off |= self._sending
        for parcel in self._sending:
            self._session.withdraw(parcel)

    def resume(self) -> None:
        """The call did not end after all."""
        self._cut_off.clear()
        self._verbs.waits.check()

    async def _sent(self, parcel: Parcel, effects: list[Effect]) -> None:
        self._sending.add(parcel)
        try:
            self._call.carry_out(effects)
            await self._verbs.until_sent(lambda: parcel.gone and parcel not in self._cut_off)
            await self._verbs.waits.flush()
        finally:
            self._sending.discard(parcel)
            self._cut_off.discard(parcel)
            if not parcel.gone:
                self._session.withdraw(parcel)

    def _must_be_live(self) -> None:
        if self._call.over:
            raise self._verbs.ended()
