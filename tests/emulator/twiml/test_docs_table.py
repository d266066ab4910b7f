"""docs/twiml.md says of every verb and attribute what the tables say, and where each is tested."""

from __future__ import annotations

import pytest
from twiml_table import BEGIN, END, ROOT, generated, untested

DOC = ROOT / "docs" / "twiml.md"


def test_the_tables_are_those_of_the_verbs(request: pytest.FixtureRequest) -> None:
    before, _, rest = DOC.read_text(encoding="utf-8").partition(BEGIN)
    written, _, after = rest.partition(END)
    made = generated()
    if request.config.getoption("--update-docs"):
        DOC.write_text(before + made + after, encoding="utf-8")
    else:
        assert BEGIN + written + END == made, "The verbs have changed: pytest --update-docs writes the tables anew."


def test_every_attribute_with_an_effect_is_mentioned_by_a_test() -> None:
    assert untested() == set()
