"""While Twilio presses a key for an adapter, the adapter hears nothing: that is not held against either call."""

from dataclasses import replace

from golden_calls import record, said, side

from twilio_adapter import DifferenceKind, Tolerances, compare_calls
from twilio_wire.cassette import CallRecord
from twilio_wire.g711 import SAMPLE_RATE

MENU, SALES = said("menus/main_menu"), said("menus/sales")
KEY_MS = (len(MENU) * 1000 // SAMPLE_RATE) + 700


def call(*, lacks_s: float = 0.0, **different: object) -> CallRecord:
    """A menu, a key that Twilio plays, and an answer of which the beginning was not heard."""
    answer = SALES[round(lacks_s * SAMPLE_RATE) :]
    return replace(record(side(MENU, 0.7, answer, 1.0), keys=((KEY_MS, "1"),)), **different)


def kinds(golden: CallRecord, new: CallRecord, latency_s: float = 0.5) -> set[DifferenceKind]:
    compared = compare_calls(golden, new, tolerances=Tolerances(latency_s=latency_s))
    return {difference.kind for difference in compared.differences}


def test_what_was_said_while_an_adapter_was_away_is_no_difference() -> None:
    assert kinds(call(lacks_s=0.3, seen_by="adapter"), call()) == set()
    assert kinds(call(), call(lacks_s=0.3, seen_by="adapter")) == set()


def test_a_phone_is_never_away() -> None:
    assert kinds(call(lacks_s=0.3, seen_by="emulator"), call(seen_by="emulator")) != set()


def test_nobody_is_away_for_so_long_but_on_a_real_line() -> None:
    assert kinds(call(lacks_s=1.2, seen_by="adapter"), call()) != set()
    assert kinds(call(lacks_s=1.2, seen_by="adapter", is_real=True), call(), latency_s=1.5) == set()


def test_what_lacks_anywhere_else_is_told() -> None:
    assert kinds(call(lacks_s=0.3, seen_by="adapter", entries=()), call(entries=())) != set()
