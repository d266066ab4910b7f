"""What the package offers: the names a test author may rely on."""

import inspect
import pkgutil
import subprocess
import sys

import pytest

import twilio_adapter
from twilio_adapter import AgentRole, Capabilities, TwilioAgentAdapter
from twilio_adapter.errors import AdapterError

VERBS = {
    "barge_in", "call", "connect", "digits_pressed", "disconnect", "drain", "events", "hang_up", "hear", "interrupt",
    "lease_number", "listen", "note_step", "place_call", "record",
    "recv_audio", "send_audio", "send_dtmf", "send_silence", "unheard", "wait_for_call", "wait_for_digits",
    "wait_for_seconds", "wait_for_silence", "wait_for_speech", "wait_until_ended",
}  # fmt: skip
FACTS = {
    "call_record", "call_sid", "call_status", "caller", "capabilities", "digits", "in_call", "local_url", "loop",
    "phone_number", "public_base_url", "recording", "thinking", "timeline",
}  # fmt: skip


def test_every_public_name_is_there() -> None:
    for name in twilio_adapter.__all__:
        assert hasattr(twilio_adapter, name), name
    assert twilio_adapter.__all__ == sorted(twilio_adapter.__all__)


def test_no_module_has_the_name_of_something_offered_which_it_would_hide() -> None:
    modules = {module.name for module in pkgutil.iter_modules(twilio_adapter.__path__)}
    assert modules.isdisjoint(twilio_adapter.__all__)


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'handset'"):
        twilio_adapter.handset  # noqa: B018


def test_the_adapters_verbs_and_facts_are_these() -> None:
    public = {name for name in dir(TwilioAgentAdapter) if not name.startswith("_")}
    assert public == VERBS | FACTS


def test_every_argument_of_the_adapter_is_named() -> None:
    parameters = list(inspect.signature(TwilioAgentAdapter.__init__).parameters.values())[1:]
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters)
    assert [parameter.name for parameter in parameters] == [
        "account_sid", "auth_token", "phone_number", "http_port", "public_base_url", "tunnel",
        "allowed_callers", "allowed_callees", "on_dtmf", "role", "validate_signature", "api_base_url", "pace", "limits",
        "vad",
    ]  # fmt: skip


def test_every_error_is_an_adapter_error() -> None:
    for name in twilio_adapter.__all__:
        thing = getattr(twilio_adapter, name)
        if inspect.isclass(thing) and issubclass(thing, Exception):
            assert issubclass(thing, AdapterError), name


def test_roles_and_capabilities_are_facts_of_the_class() -> None:
    assert [role.value for role in AgentRole] == ["User", "Agent", "Judge"]
    assert TwilioAgentAdapter.capabilities == Capabilities(dtmf=True, interruption=True, native_vad=False)
    assert TwilioAgentAdapter.capabilities.input_formats == ("mulaw/8000",)


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import twilio_adapter", {"asyncio", "numpy", "aiohttp", "twilio", "twilio_emulator"}),
        ("from twilio_adapter import *", {"twilio_emulator"}),
    ],
)
def test_nothing_is_imported_before_it_is_needed(statement: str, absent: set[str]) -> None:
    script = f"import sys; {statement}; print(*({absent!r} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "\n"


def test_secrets_do_not_show(make_adapter) -> None:
    from fake_twilio import AUTH_TOKEN

    adapter = make_adapter()
    assert AUTH_TOKEN not in repr(adapter) + repr(adapter._settings)
