"""Records a call of the adapter as a cassette, as it happens.

Laws: the call is not touched. What we said is written when it has been heard, so an interruption takes nothing back.
What goes wrong on the disk is told once, in the log and in `problem`, and the call goes on.
"""

import logging
from pathlib import Path

from twilio_adapter.call import Direction
from twilio_adapter.live import LiveCall
from twilio_wire import cassette
from twilio_wire.cassette import CallRecord, CassetteError, CassetteWriter, Entry, Side, check_free

logger = logging.getLogger(__name__)


def record_of(call: LiveCall, *, is_real: bool, handset: Side) -> CallRecord:
    """What a call was, so far or to its end."""
    far, near = call.session.recording.since(0)
    return CallRecord(
        direction="inbound" if call.direction is Direction.INBOUND else "outbound",
        status=call.progress.status,
        from_number=call.caller,
        to_number=call.callee,
        far=far,
        near=near,
        entries=tuple(call.entries),
        handset=handset,
        seen_by="adapter",
        is_real=is_real,
        versions=cassette.versions(),
    )


class CallRecorder:
    """A cassette in the making; see `TwilioAgentAdapter.record`.

    Attributes:
        path: the folder. It is there as soon as the call has begun.
        problem: why the call, or the rest of it, is not recorded, in words; None if all is well.

    Raises:
        CassetteExists: there is something already.
        CassetteError: the folder cannot be looked at.
    """

    def __init__(self, path: str | Path, *, is_real: bool, handset: Side, overwrite: bool, made_by: str) -> None:
        check_free(path, overwrite=overwrite)
        self.path = Path(path)
        self._is_real = is_real
        self._handset = handset
        self._overwrite = overwrite
        self._made_by = made_by
        self._call: LiveCall | None = None
        self._writer: CassetteWriter | None = None
        self._written = 0
        self._not_begun: str | None = None

    @property
    def problem(self) -> str | None:
        """Why the call, or the rest of it, is not recorded, in words; None if all is well."""
        return self._not_begun if self._writer is None else self._writer.problem

    def begin(self, call: LiveCall) -> None:
        """Record this call: all of it so far, and on to its end.

        Raises:
            CassetteError: the folder cannot be written to.
        """
        so_far = record_of(call, is_real=self._is_real, handset=self._handset)
        self._writer = CassetteWriter(self.path, so_far, made_by=self._made_by, overwrite=self._overwrite)
        self._call = call
        self._written = len(so_far.far)
        call.witnesses.append(self)
        if call.over:
            self.over()

    def begin_if_possible(self, call: LiveCall) -> None:
        """The same for a call that has come by itself: it shall not suffer."""
        try:
            self.begin(call)
        except CassetteError as error:
            self._not_begun = f"The call is not recorded: {error}"
            logger.error("%s", self._not_begun)

    # --- what the call tells (Witness) ------------------------------------------------------------------------------

    def heard(self) -> None:
        """There is more audio."""
        assert self._call is not None
        assert self._writer is not None
        far, near = self._call.session.recording.since(self._written)
        self._written += len(far)
        self._writer.add_audio(far=far, near=near)

    def noted(self, entry: Entry) -> None:
        """Something has happened."""
        assert self._writer is not None
        self._writer.note(entry)

    def told(self, status: str) -> None:
        """Twilio says how far the call is."""
        assert self._writer is not None
        self._writer.tell(status)

    def over(self) -> None:
        """There will be no more audio."""
        assert self._writer is not None
        self.heard()
        self._writer.finish()
