"""Typed reading of a form, with Twilio's code for each mistake, and a word about what nobody read.

A `Form` remembers which names were asked for. What is left over is either known to Twilio and without
effect here, or a slip of the pen: names are case-sensitive, and Twilio ignores what it does not know
without a sound.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final

from twilio_emulator.journal import Problem
from twilio_emulator.rest.errors import RestError
from twilio_emulator.webhooks.target import is_target

MAX_FRIENDLY_NAME: Final = 64
_HTTP_METHODS: Final = ("GET", "POST")

# Applications give the same few URLs with every call.
_is_target = lru_cache(maxsize=256)(is_target)


class Form:
    """The parameters of one request. Reading a parameter twice is fine; an empty value counts as left out."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = values
        self._asked: set[str] = set()

    def aside(self) -> Form:
        """The same parameters, for reading some without having asked for them here."""
        return Form(self._values)

    def has(self, name: str) -> bool:
        """Whether the parameter was sent at all, be it empty."""
        self._asked.add(name)
        return name in self._values

    def has_any(self, names: Collection[str]) -> bool:
        """Whether any of these parameters was sent, be it empty. Most requests leave whole groups of them out."""
        self._asked.update(names)
        return not self._values.keys().isdisjoint(names)

    def texts(self, name: str) -> list[str]:
        """All values of a repeatable parameter that are not empty."""
        self._asked.add(name)
        return [value for value in self._values.get(name, ()) if value]

    def text(self, name: str, default: str = "") -> str:
        """The value as sent."""
        self._asked.add(name)
        for value in self._values.get(name, ()):
            if value:
                return value
        return default

    def friendly_name(self) -> str:
        """The description that somebody gives a resource; empty when left out.

        Raises:
            RestError: 20002 for more than 64 characters.
        """
        text = self.text("FriendlyName")
        if len(text) > MAX_FRIENDLY_NAME:
            raise RestError(20002)
        return text

    def whole_number(self, name: str, *, default: int, lowest: int, highest: int, code: int, unit: str = "") -> int:
        """A whole number in a range.

        Raises:
            RestError: with `code`.
        """
        text = self.text(name)
        if not text:
            return default
        if text.isascii() and text.isdigit() and len(text) < 10 and lowest <= int(text) <= highest:
            return int(text)
        problem = f"{text} is not a whole number from {lowest} to {highest}{unit and f' {unit}'}"
        raise RestError(code, parameter=name, problem=problem)

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean; anything but true, in any case, is false, as Twilio takes it."""
        text = self.text(name)
        return text.lower() == "true" if text else default

    def choice(self, name: str, allowed: Collection[str], *, code: int, default: str = "") -> str:
        """One of a few words, in any case; the spelling of the table comes back.

        Raises:
            RestError: with `code`.
        """
        text = self.text(name)
        if not text:
            return default
        for word in allowed:
            if word.lower() == text.lower():
                return word
        raise RestError(code, parameter=name, value=text, problem=f"{text} is not one of {', '.join(sorted(allowed))}")

    def method(self, name: str, *, code: int, default: str = "POST") -> str:
        """GET or POST.

        Raises:
            RestError: with `code`.
        """
        return self.choice(name, _HTTP_METHODS, code=code, default=default)

    def url(self, name: str, *, code: int) -> str:
        """An absolute http or https URL, empty when left out.

        Raises:
            RestError: with `code`.
        """
        text = self.text(name)
        if text and not _is_target(text):
            raise RestError(code, parameter=name, value=text)
        return text

    def leftovers(self, without_effect: Mapping[str, str]) -> list[Problem]:
        """A warning for each parameter that nobody asked for and that asks for something.

        Args:
            without_effect: parameters that Twilio has and this emulator has not, each with the feature it
                needs.
        """
        return [
            _no_effect(name, without_effect[name])
            if name in without_effect
            else _unknown(name, self._asked | set(without_effect))
            for name in self._values
            if name not in self._asked and self._asks_for_something(name)
        ]

    def _asks_for_something(self, name: str) -> bool:
        return any(value and value.lower() != "false" for value in self._values[name])


def _no_effect(name: str, feature: str) -> Problem:
    return Problem(
        code=0,
        level="warning",
        message=f"{name} is accepted and has no effect: this version of the emulator has no {feature}.",
        hint=f"Do not rely on {name} in this test.",
    )


def _unknown(name: str, known: Collection[str]) -> Problem:
    by_lower_case = {other.lower(): other for other in known}
    close = difflib.get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.8)
    hint = "Parameter names are case-sensitive."
    if close:
        hint = f"Did you mean {by_lower_case[close[0]]}? {hint}"
    return Problem(code=20001, level="warning", message=f"There is no parameter {name}; Twilio ignores it.", hint=hint)
