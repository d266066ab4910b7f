"""An account with three of everything that can be read over REST, at rest, and a maker of what may be spent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

from twilio.rest.api.v2010.account.conference import ConferenceContext

from twilio_emulator.sync import TwilioEmulator

SENTENCE: Final = Path(__file__).parents[2] / "fixtures_audio" / "speech" / "book_a_table.wav"
OWNED: Final = "+15551110001"
NOWHERE: Final = "http://127.0.0.1:1/"
WAITS: Final = "<Response><Pause length='3600'/></Response>"
QUEUES: Final = "<Response><Enqueue waitUrl=''>support</Enqueue></Response>"
TAKES_DOWN: Final = "<Response><Record transcribe='true' action='http://127.0.0.1:1/'/></Response>"


class SdkWorld:
    """The emulator, its client, and sids of what the furniture is below."""

    def __init__(self, twilio: TwilioEmulator) -> None:
        self.twilio = twilio
        self.client = twilio.client()
        self.recorded_call = ""
        self.recording = ""
        self.queue = ""
        self.conference = ""
        self._numbers = count(15552220001)

    def fresh_number(self) -> str:
        return f"+{next(self._numbers)}"

    def live_call(self, twiml: str = WAITS) -> Any:
        """A call in progress, to a phone of its own."""
        to = self.fresh_number()
        self.twilio.handset(to)
        sid = self.client.calls.create(to=to, from_=OWNED, twiml=twiml).sid
        self.twilio.wait_for_call(sid, "in-progress")
        return self.client.calls(sid)

    def finished_call(self) -> Any:
        """A call that is over, with a recording and a notification."""
        to = self.fresh_number()
        self.twilio.handset(to, script=[{"press": "1"}, {"hang_up": True}])
        sid = self.client.calls.create(to=to, from_=OWNED, url=NOWHERE, record=True).sid
        return self.over(sid)

    def over(self, sid: str) -> Any:
        self.twilio.wait_for_call(sid)
        return self.client.calls(sid)

    def transcription(self) -> Any:
        """Of a message that was left and written down."""
        to = self.fresh_number()
        phone = self.twilio.handset(to, behavior="ring")
        sid = self.client.calls.create(to=to, from_=OWNED, twiml=TAKES_DOWN).sid
        line = phone.next_call()
        line.answer()
        line.wait_for_speech()
        line.wait_for_silence(0.1)
        line.play(SENTENCE)
        line.hang_up()
        self.over(sid)
        self.twilio.wait_until_idle()
        return self.client.transcriptions.list(limit=1)[0]

    def joined(self, room: str, **more: Any) -> Any:
        """A participant whose phone was called into a conference."""
        to = self.fresh_number()
        self.twilio.handset(to, script=[{"press": "1"}, {"silence": 3600}])
        participant = self.client.conferences(room).participants.create(to=to, from_=OWNED, **more)
        self.twilio.wait_for_call(participant.call_sid, "in-progress")
        return self.client.conferences(participant.conference_sid).participants(participant.call_sid).fetch()

    def recorded_conference(self, room: str) -> ConferenceContext:
        """A conference that is over and was recorded."""
        self.joined(room, conference_record=True)
        sid = self.joined(room).conference_sid
        self.client.conferences(sid).update(status="completed")
        for one in self.client.conferences(sid).recordings.list():
            self.twilio.wait_for_call(one.call_sid)
        return self.client.conferences(sid)

    def verified_number(self) -> Any:
        number = self.fresh_number()
        phone = self.twilio.handset(number, behavior="ring")
        asked = self.client.validation_requests.create(phone_number=number)
        line = phone.next_call()
        line.answer()
        line.press(asked.validation_code)
        self.over(asked.call_sid)
        return self.client.outgoing_caller_ids.list(phone_number=number)[0]

    def furnish(self) -> None:
        """Three of everything."""
        self.twilio.add_number(OWNED)
        client = self.client
        for index in range(3):
            client.incoming_phone_numbers.local.create(phone_number=f"+1415555010{index}")
            client.incoming_phone_numbers.mobile.create(phone_number=f"+44770090000{index}")
            client.incoming_phone_numbers.toll_free.create(phone_number=f"+1800555010{index}")
            client.applications.create(friendly_name=f"application {index}")
            client.new_keys.create(friendly_name=f"key {index}")
            client.api.v2010.accounts.create(friendly_name=f"account {index}")
            client.queues.create(friendly_name=f"queue {index}")
            self.verified_number()
            self.recorded_conference(f"room {index}")
            self.recording = self.transcription().recording_sid
        self.recorded_call = self._call_of_three_recordings()
        for _ in range(3):
            self.live_call(QUEUES)
            self.conference = self.joined("meeting").conference_sid
        self.queue = next(one.sid for one in client.queues.list() if one.friendly_name == "support")

    def _call_of_three_recordings(self) -> str:
        call = self.live_call()
        for _ in range(3):
            call.recordings.create().update(status="stopped")
        call.update(url=NOWHERE, status_callback=NOWHERE)
        return str(self.over(call.fetch().sid).fetch().sid)


@contextmanager
def sdk_world() -> Iterator[SdkWorld]:
    with TwilioEmulator(speed="max", speech="murmur") as twilio:
        world = SdkWorld(twilio)
        world.furnish()
        yield world
