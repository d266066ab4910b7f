"""The test bench's end of a telephone call: place calls, take calls, speak, listen, press keys.

    from twilio_adapter import EmulatorHarness, agent, audio, dtmf, hang_up, run

    async with EmulatorHarness() as adapter:
        await adapter.place_call("+15550002222")
        await run(adapter, script=[agent(), audio("hello.wav"), dtmf("1"), agent(), hang_up()])

Laws: this package imports `twilio_wire`, and the emulator from `twilio_adapter.harnesses` only. What is not named here
is inside and may change. Names are imported when they are first used: pytest loads the plugin in here at every start,
and shall not wait for a telephone that no test picks up. So no module may have the name of something offered here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from twilio_adapter.adapter import TwilioAgentAdapter
    from twilio_adapter.chunk import AudioChunk
    from twilio_adapter.errors import (
        AdapterError,
        CallBusy,
        CallCanceled,
        CalleeNotAllowedError,
        CallEnded,
        CallFailed,
        CallInProgress,
        CallNotAnswered,
        CallNotConnected,
        CallStillUp,
        ConfigurationError,
        InvalidPhoneNumber,
        KeysMissing,
        NobodyCalled,
        NoCall,
        NoMedia,
        NotConnected,
        NothingHeard,
        NotSilent,
        NumberInUseError,
        NumberNotOwnedError,
        NumberOnTrunkError,
        PlaybackStalled,
        PortInUseError,
        PublicUrlMissing,
        ScriptStepFailed,
        StreamNotBack,
        TunnelError,
        TunnelFailed,
        TunnelLost,
        TunnelMissing,
        TunnelNotReached,
        TurnTooLong,
        TwilioRefused,
        TwilioUnreachable,
        UnsupportedCapabilityError,
        WaitTimeout,
    )
    from twilio_adapter.events import (
        CallEvent,
        CallStateChanged,
        DigitPressed,
        DigitSent,
        Interrupted,
        UserStartedSpeaking,
        UserStoppedSpeaking,
    )
    from twilio_adapter.harnesses import EmulatorHarness, TwilioHarness, harness
    from twilio_adapter.limits import Limits
    from twilio_adapter.pace import Pace
    from twilio_adapter.recording import Recording
    from twilio_adapter.roles import AgentRole, Capabilities
    from twilio_adapter.script import (
        ScriptResult,
        Step,
        StepRecord,
        agent,
        audio,
        dtmf,
        hang_up,
        interrupt,
        run,
        silence,
        sleep,
    )
    from twilio_adapter.tunnel import CloudflaredTunnel, NgrokTunnel, PublicUrl, Tunnel
    from twilio_adapter.voice_activity import Vad

_OFFERED: Final = {
    "adapter": ("TwilioAgentAdapter",),
    "chunk": ("AudioChunk",),
    "errors": (
        "AdapterError",
        "CallBusy",
        "CallCanceled",
        "CallEnded",
        "CallFailed",
        "CallInProgress",
        "CallNotAnswered",
        "CallNotConnected",
        "CallStillUp",
        "CalleeNotAllowedError",
        "ConfigurationError",
        "InvalidPhoneNumber",
        "KeysMissing",
        "NoCall",
        "NoMedia",
        "NobodyCalled",
        "NotConnected",
        "NotSilent",
        "NothingHeard",
        "NumberInUseError",
        "NumberNotOwnedError",
        "NumberOnTrunkError",
        "PlaybackStalled",
        "PortInUseError",
        "PublicUrlMissing",
        "ScriptStepFailed",
        "StreamNotBack",
        "TunnelError",
        "TunnelFailed",
        "TunnelLost",
        "TunnelMissing",
        "TunnelNotReached",
        "TurnTooLong",
        "TwilioRefused",
        "TwilioUnreachable",
        "UnsupportedCapabilityError",
        "WaitTimeout",
    ),
    "events": (
        "CallEvent",
        "CallStateChanged",
        "DigitPressed",
        "DigitSent",
        "Interrupted",
        "UserStartedSpeaking",
        "UserStoppedSpeaking",
    ),
    "harnesses": (
        "EmulatorHarness",
        "TwilioHarness",
        "harness",
    ),
    "limits": ("Limits",),
    "pace": ("Pace",),
    "recording": ("Recording",),
    "roles": (
        "AgentRole",
        "Capabilities",
    ),
    "script": (
        "ScriptResult",
        "Step",
        "StepRecord",
        "agent",
        "audio",
        "dtmf",
        "hang_up",
        "interrupt",
        "run",
        "silence",
        "sleep",
    ),
    "tunnel": (
        "CloudflaredTunnel",
        "NgrokTunnel",
        "PublicUrl",
        "Tunnel",
    ),
    "voice_activity": ("Vad",),
}
"""What each module has to offer."""

_HOME: Final = {name: module for module, names in _OFFERED.items() for name in names}

__all__ = [
    "AdapterError",
    "AgentRole",
    "AudioChunk",
    "CallBusy",
    "CallCanceled",
    "CallEnded",
    "CallEvent",
    "CallFailed",
    "CallInProgress",
    "CallNotAnswered",
    "CallNotConnected",
    "CallStateChanged",
    "CallStillUp",
    "CalleeNotAllowedError",
    "Capabilities",
    "CloudflaredTunnel",
    "ConfigurationError",
    "DigitPressed",
    "DigitSent",
    "EmulatorHarness",
    "Interrupted",
    "InvalidPhoneNumber",
    "KeysMissing",
    "Limits",
    "NgrokTunnel",
    "NoCall",
    "NoMedia",
    "NobodyCalled",
    "NotConnected",
    "NotSilent",
    "NothingHeard",
    "NumberInUseError",
    "NumberNotOwnedError",
    "NumberOnTrunkError",
    "Pace",
    "PlaybackStalled",
    "PortInUseError",
    "PublicUrl",
    "PublicUrlMissing",
    "Recording",
    "ScriptResult",
    "ScriptStepFailed",
    "Step",
    "StepRecord",
    "StreamNotBack",
    "Tunnel",
    "TunnelError",
    "TunnelFailed",
    "TunnelLost",
    "TunnelMissing",
    "TunnelNotReached",
    "TurnTooLong",
    "TwilioAgentAdapter",
    "TwilioHarness",
    "TwilioRefused",
    "TwilioUnreachable",
    "UnsupportedCapabilityError",
    "UserStartedSpeaking",
    "UserStoppedSpeaking",
    "Vad",
    "WaitTimeout",
    "agent",
    "audio",
    "dtmf",
    "hang_up",
    "harness",
    "interrupt",
    "run",
    "silence",
    "sleep",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value
