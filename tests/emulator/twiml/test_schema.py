from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml import voice_response as sdk

from twilio_emulator.twiml.document import parse
from twilio_emulator.twiml.schema import Verb, read
from twilio_emulator.twiml.verbs import REFUSED_VERBS, RESPONSE, VERBS


def script(text):
    return read(parse(text.encode()), RESPONSE, "https://app.example.com/")


def complaints(text):
    return [(problem.code, problem.level) for problem in script(text).problems]


def test_a_flawless_document_has_no_problems():
    assert complaints("<Response>\n<!-- all fine -->\n<Say>Hi</Say>\n<Hangup/>\n</Response>") == []


def test_every_mistake_of_a_document_is_told_before_it_runs():
    found = script("<Response><Hangup/><Pause length='x'/><Foo/><Play lop='2'>a</Play></Response>")
    assert [problem.code for problem in found.problems] == [13910, 12200, 12200]
    assert [use.tag.name for use in found.uses] == ["Hangup", "Pause", "Play"]
    assert {problem.url for problem in found.problems} == {"https://app.example.com/"}


def test_a_problem_says_where_it_is_and_what_to_write():
    (problem,) = script('<Response>\n  <Say loop="often">Hi</Say>\n</Response>').problems
    assert problem.message == '<Say> at line 2, column 3: loop="often" is not allowed.'
    assert problem.hint == "loop takes a whole number from 0; 1 is used instead."


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("<Gather bargeIn='maybe'/>", 'bargeIn takes "true" or "false"; true is used instead.'),
        ("<Gather debug='maybe'/>", 'debug takes "true" or "false"; false is used instead.'),
        ("<Gather numDigits='x'/>", "numDigits takes a whole number from 1."),
        ("<Gather><Hangup/></Gather>", "<Gather> takes <Say>, <Play>, <Pause>."),
        ("<Hangup><Say/></Hangup>", "<Hangup> takes <Parameter>."),
        ("<Pause><Say/></Pause>", "<Pause> takes no elements."),
        ("<Pause because='tired'/>", "Remove it, or see whether its name is misspelled."),
    ],
)
def test_a_hint_says_what_is_allowed_and_what_is_used_instead(text, hint):
    (problem,) = script(f"<Response>{text}</Response>").problems
    assert problem.hint == hint


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("<Response><say>Hi</say></Response>", "write Say"),
        ("<Response><Gather numdigits='1'/></Response>", "write numDigits"),
        ("<Response><Connect><stream/></Connect></Response>", "write Stream"),
    ],
)
def test_a_name_in_the_wrong_case_is_recognised_and_skipped(text, advice):
    (problem,) = script(text).problems
    assert (problem.code, problem.level) == (12200, "warning")
    assert advice in problem.hint


@pytest.mark.parametrize(("verb", "refusal"), REFUSED_VERBS.items())
def test_a_verb_that_cannot_be_here_is_refused_with_twilios_code_and_skipped(verb, refusal):
    found = script(f"<Response><{verb} timeout='3'><Say>a</Say></{verb}><Hangup/></Response>")
    (problem,) = found.problems
    assert (problem.code, problem.level, problem.hint) == (refusal.code, "error", refusal.why)
    assert problem.message == f"<{verb}> at line 1, column 11 is skipped."
    assert [use.tag.name for use in found.uses] == ["Hangup"]


def test_text_between_verbs_counts_for_nothing():
    assert complaints("<Response>Hello <Hangup/></Response>") == [(12200, "warning")]


def test_namespaces_and_xml_attributes_stand_anywhere():
    text = (
        '<Response xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="twiml.xsd"><Say xml:space="preserve">Hi</Say></Response>'
    )
    assert complaints(text) == []


def test_verbs_know_what_stands_below_them():
    found = script("<Response><Say>a</Say><Foo/><Pause/><Hangup/></Response>")
    assert [use.followed_by for use in found.uses] == ["Pause", "Hangup", ""]


def sdk_name(parameter: str) -> str:
    head, *rest = parameter.rstrip("_").split("_")
    return head + "".join(word.title() for word in rest)


NOT_ATTRIBUTES = {("Dial", "number"), ("Number", "phone_number"), ("WhatsApp", "phone_number"), ("Sip", "sip_url")}
NOT_ATTRIBUTES |= {("Client", "identity"), ("Sim", "sim_sid"), ("Application", "application_sid")}
NOT_ATTRIBUTES |= {("Play", "url"), ("Redirect", "url"), ("Say", "message")}
NOT_ATTRIBUTES |= {("Enqueue", "name"), ("Queue", "name"), ("Conference", "name")}
NOT_IN_THE_SDK = {"callReason"}
SDK_NAME = {"WhatsApp": "whats_app"}
SDK_METHODS = [(sdk.VoiceResponse, name.lower(), verb) for name, verb in VERBS.items()] + [
    (noun, "stream", VERBS[noun.__name__].children["Stream"]) for noun in (sdk.Connect, sdk.Start, sdk.Stop)
]
SDK_METHODS += [
    (noun, name, VERBS[noun.__name__].children[name.title()])
    for noun, name in ((sdk.Start, "recording"), (sdk.Start, "siprec"), (sdk.Stop, "siprec"))
]
SDK_METHODS += [(sdk.Dial, SDK_NAME.get(noun, noun.lower()), tag) for noun, tag in VERBS["Dial"].children.items()]


@pytest.mark.parametrize(("owner", "method", "tag"), SDK_METHODS, ids=lambda part: getattr(part, "name", None))
def test_our_table_has_exactly_the_attributes_of_the_sdk(owner, method, tag):
    parameters = set(inspect.signature(getattr(owner, method)).parameters) - {"self", "kwargs"}
    written = {sdk_name(name) for name in parameters if (tag.name, name) not in NOT_ATTRIBUTES}
    assert {attribute.name for attribute in tag.attributes} - NOT_IN_THE_SDK == written


def test_every_verb_of_the_sdk_is_known_or_refused():
    methods = {
        name
        for name, function in inspect.getmembers(sdk.VoiceResponse, inspect.isfunction)
        if function.__qualname__ == f"VoiceResponse.{name}" and not name.startswith("_")
    }
    assert methods == {name.lower() for name in {*VERBS, *REFUSED_VERBS}}


def as_written(value):
    if isinstance(value, frozenset):
        return " ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_every_default_is_a_value_that_may_be_written(verb):
    for attribute in verb.attributes:
        if attribute.default not in ("", 0):
            assert attribute.kind.read(as_written(attribute.default)) == attribute.default
    assert verb.source.startswith("twilio.com/docs/")


def test_only_what_the_documents_say_leaves_a_call_unanswered():
    assert {name for name, verb in VERBS.items() if not verb.answers} == {"Dial", "Pause", "Redirect", "Reject"}
    assert all(isinstance(verb, Verb) for verb in VERBS.values())


NAMES = st.sampled_from([*VERBS, *REFUSED_VERBS, "Stream", "Parameter", "p", "break", "sub", "Foo", "say", "Response"])
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["loop", "length", "input", "timeout", "url", "alias", "track", "name", "method", "x"]),
    st.sampled_from(["", "1", "0", "-1", "POST", "dtmf", "wss://a", "ä", "9" * 50]),
    max_size=3,
)


def render(name, attributes, inside):
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(inside)}</{name}>"


TREES = st.recursive(
    st.sampled_from(["text", " ", "<Hangup/>"]),
    lambda inner: st.builds(render, NAMES, ATTRIBUTES, st.lists(inner, max_size=4)),
    max_leaves=12,
)


@given(st.lists(TREES, max_size=4))
def test_any_well_formed_document_can_be_read(trees):
    found = script(f"<Response>{''.join(trees)}</Response>")
    assert all(use.tag.name in VERBS for use in found.uses)
    assert all(problem.level in ("warning", "error") for problem in found.problems)


def test_mark_up_as_deep_as_64_kilobytes_allow_is_read():
    depth = 8000
    found = script(f"<Response><Say>{'<p>' * depth}deep{'</p>' * depth}</Say></Response>")
    assert found.uses[0].text == "deep"
