"""A golden call of a project: recorded, compared, changed without being told, and written anew on purpose."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

GOLDEN = """
    from twilio_adapter import assert_matches_golden

    async def test_the_menu(handset, app, menu):
        app.pages["/choice"] = "<Response><Say>{answer}</Say></Response>"
        line = await handset.dial(menu)
        await line.wait_until("in-progress")
        await line.wait_for_silence(0.8)
        await line.press("1")
        await line.wait_until("completed")
        assert_matches_golden(line, "cassettes/menu")
"""


def test_a_golden_call_is_written_on_purpose_and_compared_otherwise(
    run, pytester: pytest.Pytester, monkeypatch
) -> None:
    for name in ("TWILIO_UPDATE_GOLDEN", "TWILIO_GOLDEN_FAILURES"):
        monkeypatch.delenv(name, raising=False)
    golden, changed = GOLDEN.format(answer="Sales speaking, what is your name?"), GOLDEN.format(answer="All are busy.")

    def outcome(*arguments: str, test: str) -> pytest.RunResult:
        return run(*arguments, here=True, test_menu=test)

    outcome(test=golden).assert_outcomes(failed=1)  # there is none yet
    outcome("--update-golden", test=golden).assert_outcomes(passed=1)
    outcome(test=golden).assert_outcomes(passed=1)

    differing = outcome("--twilio-recordings=failed", test=changed)
    differing.assert_outcomes(failed=1)
    differing.stdout.fnmatch_lines(
        ["E*GoldenMismatch: The call differs from cassettes/menu*", "*- twilio golden calls -*"]
    )
    [picture] = [Path(line) for line in differing.outlines if line.endswith("/application.png")]
    directory = Path("failed", "test_menu.py-test_the_menu")
    assert picture.relative_to(pytester.path) == directory / "menu" / "application.png"
    [sound] = [Path(line) for line in differing.outlines if line.endswith(".wav")]
    assert sound == picture.with_suffix(".wav")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert {path.suffix for path in (pytester.path / directory).glob("*.*")} == {".txt", ".wav"}

    outcome("--update-golden", test=changed).assert_outcomes(passed=1)
    outcome(test=changed).assert_outcomes(passed=1)
