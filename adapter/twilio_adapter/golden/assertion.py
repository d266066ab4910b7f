"""`assert_matches_golden`: the one line at the end of a test that compares its call with a cassette.

Laws: nothing is written while all is well. A golden call is written anew only on purpose, and only if it differs: one
that is still right stays as it was recorded.
"""

import logging
import os
from pathlib import Path
from typing import Final

from twilio_adapter.errors import AdapterError, ConfigurationError
from twilio_adapter.golden.artefacts import write_artefacts
from twilio_adapter.golden.comparison import Comparison, compare_calls
from twilio_adapter.golden.difference import Difference
from twilio_adapter.golden.names import FAILURES_VARIABLE, UPDATE_VARIABLE
from twilio_adapter.golden.tolerances import Tolerances
from twilio_wire.cassette import CallRecord, CassetteError, HasCallRecord, read_cassette, write_cassette

logger = logging.getLogger(__name__)

DEFAULT_FAILURES: Final = "golden-failures"

_YES: Final = frozenset({"1", "true", "yes", "on"})
_NO: Final = frozenset({"", "0", "false", "no", "off"})


class GoldenMismatch(AdapterError, AssertionError):
    """A call is not what its golden call was.

    Attributes:
        golden: the cassette that it was compared with.
        differences: all of them, in the order of the golden call.
        artefacts: the folder with the pictures and the sound; None if it could not be written.
    """

    def __init__(self, golden: Path, differences: tuple[Difference, ...], artefacts: Path | None, where: str) -> None:
        count = "one place" if len(differences) == 1 else f"{len(differences)} places"
        sentences = "".join(f"\n  - {difference}" for difference in differences)
        super().__init__(
            f"The call differs from {golden} in {count}:{sentences}\n{where} If the change is meant, write the golden "
            f"call anew: pytest --update-golden, or {UPDATE_VARIABLE}=1."
        )
        self.golden = golden
        self.differences = differences
        self.artefacts = artefacts


def assert_matches_golden(
    call: CallRecord | HasCallRecord,
    golden: str | Path,
    *,
    tolerances: Tolerances | None = None,
    audio: bool = True,
    update: bool | None = None,
    failures: str | Path | None = None,
) -> None:
    """Compare a call that is over with a cassette: states, keys, verbs, webhooks, latencies, and the sound itself.

    Args:
        call: an adapter, a line of the emulator, a script's result, or a `CallRecord`.
        golden: the cassette's folder.
        tolerances: what still passes, see `Tolerances`.
        audio: whether what the application says is compared to the ear; say no where its voice is another each time.
        update: whether a golden call that differs, or is not there, is written anew instead; as `TWILIO_UPDATE_GOLDEN`
            says if None.
        failures: the folder in which a failure gets a folder of the cassette's name; `TWILIO_GOLDEN_FAILURES` if None,
            or else `golden-failures`.

    Raises:
        GoldenMismatch: it differs; all differences are in the message, and where to look and listen.
        CassetteError: there is no such cassette, or it cannot be used.
        ConfigurationError: a call that is not over is to be written.
    """
    record = call if isinstance(call, CallRecord) else call.call_record
    path = Path(golden)
    rewrites = _asked_to_update() if update is None else update
    comparison = _compared(record, path, tolerances, audio=audio, may_be_missing=rewrites)
    if comparison is not None and comparison.is_same:
        return
    if rewrites:
        if not record.is_over:
            raise ConfigurationError(
                f"{path} is not written anew from a call that is {record.status}: end the call first."
            )
        write_cassette(path, record, made_by="A test that was told to write it anew.", overwrite=True)
        logger.warning("The golden call %s has been written anew.", path)
        return
    assert comparison is not None
    folder = Path(failures or os.environ.get(FAILURES_VARIABLE) or DEFAULT_FAILURES) / path.name
    try:
        write_artefacts(folder, comparison, record, name=path.name)
    except (OSError, CassetteError) as error:
        raise GoldenMismatch(
            path, comparison.differences, None, f"Nothing to look at could be written: {error}"
        ) from None
    raise GoldenMismatch(path, comparison.differences, folder, f"Look at it, and listen to it, in {folder}.")


def _compared(
    call: CallRecord, path: Path, tolerances: Tolerances | None, *, audio: bool, may_be_missing: bool
) -> Comparison | None:
    try:
        return compare_calls(read_cassette(path), call, tolerances=tolerances, audio=audio)
    except CassetteError:
        if may_be_missing:
            return None
        raise


def _asked_to_update() -> bool:
    said = os.environ.get(UPDATE_VARIABLE, "").strip().lower()
    if said not in _YES | _NO:
        raise ConfigurationError(f"{UPDATE_VARIABLE}={said!r} is neither yes nor no: set it to 1 or 0.")
    return said in _YES
