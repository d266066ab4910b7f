"""How a clock that can stand still learns that we want call time to pass.

A free-running emulator moves its clock only while somebody waits for something in the call. Real Twilio does not ask.
"""

from typing import Protocol


class Pace(Protocol):
    """Told of every wait for call time, and of every request at a moment of it. All return at once.

    Laws: exactly one `satisfied` follows each `waiting`, also after an error or a cancellation; it comes synchronously
    at the moment the awaited thing arrives, before anything else is read from the stream. Pairs may nest.
    """

    def waiting(self) -> None:
        """A verb waits for something in the call; its requests to Twilio are done."""

    def satisfied(self) -> None:
        """It has come, or the verb has given up."""

    def acting(self) -> None:
        """A request to Twilio is about to be made; no call time should pass before it is done."""

    def acted(self) -> None:
        """It is done, or has failed: one for each `acting`."""

    def leave(self) -> None:
        """No verb will wait again."""


class NoPace:
    """For a clock that moves by itself: nobody needs to know."""

    def waiting(self) -> None:
        """Do nothing."""

    def satisfied(self) -> None:
        """Do nothing."""

    def acting(self) -> None:
        """Do nothing."""

    def acted(self) -> None:
        """Do nothing."""

    def leave(self) -> None:
        """Do nothing."""
