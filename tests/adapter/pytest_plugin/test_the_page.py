"""docs/pytest.md is a project whose tests pass."""

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PAGE = Path(__file__).parents[3] / "docs" / "pytest.md"
APP_URL = """
import pytest


@pytest.fixture
def app_url(app):
    return app.url


"""


def test_the_pages_examples_pass(run, pytester: pytest.Pytester) -> None:
    conftest, *tests = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    with (pytester.path / "conftest.py").open("a", encoding="utf-8") as file:
        file.write(APP_URL + conftest)
    result = run("--update-golden", here=True, **{f"test_example_{number}": text for number, text in enumerate(tests)})
    result.assert_outcomes(passed=6)


def test_the_page_names_every_fixture_marker_and_option(pytestconfig: pytest.Config) -> None:
    from twilio_adapter import pytest_plugin
    from twilio_adapter.pytest_plugin import marks

    page = PAGE.read_text(encoding="utf-8")
    fixtures = [name for name in pytest_plugin.__all__ if name.islower()]
    markers = [re.split(r"\W", line)[0] for line in marks.LINES]
    assert [
        name
        for name in (*fixtures, *markers, "--twilio", "--twilio-recordings", "--update-golden")
        if f"`{name}" not in page
    ] == []
