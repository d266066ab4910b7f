"""Whatever happens to a cassette after it was recorded is told, with file and line."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from call_records import a_call
from hypothesis import given
from hypothesis import strategies as st

from twilio_wire.cassette import CassetteError, read_cassette, write_cassette
from twilio_wire.cassette.description import BadDescription, parse

Harm = Callable[[Path], None]


@pytest.fixture
def menu(tmp_path: Path) -> Path:
    write_cassette(tmp_path / "menu", a_call(), made_by="Written by a test.")
    return tmp_path / "menu"


def edit(file: str, old: str, new: str) -> Harm:
    def harm(folder: Path) -> None:
        text = (folder / file).read_text()
        assert re.search(old, text, re.MULTILINE)
        (folder / file).write_text(re.sub(old, new, text, count=1, flags=re.MULTILINE))

    return harm


def unsealed(harm: Harm) -> Harm:
    """The same by somebody who knows about the seal."""

    def harm_all(folder: Path) -> None:
        harm(folder)
        text = (folder / "call.toml").read_text()
        (folder / "call.toml").write_text(text.partition("[seal]\n")[0] + "[seal]\n")

    return harm_all


def cut(file: str, by: int) -> Harm:
    def harm(folder: Path) -> None:
        content = (folder / file).read_bytes()
        (folder / file).write_bytes(content[: len(content) - by])

    return harm


HARM = {
    "of a newer version": (edit("call.toml", "format = 1", "format = 2"), "call.toml", 2, "upgrade"),
    "no description": (lambda folder: (folder / "call.toml").unlink(), "call.toml", None, "missing"),
    "no timeline": (lambda folder: (folder / "timeline.jsonl").unlink(), "timeline.jsonl", None, "missing"),
    "no far side": (lambda folder: (folder / "far.wav").unlink(), "far.wav", None, "missing"),
    "a truncated description": (edit("call.toml", r"0001\"[\s\S]*", ""), "call.toml", 6, "no TOML"),
    "a description without its end": (edit("call.toml", r"^states[\s\S]*", ""), "call.toml", 11, "states is missing"),
    "a description without its seal": (edit("call.toml", r"^\[seal\][\s\S]*", ""), "call.toml", 20, "seal is missing"),
    "a truncated timeline": (cut("timeline.jsonl", 10), "timeline.jsonl", 4, "no entry"),
    "a timeline without its last line": (edit("timeline.jsonl", r"^.*completed.*\n", ""), "call.toml", 23, "has been"),
    "a truncated side": (cut("far.wav", 800), "far.wav", None, "1.500 s of audio, where there were 1.600 s"),
    "a side that is no audio": (lambda folder: (folder / "near.wav").write_text("RIFF"), "near.wav", None, "no WAV"),
    "an empty side": (lambda folder: (folder / "near.wav").write_bytes(b""), "near.wav", None, "no WAV"),
    "no TOML": (edit("call.toml", "is_real = false", "is_real ="), "call.toml", 10, "no TOML"),
    "another status": (edit("call.toml", '"completed"', '"busy"'), "call.toml", 22, "the text above has been changed"),
    "no status": (edit("call.toml", '"completed"', '"done"'), "call.toml", 5, "status must be one of: busy"),
    "no direction": (edit("call.toml", '"outbound"', '"outbound-api"'), "call.toml", 4, "inbound, outbound"),
    "a number for a text": (edit("call.toml", '"adapter"', "7"), "call.toml", 9, "seen_by must be"),
    "an unknown key": (edit("call.toml", "^finished", "colour = 1\nfinished"), "call.toml", 3, "colour"),
    "a state that is none": (edit("call.toml", "at_ms = 1600", "at_ms = true"), "call.toml", 12, "states must be"),
    "another digit": (edit("timeline.jsonl", '"1"', '"2"'), "call.toml", 23, "timeline.jsonl has been changed"),
    "no digit": (edit("timeline.jsonl", '"1"', '"one"'), "timeline.jsonl", 3, "digit"),
    "an unknown kind": (edit("timeline.jsonl", '"digit"', '"tap"'), "timeline.jsonl", 3, "tap"),
    "an unknown field": (edit("timeline.jsonl", '"by"', '"hand":"left","by"'), "timeline.jsonl", 3, "hand"),
    "half a line in the middle": (edit("timeline.jsonl", '"answered"}', ""), "timeline.jsonl", 2, "no entry"),
    "a moment before the call": (edit("timeline.jsonl", "700", "-700"), "timeline.jsonl", 3, "at_ms"),
    "an empty line": (edit("timeline.jsonl", r"\n", r"\n\n"), "timeline.jsonl", 2, "no entry"),
    "another state": (unsealed(edit("timeline.jsonl", "ringing", "initiated")), "call.toml", 12, "the states are not"),
    "Latin-1": (lambda folder: (folder / "timeline.jsonl").write_bytes(b"{}\n\xe4"), "timeline.jsonl", 2, "UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("case", HARM)
def test_a_cassette_that_is_not_as_it_was_recorded_is_refused_with_file_and_line(case: str, menu: Path) -> None:
    harm, file, line, words = HARM[case]
    harm(menu)
    with pytest.raises(CassetteError) as refused:
        read_cassette(menu)
    assert (Path(refused.value.file), refused.value.line) == (menu / file, line), str(refused.value)
    assert words in str(refused.value)
    assert str(refused.value).startswith(f"{menu / file}{f', line {line}' if line else ''}: ")
    assert str(refused.value).endswith(".")


def test_a_side_that_was_edited_is_told_by_its_digest(menu: Path) -> None:
    content = bytearray((menu / "near.wav").read_bytes())
    content[5000] ^= 1
    (menu / "near.wav").write_bytes(content)
    with pytest.raises(CassetteError, match=r"call\.toml, line 25: near\.wav has been changed since it was recorded"):
        read_cassette(menu)


def test_who_means_a_change_deletes_the_digest(menu: Path) -> None:
    edit("timeline.jsonl", '"1"', '"2"')(menu)
    edit("call.toml", "^timeline = .*\n", "")(menu)
    assert read_cassette(menu).entries[2].digit == "2"


def test_line_ends_that_git_has_changed_are_no_change(menu: Path) -> None:
    for file in ("call.toml", "timeline.jsonl", "README.md"):
        (menu / file).write_bytes((menu / file).read_bytes().replace(b"\n", b"\r\n"))
    assert read_cassette(menu) == a_call().redacted()


def test_a_folder_that_is_not_there_is_no_cassette(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="there is no such folder"):
        read_cassette(tmp_path / "nowhere")


def test_another_format_of_wav_is_refused_in_words(menu: Path) -> None:
    import numpy as np
    import soundfile

    soundfile.write(menu / "far.wav", np.zeros(12_800, np.int16), 8000)
    with pytest.raises(CassetteError, match=r"far\.wav: it is not µ-law, 8 kHz, mono"):
        read_cassette(menu)


@given(
    st.text() | st.builds("format = 1\n{} = {}\n".format, st.sampled_from(["states", "seal", "versions"]), st.text())
)
def test_any_other_text_is_refused_with_a_line_that_is_there(text: str) -> None:
    with pytest.raises(BadDescription) as refused:
        parse(text)
    assert 1 <= refused.value.line <= max(1, len(text.split("\n")))
