"""Creating, updating and closing accounts by v2. They are accounts of v1 with the fields that only v2 has."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.resources.connect.accounts import lifecycle
from emulator.resources.connect.accounts.base import countries
from emulator.resources.connect.accounts.base.capability_rules import configuration_of
from emulator.resources.connect.accounts.base.formats import is_abroad
from emulator.resources.connect.accounts.base.identity import representative
from emulator.resources.connect.accounts.locking import is_locked
from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.resources.connect.accounts.storage import remove, store
from emulator.resources.v2.accounts import configurations, field_names
from emulator.resources.v2.accounts.checks import check_account
from emulator.resources.v2.accounts.configurations import (
    check_country,
    check_shipping,
    is_connected,
    without_empty_fields,
)
from emulator.resources.v2.accounts.identities import check_identity
from emulator.resources.v2.accounts.person_fields import check_roles
from emulator.resources.v2.accounts.render import sent_of
from emulator.resources.v2.accounts.token_input import with_account
from emulator.resources.v2.accounts.translation import account_fields, account_params, v2_param_names
from emulator.resources.v2.params import refuse_not_emulated
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.schema.trees import dig, hash_at, merge
from emulator.store.rows import Account, AccountV2Fields, Dashboard
from emulator.wire.dataclasses import replace

_CLEARED: Params = {"entity_type": ""}
_ACCEPTANCE = ("identity", "attestations", "terms_of_service", "account")


def create(
    sandbox: Sandbox, now: int, params: Params, *, account_id: str | None = None, preview: bool = False
) -> Account:
    """Creates and stores an account from the checked parameters of POST /v2/core/accounts. Raises StripeError.

    `now` is unix seconds. Without HTTP, an id can be given; an account with this id is replaced.
    """
    refuse_not_emulated(params)
    params = with_account(sandbox, now, params)
    named = str(hash_at(params, "identity").get("country") or "").upper()
    country = named or sandbox.settings.platform_country
    blank = Account(
        id=account_id or sandbox.ids.account(now),
        created=now,
        type="none",
        controller=configurations.NOBODY,
        country=country,
        default_currency=countries.currency_of(country),
        v2=AccountV2Fields(country=bool(named)),
    )
    _check_identity(Scope(sandbox, blank.id, now), blank, params, new=True)
    account = _apply_update(sandbox, now, blank, params, preview=preview)
    if account.id in sandbox.accounts:
        remove(sandbox, account.id)
    return store(sandbox, now, account)


def update(sandbox: Sandbox, now: int, account: Account, params: Params, *, preview: bool = False) -> Account:
    """Updates and stores an account from the checked parameters of an update. Raises StripeError."""
    refuse_not_emulated(params)
    params = with_account(sandbox, now, params)
    _check_immutable(account, params, now)
    located = _with_country(account, params)
    _check_identity(Scope(sandbox, account.id, now), located, params, new=False)
    return store(sandbox, now, _apply_update(sandbox, now, located, params, preview=preview))


def close(sandbox: Sandbox, account: Account, configurations: Collection[str]) -> None:
    """Closes an account: v1 no longer has it, v2 still shows it. Raises StripeError."""
    applied = _v2(account).applied
    if set(configurations) != set(applied):
        raise errors.v2_configs_must_match_to_close(applied)
    if account.controller.losses_payments == "stripe" and _v2(account).dashboard not in (None, "none"):
        raise errors.v2_loss_liable_kept()
    lifecycle.delete_account(sandbox, account.id)


def _check_identity(scope: Scope, account: Account, params: Params, *, new: bool) -> None:
    check_account(params, scope)
    support = dig(params, ("configuration", field_names.MERCHANT, "support", "phone"))
    if isinstance(support, str) and is_abroad(account.country, support):
        raise errors.v2_phone_invalid()
    check_identity(account, sent_of(account), params, _applied(_v2(account), params), new=new)


def _apply_update(sandbox: Sandbox, now: int, account: Account, params: Params, *, preview: bool) -> Account:
    applied = _applied(_v2(account), params)
    dashboard = cast("Dashboard | None", params.get("dashboard") or _v2(account).dashboard)
    check_country(account, params, applied, sandbox.settings.platform_country)
    before = account.controller if is_connected(_v2(account).applied) else None
    controller, dashboard = configurations.resolve(applied, dashboard, params, before, preview=preview)
    accepted = any(value != "" for value in hash_at(params, *_ACCEPTANCE).values())
    if controller.requirement_collection == "stripe" and accepted:
        raise errors.v2_terms_on_behalf()
    own = replace(
        _v2(account),
        applied=applied,
        known=field_names.in_order({*_v2(account).known, *applied}),
        dashboard=dashboard,
        fields=without_empty_fields(merge(_v2(account).fields, account_fields(params))),
    )
    customer = ("configuration", field_names.CUSTOMER)
    check_shipping(hash_at(params, *customer), hash_at(own.fields, *customer))
    account = replace(account, controller=controller, v2=own)
    with v2_param_names():
        after = lifecycle.apply_update(sandbox, now, account, account_params(params))
    person = representative(after)
    if person is not None and "identity" in params:
        check_roles(after, person)
    return _without_lost_capabilities(after)


def _v2(account: Account) -> AccountV2Fields:
    return account.v2 or AccountV2Fields()


def _applied(own: AccountV2Fields, params: Params) -> tuple[str, ...]:
    """The configurations after a request. Naming one applies it, `applied: false` removes it. Raises StripeError.

    Only `applied: true` restores one that was removed (code of the refusal official).
    """
    applied = set(own.applied)
    for name, sent in hash_at(params, "configuration").items():
        switch = sent.get("applied") if isinstance(sent, dict) else None
        if switch is False:
            applied.discard(name)
        elif name in own.known and name not in own.applied and switch is not True:
            raise errors.v2_configuration_deactivated()
        elif sent != "":
            applied.add(name)
    return field_names.in_order(applied)


def _check_immutable(account: Account, params: Params, now: int) -> None:
    """Refuses changes of immutable fields. A null identity clears all of it but the country. Raises StripeError."""
    identity = _CLEARED if params.get("identity") == "" else hash_at(params, "identity")
    if is_locked(account) and identity:
        raise errors.v2_locked()
    country = identity.get("country")
    if _v2(account).country and country is not None and str(country).upper() != account.country:
        raise errors.v2_identity_immutable("country")
    if "active" not in status_of(account, now).capabilities.values():
        return
    if identity.get("entity_type", account.business_type) != account.business_type:
        raise errors.v2_identity_immutable("entity_type")
    currency = hash_at(params, "defaults").get("currency")
    if currency is not None and str(currency).lower() != account.default_currency:
        raise errors.v2_currency_immutable()


def _with_country(account: Account, params: Params) -> Account:
    """The account with the country of the request, if it had none."""
    country = str(hash_at(params, "identity").get("country") or "").upper()
    if not country or _v2(account).country:
        return account
    own = replace(_v2(account), country=True)
    return replace(account, country=country, default_currency=countries.currency_of(country), v2=own)


def _without_lost_capabilities(account: Account) -> Account:
    """The account without the capabilities of configurations that are not applied."""
    applied = _v2(account).applied
    kept = tuple(name for name in account.capabilities if configuration_of(name) in applied)
    return account if kept == account.capabilities else replace(account, capabilities=kept)
