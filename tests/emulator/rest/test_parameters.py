import pytest

from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.parameters import Form


def test_an_empty_value_counts_as_left_out_but_was_sent() -> None:
    form = Form({"Url": [""], "To": ["", "+1"]})
    assert form.text("Url", "default") == "default"
    assert form.has("Url")
    assert not form.has("Twiml")
    assert form.texts("To") == ["+1"]


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("True", True), ("TRUE", True), ("false", False), ("1", False)]
)
def test_a_flag_is_true_in_any_case_and_false_otherwise(text: str, value: bool) -> None:
    assert Form({"Record": [text]}).flag("Record", default=not value) is value


def test_a_flag_left_out_has_its_default() -> None:
    assert Form({}).flag("Record", default=True)


def test_a_choice_comes_back_as_the_table_spells_it() -> None:
    assert Form({"Method": ["get"]}).method("Method", code=21209) == "GET"
    assert Form({}).method("Method", code=21209) == "POST"


@pytest.mark.parametrize("text", ["0", "601", "-5", "5.0", "five", "²", "9" * 400, "0x10", " 5"])
def test_a_number_out_of_range_or_no_number_has_the_codes_error(text: str) -> None:
    with pytest.raises(RestError) as refusal:
        Form({"Timeout": [text]}).whole_number("Timeout", default=60, lowest=1, highest=600, code=21208)
    assert refusal.value.code == 21208
    assert "a whole number from 1 to 600" in refusal.value.message


def test_what_nobody_asked_for_is_left_over() -> None:
    form = Form({"To": ["+1"], "Record": ["true"], "AsyncAmd": ["False"], "to": ["+1"], "Empty": [""]})
    form.text("To")
    problems = form.leftovers({"Record": "recordings", "AsyncAmd": "answering machine detection"})
    assert [(problem.code, problem.message.split(" ")[0]) for problem in problems] == [(0, "Record"), (20001, "There")]
    assert "recordings" in problems[0].message
    assert problems[1].hint.startswith("Did you mean To?")


def test_reading_aside_asks_for_nothing() -> None:
    form = Form({"MachineDetection": ["Enable"]})
    assert form.aside().text("MachineDetection") == "Enable"
    assert len(form.leftovers({})) == 1
