"""Makes the audio fixtures beside this file, and `manifest.toml`, which says what is in each.

Run it as a script (`make fixtures`); the natural speech needs the extra ``speech``.

Laws:

* Every fixture is a WAV file of 16-bit PCM, 8 kHz, mono, and every sample in it is one that µ-law can carry.
  What a test reads is therefore exactly what a line delivers, and encoding it loses nothing.
* The same code makes the same bytes: speech without chance, noise from a fixed seed. A file is written only
  when its content changes.
* The folders hold what the tables below name and nothing else; audio files no longer named are removed.
"""

import argparse
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from twilio_emulator.fixtures.check import unlisted
from twilio_emulator.fixtures.make import Recipe, make
from twilio_emulator.fixtures.manifest import SCHEMA, Manifest
from twilio_emulator.fixtures.sound import pressed, quiet, spoken
from twilio_emulator.media.speech import PiperSpeech, Speech
from twilio_wire import dtmf, levels, tones
from twilio_wire.pcm import Pcm

HEADER = (
    "# What is in each audio fixture. Written by generate.py: change that, then run `make fixtures`.\n"
    f"schema = {SCHEMA}\n"
)
NOISE_SEED = 4733  # RFC 4733 is the one about keys pressed on telephones.

CALLER = {
    "speech/hello_i_need_help.wav": "Hello, I need help with my order.",
    "speech/what_are_your_opening_hours.wav": "What are your opening hours?",
    "speech/yes_please.wav": "Yes, please.",
    "speech/no_thank_you.wav": "No, thank you.",
    "speech/goodbye.wav": "Thank you for your help. Goodbye.",
    "speech/book_a_table.wav": "I would like to book a table for two on Friday evening.",
    "speech/talk_to_a_person.wav": "I want to talk to a real person, please.",
    "speech/my_name_is_sarah.wav": "My name is Sarah, and I live in Portland, Oregon.",
    "speech/could_you_repeat_that.wav": "Could you repeat that, please?",
    "speech/invoice_is_wrong.wav": "I am calling about the invoice you sent last week. The amount is wrong.",
    "speech/wait_a_moment.wav": "Wait a moment, I have another question.",
}
AGENT = {
    "agent/how_can_i_help.wav": "Thank you for calling. How can I help you today?",
    "agent/our_opening_hours.wav": "We are open from nine in the morning to five in the afternoon.",
    "agent/table_is_booked.wav": "Your table for two is booked for Friday evening. We will see you then.",
    "agent/one_moment.wav": "One moment, please, while I look that up for you.",
    "agent/did_not_understand.wav": "Sorry, I did not understand that. Could you say it again?",
    "agent/anything_else.wav": "Is there anything else I can do for you?",
    "agent/goodbye.wav": "Thank you for calling. Goodbye.",
}
MENUS = {
    "menus/main_menu.wav": (
        "Welcome to the test bench. For sales, press 1. For support, press 2. To hear this menu again, press 9."
    ),
    "menus/sales.wav": "You have reached sales. Please stay on the line.",
    "menus/support.wav": "You have reached support. Please stay on the line.",
    "menus/invalid_choice.wav": "Sorry, that is not a valid choice. Please try again.",
    "menus/enter_your_pin.wav": "Please enter your four digit code, followed by the pound key.",
}
GREETING = "Hello, you have reached the voicemail of Joe. Please leave a message after the tone."
ACCOUNT_NUMBER = "My account number is"

SHORT_TONES = dtmf.DigitTiming(on_ms=50, gap_ms=50, dbm0=-9.0)
BRISK_TONES = dtmf.DigitTiming(on_ms=100, gap_ms=100, dbm0=-10.0)


def recipes(speech: Speech) -> list[Recipe]:
    """List every fixture, in the order of the manifest."""

    def sentence(path: str, kind: str, text: str) -> Recipe:
        return Recipe(path, kind, partial(spoken, speech, text), text=text)

    return [
        *(sentence(path, "speech", text) for path, text in (CALLER | AGENT).items()),
        *(sentence(path, "menu", text) for path, text in MENUS.items()),
        Recipe("voicemail/greeting_with_beep.wav", "voicemail", partial(greeting, speech), text=GREETING),
        Recipe("dtmf/all_sixteen.wav", "dtmf", partial(pressed, dtmf.KEYS, BRISK_TONES), digits=dtmf.KEYS),
        Recipe("dtmf/pin_1234_pound.wav", "dtmf", partial(pressed, "1234#", dtmf.TWILIO_TIMING), digits="1234#"),
        Recipe("dtmf/pin_1234_pound_noisy.wav", "dtmf", noisy_pin, digits="1234#"),
        Recipe("dtmf/over_speech.wav", "dtmf", partial(number_said, speech), text=ACCOUNT_NUMBER, digits="4711#"),
        Recipe("silence/one_second.wav", "silence", idle_second),
        Recipe("silence/room_tone.wav", "silence", partial(noise, 3000, -60.0)),
        Recipe("tones/ringback.wav", "tone", partial(tones.synthesize, tones.RINGBACK, 6000)),
        Recipe("tones/busy.wav", "tone", partial(tones.synthesize, tones.BUSY, 3000)),
    ]


def greeting(speech: Speech) -> Pcm:
    """Speak a voicemail greeting that ends with its beep."""
    beep = tones.synthesize(tones.ANSWERING_MACHINE_BEEP, 500)
    return np.concatenate([spoken(speech, GREETING), quiet(400), beep])


def noisy_pin() -> Pcm:
    """Press the PIN with short tones under white noise, 18 dB below a tone's two sines together."""
    clean = pressed("1234#", SHORT_TONES)
    both_sines_dbm0 = SHORT_TONES.dbm0 + 10 * np.log10(2)
    return clean + noise(clean.size // 8, both_sines_dbm0 - 18)


def number_said(speech: Speech) -> Pcm:
    """Speak, then press keys in the same breath."""
    return np.concatenate([spoken(speech, ACCOUNT_NUMBER), pressed("4711#", BRISK_TONES)])


def idle_second() -> Pcm:
    """Give an idle line as live calls show it: zeros, and about one sample in eighty a single step off."""
    rolls = np.random.Generator(np.random.PCG64(NOISE_SEED)).random(8000)
    return np.where(rolls < 1 / 160, 8, np.where(rolls < 2 / 160, -8, 0)).astype(np.int16)


def noise(duration_ms: int, dbm0: float) -> Pcm:
    """White Gaussian noise at an RMS level in dBm0."""
    deviation = levels.sine_peak(dbm0) / np.sqrt(2)
    samples = np.random.Generator(np.random.PCG64(NOISE_SEED)).normal(0, deviation, duration_ms * 8)
    return np.rint(samples).astype(np.int16)


def generate(folder: Path, wanted: Iterable[Recipe], console: Console) -> list[str]:
    """Bring a folder up to date with the recipes; give the paths written or removed, relative to it."""
    changed: list[str] = []
    manifest = Manifest(folder, HEADER)
    wanted = list(wanted)
    columns = (TextColumn("{task.description:36}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(wanted))
        for made in make(manifest, wanted):
            progress.update(task, description=made.fixture.path, advance=1)
            if made.changed:
                changed.append(made.fixture.path)
    for stale in unlisted(manifest):
        (folder / stale.path).unlink()
        changed.append(stale.path)
    if manifest.save():
        changed.append(manifest.file.name)
    return changed


def main() -> None:
    """Read the command line and generate."""
    parser = argparse.ArgumentParser(description="Make the audio fixtures and their manifest.")
    parser.add_argument(
        "--into", type=Path, default=Path(__file__).parent, metavar="DIR", help="default: beside this script"
    )
    console = Console()
    changed = generate(parser.parse_args().into, recipes(PiperSpeech()), console)
    for path in changed:
        console.print(f"changed: {path}", highlight=False)
    console.print(f"{len(changed)} files changed.", highlight=False)


if __name__ == "__main__":
    main()
