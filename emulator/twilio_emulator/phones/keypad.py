"""The keypad of a simulated telephone."""

from __future__ import annotations

from typing import Final

from twilio_wire.dtmf import DigitTiming

KEYPAD: Final = DigitTiming(on_ms=100, gap_ms=100, dbm0=-10.0)
"""How long a finger holds a key."""

KEY_MS: Final = KEYPAD.on_ms + KEYPAD.gap_ms
"""From one key to the next."""
