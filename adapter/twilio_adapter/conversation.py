"""One call together with the verbs that act on it."""

from dataclasses import dataclass

from twilio_adapter.ear import Ear
from twilio_adapter.keypad import Keypad
from twilio_adapter.live import LiveCall
from twilio_adapter.mouth import Mouth
from twilio_adapter.verbs import Verbs


@dataclass(frozen=True)
class Conversation:
    """A call that a verb has placed or taken. It stays readable when the call is over."""

    call: LiveCall
    verbs: Verbs
    mouth: Mouth
    ear: Ear
    keypad: Keypad
