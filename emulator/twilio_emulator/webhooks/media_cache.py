"""Audio files that were fetched before, asked for again only if they have changed.

Twilio honours ETag and Last-Modified of a GET [twilio.com/docs/voice/twiml/play], and a max-age: a file that is not
older, in call time, is not asked for at all [twilio.com/help/faq/voice, "cache behavior of audio files"]. Any other is
asked for by its version, so that a 304 costs no download. What is used least goes first when the cache is full.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_MAX_AGE: Final = re.compile(r"\bmax-age\s*=\s*\"?([0-9]{1,9})")

DEFAULT_CAPACITY_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CachedMedia:
    """A file as it came, and what its server calls this version."""

    body: bytes
    content_type: str
    etag: str
    last_modified: str
    fresh_until_ms: int = 0
    """Until this call time nobody need be asked."""

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for a newer version only."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


class MediaCache:
    """Files by URL, up to `capacity_bytes` of them together."""

    def __init__(self, capacity_bytes: int = DEFAULT_CAPACITY_BYTES) -> None:
        self._capacity_bytes = capacity_bytes
        self._files: OrderedDict[str, CachedMedia] = OrderedDict()
        self._size_bytes = 0

    def find(self, url: str) -> CachedMedia | None:
        """What came from this URL the last time, if it is still here."""
        if url in self._files:
            self._files.move_to_end(url)
        return self._files.get(url)

    def keep(self, url: str, body: bytes, headers: Mapping[str, str], *, now_ms: int = 0) -> None:
        """Remember a file whose server named its version or its age, unless it asked for it not to be stored."""
        self._drop(url)
        etag, last_modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
        control = headers.get("Cache-Control", "").lower()
        max_age_ms = _max_age_ms(control)
        is_useful = bool(etag or last_modified or max_age_ms)
        if "no-store" in control or not is_useful or len(body) > self._capacity_bytes:
            return
        content_type = headers.get("Content-Type", "")
        self._files[url] = CachedMedia(body, content_type, etag, last_modified, now_ms + max_age_ms)
        self._size_bytes += len(body)
        while self._size_bytes > self._capacity_bytes:
            self._drop(next(iter(self._files)))

    def _drop(self, url: str) -> None:
        dropped = self._files.pop(url, None)
        if dropped is not None:
            self._size_bytes -= len(dropped.body)


def _max_age_ms(cache_control: str) -> int:
    """How long a file may be used without asking; 0 for not at all."""
    found = _MAX_AGE.search(cache_control)
    return int(found[1]) * 1000 if found and "no-cache" not in cache_control else 0
