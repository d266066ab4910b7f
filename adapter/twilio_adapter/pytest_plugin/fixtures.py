"""The fixtures. All are synchronous generators or plain functions, so that any test may have them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from twilio_adapter.pytest_plugin import marks
from twilio_adapter.pytest_plugin.body import backend_complaint, is_coroutine
from twilio_adapter.pytest_plugin.call_script import CallScript
from twilio_adapter.pytest_plugin.held import Held, hold
from twilio_adapter.pytest_plugin.numbers import TwilioNumbers
from twilio_adapter.pytest_plugin.options import account_environment, is_real, recordings_directory

if TYPE_CHECKING:
    from twilio_adapter.adapter import TwilioAgentAdapter
    from twilio_adapter.harnesses import EmulatorHarness, TwilioHarness
    from twilio_emulator import sync
    from twilio_emulator.emulator import TwilioEmulator
    from twilio_emulator.phones.handset import Handset

HANDSET_NUMBER: Final = "+15557770001"


@pytest.fixture
def twilio_emulator_settings() -> dict[str, Any]:
    """Arguments for the emulator of the next fixture: override it, to return `{"auth_token": …}` or others."""
    return {}


@pytest.fixture
def twilio_emulator(
    request: pytest.FixtureRequest, twilio_emulator_settings: dict[str, Any]
) -> "Iterator[TwilioEmulator | sync.TwilioEmulator]":
    """A running emulator of the test's own, at speed="max" unless it is marked with `twilio_speed`.

    In an `async def` test its verbs are awaited; in any other they block (`twilio_emulator.sync`).
    """
    if is_real(request.config):
        pytest.skip("needs the emulator, and this is --twilio=real")
    from twilio_emulator import TwilioEmulator, sync

    held = _held(request)
    settings = {"speed": "max"} | twilio_emulator_settings | marks.speed_settings(request.node)
    emulator = TwilioEmulator(**settings) if is_coroutine(request.node) else sync.TwilioEmulator(**settings)
    emulator.start()
    try:
        held.emulator = emulator
        emulator.watch_lines(held.lines.append)
        for faults, aim in marks.faults(request.node):
            emulator.add_faults(*faults, **aim)
        yield emulator
    finally:
        emulator.stop()


@pytest.fixture
def twilio_number(twilio_emulator: "TwilioEmulator") -> TwilioNumbers:
    """Gives the emulator's account a number that an application answers: `twilio_number(f"{app_url}/voice")` is it."""
    return TwilioNumbers(twilio_emulator)


@pytest.fixture
def handset(twilio_emulator: "TwilioEmulator") -> "Handset":
    """A phone on the emulator's network: dials, and answers after a second. `twilio_emulator.handset(…)` has others."""
    return twilio_emulator.handset(HANDSET_NUMBER)


@pytest.fixture
def twilio_adapter_settings() -> dict[str, Any]:
    """Arguments for the adapter of the next fixture, those of `harness()`: override it."""
    return {}


@pytest.fixture
def twilio_adapter(
    request: pytest.FixtureRequest, twilio_adapter_settings: dict[str, Any]
) -> "Iterator[TwilioAgentAdapter]":
    """An adapter, connected while the body of the test runs: at `twilio_emulator`, or with --twilio=real at Twilio."""
    if not is_coroutine(request.node):
        pytest.fail("twilio_adapter lives in a test's event loop: make the test an `async def`.", pytrace=False)
    held = _held(request)
    if not is_real(request.config):
        from twilio_adapter.harnesses import EmulatorHarness

        twilio = request.getfixturevalue("twilio_emulator")
        yield _lent(held, EmulatorHarness(twilio=twilio, **twilio_adapter_settings))
        return
    from twilio_adapter.harnesses import harness

    with _one_at_a_time(request):
        yield _lent(held, harness(environment=account_environment(request.config), **twilio_adapter_settings))


@pytest.fixture
def call_script(twilio_adapter: "TwilioAgentAdapter") -> CallScript:
    """Runs a script on `twilio_adapter`: `await call_script([agent(), dtmf("1"), hang_up()], to=number)`."""
    return CallScript(twilio_adapter)


def _held(request: pytest.FixtureRequest) -> Held:
    complaint = backend_complaint(request)
    if complaint is not None:
        pytest.fail(complaint, pytrace=False)
    return hold(request.node, recordings_directory(request.config, _temporary(request)))


def _lent(held: Held, harness: "EmulatorHarness | TwilioHarness") -> "TwilioAgentAdapter":
    held.harness = harness
    return harness.adapter


def _temporary(request: pytest.FixtureRequest) -> Path:
    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    return factory.getbasetemp()


@contextmanager
def _one_at_a_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """The environment names one number, which one test can have at a time: those of other workers wait."""
    if not hasattr(request.config, "workerinput"):
        yield
        return
    from filelock import FileLock

    with FileLock(_temporary(request).parent / "twilio-account.lock"):
        yield
