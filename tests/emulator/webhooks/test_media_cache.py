import pytest

from twilio_emulator.webhooks.media_cache import MediaCache

VERSIONED = {"ETag": '"1"', "Last-Modified": "Wed, 01 Jan 2025 10:00:00 GMT", "Content-Type": "audio/wav"}


def test_a_file_with_a_version_is_kept_and_asked_for_by_version() -> None:
    cache = MediaCache()
    cache.keep("http://app/a.wav", b"RIFF", VERSIONED)
    kept = cache.find("http://app/a.wav")
    assert kept is not None
    assert (kept.body, kept.content_type) == (b"RIFF", "audio/wav")
    assert kept.conditions == {
        "If-None-Match": '"1"',
        "If-Modified-Since": "Wed, 01 Jan 2025 10:00:00 GMT",
    }


def test_a_file_without_a_version_or_not_to_be_stored_is_not_kept() -> None:
    cache = MediaCache()
    cache.keep("http://app/a.wav", b"RIFF", {"Content-Type": "audio/wav"})
    cache.keep("http://app/b.wav", b"RIFF", VERSIONED | {"Cache-Control": "private, No-Store"})
    assert cache.find("http://app/a.wav") is None
    assert cache.find("http://app/b.wav") is None


def test_a_newer_version_replaces_the_older() -> None:
    cache = MediaCache(capacity_bytes=10)
    for size in range(1, 9):
        cache.keep("http://app/a.wav", b"x" * size, VERSIONED)
    cache.keep("http://app/b.wav", b"yy", VERSIONED)
    kept = cache.find("http://app/a.wav")
    assert kept is not None
    assert len(kept.body) == 8


def test_when_it_is_full_the_file_used_longest_ago_goes() -> None:
    cache = MediaCache(capacity_bytes=10)
    for name in "ab":
        cache.keep(name, b"1234", VERSIONED)
    assert cache.find("a") is not None
    cache.keep("c", b"1234", VERSIONED)
    assert cache.find("b") is None
    assert cache.find("a") is not None
    assert cache.find("c") is not None


def test_a_file_larger_than_the_cache_is_not_kept() -> None:
    cache = MediaCache(capacity_bytes=3)
    cache.keep("a", b"1234", VERSIONED)
    assert cache.find("a") is None


@pytest.mark.parametrize(
    ("control", "fresh_until_ms"),
    [
        ("max-age=60", 61_000),
        ("public, Max-Age = 5", 6_000),
        ('max-age="7"', 8_000),
        ("max-age=60, no-cache", 1_000),
        ("no-cache", 1_000),
        ("max-age=-1", 1_000),
        ("max-age=soon", 1_000),
    ],
)
def test_a_max_age_says_how_long_nobody_need_be_asked(control: str, fresh_until_ms: int) -> None:
    cache = MediaCache()
    cache.keep("a", b"1234", VERSIONED | {"Cache-Control": control}, now_ms=1000)
    kept = cache.find("a")
    assert kept is not None
    assert kept.fresh_until_ms == fresh_until_ms


def test_a_max_age_alone_is_reason_enough_to_keep_a_file() -> None:
    cache = MediaCache()
    cache.keep("a", b"1234", {"Cache-Control": "max-age=60"})
    kept = cache.find("a")
    assert kept is not None
    assert kept.conditions == {}
