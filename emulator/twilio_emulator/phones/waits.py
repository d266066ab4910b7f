"""What a person on a phone can wait for, as conditions on what the phone hears."""

from __future__ import annotations

from typing import Final

from twilio_emulator.phones.phone_call import PhoneCall, Wish

DEFAULT_TIMEOUT_MS: Final = 60_000
"""The limit of a wait, in call time, unless the test gives another."""


def wait_for_digits(phone: PhoneCall, count: int, *, timeout_ms: int) -> Wish[None]:
    """Until `count` keys have been heard that nobody has taken yet (see `take_digits`)."""
    wanted = phone.digits_taken + count
    keys = "1 key" if count == 1 else f"{count} keys"
    return phone.wait_for(lambda: len(phone.ear.digits) >= wanted, what=keys, timeout_ms=timeout_ms)


def take_digits(phone: PhoneCall, count: int) -> str:
    """The next keys heard; nobody waits for them again."""
    begin = phone.digits_taken
    phone.digits_taken += count
    return phone.ear.digits[begin : phone.digits_taken]


def wait_for_silence(phone: PhoneCall, ms: int, *, timeout_ms: int) -> Wish[None]:
    """Until nothing has been heard for `ms`, counted from now."""
    begun_ms = phone.ear.heard_ms

    def silent() -> bool:
        return phone.ear.heard_ms - begun_ms >= ms and phone.ear.silent_ms >= ms

    return phone.wait_for(silent, what=f"{ms / 1000:g} s of silence", timeout_ms=timeout_ms)


def wait_for_speech(phone: PhoneCall, *, timeout_ms: int) -> Wish[None]:
    """Until the other side makes a sound (speech or a tone) of 60 ms or more."""
    return phone.wait_for(lambda: phone.ear.is_sounding, what="a sound", timeout_ms=timeout_ms)


def wait_until(phone: PhoneCall, status: str, *, timeout_ms: int) -> Wish[None]:
    """Until the call has this status; an `in-progress` that has been and gone counts as reached."""

    def reached() -> bool:
        return phone.status == status or (status == "in-progress" and phone.status == "completed")

    return phone.wait_for(reached, what=f"the status {status}", timeout_ms=timeout_ms)
