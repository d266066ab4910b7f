"""What others know golden comparisons by. Apart, because pytest's plugin reads it at every start."""

from typing import Final

UPDATE_VARIABLE: Final = "TWILIO_UPDATE_GOLDEN"
"""`1` writes every golden call anew that differs; pytest's --update-golden sets it."""
FAILURES_VARIABLE: Final = "TWILIO_GOLDEN_FAILURES"
"""The folder in which every failed comparison gets one of its own; a test with our fixtures has one already."""
SENTENCES: Final = "differences.txt"
"""What a failed comparison leaves in its folder beside pictures and sound: all differences, in words."""
