"""Whatever is asked, and however badly: every path, every method, odd parameters. A 500 would be a bug of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twilio_emulator.rest.routes import ROUTES
from twilio_emulator.sync import TwilioEmulator

NUMBER, PHONE = "+15551110001", "+15552220001"

NAMES = (
    *("To", "From", "Url", "Twiml", "Method", "Status", "Timeout", "TimeLimit", "SendDigits", "ApplicationSid"),
    *("StatusCallback", "StatusCallbackEvent", "FriendlyName", "PhoneNumber", "AreaCode", "Contains", "NearNumber"),
    *("NearLatLong", "Distance", "InRegion", "SmsEnabled", "Category", "StartDate", "EndDate", "StartTime", "EndTime>"),
    *("StartTime<", "ParentCallSid", "Page", "PageSize", "PageToken", "VoiceUrl", "VoiceFallbackUrl", "VoiceMethod"),
    *("VoiceApplicationSid", "AccountSid", "Ttl", "CallDelay", "Extension", "Origin", "Beta", "Record", "Trim"),
    *("RecordingChannels", "MachineDetection", "DateCreated", "MessageDate>", "Log", "CallSid", "Name", "Track"),
    *("MaxSize", "Content", "Callback", "PauseBehavior", "IncludeSoftDeleted", "Parameter1.Name", "_method"),
)
ODD = (
    *("", " ", "0", "-1", "1e9", "9" * 30, "true", "GET", "POST", "DELETE", "completed", "in-progress", "stopped"),
    *("http://127.0.0.1:1/", "http://[", "//x", "ws://127.0.0.1:1/", NUMBER, PHONE, "client:x", "+", "2024-01-01"),
    *("-9999days", "+99999days", "-99999days", "0001-01-01", "9999-12-31T23:59:59-23:59", "NaN,NaN", "1e400,1"),
    *("*" * 16, "%%", "$$", "(", "٣", "PACA" + "0" * 32 + "999999999", "PBCA" + "f" * 32 + "0", "AC" + "0" * 32, "\0"),
)
SIDS = ("{live}", "{live}", "{done}", "{number}", "{queue}", "Front", "Twilio.CURRENT", "US", "x", "CA" + "0" * 32)


class Victim:
    """An emulator with a number, a call that is up and one that is over."""

    def __init__(self, twilio: TwilioEmulator, session: requests.Session) -> None:
        self._twilio = twilio
        self._session = session
        self._root = f"{twilio.base_url}/2010-04-01/Accounts/{twilio.account_sid}"
        number = twilio.add_number(NUMBER)
        twilio.handset(PHONE)
        self.sids = {"{number}": number.sid, "{done}": self._place("<Response/>", "completed")}
        self.sids["{queue}"] = twilio.client().queues.create(friendly_name="support").sid

    def revive(self) -> None:
        """Have a call that is up, and a number to call from."""
        if NUMBER not in {number.phone_number for number in self._twilio.client().incoming_phone_numbers.list()}:
            self.sids["{number}"] = self._twilio.add_number(NUMBER).sid
        for call in self._twilio.client().calls.list(status="in-progress"):
            call.update(status="completed")
        self.sids["{live}"] = self._place('<Response><Pause length="600"/></Response>', "in-progress")

    def ask(self, method: str, pattern: str, sids: tuple[str, str], parameters: dict[str, str]) -> int:
        path = pattern
        for sid in sids:
            path = path.replace("{}", self.sids.get(sid, sid), 1)
        path = f"/{path}.json" if path else ".json"
        sent = {"params": parameters} if method == "GET" else {"data": parameters}
        return self._session.request(method, self._root + path, **sent).status_code  # type: ignore[arg-type]

    def _place(self, twiml: str, status: str) -> str:
        call = self._twilio.client().calls.create(to=PHONE, from_=NUMBER, twiml=twiml)
        self._twilio.wait_for_call(call.sid, status)
        return call.sid


@pytest.fixture(scope="module")
def victim() -> Iterator[Victim]:
    with TwilioEmulator(speed="max", speech="murmur") as twilio, requests.Session() as session:
        session.auth = (twilio.account_sid, twilio.auth_token)
        yield Victim(twilio, session)


@pytest.mark.parametrize("pattern", sorted(ROUTES))
def test_nothing_that_is_asked_is_a_500(victim: Victim, pattern: str) -> None:
    victim.revive()

    @settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(["GET", "POST", "POST", "DELETE", "PUT"]),
        st.tuples(st.sampled_from(SIDS), st.sampled_from(SIDS)),
        st.dictionaries(st.sampled_from(NAMES), st.sampled_from(ODD) | st.text(max_size=12), max_size=5),
    )
    def attack(method: str, sids: tuple[str, str], parameters: dict[str, str]) -> None:
        assert victim.ask(method, pattern, sids, parameters) < 500

    attack()
