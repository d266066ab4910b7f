"""The pings by which an emulator at free speed keeps step with an application.

Any WebSocket library answers them by itself. One that knows them, as the adapter does, may answer when it is ready for
call time to pass. Twilio sends no pings; those of proxies are none of these.
"""

from typing import Final

_PREFIX: Final = b"testbench:"
_NUMBER_BYTES: Final = 8


def barrier_payload(number: int) -> bytes:
    """The payload of the ping with this number."""
    return _PREFIX + number.to_bytes(_NUMBER_BYTES, "big")


def is_barrier(payload: bytes) -> bool:
    """Whether a ping with this payload waits for us to be ready."""
    return payload.startswith(_PREFIX) and len(payload) == len(_PREFIX) + _NUMBER_BYTES
