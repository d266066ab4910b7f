"""Audio files that were fetched before, asked for again only if they have changed.

Twilio honours ETag and Last-Modified of a GET [twilio.com/docs/voice/twiml/play]. The cache never answers
by itself: it knows what to send along, so that a 304 costs no download. What is used least goes first when
it is full.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

DEFAULT_CAPACITY_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CachedMedia:
    """A file as it came, and what its server calls this version."""

    body: bytes
    content_type: str
    etag: str
    last_modified: str

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

    def keep(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Remember a file whose server named its version, unless it asked for it not to be stored."""
        self._drop(url)
        etag, last_modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
        refused = "no-store" in headers.get("Cache-Control", "").lower()
        if refused or not (etag or last_modified) or len(body) > self._capacity_bytes:
            return
        self._files[url] = CachedMedia(body, headers.get("Content-Type", ""), etag, last_modified)
        self._size_bytes += len(body)
        while self._size_bytes > self._capacity_bytes:
            self._drop(next(iter(self._files)))

    def _drop(self, url: str) -> None:
        dropped = self._files.pop(url, None)
        if dropped is not None:
            self._size_bytes -= len(dropped.body)
