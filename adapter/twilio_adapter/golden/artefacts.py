"""What a failed comparison leaves to look at and to listen to.

For each side that differs: `<side>.png`, both calls' waveforms and spectrograms, and `<side>.wav`, the golden call on
the left and the new one on the right, aligned. `differences.txt` has the sentences, `call/` the new call as a cassette.
"""

from pathlib import Path
from typing import Final

from twilio_adapter.golden.comparison import Comparison
from twilio_adapter.golden.names import SENTENCES
from twilio_adapter.golden.picture import draw
from twilio_adapter.golden.side_by_side import side_by_side
from twilio_wire.audio import write_wav
from twilio_wire.cassette import CallRecord, write_cassette
from twilio_wire.pcm import to_int16

_SIDES: Final = ("application", "handset")
_CALL: Final = "call"


def write_artefacts(folder: Path, comparison: Comparison, call: CallRecord, *, name: str) -> list[Path]:
    """Write everything into a folder, which is made; what an earlier comparison left there is replaced.

    Raises:
        OSError: it cannot be written to.
        CassetteError: the call cannot be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in (SENTENCES, *(f"{side}.{kind}" for side in _SIDES for kind in ("png", "wav"))):
        (folder / stale).unlink(missing_ok=True)
    sentences = folder / SENTENCES
    sentences.write_text("".join(f"{difference}\n" for difference in comparison.differences), encoding="utf-8")
    written = [sentences]
    for side in _SIDES:
        own = [each for each in comparison.differences if each.where == side]
        if not own and not (side == "application" and comparison.differences):
            continue
        hearing = comparison.application if side == "application" else comparison.handset
        # States, verbs and webhooks belong to the call, and are marked where the application is looked at.
        marked = [each for each in comparison.differences if each.where == side or side == "application"]
        calls = side_by_side(hearing, marked)
        picture, wav = folder / f"{side}.png", folder / f"{side}.wav"
        draw(picture, calls, f"{name}: the {side}'s side", str(own[0]) if own else "")
        write_wav(wav, to_int16(calls.golden), to_int16(calls.call))
        written += [picture, wav]
    write_cassette(folder / _CALL, call, made_by=f"A call that differs from {name}.", overwrite=True)
    return [*written, folder / _CALL]
