"""The table of faults: what may be asked for, and how what may not be is refused."""

from pathlib import Path

import pytest

from twilio_emulator import BadFault, BadFaultFile, Fault
from twilio_emulator.faults.fault import KINDS, Choice
from twilio_emulator.faults.rules import rules_in, rules_of

PAGE = (Path(__file__).parents[3] / "docs" / "faults.md").read_text(encoding="utf-8")


def refusal(name: str, **parameters: object) -> str:
    with pytest.raises(BadFault) as refused:
        Fault(name, **parameters)
    return str(refused.value)


@pytest.mark.parametrize("value", [-1, 100.1, float("nan"), float("inf"), "5", None, True, [5]])
def test_a_figure_out_of_range_is_named_with_its_range(value: object) -> None:
    text = refusal("loss", percent=value)
    assert text.startswith("Fault 'loss': percent is")
    assert "give a number from 0 to 100 (%)" in text


def test_a_fault_that_there_is_not_is_told_which_there_are() -> None:
    assert "there is no such fault; there are loss, burst_loss, jitter" in refusal("los", percent=1)


def test_a_parameter_that_there_is_not_is_told_which_there_are() -> None:
    assert refusal("loss", percentage=1) == "Fault 'loss': it has no percentage; it has percent, direction."


def test_a_parameter_that_is_missing() -> None:
    assert "latency_ms is missing; give a whole number from 0 to 5000 (ms)" in refusal("latency")


def test_half_a_millisecond_is_refused() -> None:
    assert "latency_ms is 0.5" in refusal("latency", latency_ms=0.5)


def test_a_word_that_may_not_be_is_told_which_may() -> None:
    text = refusal("noise", level_dbm0=-40, direction="up")
    assert text == "Fault 'noise': direction is 'up'; give one of both, from_caller, to_caller."


def test_faults_with_the_same_figures_are_equal() -> None:
    assert Fault("loss", percent=5) == Fault("loss", percent=5.0, direction="both")
    assert Fault("loss", percent=5) != Fault("loss", percent=6)
    assert len({Fault("loss", percent=5), Fault("loss", percent=5)}) == 1


@pytest.mark.parametrize("name", KINDS)
def test_the_page_has_every_fault_with_its_parameters_and_their_ranges(name: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    for parameter, facts in KINDS[name].parameters.items():
        allowed = (
            ", ".join(filter(None, facts.words))
            if isinstance(facts, Choice)
            else f"{facts.least}…{facts.most} {facts.unit}"
        )
        assert f"`{parameter}` {allowed}".rstrip() in row


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({}, "list one fault or more"),
        ({"faults": []}, "list one fault or more"),
        ({"faults": [{"percent": 5}]}, "has no name"),
        ({"faults": [5]}, "has no name"),
        ({"faults": [{"name": "loss", "percent": 5}], "sed": 1}, "Fault 'sed': a document of faults has"),
        ({"faults": [{"name": "loss", "percent": 5}], "seed": "x"}, "seed is 'x'"),
        ({"faults": [{"name": "loss", "percent": 5, "number": 1}]}, "are texts"),
        ({"faults": [{"name": "rest_error", "number": "+15550001111"}]}, "strikes all requests"),
        ({"faults": [{"name": "loss", "percent": 5, "number": "12"}]}, "12"),
    ],
)
def test_a_document_that_is_wrong_is_refused_in_one_sentence(document: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        rules_of(document)
    assert complaint in str(refused.value)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "faults.toml"
    path.write_text("[[faults]\n")
    with pytest.raises(BadFaultFile, match=r"faults\.toml cannot be read"):
        rules_in(path)
    with pytest.raises(BadFaultFile, match=r"nowhere\.toml cannot be read"):
        rules_in(tmp_path / "nowhere.toml")
