"""The markers: what each is for, what it may be given, and where its test cannot run."""

from typing import Any, Final

import pytest

from twilio_adapter.pytest_plugin.held import held_by
from twilio_adapter.pytest_plugin.options import is_real

SPEED: Final = "twilio_speed"
FAULTS: Final = "twilio_faults"
REAL: Final = "twilio_real"

LINES: Final = (
    f'{SPEED}(speed): how fast call time passes in the emulator: "max" (which it is without the marker), 1, 10, …',
    f"{FAULTS}(*faults, number='', seed=0): what goes wrong in the emulator: see TwilioEmulator.add_faults.",
    f"{REAL}: only makes sense on a real account: skipped unless --twilio=real.",
)


def check(item: pytest.Item) -> None:
    """Skip a test that cannot run here, and fail one whose markers mean nothing."""
    real = is_real(item.config)
    if not real and item.get_closest_marker(REAL) is not None:
        pytest.skip("only makes sense on a real account: run it with --twilio=real")
    if real and item.get_closest_marker(FAULTS) is not None:
        pytest.skip("real Twilio has no faults to order: run it without --twilio=real")
    if (mark := item.get_closest_marker(SPEED)) is not None and (len(mark.args) != 1 or mark.kwargs):
        pytest.fail(
            f'{SPEED} takes one speed: @pytest.mark.{SPEED}("max"), or a number such as 1 or 10.', pytrace=False
        )
    if any(not mark.args for mark in item.iter_markers(FAULTS)):
        pytest.fail(f'{FAULTS} takes faults: @pytest.mark.{FAULTS}(Fault("loss", percent=5), seed=7).', pytrace=False)


def check_used(item: pytest.Item) -> None:
    """Fail a test that passed although its markers had no emulator to act on."""
    if is_real(item.config):
        return
    held = held_by(item)
    for name in (SPEED, FAULTS):
        if item.get_closest_marker(name) is not None and (held is None or held.emulator is None):
            pytest.fail(f"{name} had nothing to act on: the test uses no emulator of the fixtures.", pytrace=False)


def speed_settings(item: pytest.Item) -> dict[str, Any]:
    """What the closest marker says of the emulator's speed, as its arguments."""
    mark = item.get_closest_marker(SPEED)
    return {} if mark is None else {"speed": mark.args[0]}


def faults(item: pytest.Item) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Everything that shall go wrong, as arguments of `add_faults`; what is said of a whole module goes first."""
    return [(mark.args, dict(mark.kwargs)) for mark in reversed(list(item.iter_markers(FAULTS)))]
