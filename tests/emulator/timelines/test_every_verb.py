"""Every verb that can be in a document has a golden timeline, and every golden timeline has a test."""

import re
from pathlib import Path

import pytest
from timeline_bench import golden_file

from twilio_emulator.twiml.verbs import VERBS

HERE = Path(__file__).parent
GOLDEN = sorted((HERE / "golden").rglob("*.txt"))


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_a_golden_timeline(verb: str) -> None:
    begins = re.compile(rf"TwiML +<{verb}[ >]")
    assert any(begins.search(path.read_text(encoding="utf-8")) for path in GOLDEN)


def test_every_golden_timeline_has_a_test() -> None:
    tests = {
        golden_file(path, name)
        for path in HERE.glob("test_*.py")
        for name in re.findall(r"@golden_timeline\(.*\)\nasync def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert set(GOLDEN) == tests
