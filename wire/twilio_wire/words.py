"""Words that name things: enumerations whose members are text."""

from enum import StrEnum


class Word(StrEnum):
    """A StrEnum that is hashed as the text it equals.

    An Enum's own hash is Python code. Tables that are asked at every step of every call look words up in half the time.
    """

    __hash__ = str.__hash__
