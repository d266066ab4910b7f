"""Records every call, whoever is in it: a cassette for each, named by its sid.

Law: a call that cannot be recorded is held all the same; the log has why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from twilio_emulator.calls.call import CallStatus
from twilio_emulator.cassettes.recorder import CallRecorder
from twilio_emulator.clock import Clock
from twilio_emulator.journal import CallMoved, Entry, Journal
from twilio_emulator.media.leg import Leg
from twilio_wire.cassette import CassetteError, CassetteExists

logger = logging.getLogger(__name__)


class TappedSound:
    """What goes over a leg from its first frame on (Sound). Keeps what nobody has asked for yet."""

    def __init__(self) -> None:
        self._begin = 0
        self._far = bytearray()
        self._near = bytearray()

    def tap(self, inbound: bytes, outbound: bytes) -> None:
        """The next 20 ms of both."""
        self._near += inbound
        self._far += outbound

    def since(self, begin: int) -> tuple[bytes, bytes]:
        """Both, from this byte on: µ-law, 8 kHz, mono. What is before is forgotten."""
        known = begin - self._begin
        del self._far[:known], self._near[:known]
        self._begin = begin
        return bytes(self._far), bytes(self._near)


class EveryCall:
    """Records calls from now on.

    Args:
        folder: where their cassettes go; it is made.
        journal, clock: the emulator's.
        leg_of: the leg of a call that has been answered; None if it is over by then.
        overwrite: whether there may be cassettes already; those of the same sids are replaced.

    Raises:
        CassetteExists: there is something in the folder already.
        CassetteError: it cannot be made.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        journal: Journal,
        clock: Clock,
        leg_of: Callable[[str], Leg | None],
        overwrite: bool = False,
    ) -> None:
        self._folder = Path(folder)
        self._journal = journal
        self._clock = clock
        self._leg_of = leg_of
        self._overwrite = overwrite
        self._sounds: dict[str, TappedSound] = {}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not overwrite and any(self._folder.iterdir()):
                what = "there is something in it already: record into another folder, or say that it may be replaced."
                raise CassetteExists(str(folder), what)
        except OSError as error:
            raise CassetteError(
                str(folder), f"it cannot be written: {error.strerror}. Record into another folder."
            ) from error
        journal.subscribe(self._moved, CallMoved)

    def _moved(self, fact: Entry) -> None:
        assert isinstance(fact, CallMoved)
        if not fact.before:
            self._begin(fact.call_sid)
        elif fact.status == CallStatus.IN_PROGRESS and fact.call_sid in self._sounds:
            # The leg is made behind this entry, and ticks 20 ms later.
            self._clock.call_at(self._clock.now_ms, lambda: self._listen(fact.call_sid))
        elif CallStatus(fact.status).is_final:
            self._sounds.pop(fact.call_sid, None)

    def _begin(self, call_sid: str) -> None:
        sound = TappedSound()
        try:
            CallRecorder(
                call_sid,
                self._folder / call_sid,
                journal=self._journal,
                clock=self._clock,
                sound=sound,
                overwrite=self._overwrite,
            )
        except CassetteError as error:
            logger.error("Call %s is not recorded: %s", call_sid, error)
        else:
            self._sounds[call_sid] = sound

    def _listen(self, call_sid: str) -> None:
        leg, sound = self._leg_of(call_sid), self._sounds.pop(call_sid, None)
        if leg is not None and sound is not None:
            leg.add_tap(sound.tap)
