"""`twilio-emulator serve`: the emulator as a process, and what it says when it cannot start."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from twilio_emulator.cli import app
from twilio_emulator.sdk_client import sdk_client
from twilio_wire.cassette import read_cassette

NUMBER = "+15550001111"
ACCOUNT_SID = "AC" + "1" * 32
AUTH_TOKEN = "2" * 32
COMMAND = [sys.executable, "-c", "from twilio_emulator.cli import main; main()", "serve"]


async def test_the_process_serves_the_sdk_until_it_is_told_to_stop(tmp_path: Path) -> None:
    environment = {**os.environ, "TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *("--port", "0", "--speed", "max", "--speech", "murmur", "--number", NUMBER),
        *("--voice-url", "http://127.0.0.1:1/voice", "--record", str(tmp_path / "calls")),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    ready = (await process.stdout.readline()).decode()
    match = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+)\n", ready)
    assert match is not None, ready
    client = sdk_client(ACCOUNT_SID, AUTH_TOKEN, match[1])
    numbers = await asyncio.to_thread(client.incoming_phone_numbers.list)
    assert [(number.phone_number, number.voice_url) for number in numbers] == [(NUMBER, "http://127.0.0.1:1/voice")]

    call = await asyncio.to_thread(lambda: client.calls.create(to="+15557770001", from_=NUMBER, twiml="<Response/>"))
    process.send_signal(signal.SIGTERM)
    out, err = await process.communicate()
    assert (process.returncode, out) == (0, b"")
    assert AUTH_TOKEN.encode() not in err
    assert read_cassette(tmp_path / "calls" / call.sid).is_over


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def refusal(*arguments: str) -> str:
    """What is said, in one line, by a process that does not start."""
    result = CliRunner().invoke(app, ["serve", *arguments])
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_a_port_in_use_is_named_with_the_option_that_changes_it(taken_port: int) -> None:
    said = refusal("--port", str(taken_port))
    assert str(taken_port) in said
    assert "--port" in said


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (["--number", "555"], "'555' is not a phone number"),
        (["--number", NUMBER, "--number", NUMBER], f"{NUMBER} is already"),
        (["--number", NUMBER, "--voice-url", "voice"], "voice_url"),
        (["--number", NUMBER, "--voice-method", "PUT"], "voice_method"),
        (["--speed", "fast"], "'fast'"),
        (["--speed", "0"], "speed is 0"),
        (["--speed", "inf"], "speed is inf"),
        (["--speed", "nan"], "speed is nan"),
        (["--speech", "opera"], "'opera'"),
        (["--known-audio", "/no/such/folder"], "There is no /no/such/folder/manifest.toml"),
        (["--host", "192.0.2.1"], "192.0.2.1"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(arguments: list[str], about: str) -> None:
    assert about in refusal("--port", "0", *arguments)


def test_a_folder_with_something_in_it_is_not_recorded_into(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    assert "there is something in it already" in refusal("--port", "0", "--record", str(tmp_path))


def test_faults_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "faults.toml"
    path.write_text("[[faults]]\nname = 'loss'\npercent = 200\n")
    assert "Fault 'loss': percent is 200" in refusal("--faults", str(path))
    assert "cannot be read" in refusal("--faults", str(tmp_path / "nowhere.toml"))
