"""What a report tells of the calls of a test: their timelines, warnings, recordings and measures."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import soundfile

from twilio_wire.cassette import read_cassette

pytest_plugins = ["pytester"]

FAILING = """
    import pytest
    from twilio_adapter import agent, audio, dtmf, hang_up
    from twilio_emulator import Fault

    async def test_a_phone(handset, menu):
        line = await handset.dial(menu)
        await line.wait_until("in-progress")
        await line.wait_for_silence(0.8)
        await line.press("1")
        await line.wait_until("completed")
        assert line.digits_heard == "2"

    @pytest.mark.twilio_faults(Fault("latency", latency_ms=40))
    async def test_a_script(call_script, app, twilio_number):
        number = twilio_number(f"{app.url}/agent", friendly_name="agent")
        result = await call_script([agent(), dtmf("5"), hang_up()], to=number)
        assert result.status == "busy"

    @pytest.mark.xfail(reason="known")
    def test_that_is_expected_to_fail(handset, menu):
        handset.dial(menu).wait_until("busy")
"""


def recordings(result: pytest.RunResult) -> list[Path]:
    return [Path(line.split(" (left: ")[0]) for line in result.outlines if " (left: " in line]


def test_a_failure_shows_the_calls_and_where_they_can_be_heard(run, pytester: pytest.Pytester) -> None:
    result = run(test_menu=FAILING)
    result.assert_outcomes(failed=2, xfailed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ test_a_phone _*",
            ">       assert line.digits_heard == *",
            "*- twilio timeline of CA* -*",
            "    0.000  ringing * a call came in",
            "*  gathered     1 (all digits)",
            "*- twilio recordings -*",
            "*-handset.wav (left: +15557770001, right: what it heard)",
            "*_ test_a_script _*",
            ">       assert result.status == *",
            "*- twilio timeline of CA* -*",
            "*  FAULT        latency: *",
            "*- twilio timeline of CA* -*",
            "*- twilio warnings -*",
            "*CA…???? WARNING: 31922: *",
            "*- twilio adapter in CA* -*",
            "    0.000  call    answered",
            "*-adapter.wav (left: the far end, right: the adapter)",
        ],
        consecutive=False,
    )
    result.stdout.no_fnmatch_line("*connected_body*")
    result.stdout.no_fnmatch_line("*test_that_is_expected_to_fail-*")
    by_phone, by_adapter = recordings(result)
    for path in (by_phone, by_adapter):
        pcm, rate = soundfile.read(path, dtype="int16")
        assert (pcm.shape[1], rate) == (2, 8000)
        assert abs(pcm).max() > 3000
        assert read_cassette(path.with_suffix("")).duration_ms == len(pcm) * 1000 // rate
    assert "gathered     1" in (by_phone.parent / "timeline.txt").read_text(encoding="utf-8")


def test_recordings_of_an_earlier_failure_are_kept(run, pytester: pytest.Pytester) -> None:
    menu = FAILING.partition("@pytest.mark.twilio_faults")[0]
    runs = [run("--twilio-recordings=calls/failed", here=True, test_menu=menu) for _ in range(2)]
    directories = ["test_menu.py-test_a_phone", "test_menu.py-test_a_phone-2"]
    assert [path.parent.relative_to(pytester.path) for [path] in map(recordings, runs)] == [
        Path("calls", "failed", name) for name in directories
    ]
    assert {path.name for path in (pytester.path / "calls" / "failed").iterdir()} == set(directories)


STUCK = """
    def test_it(handset, menu, twilio_emulator, monkeypatch):
        def unanswered(*_):
            raise TimeoutError("no answer")

        handset.dial(menu)
        for name in ("timeline", "measures"):
            monkeypatch.setattr(twilio_emulator, name, unanswered)
        assert not menu
"""


def test_what_cannot_be_shown_is_said_and_hides_nothing(run) -> None:
    result = run(here=True, test_stuck=STUCK)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: *",
            "There are no measures: TimeoutError: no answer",
            "Not all can be shown: TimeoutError: no answer",
        ]
    )


MEASURED = """
    import pytest

    @pytest.mark.parametrize("number", range({calls}))
    async def test_the_agent(handset, agent_number, number):
        line = await handset.dial(agent_number)
        await line.wait_for_speech()
        await line.wait_for_silence(1.0)
        await line.hang_up()
        assert str(number) != "{wrong}"
"""


def test_workers_run_calls_side_by_side_and_every_call_has_its_line_of_measures(run, pytester: pytest.Pytester) -> None:
    result = run("-n2", "--junitxml=report.xml", test_agents=MEASURED.format(calls=12, wrong=1))
    result.assert_outcomes(passed=11, failed=1)
    result.stdout.fnmatch_lines(["*- twilio timeline of CA*", "*- twilio recordings -*", "*= twilio measures =*"])
    lines = [line for line in result.outlines if line.startswith("test_agents.py::test_the_agent[")]
    assert len(lines) == 10
    assert all(": first audio after " in line and "; audio sent 0.50 s, " in line for line in lines)
    result.stdout.fnmatch_lines(["… and 2 more calls, which -v shows"])
    report = ElementTree.parse(pytester.path / "report.xml")
    properties = [json.loads(found.get("value")) for found in report.iterfind(".//property[@name='twilio_measures']")]
    assert [measures["audio_sent_ms"] for measures in properties] == [500] * 12


@pytest.mark.parametrize(("verbosity", "calls", "lines"), [("-v", 11, 11), ("-q", 1, 0)])
def test_measures_heed_verbosity(run, verbosity: str, calls: int, lines: int) -> None:
    result = run(verbosity, here=True, test_agents=MEASURED.format(calls=calls, wrong=""))
    result.assert_outcomes(passed=calls)
    assert sum(": first audio after" in line for line in result.outlines) == lines
