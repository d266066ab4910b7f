"""pytest for telephone calls: fixtures, markers, and what a failure shows. pytest loads it, as `twilio_testbench`.

Laws: a project that has the package and makes no call pays nothing for this: everything else of ours is imported by the
fixture that needs it. Nothing is shared between tests but the option, so they run side by side. No asyncio plugin is
needed and none is preferred; `body` says how.
"""

from collections.abc import Generator

import pytest

from twilio_adapter.pytest_plugin import body, evidence, golden_calls, marks, measured
from twilio_adapter.pytest_plugin.call_script import CallScript
from twilio_adapter.pytest_plugin.fixtures import (
    call_script,
    handset,
    twilio_adapter,
    twilio_adapter_settings,
    twilio_emulator,
    twilio_emulator_settings,
    twilio_number,
)
from twilio_adapter.pytest_plugin.held import held_by, let_go
from twilio_adapter.pytest_plugin.numbers import TwilioNumbers
from twilio_adapter.pytest_plugin.options import add_options, check_options, is_real

__all__ = [
    "CallScript",
    "TwilioNumbers",
    "call_script",
    "handset",
    "twilio_adapter",
    "twilio_adapter_settings",
    "twilio_emulator",
    "twilio_emulator_settings",
    "twilio_number",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer --twilio and what goes with it."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; refuse options that cannot work before any test runs."""
    for line in marks.LINES:
        config.addinivalue_line("markers", line)
    check_options(config)
    golden_calls.begin(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that this run is not free."""
    return "twilio: real calls, which cost money" if is_real(config) else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what cannot run here, and refuse markers that mean nothing, before a fixture is set up for it."""
    marks.check(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Put the adapter's connection around the test's body, before whoever runs coroutines takes the body."""
    with body.connected(item), golden_calls.kept_apart(held_by(item)):
        outcome = yield
    marks.check_used(item)
    return outcome


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine test that holds something of ours, if no plugin for coroutines has."""
    return body.run(pyfuncitem)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the measures of its calls into a test's report, and if it failed, what there is to see and hear of them."""
    held = held_by(item)
    if held is not None and call.when == "call":
        measured.keep(item, held)
    report = yield
    if held is not None and report.failed and not held.is_told:
        held.is_told = True
        report.sections += evidence.sections(held)
    if call.when == "teardown":
        let_go(item)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a call that had a bidirectional stream."""
    measured.summarize(terminalreporter)
