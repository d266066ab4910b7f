"""What the official SDK can say of API version 2010-04-01, read off its classes, and what docs/rest.md says of it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from twilio.rest.api import v2010

PAGE: Final = (Path(__file__).parents[2] / "docs" / "rest.md").read_text(encoding="utf-8")
SUPPORTED, NOT_SUPPORTED = PAGE.split("## What Twilio has here and the emulator has not")
METHOD_OF: Final = {"create": "POST", "list": "GET", "fetch": "GET", "update": "POST", "delete": "DELETE"}
_ROW: Final = re.compile(r"^\| `(?P<path>/Accounts[^`]*)` \| (?P<methods>[A-Z, ]+) \| (?P<note>.*) \|$", re.MULTILINE)
_URI: Final = re.compile(r'self\._uri = \(?\s*((?:f?"[^"]*"\s*)+)')


def shape(path: str) -> str:
    """A path with nothing in its braces, so that names of sids do not matter."""
    return re.sub(r"\{\w+\}", "{}", path)


def rows(text: str) -> dict[tuple[str, str], str]:
    """What a part of the page says of each path and method."""
    return {
        (shape(row["path"]), method): row["note"]
        for row in _ROW.finditer(text)
        for method in row["methods"].split(", ")
    }


def _paths() -> Iterator[tuple[str, str, type[Any]]]:
    """The module below `v2010`, the path and the class of everything that the SDK asks something of."""
    for module in pkgutil.walk_packages(v2010.__path__, f"{v2010.__name__}."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ != module.name or not kind.__name__.endswith(("List", "Context")):
                continue
            uri = _URI.search(inspect.getsource(kind.__init__))
            if uri is not None:
                path = "".join(re.findall(r'"([^"]*)"', uri[1]))
                yield module.name.removeprefix(f"{v2010.__name__}."), shape(path), kind


def _verbs(kind: type[Any]) -> Iterator[str]:
    """The public methods, once each: not those that do the same asynchronously or with more in the answer."""
    for name, value in vars(kind).items():
        is_twin = name.endswith(("_async", "_with_http_info"))
        if inspect.isfunction(value) and not name.startswith("_") and name != "get" and not is_twin:
            yield name


def sdk_surface() -> set[tuple[str, str]]:
    """Every path and method for which the SDK has a verb."""
    return {(path, METHOD_OF[verb]) for _, path, kind in _paths() for verb in _verbs(kind) if verb in METHOD_OF}


def supported_verbs() -> list[tuple[str, str]]:
    """The SDK's modules, by their names below `v2010`, and each verb in them that the page calls supported."""
    there = rows(SUPPORTED)
    return sorted(
        {
            (module, verb)
            for module, path, kind in _paths()
            for verb in _verbs(kind)
            if (path, METHOD_OF.get(verb, "GET")) in there
        }
    )
