"""What `<Play>` fetched becomes line audio, or is refused with Twilio's code and a way out."""

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media.sources import UnplayableMedia, decode_media
from twilio_wire import g711, levels

# twilio.com/docs/voice/twiml/play, "Supported audio file types", copied by hand.
TWILIO_TYPES = {
    "audio/mpeg", "audio/wav", "audio/wave", "audio/x-wav", "audio/aiff", "audio/x-aifc", "audio/x-aiff",
    "audio/x-gsm", "audio/gsm", "audio/ulaw",
}  # fmt: skip


def tone(rate: int) -> np.ndarray:
    """One second of 600 Hz at -10 dBm0."""
    return np.rint(levels.sine_peak(-10) * np.sin(2 * np.pi * 600 * np.arange(rate) / rate)).astype(np.int16)


def file(container: str, *, rate: int = 8000, subtype: str | None = None, channels: int = 1) -> bytes:
    out = io.BytesIO()
    samples = np.column_stack([tone(rate) / 32768] * channels)
    soundfile.write(out, samples, rate, format=container, subtype=subtype)
    return out.getvalue()


RAW_ULAW = g711.encode(tone(8000))
SERVED = [
    ("audio/mpeg", file("MP3", rate=44100, channels=2)),
    ("audio/mpeg", file("MP3", rate=8000)),
    ("audio/wav", file("WAV", rate=16000)),
    ("audio/wav", file("WAV", subtype="ULAW")),
    ("audio/wave", file("WAV", rate=48000, subtype="PCM_24")),
    ("audio/x-wav", file("WAV", rate=22050, subtype="FLOAT", channels=2)),
    ("audio/x-wav", file("WAV", subtype="GSM610")),
    ("audio/aiff", file("AIFF", rate=44100)),
    ("audio/x-aiff", file("AIFF")),
    ("audio/x-aifc", file("AIFF", subtype="ULAW")),
    ("audio/gsm", file("RAW", subtype="GSM610")),
    ("audio/x-gsm", file("RAW", subtype="GSM610")),
    ("audio/gsm", file("WAV", subtype="GSM610")),
    ("audio/ulaw", RAW_ULAW),
    ("audio/ulaw", file("WAV", subtype="ULAW")),
    ("audio/basic", RAW_ULAW),
    ("audio/basic", file("AU", subtype="ULAW")),
]


@pytest.mark.parametrize(("content_type", "body"), SERVED, ids=lambda each: str(each)[:24])
def test_every_type_twilio_plays_comes_out_as_the_same_tone(content_type: str, body: bytes):
    pcm = g711.decode(decode_media(body, content_type))
    # MP3 frames its audio in larger blocks than it was given.
    assert len(pcm) == pytest.approx(8000, abs=1200)
    middle = pcm[2000:6000]
    assert levels.level_dbm0(middle) == pytest.approx(-10, abs=0.7)
    assert np.abs(np.fft.rfft(middle)).argmax() == 300


def test_the_types_above_are_all_of_twilios_table():
    assert {content_type for content_type, _ in SERVED} - {"audio/basic"} == TWILIO_TYPES


@given(st.binary(min_size=1, max_size=500).filter(lambda b: not b.startswith((b"RIFF", b"FORM", b".snd"))))
def test_headerless_ulaw_passes_untouched(body: bytes):
    if body[:4] not in (b"OggS", b"fLaC"):
        assert decode_media(body, "audio/ulaw") == body


@pytest.mark.parametrize("content_type", ["audio/ulaw", "audio/basic", "audio/gsm"])
def test_file_with_a_header_is_read_as_one_even_under_a_headerless_label(content_type: str):
    assert decode_media(file("WAV"), content_type) == RAW_ULAW


@pytest.mark.parametrize("content_type", ["audio/wav; charset=utf-8", "AUDIO/WAV", " audio/wav ;codecs=1"])
def test_parameters_and_letter_case_of_the_content_type_do_not_matter(content_type: str):
    assert decode_media(file("WAV"), content_type) == RAW_ULAW


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "text/xml", "audio/ogg", "audio/mp4", "application/octet-stream", "video/mp4"],
)
def test_other_types_are_refused_even_with_playable_bodies(content_type: str):
    with pytest.raises(UnplayableMedia, match=f"does not play {content_type}: serve one of .*audio/mpeg") as refused:
        decode_media(file("WAV"), content_type)
    assert (refused.value.code, refused.value.code_in_gather) == (13420, 13325)


@pytest.mark.parametrize("content_type", [None, "", " ; charset=utf-8"])
def test_missing_content_type_is_refused(content_type: str | None):
    with pytest.raises(UnplayableMedia, match="without a Content-Type"):
        decode_media(file("WAV"), content_type)


@pytest.mark.parametrize("content_type", ["audio/wav", "audio/mpeg", "audio/aiff"])
@pytest.mark.parametrize("body", [b"<html>Not Found</html>", b"RIFF", file("WAV")[:20]])
def test_body_that_is_not_audio_is_refused(content_type: str, body: bytes):
    with pytest.raises(UnplayableMedia, match=f"says {content_type} but its {len(body)} bytes are not such audio"):
        decode_media(body, content_type)


@pytest.mark.parametrize("container", ["OGG", "FLAC"])
@pytest.mark.parametrize("content_type", ["audio/wav", "audio/ulaw", "audio/gsm"])
def test_container_twilio_does_not_know_is_refused_under_any_label(container: str, content_type: str):
    with pytest.raises(UnplayableMedia, match="convert it to WAV, MP3 or AIFF"):
        decode_media(file(container), content_type)


@pytest.mark.parametrize("content_type", sorted(TWILIO_TYPES))
def test_empty_body_is_refused(content_type: str):
    with pytest.raises(UnplayableMedia, match="has no body"):
        decode_media(b"", content_type)


def test_gsm_ends_at_its_last_whole_frame():
    body = file("RAW", subtype="GSM610")
    assert len(decode_media(body[:100], "audio/gsm")) == 3 * 160
    with pytest.raises(UnplayableMedia):
        decode_media(body[:32], "audio/gsm")


@given(st.binary(min_size=1, max_size=300), st.sampled_from(sorted(TWILIO_TYPES - {"audio/mpeg"})))
def test_any_body_is_audio_or_a_refusal(body: bytes, content_type: str):
    try:
        decode_media(body, content_type)
    except UnplayableMedia as refused:
        assert str(refused).endswith(".")
