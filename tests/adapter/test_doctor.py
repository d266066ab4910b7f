"""What the doctor finds, check by check: the tunnel is a stand-in, Twilio a hand-written one."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from fake_twilio import ACCOUNT, AUTH_TOKEN, OURS, QUICK, FakeTwilio
from other_process import OtherProcess
from stand_in_tunnel import LocalEdge, Meddler, stand_in
from typer.testing import CliRunner

from twilio_adapter import CloudflaredTunnel, PublicUrl
from twilio_adapter.cli import app
from twilio_adapter.examination import Examination
from twilio_adapter.findings import Finding, Patient, Verdict
from twilio_adapter.lease import LeaseBook

CHECKS = [
    "credentials", "clock", "number", "webhook", "trial", "port", "tunnel", "reach", "signature", "stream",
]  # fmt: skip
COMMAND_S = 60.0
Examine = Callable[..., Awaitable[dict[str, Finding]]]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TWILIO_TESTBENCH_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr("twilio_adapter.probe._BETWEEN_TRIES_S", 0.001)
    return tmp_path / "state"


class Straight(PublicUrl):
    """The shortest of all tunnels: Twilio is on this machine."""

    def __init__(self) -> None:
        super().__init__("")

    async def open(self, local_url: str) -> str:
        return local_url


@pytest.fixture
def examine(twilio: FakeTwilio) -> Examine:
    async def carry_out(**changes: Any) -> dict[str, Finding]:
        arguments: dict[str, Any] = {
            "account_sid": ACCOUNT,
            "auth_token": AUTH_TOKEN,
            "phone_number": OURS,
            "http_port": 0,
            "api_base_url": twilio.base_url,
            "limits": QUICK,
            "tunnel": Straight(),
        }
        examination = Examination(Patient(**arguments | changes))
        doing: list[str] = []
        try:
            findings = [finding async for finding in examination.findings(doing.append)]
        finally:
            await examination.close()
        assert len(doing) == len(findings)
        assert [finding.check for finding in findings] == CHECKS
        for finding in findings:
            wrong = finding.verdict in {Verdict.FAILED, Verdict.WARNING}
            assert bool(finding.cause and finding.fix) is wrong, finding
        return {finding.check: finding for finding in findings}

    return carry_out


def verdicts(findings: dict[str, Finding]) -> dict[str, list[str]]:
    """The checks by their verdicts, without those that are well."""
    found: dict[str, list[str]] = {}
    for finding in findings.values():
        if finding.verdict is not Verdict.OK:
            found.setdefault(finding.verdict, []).append(finding.check)
    return found


async def test_a_healthy_account_has_no_findings(examine: Examine, twilio: FakeTwilio, tmp_path: Path) -> None:
    findings = await examine(tunnel=LocalEdge(tmp_path))
    assert verdicts(findings) == {}
    assert not twilio.changes("update number")
    assert not twilio.changes("create call")
    assert OURS[1:] not in repr(findings)


async def test_a_wrong_token_is_20003(examine: Examine) -> None:
    findings = await examine(auth_token="another")
    assert verdicts(findings) == {"failed": ["credentials"], "skipped": ["clock", "number", "webhook", "trial"]}
    assert "error 20003, HTTP 401" in findings["credentials"].found
    assert "rotated" in findings["credentials"].cause
    assert findings["number"].found == "not examined, because of: credentials"


@pytest.mark.parametrize(("account_sid", "auth_token"), [("", ""), ("SK" + "0" * 32, "secret"), (ACCOUNT, "")])
async def test_credentials_that_are_none_are_told_without_asking(
    examine: Examine, twilio: FakeTwilio, account_sid: str, auth_token: str
) -> None:
    findings = await examine(account_sid=account_sid, auth_token=auth_token)
    assert findings["credentials"].verdict is Verdict.FAILED
    assert "Console" in findings["credentials"].fix
    assert not twilio.changes("show account")


@pytest.mark.parametrize(
    ("status", "code", "says"), [(403, 20008, "test credentials"), (404, 20404, "no such account")]
)
async def test_other_refusals_have_their_own_causes(
    examine: Examine, twilio: FakeTwilio, status: int, code: int, says: str
) -> None:
    twilio.refuse("show account", status, code)
    assert says in (await examine())["credentials"].cause


async def test_an_account_that_is_suspended_is_told(examine: Examine, twilio: FakeTwilio) -> None:
    twilio.account["status"] = "suspended"
    assert "suspended" in (await examine())["credentials"].found


async def test_an_api_that_is_not_there_is_told(examine: Examine) -> None:
    findings = await examine(api_base_url="http://127.0.0.1:1")
    assert "cannot be reached" in findings["credentials"].found


async def test_a_clock_that_is_wrong_is_told_by_how_much(examine: Examine, twilio: FakeTwilio) -> None:
    twilio.date = "Wed, 25 Nov 2020 01:00:00 GMT"
    finding = (await examine())["clock"]
    assert finding.verdict is Verdict.FAILED
    assert "ahead of Twilio's" in finding.found
    twilio.date = "Wed, 25 Nov 2099 01:00:00 GMT"
    assert "behind Twilio's" in (await examine())["clock"].found


@pytest.mark.parametrize(
    ("number", "found"),
    [("", "There is no phone number"), ("5550001111", "not a phone number in E.164"), ("+15559999999", "does not own")],
)
async def test_a_number_that_cannot_be_used_is_told(examine: Examine, number: str, found: str) -> None:
    findings = await examine(phone_number=number)
    assert verdicts(findings) == {"failed": ["number"], "skipped": ["webhook"]}
    assert found in findings["number"].found


async def test_a_number_that_takes_no_calls_is_told(examine: Examine, twilio: FakeTwilio) -> None:
    settings = next(iter(twilio.numbers.values()))
    settings["capabilities"] = {"voice": False, "sms": True}
    assert "cannot take calls" in (await examine())["number"].found
    settings |= {"capabilities": {"voice": True}, "trunk_sid": "TK1"}
    assert "SIP trunk TK1" in (await examine())["number"].found


async def test_a_webhook_that_was_left_behind_is_told(examine: Examine, twilio: FakeTwilio, state: Path) -> None:
    other = await OtherProcess.start(twilio.base_url, ACCOUNT, AUTH_TOKEN, OURS)
    book = LeaseBook(state, ACCOUNT, twilio.base_url)
    finding = (await examine(leases=book))["webhook"]
    assert (finding.verdict, finding.found.split(" since")[0]) == (
        Verdict.WARNING,
        f"Process {other.pid} has the number",
    )
    await other.kill()
    finding = (await examine(leases=book))["webhook"]
    assert finding.verdict is Verdict.WARNING
    assert "twilio-adapter restore" in finding.fix


async def test_a_webhook_of_an_adapter_elsewhere_is_told(examine: Examine, twilio: FakeTwilio) -> None:
    next(iter(twilio.numbers.values()))["voice_url"] = "https://quiet-river.trycloudflare.com/twilio/voice"
    findings = await examine()
    assert verdicts(findings) == {"warning": ["webhook"]}
    assert "this machine knows nothing of" in findings["webhook"].found


async def test_a_date_that_is_none_is_a_warning(examine: Examine, twilio: FakeTwilio) -> None:
    twilio.date = "the day before yesterday"
    assert verdicts(await examine()) == {"warning": ["clock"]}


async def test_a_trial_account_is_warned_of_its_limits(examine: Examine, twilio: FakeTwilio) -> None:
    twilio.account["type"] = "Trial"
    findings = await examine()
    assert verdicts(findings) == {"warning": ["trial"]}
    assert "21219" in findings["trial"].cause


async def test_a_port_in_use_is_told(examine: Examine, adapter: Any) -> None:
    port = int(adapter.local_url.rsplit(":", 1)[1])
    findings = await examine(http_port=port)
    assert verdicts(findings) == {"failed": ["port"], "skipped": ["tunnel", "reach", "signature", "stream"]}
    assert f"Port {port} is in use" in findings["port"].found


@pytest.mark.parametrize("body", ["", 'say("no network")\nsys.exit(1)', None])
async def test_a_tunnel_that_does_not_open_is_told(examine: Examine, tmp_path: Path, body: str | None) -> None:
    program = "no-such-program-anywhere" if body is None else stand_in(tmp_path, body)
    findings = await examine(tunnel=CloudflaredTunnel(executable=program, patience_s=3.0))
    assert verdicts(findings) == {"failed": ["tunnel"], "skipped": ["reach", "signature", "stream"]}
    assert ("not installed" if body is None else "ended") in findings["tunnel"].found


async def test_a_public_url_that_leads_elsewhere_is_told(examine: Examine, twilio: FakeTwilio) -> None:
    from dataclasses import replace

    findings = await examine(tunnel=PublicUrl(twilio.base_url), limits=replace(QUICK, tunnel_s=0.1))
    assert verdicts(findings) == {"failed": ["reach"], "skipped": ["signature", "stream"]}
    assert "somebody else answers there" in findings["reach"].found


# --- proxies that change what passes --------------------------------------------------------------------------------


def drop_signature(headers: dict[str, str]) -> None:
    headers.pop("X-Twilio-Signature", None)


async def test_a_proxy_that_takes_signatures_out_is_told(examine: Examine) -> None:
    findings = await examine(tunnel=Meddler(drop_signature))
    assert verdicts(findings) == {"failed": ["signature", "stream"]}
    assert "signed came back as HTTP 403 instead of 204" in findings["signature"].found


async def test_a_proxy_that_passes_no_websockets_is_told(examine: Examine) -> None:
    findings = await examine(tunnel=Meddler(lambda headers: None))
    assert verdicts(findings) == {"failed": ["stream"]}
    assert "31920" in findings["stream"].cause


# --- the command ----------------------------------------------------------------------------------------------------


class Command:
    """`twilio-adapter` in a process of its own, with an account in its environment."""

    def __init__(self, twilio: FakeTwilio) -> None:
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")} | {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_PHONE_NUMBER": OURS,
            "TWILIO_API_BASE_URL": twilio.base_url,
            "TWILIO_TESTBENCH_STATE_DIR": os.environ["TWILIO_TESTBENCH_STATE_DIR"],
        }

    async def __call__(self, *arguments: str, **changes: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from twilio_adapter.cli import main; main()",
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.environment | changes,
        )
        async with asyncio.timeout(COMMAND_S):
            out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()


@pytest.fixture
def command(twilio: FakeTwilio) -> Command:
    return Command(twilio)


def test_the_command_is_installed_under_its_name() -> None:
    (script,) = (each for each in entry_points(group="console_scripts") if each.name == "twilio-adapter")
    assert script.value == "twilio_adapter.cli:main"


async def test_the_doctor_prints_causes_and_fixes_and_exits_with_1(command: Command) -> None:
    code, out, err = await command(
        "doctor", "--port", "0", "--tunnel-program", "no-such-program-anywhere", TWILIO_AUTH_TOKEN="another"
    )
    assert (code, out) == (1, "")
    assert "✘ credentials: Twilio would not look the account up" in err
    assert "    fix: Copy the Account SID and the Auth Token from the same page of Twilio's Console." in err
    assert "– number: not examined" in err
    assert "✔ port: port " in err
    assert "✘ tunnel: cloudflared is not installed" in err
    for secret in (AUTH_TOKEN, "another'", OURS[1:]):
        assert secret not in err


async def test_the_doctor_writes_json_for_machines(command: Command, tmp_path: Path) -> None:
    program = stand_in(tmp_path, "sys.exit(1)")
    code, out, err = await command("doctor", "--port", "0", "--tunnel-program", program, "--json")
    report = json.loads(out)
    assert (code, report["ok"], err) == (1, False, "")
    assert [finding["check"] for finding in report["findings"]] == CHECKS
    assert {finding["check"]: finding["verdict"] for finding in report["findings"]}["tunnel"] == "failed"
    assert set(report["findings"][0]) == {"check", "verdict", "found", "cause", "fix"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("doctor", "--public-url", "ftp://nowhere"), "give the address of your tunnel"),
        (("doctor", "--port", "99999"), "65535"),
        (("restore",), "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN first"),
    ],
)
def test_a_question_that_makes_no_sense_exits_with_2(
    arguments: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == 2
    assert says in answer.output


async def test_restore_gives_back_what_a_killed_adapter_has_left(command: Command, twilio: FakeTwilio) -> None:
    settings = next(iter(twilio.numbers.values()))
    settings |= {"voice_url": "https://app.example/voice", "voice_method": "GET"}
    other = await OtherProcess.start(twilio.base_url, ACCOUNT, AUTH_TOKEN, OURS)
    code, out, _ = await command("restore")
    assert (code, out.partition("): ")[2]) == (0, "in use: its adapter is alive\n")
    await other.kill()
    assert settings["voice_url"] == f"{other.local_url}/twilio/voice"
    code, out, _ = await command("restore", "--json")
    report = json.loads(out)
    assert (code, report["ok"]) == (0, True)
    assert [(each["number"], each["pid"], each["result"]) for each in report["numbers"]] == [
        ("+1555***1111", other.pid, "restored")
    ]
    assert (settings["voice_url"], settings["voice_method"]) == ("https://app.example/voice", "GET")
    assert await command("restore") == (0, "Nothing was left behind.\n", "")


async def test_a_restoration_that_fails_exits_with_1_and_can_be_repeated(command: Command, twilio: FakeTwilio) -> None:
    other = await OtherProcess.start(twilio.base_url, ACCOUNT, AUTH_TOKEN, OURS)
    await other.kill()
    twilio.refuse("update number", 500, 20500)
    code, out, _ = await command("restore")
    assert code == 1
    assert "would not change the number" in out
    twilio.refusals.clear()
    code, out, _ = await command("restore")
    assert (code, out.partition("): ")[2]) == (0, "restored\n")
