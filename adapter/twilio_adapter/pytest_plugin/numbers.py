"""The numbers under which a test's application is called."""

from itertools import count
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from twilio_emulator.emulator import EmulatorThread

_FIRST: Final = 15550002222


class TwilioNumbers:
    """Gives the emulator's account numbers: `twilio_number(f"{app_url}/voice")` returns one, E.164."""

    def __init__(self, twilio: "EmulatorThread") -> None:
        self._twilio = twilio
        self._free = count(_FIRST)

    def __call__(self, voice_url: str, **settings: Any) -> str:
        """Add a number whose calls an application answers.

        Args:
            voice_url: where Twilio asks the application what to do with a call.
            settings: the other arguments of `TwilioEmulator.add_number`, such as `status_callback`.

        Raises:
            ValueError: naming the URL or the method that nobody can be asked by.
        """
        return self._twilio.add_number(f"+{next(self._free)}", voice_url=voice_url, **settings).phone_number
