"""A rush: many callers and a few agents, of all lengths of patience. Nobody is lost; it comes out the same twice."""

import re
from collections import Counter
from random import Random

import pytest
from customer import Customer
from twilio.twiml.voice_response import Dial, VoiceResponse

from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import CallMoved, PartiesTalked, QueueMoved

NUMBER, DESK = "+15550001111", "+15550002222"
CALLERS = tuple(f"+1555777{number:04}" for number in range(10))
AGENTS = tuple(f"+1555888{number:04}" for number in range(3))


class Rush:
    """Who comes when, how long each is patient, how long they talk: the same for the same seed."""

    def __init__(self, seed: int) -> None:
        chance = Random(seed)
        self.comes_s = {phone: chance.randint(0, 20) for phone in (*CALLERS, *AGENTS)}
        self.patience_s = {phone: chance.randint(1, 60) for phone in (*CALLERS, *AGENTS)}
        self.talk_s = {agent: chance.randint(2, 9) for agent in AGENTS}
        self.whispers = {agent: chance.random() < 0.5 for agent in AGENTS}

    def voice(self, form: dict[str, str]) -> str:
        response = VoiceResponse()
        response.pause(length=self.comes_s[form["From"]])
        response.enqueue("support", action="/out", wait_url="/wait")
        return str(response)

    def desk(self, form: dict[str, str]) -> str:
        agent = form["From"]
        response = VoiceResponse()
        if "DialCallStatus" not in form:
            response.pause(length=self.comes_s[agent])
        dial = Dial(action="/desk", timeout=5, time_limit=self.talk_s[agent])
        dial.queue("support", **({"url": "/whisper"} if self.whispers[agent] else {}))
        response.append(dial)
        return str(response)

    async def play(self) -> tuple[str, dict[str, list[str]]]:
        """The journal, and what each caller's action was told."""
        async with TwilioEmulator(speed="max", speech="murmur") as twilio:
            customer = Customer(twilio.auth_token)
            await customer.start()
            customer.pages = {
                "/voice": self.voice,
                "/desk": self.desk,
                "/wait": "<Response><Say>Please wait.</Say><Pause length='3'/></Response>",
                "/whisper": "<Response><Say>Here is somebody for you.</Say></Response>",
                "/out": "<Response><Hangup/></Response>",
            }
            twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
            twilio.add_number(DESK, voice_url=f"{customer.url}/desk")
            twilio.client().queues.create(friendly_name="support")
            for phone in (*CALLERS, *AGENTS):
                script = [{"silence": self.patience_s[phone]}, {"hang_up": True}]
                await twilio.handset(phone).dial(NUMBER if phone in CALLERS else DESK, script=script)
            await twilio.wait_until_idle(timeout=300)
            assert twilio.client().queues.list()[0].current_size == 0, "nothing outlives its call"
            await customer.stop()
            told: dict[str, list[str]] = {phone: [] for phone in CALLERS}
            for form in customer.forms("/out"):
                told[form["From"]].append(form["QueueResult"])
            self._check(twilio)
            return normalised(twilio.journal.to_jsonl()), told

    def _check(self, twilio: TwilioEmulator) -> None:
        queue = Counter(entry.event for entry in twilio.journal.of(QueueMoved))
        talks = Counter(entry.event for entry in twilio.journal.of(PartiesTalked))
        assert queue["entered"] == queue["taken"] + queue["left"]
        assert talks["bridged"] == talks["parted"] <= queue["taken"]
        ends = [entry.status for entry in twilio.journal.of(CallMoved) if entry.status == "completed"]
        assert len(ends) == len(CALLERS) + len(AGENTS)


def normalised(journal: str) -> str:
    """Without the ports of the customer's servers."""
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:port", journal)


@pytest.mark.parametrize("seed", [1, 2])
async def test_in_a_rush_nobody_is_lost_and_it_comes_out_the_same_twice(seed: int) -> None:
    journal, told = await Rush(seed).play()
    assert {len(results) for results in told.values()} <= {0, 1}, "an action is told once"
    ways_out = Counter(result for results in told.values() for result in results)
    assert set(ways_out) <= {"bridged", "hangup", "bridging-in-process"}
    assert ways_out["bridged"] > 0
    again, told_again = await Rush(seed).play()
    assert told_again == told
    assert again == journal
