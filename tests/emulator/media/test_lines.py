"""What a recording says: given with it, or found in a manifest near the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from twilio_emulator.media.lines import Lines, lines_of
from twilio_wire.audio import AudioFileError

FIXTURES = Path(__file__).parents[3] / "fixtures_audio"


def manifest(folder: Path, *entries: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"[[fixture]]\n{entry}\n" for entry in entries)
    (folder / "manifest.toml").write_text(text, encoding="utf-8")


def test_a_fixture_says_what_its_manifest_has_for_it() -> None:
    assert lines_of(FIXTURES / "speech" / "yes_please.wav") == Lines("Yes, please.", 0.95)


def test_a_fixture_of_tones_is_known_to_say_nothing() -> None:
    assert lines_of(FIXTURES / "dtmf" / "pin_1234_pound_noisy.wav") == Lines("")


def test_a_relative_path_finds_its_manifest_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest(tmp_path / "a", 'path = "b/hi.wav"\ntext = "Hi."\nconfidence = 0.4')
    monkeypatch.chdir(tmp_path)
    assert lines_of("a/b/hi.wav") == lines_of(Path("a/b/hi.wav")) == Lines("Hi.", 0.4)


def test_the_nearest_manifest_that_names_the_file_counts(tmp_path: Path) -> None:
    manifest(tmp_path, 'path = "b/c/hi.wav"\ntext = "far"', 'path = "b/c/yo.wav"\ntext = "far"')
    manifest(tmp_path / "b" / "c", 'path = "hi.wav"\ntext = "near"')
    assert lines_of(tmp_path / "b" / "c" / "hi.wav") == Lines("near")
    assert lines_of(tmp_path / "b" / "c" / "yo.wav") == Lines("far")
    assert lines_of(tmp_path / "b" / "c" / "no.wav") is None
    assert lines_of(tmp_path / "b" / "c" / "d" / "e" / "hi.wav") is None


def test_a_manifest_that_was_changed_is_read_again(tmp_path: Path) -> None:
    manifest(tmp_path, 'path = "hi.wav"\ntext = "old"')
    assert lines_of(tmp_path / "hi.wav") == Lines("old")
    manifest(tmp_path, 'path = "hi.wav"\ntext = "new, and longer"')
    assert lines_of(tmp_path / "hi.wav") == Lines("new, and longer")


def test_what_is_given_goes_before_the_manifest(tmp_path: Path) -> None:
    manifest(tmp_path, 'path = "hi.wav"\ntext = "Hi."')
    assert lines_of(tmp_path / "hi.wav", "Hello.") == Lines("Hello.")
    assert lines_of(tmp_path / "hi.wav", "Hello.", 0.1) == Lines("Hello.", 0.1)
    assert lines_of(tmp_path / "hi.wav", None, 0.2) == Lines("Hi.", 0.2)
    assert lines_of(tmp_path / "hi.wav", "") == Lines("")


@pytest.mark.parametrize("content", ["[project]\nname = 'another kind'", "fixture = 3", "fixture = ['x']"])
def test_another_kind_of_manifest_says_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.toml").write_text(content, encoding="utf-8")
    assert lines_of(tmp_path / "hi.wav") is None


@pytest.mark.parametrize(
    "content",
    [
        b"not toml",
        b"\xff\xfe",
        b'[[fixture]]\npath = "hi.wav"\ntext = "Hi."\nconfidence = 2',
        b'[[fixture]]\npath = "hi.wav"\ntext = "Hi."\nconfidence = "high"',
    ],
)
def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.toml").write_bytes(content)
    with pytest.raises(AudioFileError, match=r"manifest\.toml"):
        lines_of(tmp_path / "hi.wav")


def test_a_confidence_needs_a_text_and_lies_between_nothing_and_all() -> None:
    with pytest.raises(ValueError, match="give text="):
        lines_of(None, None, 0.5)
    with pytest.raises(ValueError, match=r"from 0\.0 to 1\.0"):
        lines_of(None, "Hi.", 1.5)
    with pytest.raises(ValueError, match="give a string"):
        lines_of(None, 5)  # type: ignore[arg-type]
