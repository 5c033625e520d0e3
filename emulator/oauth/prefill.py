"""The account that a consent creates, as parameters of its creation.

`stripe_user` prefills the form; its invalid values are ignored (official). A blank account takes only its country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator.errors import StripeError
from emulator.resources.connect import oauth_accounts
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.form import Node, Tree

STANDARD, EXPRESS = "standard", "express"
CAPABILITIES = ("transfers", "card_payments")  # of Express accounts without suggested ones, the first that works
# The business types of OAuth, by those of the API. A sole proprietor is an individual.
_TYPES: Mapping[str, str] = {
    "sole_prop": "individual",
    "individual": "individual",
    "corporation": "company",
    "llc": "company",
    "partnership": "company",
    "company": "company",
    "non_profit": "non_profit",
}
# Fields of `stripe_user` with their places in the creation of an account.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "email": ("email",),
    "currency": ("default_currency",),
    "business_name": ("business_profile", "name"),
    "url": ("business_profile", "url"),
    "product_description": ("business_profile", "product_description"),
}
_OF_INDIVIDUALS: Mapping[str, tuple[str, ...]] = {
    "first_name": ("individual", "first_name"),
    "last_name": ("individual", "last_name"),
    "phone_number": ("individual", "phone"),
}
_DOB = ("day", "month", "year")


def suggested(sandbox: Sandbox, now: int, user: Tree, names: list[str]) -> tuple[str, ...]:
    """The capabilities that an Express account gets: those suggested that it can have, else a usual one."""
    country = blank(sandbox, now, user, EXPRESS)
    fitting = tuple(name for name in dict.fromkeys(names) if _fits(sandbox, now, {**country, **_requested([name])}))
    usual = (name for name in CAPABILITIES if _fits(sandbox, now, {**country, **_requested([name])}))
    return fitting or tuple(usual)[:1]


def blank(sandbox: Sandbox, now: int, user: Tree, kind: str, capabilities: tuple[str, ...] = ()) -> Tree:
    """An account without details, in the country of the user or of the platform."""
    tree: Tree = {"type": kind, "country": sandbox.settings.platform_country}
    country = user.get("country")
    if country and _fits(sandbox, now, {**tree, "country": country}):
        tree["country"] = country
    return {**tree, **_requested(capabilities)}


def filled(sandbox: Sandbox, now: int, user: Tree, tree: Tree) -> Tree:
    """An account with each detail of the user that it can have."""
    for patch in _details(user):
        merged = _merge(tree, patch)
        if _fits(sandbox, now, merged):
            tree = merged
    return tree


def _details(user: Tree) -> Iterator[Tree]:
    kind = _TYPES.get(str(user.get("business_type")))
    if kind:
        yield {"business_type": kind}
    fields = {**_FIELDS, **(_OF_INDIVIDUALS if kind == "individual" else {})}
    for name, path in fields.items():
        if value := user.get(name):
            yield _nested(path, value)
    dob: Tree = {part: user.get(f"dob_{part}", "") for part in _DOB}
    if kind == "individual" and all(dob.values()):
        yield {"individual": {"dob": dob}}


def _nested(path: tuple[str, ...], value: Node) -> Tree:
    for name in reversed(path[1:]):
        value = {name: value}
    return {path[0]: value}


def _merge(tree: Tree, patch: Tree) -> Tree:
    merged = dict(tree)
    for name, node in patch.items():
        before = merged.get(name)
        merged[name] = _merge(before, node) if isinstance(before, dict) and isinstance(node, dict) else node
    return merged


def _requested(names: tuple[str, ...] | list[str]) -> Tree:
    return {"capabilities": {name: {"requested": "true"} for name in names}} if names else {}


def _fits(sandbox: Sandbox, now: int, tree: Tree) -> bool:
    """Whether an account can have these details."""
    drawn = len(sandbox.ids.drawn)
    try:
        oauth_accounts.build(sandbox, now, tree)
    except StripeError:
        return False
    finally:
        del sandbox.ids.drawn[drawn:]
    return True
