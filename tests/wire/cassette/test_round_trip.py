from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile
from call_records import SPEECH, a_call, call_records
from hypothesis import given
from hypothesis import strategies as st

from twilio_wire.cassette import (
    CallRecord,
    CassetteError,
    CassetteExists,
    CassetteWriter,
    HangUpEntry,
    StateEntry,
    VerbEntry,
    WebhookEntry,
    read_cassette,
    write_cassette,
)
from twilio_wire.g711 import decode


@given(call_records())
def test_a_cassette_gives_back_the_call_that_was_written_with_its_numbers_redacted(call: CallRecord) -> None:
    with TemporaryDirectory() as folder:
        write_cassette(Path(folder) / "call", call, made_by="Written by a test.")
        assert read_cassette(Path(folder) / "call") == call.redacted()


@given(call_records(), st.lists(st.integers(0, 400), max_size=5))
def test_a_call_that_is_recorded_as_it_happens_is_the_same_as_one_that_is_written_whole(
    call: CallRecord, cuts: list[int]
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_cassette(folder / "whole", call, made_by="Written by a test.")
        begin = a_call(**vars(call) | {"far": b"", "near": b"", "entries": (), "status": "ringing"})
        with CassetteWriter(folder / "live", begin, made_by="Written by a test.") as writer:
            for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(call.far)], strict=True):
                writer.add_audio(far=call.far[start:end], near=call.near[start:end])
            for entry in call.entries:
                writer.note(entry)
            writer.tell(call.status)
        for file in sorted((folder / "whole").iterdir()):
            assert (folder / "live" / file.name).read_bytes() == file.read_bytes(), file.name


def test_libsndfile_hears_both_sides_sample_by_sample(tmp_path: Path) -> None:
    call = a_call(far=SPEECH[:8001], near=SPEECH[:8001][::-1])
    write_cassette(tmp_path / "menu", call, made_by="Written by a test.")
    for side in ("far", "near"):
        with soundfile.SoundFile(tmp_path / "menu" / f"{side}.wav") as file:
            assert (file.samplerate, file.channels, file.subtype) == (8000, 1, "ULAW")
            assert np.array_equal(file.read(dtype="int16"), decode(call.audio(side)))


def test_the_call_is_described_in_words_and_no_number_is_in_any_file(tmp_path: Path) -> None:
    write_cassette(tmp_path / "menu", a_call(), made_by="Recorded from +15551110001 by a test.")
    assert (
        (tmp_path / "menu" / "call.toml")
        .read_text()
        .startswith(
            """\
# A recorded telephone call. What the files here are: docs/golden.md of twilio-testbench.
format = 1
finished = true
direction = "outbound"
status = "completed"
from_number = "+1555***0001"
to_number = "+1555***0002"
handset = "near"
seen_by = "adapter"
is_real = false
duration_ms = 1600
states = [
    { at_ms = 0, state = "ringing" },
    { at_ms = 0, state = "answered" },
    { at_ms = 1600, state = "completed" },
]

[versions]
"twilio-testbench" = "0.1.0"

[seal]
"""
        )
    )
    assert "Recorded from +1555***0001 by a test." in (tmp_path / "menu" / "README.md").read_text()
    for file in (tmp_path / "menu").iterdir():
        assert b"5551110001" not in file.read_bytes(), file


def test_numbers_and_passwords_are_hidden_wherever_they_are(tmp_path: Path) -> None:
    url = "https://{}app/voice?n=%2B1555{}0001"
    parameters = {"From": "15551110001", "Q": "+15551110001"}
    asked = WebhookEntry(0, "voice", "POST", url.format("me:secret@", "111"), 200, parameters)
    dial = VerbEntry(0, "Dial", {"callerId": "+15551110001"}, "+15551110002")
    write_cassette(tmp_path / "menu", a_call(entries=(asked, dial)), made_by="Written by a test.")
    redacted = {"From": "1555***0001", "Q": "+1555***0001"}
    assert read_cassette(tmp_path / "menu").entries == (
        WebhookEntry(0, "voice", "POST", url.format("***@", "***"), 200, redacted),
        VerbEntry(0, "Dial", {"callerId": "+1555***0001"}, "+1555***0002"),
    )


def test_an_existing_folder_is_not_overwritten_without_being_told(tmp_path: Path) -> None:
    write_cassette(tmp_path / "menu", a_call(), made_by="The first.")
    with pytest.raises(CassetteExists, match="menu: it exists already"):
        write_cassette(tmp_path / "menu", a_call(status="busy"), made_by="The second.")
    assert read_cassette(tmp_path / "menu").status == "completed"
    write_cassette(tmp_path / "menu", a_call(status="busy"), made_by="The second.", overwrite=True)
    assert read_cassette(tmp_path / "menu").status == "busy"


def test_a_folder_that_is_no_cassette_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("Three years.")
    with pytest.raises(CassetteExists, match="no cassette"):
        write_cassette(tmp_path, a_call(), made_by="A test.", overwrite=True)
    with pytest.raises(CassetteExists, match="a file of that name"):
        write_cassette(tmp_path / "thesis.txt", a_call(), made_by="A test.", overwrite=True)
    assert (tmp_path / "thesis.txt").read_text() == "Three years."


def test_a_folder_that_cannot_be_made_is_said_before_the_call(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CassetteError, match="cannot be written"):
        CassetteWriter(tmp_path / "file" / "menu", a_call(), made_by="A test.")


def test_who_dialled_is_known_whoever_recorded() -> None:
    assert a_call(seen_by="adapter", direction="outbound").dialled_by == "near"
    assert a_call(seen_by="adapter", direction="inbound").dialled_by == "far"
    assert a_call(seen_by="emulator", direction="inbound").dialled_by == "near"
    assert a_call(seen_by="emulator", direction="outbound").dialled_by == "far"


def test_the_handset_is_near_unless_it_is_said_to_be_far() -> None:
    call = a_call()
    assert (call.handset_audio, call.application_audio) == (call.near, call.far)
    call = a_call(handset="far")
    assert (call.handset_audio, call.application_audio) == (call.far, call.near)


def test_two_sides_that_are_not_equally_long_are_no_call() -> None:
    with pytest.raises(ValueError, match="fill the gaps"):
        a_call(far=b"", near=b"\xff")


def test_who_hung_up_is_known_where_an_entry_tells() -> None:
    assert a_call().hung_up_by is None
    assert a_call(entries=(HangUpEntry(1600, "far"), StateEntry(1600, "completed"))).hung_up_by == "far"
