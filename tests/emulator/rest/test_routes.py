"""docs/rest.md names every path that REST answers and every method, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from twilio_emulator.rest import accounts
from twilio_emulator.rest.routes import FILES, ROUTES, locate

DOC = Path(__file__).parents[3] / "docs" / "rest.md"
ROW = re.compile(r"\| `(?P<path>/Accounts[^`]*)` \| (?P<methods>[A-Z, ]+) \|")


def documented() -> dict[str, set[str]]:
    supported, _, _ = DOC.read_text(encoding="utf-8").partition("## What Twilio has here and the emulator has not")
    rows = ROW.finditer(supported)
    return {re.sub(r"\{\w+\}", "{}", row["path"]): set(row["methods"].split(", ")) for row in rows}


def answered() -> dict[str, set[str]]:
    below = "/Accounts/{}"
    routes = {f"{below}/{pattern}.json" if pattern else f"{below}.json": set(ROUTES[pattern]) for pattern in ROUTES}
    files = {f"{below}/{pattern.removesuffix('.')}": set(FILES[pattern]) for pattern in FILES}
    return {"/Accounts.json": set(accounts.LIST), **routes, **files}


def test_the_page_has_every_path_with_its_methods() -> None:
    assert documented() == answered()


def test_a_path_names_an_account_and_a_resource() -> None:
    root = "/2010-04-01/Accounts"
    accounts_named = [locate(root + path).account_sid for path in ("", ".json", "/AC1", "/AC1.json", "/AC1/Calls.json")]
    assert accounts_named == ["", "", "AC1", "AC1", "AC1"]
    resources = [locate(root + path).resource for path in (".json", "/AC1.json", "/AC1/Keys", "/AC1/Keys/SK1.json")]
    assert resources == ["", "", "Keys", "Keys"]
