"""Connection overrides: how long to wait and when to try again, written in a URL's fragment.

`https://example.com/voice#ct=2000&rc=2&rp=all`. Keys, defaults and ranges are those of
twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class RetryOn(StrEnum):
    """The kinds of failure that another attempt may be made for; the value is the word in `rp`."""

    CONNECT = "ct"
    READ = "rt"
    CLIENT_ERROR = "4xx"
    SERVER_ERROR = "5xx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Wall milliseconds to connect, to read and for all attempts; how many extra attempts, and what for."""

    connect_ms: int = 5_000
    read_ms: int = 15_000
    total_ms: int = 15_000
    retries: int = 1
    retry_on: frozenset[RetryOn] = frozenset({RetryOn.CONNECT})
    total_is_override: bool = False
    """The application chose `total_ms` itself: running out of it is 11203, not 11205."""


class BadOverride(ValueError):
    """A fragment that asks for something Twilio does not offer."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


_RANGES: Final[dict[str, tuple[str, int, int]]] = {
    "ct": ("connect_ms", 100, 10_000),
    "rt": ("read_ms", 100, 15_000),
    "tt": ("total_ms", 100, 15_000),
    "rc": ("retries", 0, 5),
}
_EDGE_NAMES: Final = """
    ashburn dublin frankfurt sao-paulo singapore sydney tokyo umatilla
    ashburn-ix frankfurt-ix london-ix san-jose-ix singapore-ix sydney-ix tokyo-ix
"""
_EDGES: Final = frozenset(_EDGE_NAMES.split())
_BAD_POLICY: Final = 11243
_BAD_EDGE: Final = 11240


def parse_overrides(fragment: str, defaults: Policy) -> Policy:
    """Apply a URL's fragment to the default policy. A fragment without any of our keys changes nothing.

    Raises:
        BadOverride: a known key has a value outside its range (11243), or an edge is unknown (11240).
    """
    policy = defaults
    for item in filter(None, fragment.split("&")):
        key, equals, value = item.partition("=")
        if not equals:
            continue
        if key in _RANGES:
            policy = _with_number(policy, key, value)
        elif key == "rp":
            policy = replace(policy, retry_on=_retry_policy(value))
        elif key == "e":
            _check_edges(value)
        elif key == "sni" and value not in {"y", "n"}:
            raise BadOverride(_BAD_POLICY, f"sni={value} in the URL's fragment is not y or n.")
    return policy


def _with_number(policy: Policy, key: str, value: str) -> Policy:
    name, lowest, highest = _RANGES[key]
    if not (value.isascii() and value.isdigit() and lowest <= int(value) <= highest):
        raise BadOverride(
            _BAD_POLICY, f"{key}={value} in the URL's fragment is not a number from {lowest} to {highest}."
        )
    changes: dict[str, int | bool] = {name: int(value)}
    if key == "tt":
        changes["total_is_override"] = True
    return replace(policy, **changes)  # type: ignore[arg-type]  # the table names fields of their own types


def _retry_policy(value: str) -> frozenset[RetryOn]:
    words = value.split(",")
    if words == ["all"]:
        return frozenset(RetryOn)
    try:
        return frozenset(RetryOn(word) for word in words)
    except ValueError:
        known = ", ".join(kind.value for kind in RetryOn)
        raise BadOverride(_BAD_POLICY, f"rp={value} in the URL's fragment is not a list of {known}, or all.") from None


def _check_edges(value: str) -> None:
    unknown = [edge for edge in value.split(",") if edge not in _EDGES]
    if unknown:
        raise BadOverride(_BAD_EDGE, f"e={value} in the URL's fragment names no edge of Twilio: {unknown[0]!r}.")
