"""`twilio-adapter record`: what it makes, what it says, and what it refuses."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from twilio_adapter.cli import app
from twilio_adapter.meter import bar, meter
from twilio_adapter.recording import Recording
from twilio_emulator.sync import TwilioEmulator
from twilio_wire.cassette import DigitEntry, StepEntry, read_cassette
from twilio_wire.dtmf import synthesize
from twilio_wire.g711 import encode

CALLEE = "+15557770001"
PREPARE = """
def prepare(twilio):
    twilio.handset("+15557770001", script=[{"say": "Press one."}, {"wait_for_digits": 1}, {"say": "Sales."}])
"""
STEPS = """from twilio_adapter import agent, dtmf, hang_up

script = [agent(), dtmf("1"), agent(), hang_up()]
"""
SCRIPT = STEPS + PREPARE

Record = Callable[..., Any]


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Record:
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, script: str | None = None) -> Any:
        given = list(arguments)
        if script is not None:
            (tmp_path / "ivr.py").write_text(script)
            given += ["--script", "ivr.py"]
        return CliRunner().invoke(app, ["record", "--out", "cassettes/menu", *given])

    return run


def test_a_scripted_call_becomes_a_cassette(record: Record, tmp_path: Path) -> None:
    result = record("--to", CALLEE, script=SCRIPT)
    assert result.exit_code == 0, result.output
    call = read_cassette(tmp_path / "cassettes" / "menu")
    assert (call.direction, call.status, call.handset, call.seen_by) == ("outbound", "completed", "near", "adapter")
    assert not call.is_real
    assert [entry.digit for entry in call.entries if isinstance(entry, DigitEntry)] == ["1"]
    assert [entry.name for entry in call.entries if isinstance(entry, StepEntry)] == [
        "agent", "dtmf", "agent", "hang_up",
    ]  # fmt: skip
    seconds = f"{call.duration_ms / 1000:.1f} s, {len(call.entries)} entries"
    assert result.stdout == f"Recorded in cassettes/menu: completed, {seconds}.\n"
    readme = (tmp_path / "cassettes" / "menu" / "README.md").read_text()
    assert "Made by `twilio-adapter record --to +1555***0001 --script ivr.py`." in readme
    assert "Recorded by the adapter, offline, with twilio-testbench " in readme


def test_an_account_in_the_environment_is_used_and_nothing_is_prepared_in_it(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TwilioEmulator(speed="max", speech="murmur") as twilio, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        twilio.add_number("+15550001111")
        twilio.handset(CALLEE, script=[{"say": "Press one."}, {"wait_for_digits": 1}, {"say": "Sales."}])
        for name, value in {
            "TWILIO_ACCOUNT_SID": twilio.account_sid,
            "TWILIO_AUTH_TOKEN": twilio.auth_token,
            "TWILIO_PHONE_NUMBER": "+15550001111",
            "TWILIO_API_BASE_URL": twilio.base_url,
            "TWILIO_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "TWILIO_HTTP_PORT": str(port),
            "TWILIO_TESTBENCH_STATE_DIR": str(tmp_path / "state"),
        }.items():
            monkeypatch.setenv(name, value)
        result = record("--to", CALLEE, script=f"{STEPS}def prepare(twilio):\n    raise RuntimeError\n")
        assert result.exit_code == 0, result.output
        call = read_cassette(tmp_path / "cassettes" / "menu")
        assert [entry.digit for entry in call.entries if isinstance(entry, DigitEntry)] == ["1"]
        assert call.from_number == "+1555***1111"


def test_a_machine_reads_the_outcome(record: Record) -> None:
    result = record("--to", CALLEE, "--json", script=SCRIPT)
    outcome = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert outcome.pop("duration_ms") > 1000
    assert outcome.pop("entries") > 5
    assert outcome == {
        "ok": True,
        "cassette": "cassettes/menu",
        "status": "completed",
        "hung_up_by": "near",
        "handset": "near",
        "is_real": False,
        "problem": "",
    }


def test_a_call_that_comes_in_is_waited_for(record: Record, tmp_path: Path) -> None:
    prepare = """
from contextlib import asynccontextmanager

from twilio_adapter.harnesses import DEFAULT_NUMBER

script = [agent(), hang_up()]

@asynccontextmanager
async def prepare(twilio):
    line = await twilio.handset("+15557770001").dial(DEFAULT_NUMBER, script=[{"say": "Good morning."}])
    yield
    assert line.status == "completed"
"""
    result = record("--wait", script=f"from twilio_adapter import agent, hang_up\n{prepare}")
    assert result.exit_code == 0, result.output
    call = read_cassette(tmp_path / "cassettes" / "menu")
    assert (call.direction, call.from_number, call.to_number) == ("inbound", "+1555***0001", "+1555***1111")


@pytest.mark.parametrize(("more", "handset"), [((), "near"), (("--handset", "far"), "far")])
def test_the_handset_is_ours_where_we_have_a_script_unless_it_is_said(
    record: Record, tmp_path: Path, more: tuple[str, ...], handset: str
) -> None:
    record("--to", CALLEE, *more, script=SCRIPT)
    assert read_cassette(tmp_path / "cassettes" / "menu").handset == handset


def test_a_cassette_that_is_there_is_replaced_only_if_it_is_said(record: Record, tmp_path: Path) -> None:
    record("--to", CALLEE, script=SCRIPT)
    again = record("--to", CALLEE, script=SCRIPT)
    assert again.exit_code == 2
    assert again.stderr == (
        "twilio-adapter: cassettes/menu: it exists already: record into another folder, or say that it is to go.\n"
    )
    assert record("--to", CALLEE, "--overwrite", "--handset", "far", script=SCRIPT).exit_code == 0
    assert read_cassette(tmp_path / "cassettes" / "menu").handset == "far"


def test_a_step_that_fails_is_named_with_its_line_and_the_call_is_kept(record: Record, tmp_path: Path) -> None:
    script = f"""from twilio_adapter import agent, dtmf, hang_up

async def boast(adapter):
    raise RuntimeError("I can fly")

script = [
    agent(),
    agent(timeout=2),
    boast,
]
{PREPARE}"""
    result = record("--to", CALLEE, script=script)
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "twilio-adapter: ivr.py, line 8: Step 1 of the script, agent within 2 s, failed at "
    )
    call = read_cassette(tmp_path / "cassettes" / "menu")
    assert (call.is_over, call.hung_up_by) == (True, "near")

    result = record("--to", CALLEE, "--overwrite", script=script.replace("    agent(timeout=2),\n", ""))
    assert (result.exit_code, "ivr.py, line 4: Step 1 of the script, boast" in result.stderr) == (1, True)


def test_nobody_at_the_number_says_who_would_set_somebody_up(record: Record, tmp_path: Path) -> None:
    result = record("--to", CALLEE, "--json")
    outcome = json.loads(result.stdout)
    assert (result.exit_code, outcome["ok"], outcome["status"]) == (1, False, "failed")
    assert "prepare(twilio)" in outcome["problem"]
    assert read_cassette(tmp_path / "cassettes" / "menu").status == "failed"


BAD_SCRIPTS = {
    "no file": (None, "ivr.py: it cannot be read: No such file"),
    "no Python": ("script = [\n  agent(", "ivr.py, line 2: it is no Python: "),
    "an exception": ("from pathlib import Path\n\nPath('nothing').read_text()", "ivr.py, line 3: FileNotFoundError: "),
    "an exit": ("import sys\nsys.exit('enough')", "ivr.py, line 2: SystemExit: enough."),
    "a missing sound": ("from twilio_adapter import audio\nscript = [\n audio('no.wav')]", "ivr.py, line 3: AudioFile"),
    "no script": ("scripts = []", "ivr.py: it has no `script`"),
    "no list": ("\nscript = 7", "ivr.py, line 2: `script` is no list of steps"),
    "no step": ("script = [\n print,\n 'hello',\n]", "ivr.py, line 3: step 1 is str: "),
    "no function": ("script = []\nprepare = 3", "ivr.py: `prepare` is int, and must be a function."),
    "a broken preparation": ("script = []\ndef prepare(twilio):\n    twilio.fly()", "ivr.py, line 3: AttributeError"),
}


@pytest.mark.parametrize("case", BAD_SCRIPTS)
def test_a_script_that_cannot_be_used_is_named_with_its_line_and_nothing_is_recorded(
    record: Record, tmp_path: Path, case: str
) -> None:
    text, words = BAD_SCRIPTS[case]
    result = record("--to", CALLEE, script=text) if text is not None else record("--to", CALLEE, "--script", "ivr.py")
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"twilio-adapter: {words}")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "cassettes").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give either --to"),
        (("--to", CALLEE, "--wait"), "give either --to"),
        (("--to", "12"), "E.164"),
        (("--to", CALLEE, "--speed", "fast"), "--speed is 'fast'"),
    ],
)
def test_what_makes_no_sense_is_refused(record: Record, arguments: tuple[str, ...], words: str) -> None:
    result = record(*arguments)
    assert (result.exit_code, words in result.stderr) == (2, True), result.output


SLEEPS = "from twilio_adapter import sleep\nscript = [sleep(60)]\n"
INTERRUPTS = """
import asyncio, os, signal

async def prepare(twilio):
    handset = twilio.handset("+15557770001", script=[{"say": "Press one."}])

    async def hear_enough():
        line = await handset.next_call()
        await line.silence(0.5)
        os.kill(os.getpid(), signal.SIGINT)
        await line.wait_until("completed")

    twilio.task = asyncio.create_task(hear_enough())
"""


@pytest.mark.parametrize(
    ("script", "code", "told"),
    [
        ("", 0, ""),
        (SLEEPS, 1, "twilio-adapter: It was interrupted.\n"),
    ],
    ids=["who only listens has heard enough", "a script has not come to its end"],
)
def test_ctrl_c_hangs_up_and_ends_the_recording(tmp_path: Path, script: str, code: int, told: str) -> None:
    (tmp_path / "ivr.py").write_text(script + INTERRUPTS)
    # A shell's background job, as a test run may be one, hands on that Ctrl-C is ignored.
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from twilio_adapter.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "record", "--to", CALLEE]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    done = subprocess.run(
        [*command, "--script", "ivr.py", "--out", "menu", "--speed", "1"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, told)
    call = read_cassette(tmp_path / "menu")
    assert (call.status, call.hung_up_by) == ("completed", "near")
    assert call.handset == ("near" if script else "far")


def test_the_meter_shows_how_long_and_how_loud() -> None:
    recording = Recording()
    loud = encode(synthesize("5"))
    for start in range(0, 61_000 * 8, 160):
        recording.hear(b"\xff" * 160 if start < 60_800 * 8 else loud[:160])
    assert meter(recording, "in-progress").plain == f"● 01:01  in-progress   far {bar(loud[:160])}  near {'·' * 20}"
    assert bar(loud[:160]).count("█") > 12
    assert bar(b"") == "·" * 20
