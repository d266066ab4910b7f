"""API keys, under both of their names: Keys and SigningKeys show the same ones [twilio.com/docs/iam/api-keys].

A key's secret is in the reply that makes it, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twilio_emulator.accounts.account import ApiKey
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.listing import list_reply
from twilio_emulator.rest.parameters import Form


@dataclass(frozen=True, slots=True)
class KeyResource:
    """One of the two resources: the name in its path, and the name of its list."""

    name: str
    key: str

    @property
    def list_methods(self) -> Mapping[str, Handler]:
        """What the list answers."""
        return {"GET": self.read_all, "POST": self.make}

    @property
    def instance_methods(self) -> Mapping[str, Handler]:
        """What a single key answers."""
        return {"GET": self.read, "POST": self.rename, "DELETE": self.revoke}

    def make(self, desk: Desk, request: Request, _: str) -> Reply:
        """POST Keys.json."""
        form = Form(request.form)
        name = form.friendly_name()
        key = desk.world.accounts.issue_key(desk.account.sid, name, now_ms=desk.world.clock.now_ms)
        desk.warn(form.leftovers({}))
        return Reply(201, {**_resource(desk, key), "secret": key.secret})

    def read_all(self, desk: Desk, request: Request, _: str) -> Reply:
        """GET Keys.json."""
        return list_reply(
            desk,
            Form(request.query),
            desk.world.accounts.keys.of(desk.account.sid),
            lambda key: _resource(desk, key),
            key=self.key,
            path=f"{desk.account_path}/{self.name}",
        )

    def read(self, desk: Desk, request: Request, sid: str) -> Reply:
        """GET Keys/{sid}.json."""
        return Reply(200, _resource(desk, _find(desk, request, sid)))

    def rename(self, desk: Desk, request: Request, sid: str) -> Reply:
        """POST Keys/{sid}.json."""
        key = _find(desk, request, sid)
        form = Form(request.form)
        key.friendly_name = form.friendly_name() or key.friendly_name
        key.updated_ms = desk.world.clock.now_ms
        desk.warn(form.leftovers({}))
        return Reply(200, _resource(desk, key))

    def revoke(self, desk: Desk, request: Request, sid: str) -> Reply:
        """DELETE Keys/{sid}.json: from now on the key opens nothing."""
        desk.world.accounts.keys.remove(_find(desk, request, sid).sid)
        return Reply(204)


KEYS = KeyResource("Keys", "keys")
SIGNING_KEYS = KeyResource("SigningKeys", "signing_keys")


def _find(desk: Desk, request: Request, sid: str) -> ApiKey:
    key = desk.world.accounts.keys.find(desk.account.sid, sid)
    if key is None:
        raise RestError(20404, path=request.path)
    return key


def _resource(desk: Desk, key: ApiKey) -> dict[str, object]:
    return {
        "sid": key.sid,
        "friendly_name": key.friendly_name,
        "date_created": desk.calendar.rfc2822(key.created_ms),
        "date_updated": desk.calendar.rfc2822(key.updated_ms),
    }
