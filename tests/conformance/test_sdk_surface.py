"""docs/rest.md has a word for every path and method of the official SDK: it works here, or here is why it does not."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import Final

import pytest
from twilio.rest import Client
from twilio.rest.api import v2010

from twilio_emulator.rest.routes import locate
from twilio_emulator.sync import TwilioEmulator

PAGE: Final = (Path(__file__).parents[2] / "docs" / "rest.md").read_text(encoding="utf-8")
SUPPORTED, NOT_SUPPORTED = PAGE.split("## What Twilio has here and the emulator has not")
ROW: Final = re.compile(r"^\| `(?P<path>/Accounts[^`]*)` \| (?P<methods>[A-Z, ]+) \| (?P<note>.*) \|$", re.MULTILINE)
METHOD_OF: Final = {"create": "POST", "list": "GET", "fetch": "GET", "update": "POST", "delete": "DELETE"}
URI: Final = re.compile(r'self\._uri = \(?\s*((?:f?"[^"]*"\s*)+)')


def shape(path: str) -> str:
    """A path with nothing in its braces, so that names of sids do not matter."""
    return re.sub(r"\{\w+\}", "{}", path)


def rows(text: str) -> dict[tuple[str, str], str]:
    """What a part of the page says of each path and method."""
    return {
        (shape(row["path"]), method): row["note"] for row in ROW.finditer(text) for method in row["methods"].split(", ")
    }


def sdk_surface() -> set[tuple[str, str]]:
    """Every path and method for which the SDK has a verb."""
    found = set()
    for module in pkgutil.walk_packages(v2010.__path__, f"{v2010.__name__}."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            uri = URI.search(inspect.getsource(kind)) if kind.__module__ == module.name else None
            if uri is not None and not kind.__name__.endswith("Instance"):
                path = "".join(re.findall(r'"([^"]*)"', uri[1]))
                found |= {(shape(path), METHOD_OF[name]) for name in METHOD_OF if name in vars(kind)}
    return found


@pytest.mark.sdk
def test_the_page_has_a_word_for_whatever_the_sdk_can_say() -> None:
    surface = sdk_surface()
    assert len(surface) > 150, "the SDK's sources are not as this test expects them"
    assert surface - rows(SUPPORTED).keys() - rows(NOT_SUPPORTED).keys() == set()


@pytest.mark.sdk
def test_what_works_and_what_does_not_are_kept_apart() -> None:
    assert rows(SUPPORTED).keys() & rows(NOT_SUPPORTED).keys() == set()
    assert rows(NOT_SUPPORTED).keys() <= sdk_surface()
    assert all(rows(NOT_SUPPORTED).values()), "each has a reason"


@pytest.mark.judgement
def test_what_is_not_supported_is_not_found() -> None:
    with TwilioEmulator(speed="max", speech="murmur") as twilio:
        client: Client = twilio.client()
        for path, method in sorted(rows(NOT_SUPPORTED)):
            there = path.replace("{}", twilio.account_sid, 1).replace("{}", "XX" + "0" * 32)
            assert locate(f"/2010-04-01{there}").methods is None, path
            reply = client.request(method, f"https://api.twilio.com/2010-04-01{there}")
            assert (reply.status_code, '"code":20404' in reply.text) == (404, True), path
