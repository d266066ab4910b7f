"""Projects of other people, who have installed the package."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
import threaded_app

import twilio_adapter

CONFTEST = """
import pytest
from threaded_app import ThreadedApp


@pytest.fixture
def twilio_emulator_settings():
    return {"speech": "murmur"}


@pytest.fixture
def app():
    with ThreadedApp() as app:
        yield app


@pytest.fixture
def menu(app, twilio_number):
    return twilio_number(f"{app.url}/voice")


@pytest.fixture
def agent_number(app, twilio_number):
    return twilio_number(f"{app.url}/agent")
"""
_LIMIT_S = 300.0

Run = Callable[..., pytest.RunResult]


@pytest.fixture(scope="session")
def all_is_imported() -> None:
    """After a run in this process pytester forgets what was imported meanwhile; ours would be there twice."""
    assert all(hasattr(twilio_adapter, name) for name in twilio_adapter.__all__)


@pytest.fixture
def run(all_is_imported: None, pytester: pytest.Pytester) -> Run:
    """Runs pytest on a project: `run("-v", test_menu="…")`. Warnings are errors, and nobody else runs coroutines.

    In a process of its own, unless `here` says that what is tested has nothing to do with processes: that costs less.
    """
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(threaded_app=Path(threaded_app.__file__).read_text(encoding="utf-8"))
    pytester.makeini("[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n")

    def run(*arguments: str, runner: str = "", here: bool = False, **files: str) -> pytest.RunResult:
        pytester.makepyfile(**{name: dedent(text) for name, text in files.items()})
        others = [
            f"-pno:{name}" for name in ("asyncio", "anyio", "hypothesispytest", "cacheprovider") if name != runner
        ]
        if here:
            return pytester.runpytest_inprocess(*others, *arguments)
        return pytester.runpytest_subprocess(*others, *arguments, timeout=_LIMIT_S)

    return run
