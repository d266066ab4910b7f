"""How a reader says what is written in figures: `<say-as>` for English, and letter by letter for any language.

Source: docs.aws.amazon.com/polly, say-as. A value that does not fit its kind is read as it stands, as engines do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES: Final = ((1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"), (100, "hundred"))
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_ORDINALS: Final = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_LARGEST: Final = 10**12
_PHONE_GROUPS: Final = ((r"(\d)(\d{3})(\d{3})(\d{4})", 11), (r"(\d{3})(\d{3})(\d{4})", 10), (r"(\d{3})(\d{4})", 7))


def cardinal(number: int) -> str:
    """A number below a thousand billion, in words: "two thousand twenty-six"."""
    for size, name in _SCALES:
        if number >= size:
            rest = f" {cardinal(number % size)}" if number % size else ""
            return f"{cardinal(number // size)} {name}{rest}"
    if number < len(_ONES):
        return _ONES[number]
    ones = f"-{_ONES[number % 10]}" if number % 10 else ""
    return f"{_TENS[number // 10]}{ones}"


def ordinal(number: int) -> str:
    """A place in an order, in words: "twenty-first"."""
    head, separator, last = re.fullmatch(r"(.*?)([ -]?)(\w+)", cardinal(number)).groups()  # type: ignore[union-attr]
    if last not in _ORDINALS:
        return f"{head}{separator}{last[:-1]}ieth" if last.endswith("y") else f"{head}{separator}{last}th"
    return f"{head}{separator}{_ORDINALS[last]}"


def year(number: int) -> str:
    """A year as it is said: "nineteen ninety-nine", "two thousand five", "twenty twenty-six"."""
    century, rest = divmod(number, 100)
    if not 1000 <= number < 10_000 or (century % 10 == 0 and rest < 10):
        return cardinal(number)
    if not rest:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def read_as(text: str, kind: str, form: str, *, english: bool) -> str | None:
    """What is said for a text in `<say-as interpret-as=kind format=form>`; None for a kind that there is not."""
    reader = _IN_LETTERS.get(kind) or _IN_WORDS.get(kind)
    if reader is None:
        return None
    if kind in _IN_WORDS and not english:
        return text
    return reader(text.strip(), form) or text


def _characters(text: str, _: str) -> str:
    return " ".join(text.replace(" ", ""))


def _digits(text: str, _: str) -> str:
    return re.sub(r"(?<=\d)(?=\d)", " ", text)


def _telephone(text: str, _: str) -> str:
    """Digit by digit, a pause between the groups that are written or usual."""
    groups = re.findall(r"\d+", text)
    if len(groups) == 1:
        for pattern, length in _PHONE_GROUPS:
            if len(groups[0]) == length and (found := re.fullmatch(pattern, groups[0])):
                groups = list(found.groups())
    return ", ".join(" ".join(group) for group in groups)


def _cardinal(text: str, _: str) -> str:
    figures = text.replace(",", "")
    if not re.fullmatch(r"-?\d+(\.\d+)?", figures) or abs(float(figures)) >= _LARGEST:
        return ""
    whole, _, decimals = figures.lstrip("-").partition(".")
    point = " point " + " ".join(_ONES[int(digit)] for digit in decimals) if decimals else ""
    return f"{'minus ' if figures.startswith('-') else ''}{cardinal(int(whole))}{point}"


def _ordinal(text: str, _: str) -> str:
    found = re.fullmatch(r"(\d{1,12})(st|nd|rd|th)?", text)
    return ordinal(int(found[1])) if found else ""


def _fraction(text: str, _: str) -> str:
    found = re.fullmatch(r"(?:(\d{1,9})\s*\+\s*)?(\d{1,9})/(\d{1,9})", text)
    if not found or int(found[3]) < 2:
        return ""
    above, below = int(found[2]), int(found[3])
    name = {2: "half", 4: "quarter"}.get(below, ordinal(below))
    several = name if above == 1 else {"half": "halves"}.get(name, f"{name}s")
    whole = f"{cardinal(int(found[1]))} and " if found[1] else ""
    return f"{whole}{cardinal(above)} {several}"


def _date(text: str, form: str) -> str:
    """Figures with separators between them, in the order of `format`; YYYYMMDD needs none."""
    order = "ymd" if form.lower() == "yyyymmdd" else form.lower() or "mdy"
    compact = re.fullmatch(r"(\d{4}|\?{4})(\d\d|\?\?)(\d\d|\?\?)", text)
    parts = list(compact.groups()) if compact else re.split(r"[-/. ]+", text)
    if compact and not form:
        order = "ymd"
    if len(parts) != len(order) or not all(re.fullmatch(r"\d{1,4}|\?+", part) for part in parts):
        return ""
    given = {name: int(part) for name, part in zip(order, parts, strict=True) if "?" not in part}
    if not 1 <= given.get("m", 1) <= 12 or not 1 <= given.get("d", 1) <= 31:
        return ""
    month_and_day = " ".join(
        filter(None, (_MONTHS[given["m"] - 1] if "m" in given else "", ordinal(given["d"]) if "d" in given else ""))
    )
    return ", ".join(filter(None, (month_and_day, year(given["y"]) if "y" in given else "")))


def _duration(text: str, _: str) -> str:
    """Minutes and seconds: 1'21\"."""
    found = re.fullmatch(r"(?:(\d{1,6})')?\s*(?:(\d{1,6})(?:\"|''))?", text)
    if not found or not text:
        return ""
    counted = [(int(amount), unit) for amount, unit in zip(found.groups(), ("minute", "second"), strict=True) if amount]
    return " ".join(f"{cardinal(amount)} {unit}{'' if amount == 1 else 's'}" for amount, unit in counted)


def _as_it_stands(text: str, _: str) -> str:
    return text


Reader = Callable[[str, str], str]

_IN_LETTERS: Final[Mapping[str, Reader]] = {
    "characters": _characters,
    "spell-out": _characters,
    "digits": _digits,
    "telephone": _telephone,
    "address": _as_it_stands,
    "interjection": _as_it_stands,
    "unit": _as_it_stands,
}
_IN_WORDS: Final[Mapping[str, Reader]] = {
    "cardinal": _cardinal,
    "number": _cardinal,
    "ordinal": _ordinal,
    "fraction": _fraction,
    "date": _date,
    "time": _duration,
}
KINDS: Final = (*_IN_LETTERS, *_IN_WORDS, "expletive")
"""What `interpret-as` may be."""
