"""Tunnels, against stand-ins for their programs that behave and misbehave."""

import asyncio
import json
import os
from pathlib import Path

import pytest
from fake_twilio import LIMIT_S
from stand_in_tunnel import arguments_of, stand_in

from twilio_adapter import CloudflaredTunnel, NgrokTunnel, PublicUrl, TunnelFailed, TunnelMissing

LOCAL = "http://127.0.0.1:8765"
URL = "https://quiet-river-runs.trycloudflare.com"
WAIT = "\nsignal.pause()\n"


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_program_that_behaves_names_its_url_and_ends_with_its_tunnel(tmp_path: Path) -> None:
    tunnel = CloudflaredTunnel(executable=stand_in(tmp_path, "banner()" + WAIT))
    assert await tunnel.open(LOCAL) == URL
    assert arguments_of(tmp_path) == ["tunnel", "--no-autoupdate", "--config", os.devnull, "--url", LOCAL]
    pid = tunnel._process.pid
    assert is_running(pid)
    await tunnel.close()
    await tunnel.close()
    assert not is_running(pid)


async def test_a_url_that_comes_late_is_waited_for(tmp_path: Path, background) -> None:
    os.mkfifo(tmp_path / "go")
    body = 'say("Requesting new quick Tunnel on trycloudflare.com...")\nopen(HERE / "go").read()\nbanner()' + WAIT
    tunnel = CloudflaredTunnel(executable=stand_in(tmp_path, body))
    opening = await background.start(tunnel.open(LOCAL))
    await asyncio.to_thread((tmp_path / "go").write_text, "")
    async with asyncio.timeout(LIMIT_S):
        assert await opening == URL
    await tunnel.close()


async def test_a_program_that_names_no_url_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    tunnel = CloudflaredTunnel(executable=stand_in(tmp_path, 'say("still trying")' + WAIT), patience_s=0.5)
    with pytest.raises(TunnelFailed, match=r"no URL within 0\.5 s.*(still trying|it said nothing)"):
        await tunnel.open(LOCAL)
    await tunnel.close()


async def test_a_program_that_dies_early_is_quoted_and_its_makers_api_is_not_taken_for_the_tunnel(
    tmp_path: Path,
) -> None:
    words = 'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": no such host'
    tunnel = CloudflaredTunnel(executable=stand_in(tmp_path, f"say({words!r})\nsys.exit(3)"))
    with pytest.raises(TunnelFailed, match=r"cloudflared ended \(3\) before it named a URL.*no such host"):
        await tunnel.open(LOCAL)
    await tunnel.close()


async def test_garbage_around_the_url_does_no_harm(tmp_path: Path) -> None:
    noise = 'sys.stderr.buffer.write(bytes(range(256)) * 4096 + b"\\n" + b"https://trycloudflare.com https://.x\\n")\n'
    tunnel = CloudflaredTunnel(executable=stand_in(tmp_path, noise + "banner()" + WAIT))
    assert await tunnel.open(LOCAL) == URL
    await tunnel.close()


async def test_a_program_that_talks_on_is_never_held_up_by_us(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "done")
    chatter = 'banner()\nfor _ in range(4000): say("x" * 200)\n(HERE / "done").write_text("all said")'
    tunnel = CloudflaredTunnel(executable=stand_in(tmp_path, chatter + WAIT))
    await tunnel.open(LOCAL)
    async with asyncio.timeout(LIMIT_S):
        assert await asyncio.to_thread((tmp_path / "done").read_text) == "all said"
    await tunnel.close()


async def test_an_open_tunnel_that_dies_says_so(tmp_path: Path, background) -> None:
    os.mkfifo(tmp_path / "go")
    body = 'banner()\nopen(HERE / "go").read()\nsay("lost connection with the edge")\nsys.exit(1)'
    tunnel = CloudflaredTunnel(executable=stand_in(tmp_path, body))
    await tunnel.open(LOCAL)
    losing = await background.start(tunnel.lost())
    assert not losing.done()
    await asyncio.to_thread((tmp_path / "go").write_text, "")
    async with asyncio.timeout(LIMIT_S):
        assert (await losing).startswith("cloudflared has ended (1)")
    await tunnel.close()


async def test_a_program_that_will_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twilio_adapter.tunnel._TERMINATE_S", 0.05)
    body = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nbanner()\nwhile True: signal.pause()"
    tunnel = CloudflaredTunnel(executable=stand_in(tmp_path, body))
    await tunnel.open(LOCAL)
    pid = tunnel._process.pid
    await tunnel.close()
    assert not is_running(pid)


async def test_the_program_is_not_in_our_terminals_process_group(tmp_path: Path) -> None:
    """Ctrl-C is for us: the tunnel is still needed while we leave."""
    tunnel = CloudflaredTunnel(executable=stand_in(tmp_path, "banner()" + WAIT))
    await tunnel.open(LOCAL)
    assert os.getpgid(tunnel._process.pid) != os.getpgid(0)
    await tunnel.close()


@pytest.mark.parametrize(
    ("kind", "advice"), [(CloudflaredTunnel, "brew install cloudflared"), (NgrokTunnel, "https://ngrok.com/download")]
)
async def test_a_program_that_is_absent_is_named_with_the_way_to_get_it(kind: type, advice: str) -> None:
    tunnel = kind(executable="no-such-program-anywhere")
    with pytest.raises(TunnelMissing, match=f"not installed.*{advice}"):
        await tunnel.open(LOCAL)
    await tunnel.close()


async def test_a_program_that_cannot_be_started_is_a_failure_with_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "cloudflared"
    path.write_bytes(b"\x7fELF of another machine")
    path.chmod(0o700)
    tunnel = CloudflaredTunnel(executable=str(path))
    with pytest.raises(TunnelFailed, match="cannot be started"):
        await tunnel.open(LOCAL)
    await tunnel.close()


async def test_ngrok_is_read_by_its_events(tmp_path: Path) -> None:
    def event(**fields: str) -> str:
        return f"print({json.dumps(fields)!r}, flush=True)\n"

    body = (
        event(lvl="info", msg="client session established", url="https://not.this.one")
        + 'print("[] null not json", flush=True)\nprint("[]", flush=True)\n'
        + event(lvl="info", msg="started tunnel", url="http://nor.this.one")
        + event(lvl="info", msg="started tunnel", addr=LOCAL, url="https://abcd.ngrok-free.app/")
    )
    tunnel = NgrokTunnel(executable=stand_in(tmp_path, body + WAIT, name="ngrok"), domain="abcd.ngrok-free.app")
    assert await tunnel.open(LOCAL) == "https://abcd.ngrok-free.app"
    assert arguments_of(tmp_path) == [
        "http", LOCAL, "--url", "https://abcd.ngrok-free.app", "--log", "stdout", "--log-format", "json",
    ]  # fmt: skip
    await tunnel.close()


async def test_an_account_that_ngrok_does_not_know_is_quoted(tmp_path: Path) -> None:
    body = 'print("ERROR: authentication failed: ERR_NGROK_4018", flush=True)\nsys.exit(1)'
    tunnel = NgrokTunnel(executable=stand_in(tmp_path, body, name="ngrok"))
    with pytest.raises(TunnelFailed, match="ERR_NGROK_4018"):
        await tunnel.open(LOCAL)
    await tunnel.close()


async def test_a_public_url_is_what_it_was_given_as(background) -> None:
    tunnel = PublicUrl("https://tunnel.example/bench/")
    assert await tunnel.open(LOCAL) == "https://tunnel.example/bench"
    assert not (await background.start(tunnel.lost())).done()
    await tunnel.close()
