"""Which calls a test has had: all of them, and those of its application."""

from twilio_adapter.pytest_plugin.held import Held


def call_sids(held: Held) -> list[str]:
    """The calls of the test's emulator, in the order in which they began."""
    return list(_first_moves(held))


def application_call_sids(held: Held) -> list[str]:
    """Those of them that are not the adapter's own end: how it behaves is not what the test wants to know."""
    own = None if held.harness is None else held.harness.adapter.phone_number
    return [sid for sid, (direction, ours) in _first_moves(held).items() if ours != own or direction == "outbound-dial"]


def _first_moves(held: Held) -> dict[str, tuple[str, str]]:
    """Each call with its direction and the number of the account that it comes to or goes out from."""
    if held.emulator is None:
        return {}
    from twilio_emulator.journal import CallMoved

    first: dict[str, tuple[str, str]] = {}
    for entry in held.emulator.journal.of(CallMoved):
        ours = entry.to_number if entry.direction == "inbound" else entry.from_number
        first.setdefault(entry.call_sid, (entry.direction, ours))
    return first
