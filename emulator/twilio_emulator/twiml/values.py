"""Kinds of attribute values: what is allowed, in words for the person and in code for the reader.

A kind's `read` raises ValueError for anything else; what then happens is the attribute's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Kind(Generic[Value]):
    """`allowed` completes the sentence "the attribute takes …"."""

    allowed: str
    read: Callable[[str], Value]


def whole_number(minimum: int) -> Kind[int]:
    """Digits, at least `minimum`, at most nine of them."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or int(text) < minimum:
            raise ValueError(text)
        return int(text)

    return Kind(f"a whole number from {minimum}", read)


def one_of(*values: str) -> Kind[str]:
    """One of these words, spelled exactly so."""

    def read(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return Kind(" or ".join(f'"{value}"' for value in values), read)


def matching(pattern: str, allowed: str) -> Kind[str]:
    """Text of this form, from its first character to its last."""
    compiled = re.compile(pattern)

    def read(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(text)
        return text

    return Kind(allowed, read)


def _read_boolean(text: str) -> bool:
    return {"true": True, "false": False}[_word(text, "true", "false")]


def _read_method(text: str) -> str:
    return _word(text, "get", "post").upper()


def _word(text: str, *words: str) -> str:
    word = text.strip().lower()
    if word not in words:
        raise ValueError(text)
    return word


TEXT: Final = Kind("any text", str)
BOOLEAN: Final = Kind('"true" or "false"', _read_boolean)
METHOD: Final = Kind('"GET" or "POST"', _read_method)
LANGUAGE: Final = matching(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", 'a language tag such as "en-US"')
