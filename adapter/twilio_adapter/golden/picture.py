"""A picture of two calls: waveforms and spectrograms on one axis of time, and what differs in red.

matplotlib is loaded when there is something to draw, and draws without a display.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from twilio_adapter.golden.side_by_side import SideBySide
from twilio_adapter.golden.sound import Floats, Span
from twilio_wire.g711 import SAMPLE_RATE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONGEST_S: Final = 60
"""A longer call is shown around what differs."""
_AROUND_S: Final = 4
_DPI: Final = 100
_HEIGHT_IN: Final = 7.0
_NARROWEST_IN: Final = 9.0
_WIDEST_IN: Final = 18.0
_INCHES_A_SECOND: Final = 0.8
_COLUMNS: Final = 2000
"""Of a waveform: more than there are pixels."""
_WINDOW: Final = 256
_HOP: Final = 40
_DEPTH_DB: Final = 60.0
_FULL_SCALE: Final = 32768
_MARK: Final = "#d62728"
_COLOURS: Final = ("#2a6f97", "#4f772d")


def draw(path: Path, calls: SideBySide, title: str, subtitle: str = "") -> None:
    """Write the picture as a PNG file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = _shown(calls)
    seconds = len(shown) / SAMPLE_RATE
    width_in = min(_WIDEST_IN, max(_NARROWEST_IN, seconds * _INCHES_A_SECOND))
    figure = Figure(figsize=(width_in, _HEIGHT_IN), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    rows = figure.subplots(4, 1, sharex=True, gridspec_kw={"height_ratios": [1, 1.3, 1, 1.3]})
    for number, (name, samples) in enumerate((("golden", calls.golden), ("this call", calls.call))):
        waveform, spectrogram = rows[2 * number], rows[2 * number + 1]
        _draw_waveform(waveform, samples[shown.frames], shown.start, _COLOURS[number])
        _draw_spectrogram(spectrogram, samples[shown.frames], shown.start)
        waveform.set_ylabel(name)
        spectrogram.set_ylabel("kHz")
    for span, difference in calls.marks:
        _draw_mark(rows, span, str(difference.kind).replace("_", " "))
    rows[-1].set_xlabel("seconds, both calls aligned: where one has more, the other waits")
    rows[-1].set_xlim(shown.start / SAMPLE_RATE, shown.end / SAMPLE_RATE)
    figure.suptitle(title if not subtitle else f"{title}\n{subtitle}", fontsize=10)
    figure.savefig(path, format="png", metadata={"Software": None})


def _shown(calls: SideBySide) -> Span:
    whole = Span(0, max(1, len(calls.golden)))
    if len(whole) <= _LONGEST_S * SAMPLE_RATE or not calls.marks:
        return whole
    begin = min(span.start for span, _ in calls.marks) - _AROUND_S * SAMPLE_RATE
    end = max(span.end for span, _ in calls.marks) + _AROUND_S * SAMPLE_RATE
    begin = max(0, begin)
    return Span(begin, min(whole.end, max(begin + 1, end), begin + 2 * _LONGEST_S * SAMPLE_RATE))


def _draw_waveform(axes: "Axes", samples: Floats, first: int, colour: str) -> None:
    """The lowest and the highest sample of each column."""
    width = max(1, -(-len(samples) // _COLUMNS))
    columns = np.pad(samples / _FULL_SCALE, (0, -len(samples) % width)).reshape(-1, width)
    at_s = (first + np.arange(len(columns)) * width) / SAMPLE_RATE
    axes.fill_between(at_s, columns.min(axis=1), columns.max(axis=1), color=colour, linewidth=0.3)
    loudest = max(0.05, float(np.abs(samples).max(initial=0)) / _FULL_SCALE)
    axes.set_ylim(-loudest, loudest)
    axes.set_yticks([])


def _draw_spectrogram(axes: "Axes", samples: Floats, first: int) -> None:
    padded = np.pad(samples, (_WINDOW // 2, _WINDOW))
    step = _HOP * max(1, len(samples) // (_HOP * _COLUMNS))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[: max(1, len(samples)) : step]
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW), axis=1)) ** 2
    levels = 10 * np.log10(power + 1e-3)
    top = max(float(levels.max()), 60.0)
    extent = (first / SAMPLE_RATE, (first + len(windows) * step) / SAMPLE_RATE, 0.0, SAMPLE_RATE / 2000)
    axes.imshow(
        levels.T, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=top - _DEPTH_DB, vmax=top,
        interpolation="nearest",
    )  # fmt: skip
    axes.set_yticks([0, 2, 4])


def _draw_mark(rows: Any, span: Span, name: str) -> None:
    begin, end = span.start / SAMPLE_RATE, max(span.end, span.start + SAMPLE_RATE // 25) / SAMPLE_RATE
    for axes in rows:
        axes.axvspan(begin, end, facecolor=_MARK, alpha=0.3, linewidth=0)
        for edge in (begin, end):
            axes.axvline(edge, color=_MARK, linewidth=1)
    rows[0].annotate(
        name, (begin, 1.0), xycoords=("data", "axes fraction"), xytext=(2, -2), textcoords="offset points",
        va="top", color=_MARK, fontsize=9, fontweight="bold",
    )  # fmt: skip
