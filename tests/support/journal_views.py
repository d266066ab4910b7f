"""Questions that flow tests ask of an emulator's journal."""

import re

from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import Problem, Spoke

INSECURE_STREAM = 31922
"""Every ws:// stream is warned about; the applications in these tests have no TLS."""


def spoken(twilio: TwilioEmulator, call_sid: str | None = None) -> list[str]:
    """What `<Say>` said."""
    return [entry.text for entry in twilio.journal.of(Spoke, call_sid=call_sid)]


def codes(twilio: TwilioEmulator) -> list[int]:
    """The codes of what went wrong, in order."""
    found = [problem.code for problem in twilio.journal.of(Problem)]
    return [code for code in found if code not in (0, INSECURE_STREAM)]


def warnings(twilio: TwilioEmulator) -> str:
    """All that the journal complains about, as one text."""
    return "\n".join(f"{problem.message} {problem.hint}" for problem in twilio.journal.of(Problem))


def normalised(journal: str) -> str:
    """A journal without what differs by the day and the machine: dates, and the ports of the customer's servers."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:port", journal)
    return re.sub(r'("Timestamp":)"[^"]+"', r'\1"…"', text)
