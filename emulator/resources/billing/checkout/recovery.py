"""The recovery of an expired checkout session: a copy of it, which its `after_expiration` has a URL for."""

from __future__ import annotations

from emulator.model.declaration.private import kept
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.billing.checkout import creation, items
from emulator.resources.billing.checkout.creation import SESSION
from emulator.resources.billing.checkout.kept import SessionState
from emulator.resources.billing.checkout.visits import find
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.timestamps import DAY

PATH = "/r/"


@step("recover_checkout")
def recover(sandbox: Sandbox, session: str, address: str) -> Row[bytes]:
    """A new session with the order of an expired one. Raises LookupError for one that cannot be recovered."""
    scope, row = find(sandbox, session)
    fields = decode(row)
    recovered = hash_in(hash_in(fields, "after_expiration"), "recovery")
    if not recovered.get("url") or integer(recovered, "expires_at") <= scope.now:
        raise LookupError(f"{row.id} cannot be recovered")
    identifier = sandbox.ids.random("cs", creation.ID_DIGITS, row.id[3:].partition("_")[0] + "_a1")
    allowed: Json = bool(fields.get("allow_promotion_codes") or recovered.get("allow_promotion_codes"))
    copied = {name: value for name, value in fields.items() if name not in ("_page", "_payer", "payment_intent")}
    copy = {
        **copied,
        "after_expiration": None,
        "allow_promotion_codes": allowed,
        "expires_at": scope.now + DAY,
        "recovered_from": row.id,
        "status": "open",
        "url": f"{address}/c/pay/{identifier}#fid{sandbox.ids.token(creation.FRAGMENT)}",
        **kept(SessionState(_id=identifier)),
        items.LINES: fields[items.LINES],
    }
    return objects.add(scope, SESSION, identifier, copy)
