"""Making, changing and finding accounts. Everything is checked before anything is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from emulator import errors
from emulator.resources.accounts import controllers, countries, details
from emulator.resources.accounts.capabilities import CARD_PAYMENTS, TRANSFERS, check_capabilities, requested
from emulator.resources.accounts.metadata import merged
from emulator.resources.accounts.params import refuse_not_emulated
from emulator.sandbox import PLATFORM_CREATED, Sandbox
from emulator.schema.check import Params
from emulator.store.rows import Account, Controller, Individual

_USUAL = (CARD_PAYMENTS, TRANSFERS)
_ACCEPTED = ("date", "ip", "user_agent")


def find(sandbox: Sandbox, account_id: str) -> Account | None:
    """A connected account of the sandbox, None when there is none of this id."""
    return sandbox.accounts.get(account_id)


def platform(sandbox: Sandbox) -> Account:
    """The platform's own account: a standard one, onboarded, with both usual capabilities (our choice)."""
    country = sandbox.settings.platform_country
    return Account(
        id=sandbox.platform_id,
        created=PLATFORM_CREATED,
        type="standard",
        controller=controllers.TYPES["standard"],
        country=country,
        default_currency=countries.currency_of(country),
        capabilities=_USUAL,
        onboarded=True,
    )


def create_account(
    sandbox: Sandbox,
    now: int,
    params: Params,
    *,
    account_id: str | None = None,
    preview: bool = False,
) -> Account:
    """Makes and stores a connected account from the checked parameters of POST /v1/accounts. Raises StripeError.

    `now` is unix seconds. Without HTTP, an id can be fixed; an account of this id is replaced. `preview` is whether
    the request names a preview version.
    """
    account = _new(sandbox, now, params, account_id, preview=preview)
    sandbox.accounts.put(account.id, account)
    return account


def update_account(sandbox: Sandbox, now: int, account: Account, params: Params) -> Account:
    """Changes and stores an account from the checked parameters of its update. Raises StripeError."""
    refuse_not_emulated(params)
    changed = _with(sandbox, now, account, params)
    sandbox.accounts.put(account.id, changed)
    return changed


def onboard(sandbox: Sandbox, account: Account) -> Account:
    """Completes the onboarding of an account, as its owner would in the hosted one, and stores it.

    Nothing is due any more and its capabilities are active; an account without any gets the usual two (our choice).
    """
    done = replace(account, onboarded=True, capabilities=account.capabilities or _USUAL)
    sandbox.accounts.put(done.id, done)
    return done


def delete_account(sandbox: Sandbox, account_id: str) -> None:
    """Forgets a connected account; unknown and deleted ones then answer alike. Raises KeyError."""
    sandbox.accounts.remove(account_id)


def _new(sandbox: Sandbox, now: int, params: Params, account_id: str | None, *, preview: bool) -> Account:
    refuse_not_emulated(params)
    kind, controller = controllers.resolve(params, preview=preview)
    home = sandbox.settings.platform_country
    country = str(params.get("country") or home)
    agreement = str(details.hash_at(params, "tos_acceptance").get("service_agreement", ""))
    countries.check_country(country, home, agreement)
    blank = Account(
        id=account_id or sandbox.ids.account(now),
        created=now,
        type=kind,
        controller=controller,
        country=country,
        default_currency=countries.currency_of(country),
    )
    return _with(sandbox, now, blank, params)


def _with(sandbox: Sandbox, now: int, account: Account, params: Params) -> Account:
    """An account with a request laid over it."""
    _check_terms(account.controller, params)
    names = requested(account.capabilities, params)
    new = set(names) - set(account.capabilities)
    check_capabilities(new, account.country, standard=account.type == "standard")
    details.check_details(params)
    fields = details.merge(account.fields, details.kept(params))
    merged({}, details.hash_at(params, "individual").get("metadata"), ("individual", "metadata"))
    individual = account.individual
    if individual is None and details.hash_at(fields, "individual"):
        individual = Individual(sandbox.ids.in_account("person", now, account.id), now)
    return replace(
        account,
        default_currency=str(params.get("default_currency", account.default_currency)).lower(),
        email=cast("str | None", params.get("email", account.email)),
        business_type=cast("str | None", params.get("business_type", account.business_type)),
        capabilities=names,
        metadata=merged(account.metadata, params.get("metadata")),
        fields=fields,
        individual=individual,
    )


def _check_terms(controller: Controller, params: Params) -> None:
    """A platform accepts the terms only where it collects the requirements; naming the agreement is no acceptance."""
    sent = details.hash_at(params, "tos_acceptance")
    if controller.requirement_collection == "stripe" and any(name in sent for name in _ACCEPTED):
        raise errors.terms_on_behalf()
