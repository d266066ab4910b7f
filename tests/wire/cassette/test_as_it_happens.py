"""What is on the disk while a call goes on, and after its recorder is no more."""

import logging
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile
from call_records import a_call

from twilio_wire.cassette import CassetteWriter, DigitEntry, StateEntry, WebhookEntry, read_cassette
from twilio_wire.cassette.description import digest, parse
from twilio_wire.cassette.draft import CALL, TIMELINE, Append, Draft, Write

SECOND = bytes(range(250)) * 32
FRAME = SECOND[:160]


def begin(path: Path) -> CassetteWriter:
    call = a_call(status="in-progress", far=b"", near=b"", entries=(StateEntry(0, "answered"),))
    return CassetteWriter(path, call, made_by="Recorded by a test.")


def test_all_but_the_last_second_of_a_call_that_goes_on_is_on_the_disk(tmp_path: Path) -> None:
    with begin(tmp_path / "menu") as writer:
        for _ in range(149):
            writer.add_audio(far=FRAME, near=FRAME)
        writer.note(DigitEntry(2900, "near", "5"))
        call = read_cassette(tmp_path / "menu")
        assert call.far == FRAME * 125
        assert call.entries[-1] == DigitEntry(2900, "near", "5")
        assert not call.is_over


def test_other_programs_can_play_a_call_that_goes_on(tmp_path: Path) -> None:
    with begin(tmp_path / "menu") as writer:
        writer.add_audio(far=SECOND, near=SECOND)
        assert soundfile.info(tmp_path / "menu" / "far.wav").frames == 8000


KILLED = """
import os, signal, sys
from call_records import a_call
from twilio_wire.cassette.description import digest, parse
from twilio_wire.cassette.draft import CALL, TIMELINE, Append, Draft, Write
from twilio_wire.cassette import CassetteWriter, DigitEntry
call = a_call(status="in-progress", far=b"", near=b"", entries=())
writer = CassetteWriter(sys.argv[1], call, made_by="Recorded by a test that is killed.")
for frame in range(170):
    writer.add_audio(far=bytes([frame]) * 160, near=bytes([255 - frame]) * 160)
    if frame % 50 == 0:
        writer.note(DigitEntry(frame * 20, "near", str(frame // 50)))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a recorder has left that was killed after 3.4 s of the call."""
    folder = tmp_path_factory.mktemp("killed") / "menu"
    support = Path(__file__).parents[2] / "support"
    done = subprocess.run([sys.executable, "-c", KILLED, folder], env={"PYTHONPATH": str(support)}, check=False)
    assert done.returncode == -9
    return folder


def copied(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "menu"))


def test_a_recorder_that_was_killed_has_kept_all_but_the_last_second(killed: Path, tmp_path: Path) -> None:
    call = read_cassette(copied(killed, tmp_path))
    assert call.far == b"".join(bytes([frame]) * 160 for frame in range(150))
    assert call.near == b"".join(bytes([255 - frame]) * 160 for frame in range(150))
    assert [entry.digit for entry in call.entries] == ["0", "1", "2", "3"]
    assert not call.is_over


def test_headers_are_repaired_when_the_recording_is_opened(killed: Path, tmp_path: Path) -> None:
    folder = copied(killed, tmp_path)
    with (folder / "far.wav").open("ab") as file:
        file.write(b"\x00" * 80)  # killed behind the audio and before its header
    assert soundfile.info(folder / "far.wav").frames == 24_000
    call = read_cassette(folder)
    assert len(call.far) == len(call.near) == 24_000
    assert soundfile.info(folder / "far.wav").frames == 24_080


def test_a_recording_that_nobody_may_write_to_is_read_all_the_same(killed: Path, tmp_path: Path) -> None:
    folder = copied(killed, tmp_path)
    content = (folder / "far.wav").read_bytes() + b"\x00" * 80
    (folder / "far.wav").write_bytes(content)
    (folder / "near.wav").write_bytes((folder / "near.wav").read_bytes() + b"\x00" * 80)
    (folder / "far.wav").chmod(0o444)
    assert len(read_cassette(folder).far) == 24_080


def test_half_a_line_at_the_end_of_a_recording_that_was_killed_is_dropped(killed: Path, tmp_path: Path) -> None:
    folder = copied(killed, tmp_path)
    with (folder / "timeline.jsonl").open("a") as file:
        file.write('{"kind":"digit","at_ms":34')
    assert len(read_cassette(folder).entries) == 4


def test_who_is_killed_while_something_is_added_to_a_finished_recording_leaves_it_readable() -> None:
    draft = Draft(a_call(), made_by="")
    files: dict[str, bytes] = {}
    for write in [*draft.begin(), *draft.finish()]:
        carry_out(write, files)
    for write in draft.note(WebhookEntry(0, "status", "POST", "http://app/status", 200, {})):
        carry_out(write, files)
        said, seal = parse(files[CALL].decode())
        assert not said.finished or seal.timeline == digest(files[TIMELINE])


def carry_out(write: Write, files: dict[str, bytes]) -> None:
    files[write.file] = files.get(write.file, b"") + write.content if isinstance(write, Append) else write.content


def test_a_disk_that_is_full_ends_the_recording_and_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import resource

    writer = begin(tmp_path / "menu")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        for _ in range(200):
            writer.add_audio(far=FRAME, near=FRAME)
            writer.note(DigitEntry(0, "near", "1"))
        writer.finish()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert writer.problem == caplog.records[0].getMessage()
    assert writer.problem.startswith("The rest of the call is not recorded, for ")
    assert 16_000 <= len(read_cassette(tmp_path / "menu").far) <= 20_000


def test_a_folder_that_vanishes_ends_the_recording_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with begin(tmp_path / "menu") as writer:
        shutil.rmtree(tmp_path / "menu")
        writer.add_audio(far=SECOND, near=SECOND)
        assert "the folder is gone" in writer.problem
        writer.tell("completed")
    assert len(caplog.records) == 1


def test_what_is_told_after_the_end_is_sealed_anew_and_no_audio_is_added(tmp_path: Path) -> None:
    writer = begin(tmp_path / "menu")
    writer.finish()
    writer.note(StateEntry(0, "completed"))
    writer.tell("completed")
    writer.note(WebhookEntry(0, "status", "POST", "http://app/status", 200, {}))
    writer.add_audio(far=SECOND, near=SECOND)
    writer.finish()
    call = read_cassette(tmp_path / "menu")
    assert (call.states, call.is_over, call.duration_ms) == (("answered", "completed"), True, 0)
    assert isinstance(call.entries[-1], WebhookEntry)
