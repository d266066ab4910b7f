"""How a test's application talks: one property a call in its report, one line a call in the terminal."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

import pytest

from twilio_adapter.pytest_plugin.calls import application_call_sids
from twilio_adapter.pytest_plugin.held import Held

PROPERTY: Final = "twilio_measures"
_LINES_UNLESS_VERBOSE: Final = 10


def keep(item: pytest.Item, held: Held) -> None:
    """Put the measures of every call so far that had a bidirectional stream among the test's properties, as JSON."""
    item.user_properties[:] = [(name, value) for name, value in item.user_properties if name != PROPERTY]
    try:
        item.user_properties += ((PROPERTY, text) for text in _measures(held))
    except Exception as error:  # what is wrong with the emulator is the test's business, and no end of the run
        item.add_report_section("call", "twilio", f"There are no measures: {type(error).__name__}: {error}\n")


def _measures(held: Held) -> Iterator[str]:
    emulator = held.emulator
    if emulator is None:
        return
    for call_sid in application_call_sids(held):
        measures = emulator.measures(call_sid)
        if measures is not None:
            yield json.dumps({"call_sid": call_sid, "summary": measures.summary()} | asdict(measures))


def summarize(terminal: pytest.TerminalReporter) -> None:
    """Write a line for each call that was measured; without -v, for the first ones only, and with -q for none."""
    verbosity = terminal.config.get_verbosity()
    lines = list(_lines(terminal))
    if not lines or verbosity < 0:
        return
    terminal.section("twilio measures")
    shown = lines if verbosity > 0 else lines[:_LINES_UNLESS_VERBOSE]
    for line in shown:
        terminal.line(line)
    if len(shown) < len(lines):
        terminal.line(f"… and {len(lines) - len(shown)} more calls, which -v shows")


def _lines(terminal: pytest.TerminalReporter) -> Iterator[str]:
    for reports in terminal.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and report.when == "call":
                for name, value in report.user_properties:
                    if name == PROPERTY:
                        measures = json.loads(str(value))
                        yield f"{report.nodeid} CA…{measures['call_sid'][-4:]}: {measures['summary']}"
