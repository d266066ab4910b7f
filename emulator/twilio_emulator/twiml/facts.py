"""Numbers and words that Twilio's documents name once and several files here need, each with its source."""

from __future__ import annotations

from typing import Final

MAX_DOCUMENT_BYTES: Final = 64 * 1024
"""A longer reply is refused with 11750 [twilio.com/docs/api/errors/11750]."""

MAX_REPETITIONS: Final = 1000
"""What `loop="0"` comes to, and the most that `loop` asks for [twilio.com/docs/voice/twiml/play]."""

MAX_PARAMETER_CHARS: Final = 500
"""A `<Parameter>`'s name and value stay under this together [twilio.com/docs/voice/twiml/stream]."""

MAX_TEXT_CHARS: Final = {"": 4096, "Polly": 3000, "Google": 5000}
"""How much `<Say>` says at once, by the maker of its voice [twilio.com/docs/voice/twiml/say]."""

DEFAULT_VOICE: Final = "man"
DEFAULT_LANGUAGE: Final = "en-US"
"""Of a `<Say>` that names none [twilio.com/docs/voice/twiml/say]."""

APOLOGY: Final = "We're sorry, an application error has occurred. Goodbye."
"""Heard when a document and its fallback fail; users report this wording, no document has it."""
