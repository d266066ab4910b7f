"""What a call sounds like right now, in one line: how long it lasts, and how loud either side is.

Law: time is the call's own, counted in received audio.
"""

from typing import Final

from rich.text import Text

from twilio_adapter.recording import BYTES_A_MS, Recording
from twilio_wire.g711 import decode
from twilio_wire.levels import level_dbm0

_WINDOW_MS: Final = 200
_CELLS: Final = 20
_QUIETEST_DBM0: Final = -50.0
_LOUD_DBM0: Final = -6.0
_LOUDEST_DBM0: Final = 0.0


def bar(ulaw: bytes) -> str:
    """How loud audio is (bytes, µ-law, 8 kHz, mono), from nothing at −50 dBm0 to a full bar at 0 dBm0."""
    share = (level_dbm0(decode(ulaw)) - _QUIETEST_DBM0) / (_LOUDEST_DBM0 - _QUIETEST_DBM0)
    cells = round(_CELLS * min(1.0, max(0.0, share)))
    return "█" * cells + "·" * (_CELLS - cells)


def meter(recording: Recording, status: str) -> Text:
    """The line, for a terminal."""
    far, near = recording.since(max(0, len(recording.far) - _WINDOW_MS * BYTES_A_MS))
    minutes, seconds = divmod(recording.received_ms // 1000, 60)
    line = Text(f"● {minutes:02}:{seconds:02}  {status:<12}")
    for label, track in (("far", far), ("near", near)):
        is_loud = level_dbm0(decode(track)) > _LOUD_DBM0
        line.append(f"  {label} ").append(bar(track), style="red" if is_loud else "green")
    return line
