"""A scripted call in one line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twilio_adapter.adapter import TwilioAgentAdapter
    from twilio_adapter.script import Hear, ScriptResult, Speak, Step
    from twilio_adapter.script.acts import Function


class CallScript:
    """Runs scripts on an adapter: `await call_script([agent(), dtmf("1"), hang_up()], to=number)`."""

    def __init__(self, adapter: "TwilioAgentAdapter") -> None:
        self._adapter = adapter

    async def __call__(
        self,
        script: "Sequence[Step | Function]",
        *,
        to: str | None = None,
        speak: "Speak | None" = None,
        hear: "Hear | None" = None,
    ) -> "ScriptResult":
        """Call a number, and carry out a script in the call.

        Args:
            script: its steps.
            to: whom to call, E.164; without it, the script runs in the call that the adapter is in.
            speak, hear: who says its texts, and who finds the words in what is heard; see `twilio_adapter.run`.

        Raises:
            AdapterError: what `TwilioAgentAdapter.place_call` and `run` raise.
        """
        from twilio_adapter.script import run

        if to is not None:
            await self._adapter.place_call(to)
        return await run(self._adapter, script, speak=speak, hear=hear)
