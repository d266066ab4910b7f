"""The rooms of the house, handed as one to whoever needs several of them. The composition root fills it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from twilio_emulator.accounts.account import Accounts
from twilio_emulator.calls.store import Store
from twilio_emulator.clock import Clock
from twilio_emulator.conferences.hall import ConferenceHall
from twilio_emulator.faults.desk import FaultDesk
from twilio_emulator.in_order import InOrder
from twilio_emulator.journal import Journal
from twilio_emulator.media.known_audio import KnownAudio
from twilio_emulator.media.pump import Pump
from twilio_emulator.media.recital import recite
from twilio_emulator.media.recognition import Recognition, Recognizer
from twilio_emulator.media.speech import Speech
from twilio_emulator.quirks import Quirks
from twilio_emulator.tasks import Tasks
from twilio_emulator.twiml.speech_script import Piece
from twilio_emulator.webhooks.client import WebhookClient
from twilio_wire.sids import SidFactory


class Address:
    """Where the emulator can be reached. Known once its port is open."""

    def __init__(self) -> None:
        self.base_url = ""

    def url(self, path: str) -> str:
        """The absolute URL of a path of the API."""
        return self.base_url + path


@dataclass(frozen=True, slots=True)
class Rooms:
    """Everything that a live call uses."""

    account_sid: str
    auth_token: str
    accounts: Accounts
    clock: Clock
    journal: Journal
    quirks: Quirks
    sids: SidFactory
    store: Store
    tasks: Tasks
    pump: Pump
    webhooks: WebhookClient
    speech: Speech
    recognizer: Recognizer | None
    known_audio: KnownAudio | None
    address: Address
    in_order: InOrder
    faults: FaultDesk
    conferences: ConferenceHall = field(default_factory=ConferenceHall)

    async def speak(self, pieces: Sequence[Piece], *, voice: str, language: str) -> bytes:
        """Speech for a text in its pieces (bytes, µ-law, 8 kHz, mono), synthesised off the event loop."""
        with self.in_order.begin() as turn:
            audio = await asyncio.to_thread(recite, self.speech, pieces, voice=voice, language=language)
            await turn.comes()
        return audio

    @property
    def understands_sound(self) -> bool:
        """Whether anybody can say what sound means that comes without its text."""
        return self.recognizer is not None or self.known_audio is not None

    async def recognize(self, audio: bytes, *, language: str, hints: Sequence[str]) -> Recognition | None:
        """What is said in audio (bytes, µ-law, 8 kHz, mono), found out off the event loop; None if nobody knows.

        Raises:
            RecognitionUnavailableError: the recogniser cannot be used after all.
        """

        def find_out() -> Recognition | None:
            known = None if self.known_audio is None else self.known_audio.find(audio)
            if known is not None or self.recognizer is None:
                return known
            return self.recognizer.recognize(audio, language=language, hints=hints)

        with self.in_order.begin() as turn:
            said = await asyncio.to_thread(find_out)
            await turn.comes()
        return said
