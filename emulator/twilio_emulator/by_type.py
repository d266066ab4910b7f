"""Methods that have a body for each type of their first argument."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any, TypeVar

Body = TypeVar("Body", bound=Callable[..., None])


class ByType:
    """A method; `register` adds the body for the type with which its first argument is annotated.

    `functools.singledispatchmethod`, in Python 3.13.0 and 3.13.1, keeps every object alive on which it was ever called
    (github.com/python/cpython/issues/127750).
    """

    def __init__(self, otherwise: Callable[..., None]) -> None:
        self._bodies = singledispatch(otherwise)

    def register(self, body: Body) -> Body:
        """Call this for first arguments of its type."""
        self._bodies.register(body)
        return body

    def __get__(self, instance: object, owner: type | None = None) -> Callable[..., None]:
        """The method of an instance."""
        dispatch = self._bodies.dispatch

        def method(first: Any, *others: Any) -> None:
            dispatch(type(first))(instance, first, *others)

        return method
