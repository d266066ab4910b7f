"""What was said in a call, by whom and when: two tracks on the clock of the received audio.

Laws: pure, but for `save`. Twilio sends 50 frames a second as long as the stream is up, so the audio received so far
*is* the time; what we say is put down at the moment it plays, which is when it was sent or when what was sent before
it has ended. All of it is µ-law, 8 kHz, one byte a sample, 8 bytes a millisecond.
"""

from pathlib import Path
from typing import Final

from twilio_wire.audio import write_wav
from twilio_wire.g711 import IDLE_FRAME, SAMPLE_RATE, decode

BYTES_A_MS: Final = SAMPLE_RATE // 1000
_IDLE: Final = IDLE_FRAME[:1]


class Recording:
    """Two tracks of µ-law: `far` is what we heard, `near` what the far end heard from us."""

    def __init__(self) -> None:
        self.far = bytearray()
        self._near = bytearray()

    @property
    def near(self) -> bytes:
        """Our track up to now, as long as `far`: what has been sent but not been played is not in it."""
        return self._near_since(0)

    @property
    def seconds(self) -> float:
        """Length of the call so far."""
        return len(self.far) / SAMPLE_RATE

    @property
    def received_ms(self) -> int:
        """The same in whole milliseconds: the call's clock."""
        return len(self.far) // BYTES_A_MS

    @property
    def unplayed_bytes(self) -> int:
        """How much of what we have sent still lies ahead of the clock."""
        return max(0, len(self._near) - len(self.far))

    def hear(self, ulaw: bytes) -> None:
        """The far end's next audio has arrived, and the clock moves by its length."""
        self.far += ulaw

    def say(self, ulaw: bytes) -> None:
        """Audio has been handed to Twilio, to be played after what it was handed before."""
        missing = len(self.far) - len(self._near)
        if missing > 0:
            self._near += _IDLE * missing
        self._near += ulaw

    def forget_unplayed(self) -> None:
        """What lies ahead of the clock will not be heard."""
        del self._near[len(self.far) :]

    def since(self, begin: int) -> tuple[bytes, bytes]:
        """Both tracks from this byte on, far and near, equally long; what they have here does not change any more."""
        return bytes(self.far[begin:]), self._near_since(begin)

    def save(self, path: str | Path) -> None:
        """Write a stereo WAV file, 8 kHz: left is the far end, right is ours."""
        write_wav(path, decode(self.far), decode(self.near), rate=SAMPLE_RATE)

    def _near_since(self, begin: int) -> bytes:
        end = len(self.far)
        return bytes(self._near[begin:end]).ljust(max(0, end - begin), _IDLE)
