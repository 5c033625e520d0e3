"""The customer portal: sessions, and the configuration that they have where none is named. No page opens."""

from __future__ import annotations

import base64

from emulator.resources import objects
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import Additions, added, whole
from emulator.resources.resource import Fields
from emulator.resources.stored import decode

SESSION, CONFIGURATION = "billing_portal.session", "billing_portal.configuration"


def _session(call: Call, fields: Fields) -> Fields:
    named = fields.get("configuration") or _default(call)
    configuration = objects.get(call.scope, CONFIGURATION, str(named))
    known = decode(configuration) if configuration else {}
    secret = base64.b64encode(f"{call.owner},_{call.sandbox.ids.token(32)}".encode()).decode().rstrip("=")
    own: Fields = {
        "configuration": named,
        "url": f"{call.address}/p/session/test_{secret}0100{call.sandbox.ids.token(8)}",
    }
    return {"return_url": known.get("default_return_url"), **fields, **own}


def _default(call: Call) -> str:
    """The id of the account's default configuration, which is made when it is first used."""
    for row in call.sandbox.table(CONFIGURATION).oldest(call.owner):
        if decode(row).get("is_default"):
            return row.id
    own: Fields = {"active": True, "features": whole("portal_features", {}), "is_default": True, "metadata": {}}
    return added(call, CONFIGURATION, own).id


def _configuration(_: Call, fields: Fields) -> Fields:
    return {**fields, "is_default": False}


ADDITIONS = {SESSION: Additions(create=_session), CONFIGURATION: Additions(create=_configuration)}
