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
