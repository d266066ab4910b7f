"""What cannot work is said in one sentence, before anything hangs, costs money or passes by mistake."""

import socket
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]


def test_markers_that_mean_nothing_and_fixtures_that_fail(run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run(
            here=True,
            test_refused=f"""
            import pytest
            from twilio_emulator import Fault

            def test_the_adapter_has_no_loop(twilio_adapter): pass

            @pytest.mark.twilio_speed()
            def test_no_speed(twilio_emulator): pass

            @pytest.mark.twilio_speed("fast")
            def test_an_unknown_speed(twilio_emulator): pass

            @pytest.mark.twilio_faults(seed=7)
            def test_no_faults(twilio_emulator): pass

            @pytest.mark.twilio_faults(Fault("loss", percent=5), to="+15550002222")
            def test_faults_that_cannot_be_aimed(twilio_emulator): pass

            @pytest.mark.twilio_speed(10)
            def test_a_speed_for_nobody(): pass

            @pytest.mark.twilio_real
            def test_that_costs_money(twilio_adapter): pass

            class TestAPortThatIsTaken:
                @pytest.fixture
                def twilio_emulator_settings(self):
                    return {{"port": {taken.getsockname()[1]}}}

                async def test_it(self, twilio_adapter): pass

            class TestAFixtureOfTheProject:
                @pytest.fixture
                def unlucky(self, handset, agent_number):
                    line = handset.dial(agent_number)
                    line.wait_until("in-progress")
                    raise RuntimeError("out of luck")

                def test_it(self, unlucky): pass
            """,
        )
    result.assert_outcomes(errors=7, failed=1, skipped=1)
    for sentence in (
        "twilio_adapter lives in a test's event loop: make the test an `async def`.",
        'twilio_speed takes one speed: @pytest.mark.twilio_speed("max"), or a number such as 1 or 10.',
        "E*ValueError: speed is 'fast'; give a positive number (1.0 is real time) or \"max\".",
        'twilio_faults takes faults: @pytest.mark.twilio_faults(Fault("loss", percent=5), seed=7).',
        "E*TypeError: *got an unexpected keyword argument 'to'",
        "twilio_speed had nothing to act on: the test uses no emulator of the fixtures.",
        "E*PortInUse: *",
        "E*RuntimeError: out of luck",
    ):
        result.stdout.fnmatch_lines([sentence])
    result.stdout.fnmatch_lines(["*- twilio timeline of CA*", "    0.000  ringing *"])


@pytest.mark.parametrize("missing", ["TWILIO_AUTH_TOKEN", "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER"])
def test_real_calls_need_an_account(run, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    account = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "", "TWILIO_PHONE_NUMBER": "+15550001111"}
    for name, value in account.items():
        monkeypatch.setenv(name, "" if name in missing else value)
    result = run("--twilio=real", here=True, test_it="def test_it(): pass")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --twilio=real needs an account: set {missing} in the environment."])


def test_an_account_that_cannot_be_one_is_refused_before_any_test_runs(run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ACCOUNT_SID": "SK1", "AUTH_TOKEN": "secret", "PHONE_NUMBER": "+15550001111"}.items():
        monkeypatch.setenv(f"TWILIO_{name}", value)
    result = run("--twilio=real", here=True, test_it="def test_it(): pass")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --twilio=real: account_sid does not begin with AC: *"])
    result.stderr.no_fnmatch_line("*secret*")


def test_recordings_go_into_a_directory(run, pytester: pytest.Pytester) -> None:
    (pytester.path / "calls").touch()
    result = run("--twilio-recordings=calls", here=True, test_it="def test_it(): pass")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --twilio-recordings: calls is no directory: *"])


def test_a_project_that_makes_no_call_does_not_pay_for_one() -> None:
    heavy = {"asyncio", "numpy", "aiohttp", "twilio", "twilio_emulator", "twilio_wire", "twilio_adapter.adapter"}
    script = f"import sys, twilio_adapter.pytest_plugin; print(*({heavy!r} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "\n"


def test_pytest_loads_the_plugin_by_itself(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.get_plugin("twilio_testbench").__name__ == "twilio_adapter.pytest_plugin"
