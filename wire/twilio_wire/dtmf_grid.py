"""The sixteen keys of DTMF and the two frequencies of each: one of a row and one of a column (ITU-T Q.23)."""

from typing import Final

ROWS_HZ: Final = (697, 770, 852, 941)
COLUMNS_HZ: Final = (1209, 1336, 1477, 1633)
GRID: Final = ("123A", "456B", "789C", "*0#D")

KEYS: Final = "0123456789*#ABCD"
"""Every key, in the order of the telephone-event codes 0 to 15 (RFC 4733)."""

FREQUENCIES: Final[dict[str, tuple[int, int]]] = {
    key: (row_hz, column_hz)
    for row_hz, keys in zip(ROWS_HZ, GRID, strict=True)
    for column_hz, key in zip(COLUMNS_HZ, keys, strict=True)
}

KEY_OF: Final[dict[tuple[int, int], str]] = {pair: key for key, pair in FREQUENCIES.items()}
