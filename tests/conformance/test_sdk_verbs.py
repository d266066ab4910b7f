"""Whatever the official SDK can do to a resource that docs/rest.md calls supported, done: a row a resource.

What a row has to drive is not written here but read off the SDK's classes: an operation that a newer SDK adds to a
supported resource fails until its row says how it is driven.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from rest_bench import refusal
from sdk_surface import supported_verbs
from sdk_world import NOWHERE, OWNED, QUEUES, WAITS, SdkWorld, sdk_world
from twilio.base.page import Page

pytestmark = pytest.mark.sdk

Reach = Callable[[SdkWorld], Any]
NOBODY: Final = "XX" + "0" * 32


@dataclass(frozen=True)
class Row:
    """How the SDK's verbs are tried on a resource.

    Attributes:
        reach: the SDK's list resource, with three to list if it lists.
        key: what names one of them in its path.
        form: what `create` is given.
        made_in: where `create` is tried, if not where the listed are.
        change: what `update` is given.
        spare: one to be updated; by default one that `create` makes.
        spent: one to be deleted; by default a spare one.
        paged: whether lists have paging keys; those of available numbers have none.
        empty: lists are empty and nothing is found.
        missing: there is not even a list.
        few: fewer than three is all there can be.
    """

    reach: Reach
    key: str = "sid"
    form: Callable[[SdkWorld], Mapping[str, Any]] | None = None
    made_in: Reach | None = None
    change: Mapping[str, Any] = field(default_factory=dict)
    spare: Reach | None = None
    spent: Reach | None = None
    paged: bool = True
    empty: bool = False
    missing: bool = False
    few: bool = False

    def created(self, world: SdkWorld) -> Any:
        assert self.form is not None, "the SDK creates here, and the row does not say with what"
        return (self.made_in or self.reach)(world).create(**self.form(world))

    def to_update(self, world: SdkWorld) -> Any:
        return (self.spare or self.created)(world)

    def to_delete(self, world: SdkWorld) -> Any:
        return (self.spent or self.to_update)(world)


def named(*_: object) -> Mapping[str, Any]:
    return {"friendly_name": "before"}


def nothing(*_: object) -> Mapping[str, Any]:
    return {}


def number(world: SdkWorld) -> Mapping[str, Any]:
    return {"phone_number": world.fresh_number()}


def to_somebody(world: SdkWorld) -> Mapping[str, Any]:
    return {"to": world.fresh_number(), "from_": OWNED}


def payment(_: SdkWorld) -> Mapping[str, Any]:
    return {"idempotency_key": "once", "status_callback": NOWHERE}


def front(world: SdkWorld) -> Any:
    world.live_call(QUEUES)
    return world.client.queues(world.queue).members.list()[-1]


RENAME: Final = {"friendly_name": "after"}
STOP: Final = {"status": "stopped"}
ROWS: Final[Mapping[str, Row]] = {
    "account": Row(lambda w: w.client.api.v2010.accounts, form=named, change=RENAME),
    "account.application": Row(lambda w: w.client.applications, form=named, change=RENAME),
    "account.available_phone_number_country": Row(
        lambda w: w.client.available_phone_numbers, key="country_code", paged=False
    ),
    "account.available_phone_number_country.local": Row(
        lambda w: w.client.available_phone_numbers("US").local, paged=False
    ),
    "account.available_phone_number_country.mobile": Row(
        lambda w: w.client.available_phone_numbers("GB").mobile, paged=False
    ),
    "account.available_phone_number_country.toll_free": Row(
        lambda w: w.client.available_phone_numbers("US").toll_free, paged=False
    ),
    "account.available_phone_number_country.national": Row(
        lambda w: w.client.available_phone_numbers("US").national, missing=True
    ),
    "account.available_phone_number_country.shared_cost": Row(
        lambda w: w.client.available_phone_numbers("US").shared_cost, missing=True
    ),
    "account.available_phone_number_country.voip": Row(
        lambda w: w.client.available_phone_numbers("US").voip, missing=True
    ),
    "account.available_phone_number_country.machine_to_machine": Row(
        lambda w: w.client.available_phone_numbers("US").machine_to_machine, missing=True
    ),
    "account.balance": Row(lambda w: w.client.balance),
    "account.call": Row(
        lambda w: w.client.calls,
        form=lambda w: {**to_somebody(w), "twiml": WAITS},
        change={"twiml": WAITS},
        spare=lambda w: w.live_call().fetch(),
        spent=lambda w: w.finished_call().fetch(),
    ),
    "account.call.event": Row(lambda w: w.client.calls(w.recorded_call).events),
    "account.call.notification": Row(lambda w: w.client.calls(w.recorded_call).notifications),
    "account.call.payment": Row(
        lambda w: w.live_call().payments,
        form=payment,
        change={"idempotency_key": "again", "status_callback": NOWHERE, "status": "cancel"},
    ),
    "account.call.recording": Row(
        lambda w: w.client.calls(w.recorded_call).recordings,
        made_in=lambda w: w.live_call().recordings,
        form=nothing,
        change={"status": "paused"},
        spent=lambda w: w.finished_call().recordings.list()[0],
    ),
    "account.call.siprec": Row(lambda w: w.live_call().siprec, form=nothing, change=STOP),
    "account.call.stream": Row(
        lambda w: w.live_call().streams, form=lambda _: {"url": "ws://127.0.0.1:1/"}, change=STOP
    ),
    "account.call.transcription": Row(lambda w: w.live_call().transcriptions, form=nothing, change=STOP),
    "account.call.user_defined_message": Row(
        lambda w: w.live_call().user_defined_messages, form=lambda _: {"content": "{}"}
    ),
    "account.call.user_defined_message_subscription": Row(
        lambda w: w.live_call().user_defined_message_subscriptions, form=lambda _: {"callback": NOWHERE}
    ),
    "account.conference": Row(
        lambda w: w.client.conferences,
        change={"status": "completed"},
        spare=lambda w: w.client.conferences(w.joined(w.fresh_number()).conference_sid).fetch(),
    ),
    "account.conference.participant": Row(
        lambda w: w.client.conferences(w.conference).participants,
        key="call_sid",
        form=to_somebody,
        change={"muted": True},
        spare=lambda w: w.joined("meeting"),
    ),
    "account.conference.recording": Row(
        lambda w: w.client.conferences.list(friendly_name="room 0")[0].recordings,
        few=True,
        change={"status": "paused"},
        spare=lambda w: (
            (w.joined("aside", conference_record=True), w.joined("aside").conference_sid)
            and (w.client.conferences.list(friendly_name="aside")[0].recordings.list()[0])
        ),
        spent=lambda w: w.recorded_conference(w.fresh_number()).recordings.list()[0],
    ),
    "account.incoming_phone_number": Row(lambda w: w.client.incoming_phone_numbers, form=number, change=RENAME),
    "account.incoming_phone_number.local": Row(lambda w: w.client.incoming_phone_numbers.local, form=number),
    "account.incoming_phone_number.mobile": Row(
        lambda w: w.client.incoming_phone_numbers.mobile, form=lambda _: {"phone_number": "+447700900009"}
    ),
    "account.incoming_phone_number.toll_free": Row(
        lambda w: w.client.incoming_phone_numbers.toll_free, form=lambda _: {"phone_number": "+18005550109"}
    ),
    "account.key": Row(
        lambda w: w.client.keys, change=RENAME, spare=lambda w: w.client.keys(w.client.new_keys.create().sid)
    ),
    "account.new_key": Row(lambda w: w.client.new_keys, form=named),
    "account.signing_key": Row(
        lambda w: w.client.signing_keys,
        change=RENAME,
        spare=lambda w: w.client.signing_keys(w.client.new_signing_keys.create().sid),
    ),
    "account.new_signing_key": Row(lambda w: w.client.new_signing_keys, form=named),
    "account.notification": Row(lambda w: w.client.notifications),
    "account.outgoing_caller_id": Row(
        lambda w: w.client.outgoing_caller_ids, change=RENAME, spare=lambda w: w.verified_number()
    ),
    "account.validation_request": Row(lambda w: w.client.validation_requests, form=number),
    "account.queue": Row(lambda w: w.client.queues, form=lambda w: {"friendly_name": w.fresh_number()}, change=RENAME),
    "account.queue.member": Row(
        lambda w: w.client.queues(w.queue).members, key="call_sid", change={"url": NOWHERE}, spare=front
    ),
    "account.recording": Row(lambda w: w.client.recordings, spent=lambda w: w.finished_call().recordings.list()[0]),
    "account.transcription": Row(lambda w: w.client.transcriptions, spent=lambda w: w.client.transcriptions.list()[0]),
    "account.recording.transcription": Row(
        lambda w: w.client.recordings(w.recording).transcriptions,
        few=True,
        spent=lambda w: w.client.recordings(w.client.transcriptions.list()[-1].recording_sid).transcriptions.list()[0],
    ),
    "account.recording.add_on_result": Row(lambda w: w.client.recordings(w.recording).add_on_results, empty=True),
    "account.recording.add_on_result.payload": Row(
        lambda w: w.client.recordings(w.recording).add_on_results(NOBODY).payloads, missing=True
    ),
    "account.recording.add_on_result.payload.data": Row(
        lambda w: w.client.recordings(w.recording).add_on_results(NOBODY).payloads(NOBODY).data(), missing=True
    ),
    "account.token": Row(lambda w: w.client.tokens, form=nothing),
    "account.usage.record": Row(lambda w: w.client.usage.records),
    "account.usage.record.all_time": Row(lambda w: w.client.usage.records.all_time),
    "account.usage.record.daily": Row(lambda w: w.client.usage.records.daily),
    "account.usage.record.last_month": Row(lambda w: w.client.usage.records.last_month),
    "account.usage.record.monthly": Row(lambda w: w.client.usage.records.monthly),
    "account.usage.record.this_month": Row(lambda w: w.client.usage.records.this_month),
    "account.usage.record.today": Row(lambda w: w.client.usage.records.today),
    "account.usage.record.yearly": Row(lambda w: w.client.usage.records.yearly),
    "account.usage.record.yesterday": Row(lambda w: w.client.usage.records.yesterday),
}


@pytest.fixture(scope="module")
def at_rest() -> Iterator[SdkWorld]:
    """What is only read."""
    with sdk_world() as world:
        yield world


@pytest.fixture(scope="module")
def in_use() -> Iterator[SdkWorld]:
    """What is made, changed and deleted."""
    with sdk_world() as world:
        yield world


OF_THE_MOMENT: Final = {"as_of", "wait_time", "average_wait_time"}


def shown(instance: Any) -> Any:
    """All that an instance of the SDK tells of itself, but for what depends on when it was asked."""
    return {
        name: value for name, value in vars(instance).items() if not name.startswith("_") and name not in OF_THE_MOMENT
    }


def one_of(row: Row, resources: Any, name: str) -> Any:
    """The SDK's context of one resource."""
    wanted = inspect.signature(resources.get).parameters
    return resources.get(name) if wanted else resources.get()


def walked(page: Page | None, step: str) -> Iterator[list[Any]]:
    while page is not None:
        yield [shown(item) for item in page]
        page = getattr(page, step)()


# --- an operation each ----------------------------------------------------------------------------------------------


def drive_list(row: Row, world: SdkWorld) -> None:
    resources = row.reach(world)
    if row.missing:
        assert refusal(resources.list) == (404, 20404)
        return
    everything = [shown(item) for item in resources.list()]
    assert (not everything) if row.empty else row.few or len(everything) > 2
    assert [shown(item) for item in resources.list(limit=2)] == everything[:2]


def drive_stream(row: Row, world: SdkWorld) -> None:
    resources = row.reach(world)
    if row.missing:
        assert refusal(lambda: list(resources.stream())) == (404, 20404)
        return
    everything = [shown(item) for item in resources.list()]
    assert [shown(item) for item in resources.stream(limit=2)] == everything[:2]
    if row.paged:
        assert [shown(item) for item in resources.stream(page_size=2)] == everything


def drive_page(row: Row, world: SdkWorld) -> None:
    resources = row.reach(world)
    if row.missing:
        assert refusal(resources.page) == (404, 20404)
        return
    everything = [shown(item) for item in resources.list()]
    pages = list(walked(resources.page(page_size=2), "next_page"))
    if not row.paged:
        assert pages in ([everything[:2]], [everything])
        return
    cut = [everything[start : start + 2] for start in range(0, len(everything), 2)] or [[]]
    assert pages == cut
    last = first = resources.page(page_size=2)
    while (following := last.next_page()) is not None:
        last = following
    assert list(walked(last, "previous_page")) == cut[::-1]
    assert first.previous_page() is None


def drive_get_page(row: Row, world: SdkWorld) -> None:
    resources = row.reach(world)
    if row.missing or row.empty or not row.paged or row.few:
        own = f"https://api.twilio.com/2010-04-01{resources._uri}"
        ask = lambda: [shown(item) for item in resources.get_page(own)]  # noqa: E731
        if row.missing:
            assert refusal(ask) == (404, 20404)
        else:
            assert ask() == [shown(item) for item in resources.list()]
        return
    first = resources.page(page_size=2)
    second = resources.get_page(first.next_page_url)
    assert [shown(item) for item in second] == [shown(item) for item in resources.list()][2:4]
    back = resources.get_page(second.previous_page_url)
    assert [shown(item) for item in back] == [shown(item) for item in first]


def drive_fetch(row: Row, world: SdkWorld) -> None:
    resources = row.reach(world)
    if not hasattr(resources, "list"):
        assert refusal(resources.fetch) == (404, 20404) if row.missing else shown(resources.fetch())
        return
    assert refusal(one_of(row, resources, NOBODY).fetch) == (404, 20404)
    for listed in [] if row.empty or row.missing else resources.list(limit=3):
        told = {name: value for name, value in shown(listed).items() if value is not None}
        assert told.items() <= shown(one_of(row, resources, getattr(listed, row.key)).fetch()).items()
        assert told.items() <= shown(listed.fetch()).items()


def drive_create(row: Row, world: SdkWorld) -> None:
    assert row.form is not None, "the SDK creates here, and the row does not say with what"
    form = row.form(world)
    told = shown((row.made_in or row.reach)(world).create(**form))
    assert {name: told.get(name, value) for name, value in form.items()} == dict(form)


def drive_update(row: Row, world: SdkWorld) -> None:
    assert row.change, "the SDK updates here, and the row does not say with what"
    told = shown(row.to_update(world).update(**row.change))
    assert {name: told.get(name, value) for name, value in row.change.items()} == dict(row.change)


def drive_delete(row: Row, world: SdkWorld) -> None:
    if row.empty or row.missing:
        assert refusal(one_of(row, row.reach(world), NOBODY).delete) == (404, 20404)
        return
    spent = row.to_delete(world)
    assert spent.delete() is True
    assert refusal(spent.delete) == (404, 20404)
    if hasattr(spent, "fetch"):
        assert refusal(spent.fetch) == (404, 20404)


DRIVERS: Final[Mapping[str, Callable[[Row, SdkWorld], None]]] = {
    "list": drive_list,
    "stream": drive_stream,
    "page": drive_page,
    "get_page": drive_get_page,
    "fetch": drive_fetch,
    "create": drive_create,
    "update": drive_update,
    "delete": drive_delete,
}

READS: Final = {"list", "stream", "page", "get_page", "fetch"}


@pytest.mark.parametrize(("resource", "verb"), supported_verbs())
def test_the_sdk_can_do_it(request: pytest.FixtureRequest, resource: str, verb: str) -> None:
    assert resource in ROWS, "the SDK has a resource that docs/rest.md calls supported, and there is no row for it"
    assert verb in DRIVERS, "the SDK has a verb that nothing drives"
    world: SdkWorld = request.getfixturevalue("at_rest" if verb in READS else "in_use")
    DRIVERS[verb](ROWS[resource], world)


def test_there_is_no_row_for_what_is_not_there() -> None:
    assert ROWS.keys() <= {resource for resource, _ in supported_verbs()}
