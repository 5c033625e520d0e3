"""Writes FIDELITY.md: what is emulated, and how sure each part of it is. `python -m tests.fidelity`

Operations, components and errors are read from the code. The choices of ours cannot be: each is a row of CHOICES, which
names the modules that it is about, so that a test can tell when a module makes a choice that no row tells of.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from emulator import catalog, errors
from emulator.auth import keys
from emulator.catalog import versions
from emulator.errors import StripeError
from emulator.http.permissions import NEWER_WORDS
from emulator.resources import paging, registry
from emulator.resources.connect.account_sessions.claims import REFUSALS
from emulator.resources.connect.account_sessions.components import ALWAYS, COMPONENTS, NEVER, Component, Feature
from emulator.resources.connect.accounts.base import controllers
from emulator.resources.connect.accounts.lifecycle import CLOCKS_DIFFER
from emulator.resources.connect.accounts.params import ADDITIONS
from emulator.resources.connect.accounts.requirements.checks import REVIEW_SECONDS
from emulator.resources.core.tokens import NOT_EMULATED
from emulator.resources.v2.params import NOT_EMULATED as NOT_EMULATED_V2
from emulator.sandbox import journal
from emulator.settings import Settings
from emulator.store import budgets, idempotency
from emulator.store.events import MOST as MOST_EVENTS
from emulator.store.links import MOST as MOST_LINKS
from emulator.store.sessions import ATTEMPTS_KEPT, HISTORY
from emulator.store.webhooks import MOST as MOST_DELIVERIES
from emulator.webhooks.dispatcher import TEST_RETRIES
from emulator.webhooks.sender import TIMEOUT_SECONDS
from emulator.wire.form import Limits
from emulator.wire.path import format_path

PAGE = Path(__file__).parents[2] / "FIDELITY.md"
# Codes of /v2/core that no request is answered with here, by the reason. Faults can name those that have a constructor.
NOT_RAISED: tuple[tuple[str, str], ...] = (
    (
        "Every platform here is approved, verified, and free to use Accounts v2 for all it wants",
        (
            "account_create_activation_required account_creation_invalid account_creation_liability_unacknowledged "
            "account_creation_requirement_collection_and_liability_unacknowledged "
            "account_creation_requirement_collection_unacknowledged account_token_required accounts_v2_access_blocked "
            "can_create_platform_owned_onboarding_accounts_required cannot_create_connected_account "
            "cannot_create_new_account_rejected capability_not_available_in_platform_country "
            "capability_not_available_without_other_capability capability_not_available_without_other_capability_in_country "
            "connect_identity_not_verified connect_profile_not_submitted custom_account_beta "
            "non_connect_platform_accounts_v2_access_blocked person_token_required platform_registration_required"
        ),
    ),
    ("The newer `v1_account_instead_of_v2_account` stands for it", "account_not_yet_compatible_with_v2"),
    ("One request at a time changes an account", "account_rate_limit_exceeded"),
    (
        "No account has money or customers' balances",
        (
            "cannot_delete_account_with_balance cannot_delete_customer_with_available_cash_balance "
            "pending_transactions_cannot_be_deleted"
        ),
    ),
    (
        "Their parameters are refused with 501, or by their names where this version has none",
        (
            "attach_payment_method_to_customer cannot_use_validate_location_on_customer_create customer_invalid_tax_location "
            "default_outbound_destination_invalid default_payment_method_invalid default_payment_method_invalid_type "
            "expired_azure_partner_authorization high_risk_activities_none_cant_be_combined_with_other_options "
            "invalid_azure_partner_authorization invalid_azure_partner_configuration invalid_timezone "
            "invoice_rendering_template_invalid purpose_of_funds_description_must_be_empty_for_non_other_purpose_of_funds "
            "test_clock_disallowed_on_live_mode test_clock_invalid test_clocks_advance_in_progress "
            "test_clocks_customer_limit_reached"
        ),
    ),
    ("The field is required, which is `invalid_fields`", "address_country_required"),
    (
        "`account_controller_unsupported_configuration` was observed in its place",
        (
            "account_controller_express_dash_without_application_losses_or_fees account_controller_ua_unsupported_configuration "
            "account_controller_unsupported_configuration_private_preview"
        ),
    ),
    (
        "Which values or states are refused is not published",
        (
            "account_capability_not_supported account_configuration_not_supported account_country_unsupported_currency "
            "account_terms_of_service_not_accepted address_characters_invalid address_town_invalid "
            "capability_cannot_be_unrequested_due_to_other_capability_requirement capability_not_available_for_dashboard_type "
            "capability_not_available_for_entity_type_in_country capability_not_available_for_loss_collector "
            "configuration_cannot_be_deactivated configuration_cannot_be_deactivated_due_to_other_capability_requirement "
            "configuration_cannot_be_deactivated_due_to_other_configuration document_purpose_invalid "
            "email_domain_invalid_for_recipient invalid_id_number_for_structure "
            "invalid_relationship_for_identity_type_structure_and_country script_characters_invalid "
            "structure_incompatible_for_entity_type_country unsupported_postal_code unsupported_state"
        ),
    ),
)

INTRODUCTION = """\
# Fidelity

What this emulator answers, and how sure we are that Stripe answers the same. It is written by `python -m tests.fidelity`
from the code; a test compares the two.

How sure:

- **official**: Stripe says so, in its API reference, its OpenAPI document, its SDKs or its changelog.
- **observed**: seen in recorded answers of Stripe, or in public logs and issues of people who use it.
- **inferred**, **by analogy**: nobody has published this very case; it follows from cases that are official or observed.
- **our choice**: nothing is known, or it concerns the emulator alone. If you know better, please open an issue.
"""


class Choice(NamedTuple):
    """One thing that Stripe has not told. `modules` are where the code makes it."""

    area: str
    choice: str
    why: str
    sure: str
    modules: tuple[str, ...]


_KEYS = ("emulator.auth.keys", "emulator.http.authentication")
_HTTP = ("emulator.http.pipeline", "emulator.http.headers")
_SESSIONS = ("emulator.resources.connect.account_sessions",)
_COMPONENTS = ("emulator.resources.connect.account_sessions.components",)
_RULES = ("emulator.resources.connect.account_sessions.rules",)
_CLAIMS = ("emulator.resources.connect.account_sessions.claims", "emulator.store.sessions")
_ACCOUNTS = "emulator.resources.connect.accounts"
_EVENTS = tuple(
    f"emulator.events.{name}" for name in ("previous_attributes", "publish", "objects", "snapshots", "transaction")
)
_THIN = ("emulator.events.thin", "emulator.resources.v2.events.events")
_DESTINATIONS = ("emulator.resources.v2.events.destinations", "emulator.resources.v2.events.subscriptions")
_LIMITS, _DEFAULTS = Limits(), Settings()

CHOICES: tuple[Choice, ...] = (
    # --- account sessions
    Choice(
        "account sessions",
        "An unknown, deleted or foreign `account` in the body is 400 `resource_missing` with `param: account`.",
        "The message was seen on this endpoint; status, code and param follow Stripe's rule for ids in a body. "
        "In the URL or in `Stripe-Account` it is the 403 `account_invalid`.",
        "message observed, the rest inferred",
        _SESSIONS,
    ),
    Choice(
        "account sessions",
        "The platform's own id as `account` is 400 with the words about a client application.",
        "These are the words of account links for the same mistake.",
        "by analogy",
        _SESSIONS,
    ),
    Choice(
        "account sessions",
        "With `Stripe-Account`, the caller is a platform of nobody: its own id is answered like the platform's own, any "
        "other like an unknown one.",
        "Only the platform's key with the `account` parameter is documented.",
        "our choice",
        _SESSIONS,
    ),
    Choice(
        "account sessions",
        "Any connected account may get a session, a rejected one too.",
        "No refusal by account type or state was found anywhere, and staff answers speak against one.",
        "inferred",
        _SESSIONS,
    ),
    Choice(
        "account sessions",
        f"A secret can be claimed for {_DEFAULTS.account_session_lifetime} seconds "
        "(setting `account_session_lifetime`).",
        "Two examples in Stripe's documentation show exactly this between their times; no page gives a number.",
        "inferred",
        _SESSIONS,
    ),
    Choice(
        "account sessions",
        "At least one component need not be enabled; every component may be `enabled=false`.",
        "Recorded answers show sessions with none enabled.",
        "observed",
        _SESSIONS,
    ),
    Choice(
        "account sessions",
        "What is wrong beyond parameters is found in this order: the account, features that only the platform may turn, "
        "components that disagree, capabilities.",
        "A request that is wrong in two of these ways is not documented.",
        "our choice",
        _RULES,
    ),
    Choice(
        "account sessions",
        "In the error about components that disagree on `disable_stripe_user_authentication`, the later component of "
        "the alphabet is named first, then the first one that carries the feature.",
        "The one message that was seen has this order.",
        "inferred",
        _RULES,
    ),
    Choice(
        "account sessions",
        "All enabled components must agree on the resolved value of `disable_stripe_user_authentication`. "
        "`issuing_cards_list` and `payment_method_settings` take part only when the request sets it.",
        "Their default is not published, so they are not held to one.",
        "rule observed, the exception our choice",
        _RULES,
    ),
    Choice(
        "account sessions",
        "`external_account_collection=false` where Stripe collects requirements is refused with words made after those "
        "of `disable_stripe_user_authentication`, and with a `param`.",
        "That it may not be false there is official; the words are not published.",
        "by analogy",
        _RULES,
    ),
    Choice(
        "components",
        "`issuing_*` components need the `card_issuing` capability to be requested, `financial_account*` needs "
        "`treasury`; `--no-capability-check` turns this off.",
        "Stripe's own demo asks for them only where an account has both; which one each needs is not published, nor is "
        "the error.",
        "refusal official, which capability our choice",
        (*_COMPONENTS, *_RULES),
    ),
    Choice(
        "components",
        "What was added before `2024-09-30.acacia` exists in every version; what was added later exists from its "
        "version on.",
        "Before the first named release, Stripe added components to all versions at once.",
        "inferred",
        _COMPONENTS,
    ),
    Choice(
        "components",
        "Preview components exist under a version that ends in `.preview` only, and there all of them, whatever the "
        "date and the beta header. They appear in the answer when they are enabled.",
        "Stripe's preview SDKs type them as absent unless enabled; which preview opened which is not published.",
        "inferred",
        _COMPONENTS,
    ),
    Choice(
        "components",
        "Preview components that Stripe's types take in requests only are accepted and not echoed. `allowed_apps` is "
        "checked and not kept.",
        "The types of the answers do not have them.",
        "official types, taken literally",
        _COMPONENTS,
    ),
    Choice(
        "components",
        "Features without a published default are `false`: those of the issuing and treasury components, and "
        "`disable_stripe_user_authentication` of `issuing_cards_list` and `payment_method_settings`.",
        "The reference's example shows them so.",
        "inferred",
        _COMPONENTS,
    ),
    Choice(
        "components",
        "`instant_payouts` is a boolean, in requests and in answers.",
        "Every published type says so; the live reference has shown words such as `disabled` in an example since 2026.",
        "official types, taken literally",
        _COMPONENTS,
    ),
    # --- claiming
    Choice(
        "claiming",
        "`POST /_emulator/connect/claim` and `/_emulator/connect/logout`, their bodies, and all their error codes.",
        "That secrets are claimed, work once and expire is official; the request with which the browser does it is not "
        "public.",
        "our choice",
        (*_CLAIMS, "emulator.control.endpoints.claims"),
    ),
    Choice(
        "claiming",
        f"A claimed session lives for {_DEFAULTS.browser_session_lifetime} seconds (setting `browser_session_lifetime`)"
        " and has an `em_test_` token that acts as its account.",
        "Such keys were seen in the browser; how long they live and what they may call is not known.",
        "token observed, the rest our choice",
        _CLAIMS,
    ),
    Choice(
        "claiming",
        "A secret is expired from the very second of `expires_at` on. One that was used and has expired counts as used.",
        "Not published.",
        "our choice",
        _CLAIMS,
    ),
    Choice(
        "claiming",
        "Deleting an account makes its open secrets unclaimable (`account_deleted`) and its session tokens invalid.",
        "Not published.",
        "our choice",
        _CLAIMS,
    ),
    Choice(
        "claiming",
        f"The last {HISTORY} ended sessions of a sandbox are kept, with {ATTEMPTS_KEPT} claim attempts each; open ones "
        "are never dropped. A clock that is moved back opens an expired session again.",
        "State is derived from the time on each read, and memory is bounded.",
        "our choice",
        _CLAIMS,
    ),
    # --- in the browser
    Choice(
        "in the browser",
        "What the components look like and do inside, their buttons, texts and data attributes, and every request of the "
        "script but the one for the script itself.",
        "Stripe's connect.js is not published. What the npm packages ask of it is followed to the letter; the rest is ours.",
        "our choice",
        ("emulator.connect_js", "emulator.connect_js.elements", "emulator.connect_js.views"),
    ),
    Choice(
        "in the browser",
        "A secret is claimed when the first component mounts. A secret that was used, expired or is unknown is an "
        "`invalid_request_error`, as is a component that is not enabled; `onLoaderStart` comes before it. A wrong key is an "
        "`authentication_error`. `elementTagName` is the name without `stripe-connect-`.",
        "The seven types and their meanings are in the types of the npm package; which of them these cases have is not "
        "published.",
        "types official, their use our choice",
        ("emulator.connect_js.refusals",),
    ),
    Choice(
        "in the browser",
        "The texts are in English in every locale, `fonts` are not loaded, `overlays` and `displayOptions` change nothing, and "
        "`onRiskSignalsCollection` of the preview package is never called. Of the variables of the appearance, those of links, "
        "overlays, and badges of warnings and dangers change nothing. Callbacks come a moment after what they are about.",
        "There is nothing in the components that these would change, and nothing says when signals are collected. Stripe's "
        "callbacks cross a frame, so a page cannot expect them at once.",
        "our choice",
        ("emulator.connect_js",),
    ),
    Choice(
        "in the browser",
        "The elements of the preview package that no type of the API has a component for are never refused.",
        "Nothing says how a session enables them.",
        "our choice",
        ("emulator.connect_js.access",),
    ),
    Choice(
        "in the browser",
        "Completing the onboarding fills in made-up data, at once and for all that is collected; `only` and `exclude` of the "
        "collection options may hold a star, and stand for what is below them too.",
        "What an owner would type cannot be known; the names of the steps are those of Stripe's documentation.",
        "our choice",
        ("emulator.connect_js.onboarding",),
    ),
    Choice(
        "in the browser",
        "The notification banner counts one notification for each requirement; action is required of those due now.",
        "How Stripe counts is not published.",
        "our choice",
        ("emulator.connect_js.views",),
    ),
    Choice(
        "in the browser",
        "Account management has five sections: business, account, representative and public details, and external accounts; "
        "payouts and balances have external accounts and the payout schedule, the banner a form for each requirement that a "
        "text can answer. What is saved goes by the rules and errors of the API. The lock of an account binds the platform, "
        "not its owner here.",
        "Which sections and fields Stripe's components have, and how they word errors, is not published.",
        "our choice",
        ("emulator.connect_js.editing", "emulator.connect_js.forms", "emulator.resources.connect.owner_edits"),
    ),
    # --- requests
    Choice(
        "requests",
        "Checks run in this order: route (404), key (401), account (403), version (400), emulated or not (501), body, "
        "parameters, `expand`, the endpoint itself.",
        "Put together from answers to requests that are wrong in two ways; not every neighbourhood was seen.",
        "inferred",
        _HTTP,
    ),
    Choice(
        "requests",
        "Of several wrong parameters, all unknown ones are reported first, else the first invalid one as sent, else the "
        "first missing one, outer before inner.",
        "Only that unknown ones are listed together was seen.",
        "inferred",
        ("emulator.schema.check",),
    ),
    Choice(
        "requests",
        "Booleans of v1 are `true` and `false`, and capitalized `True` and `False`; all else is an `Invalid boolean`. v2 takes "
        "only the first two.",
        "stripe-python and Stripe.net sent the capitalized ones until 2025; what Stripe wrote when they ended that says that v1 "
        "takes either and v2 does not. `TRUE` is not known of. The one refusal that was seen, in 2018, was of one day.",
        "official, but for `TRUE`",
        ("emulator.schema.check",),
    ),
    Choice(
        "requests",
        "`Did you mean` suggests a name within two edits, and within a third of the length of the name that was sent.",
        "Stripe's own distance is not published.",
        "our choice",
        ("emulator.schema.check",),
    ),
    Choice(
        "requests",
        f"A request has at most {_LIMITS.body:,} bytes of body, {_LIMITS.pairs:,} parameters and {_LIMITS.depth} levels "
        "of brackets; beyond that it is a 400 that says so.",
        "Stripe's own limits are not published.",
        "our choice",
        ("emulator.wire.form",),
    ),
    Choice(
        "requests",
        "Odd brackets and repeated keys follow Rack: the last of two equal keys wins, a repeated sub-key of `a[][k]` "
        "starts the next element, stray brackets and nameless pairs are ignored.",
        "Stripe's own Ruby SDK has relied on these rules.",
        "inferred",
        ("emulator.wire.form",),
    ),
    Choice(
        "requests",
        "A name that is used both for a value and for a hash or an array is `Invalid object` or `Invalid array`.",
        "By analogy with a wrong value in that place.",
        "by analogy",
        ("emulator.wire.form", *_HTTP),
    ),
    Choice(
        "requests",
        f"A list's `limit` outside 1 to {paging.LARGEST_LIMIT} is moved into that range.",
        "Seen on lists; the reference names the range only.",
        "observed",
        ("emulator.resources.paging",),
    ),
    Choice(
        "requests",
        "What Stripe has and the emulator does not model is a 501 of type `api_error` with the code "
        "`emulator_not_emulated` and `Stripe-Should-Retry: false`, never a 404 and never a made-up answer.",
        "An SDK shows the text and does not try again; nothing here looks as if it worked.",
        "our choice",
        _HTTP,
    ),
    Choice(
        "requests",
        "`expand` makes whole accounts of ids, along every path. Expanding a file is a 501; customers are always null.",
        "No other object behind an expandable id is emulated.",
        "our choice",
        ("emulator.resources.connect.expansion",),
    ),
    Choice(
        "requests",
        "A word that Stripe's document does not name is refused, also where it says that some accounts may use others.",
        "Which others, and which accounts, is not published.",
        "our choice",
        ("emulator.schema.spec",),
    ),
    Choice(
        "requests",
        "On a list, every `expand` path that does not begin with `data` is refused with the hint at `data`, and "
        "`total_count` with every version.",
        "The hint was seen with names that do not exist, too. Since 2025-03-31 new platforms cannot ask for the count.",
        "observed, and official",
        ("emulator.schema.shape",),
    ),
    Choice(
        "requests",
        "A header that is sent twice holds both values with a comma between, as a refused `Stripe-Version` did.",
        "Other headers were not seen twice.",
        "observed, the rest inferred",
        ("emulator.http.message",),
    ),
    Choice(
        "requests",
        "A page's question before it sends its key (`OPTIONS` with `Origin`) is answered 200, with every header allowed.",
        "Stripe's API can be used from pages (official); what this answer looks like is not published.",
        "our choice",
        ("emulator.http.preflight",),
    ),
    # --- headers
    Choice(
        "headers",
        "`Content-Security-Policy` comes without its reporting endpoints.",
        "They would make a browser talk to Stripe.",
        "our choice",
        _HTTP,
    ),
    Choice(
        "headers",
        "`X-Wc` is a constant, and `Date` shows the sandbox's clock. `X-Stripe-Routing-Context-Priority-Tier` is left out in "
        "live mode.",
        "What `X-Wc` means is not published, nor what the other one says of live mode; a moved clock should be seen.",
        "our choice",
        _HTTP,
    ),
    # --- versions
    Choice(
        "versions",
        "A malformed or impossible `Stripe-Version` is a 400 `invalid_request_error` without a link to a log.",
        "Seen in 2020 and 2022; the first report has no request id, which is here.",
        "observed, the request id our choice",
        ("emulator.catalog.versions", *_HTTP),
    ),
    Choice(
        "versions",
        f"A version later than `{versions.NEWEST}`, the newest known one, is taken and behaves like it. Among the known "
        "dates, a wrong release word is refused.",
        "SDKs are ahead of published documents.",
        "refusal observed, the rest our choice",
        ("emulator.catalog.versions",),
    ),
    Choice(
        "versions",
        "Without the header, the setting `api_version` decides.",
        "On Stripe it is the default version of the account.",
        "our choice",
        _HTTP,
    ),
    Choice(
        "versions",
        f"Versions before {versions.FIRST_RELEASE_DATE} are outdated and told so in `Stripe-Notice`, with errors too; a "
        "notice of the endpoint comes before it, in the same header.",
        "The words were seen with 2020-08-27, and no notice with newer ones; the two together were not seen.",
        "words observed, the rest our choice",
        ("emulator.catalog.versions", *_HTTP),
    ),
    Choice(
        "versions",
        "Every well-formed beta is taken, several too, and changes nothing but the echo.",
        "Which betas an account may use is Stripe's to say.",
        "our choice",
        ("emulator.catalog.versions",),
    ),
    # --- keys
    Choice(
        "keys",
        "Every well-formed `sk_test_` or `rk_test_` key works, and each suffix is a platform of its own. A key declared "
        "through the control API belongs to the sandbox that declared it. Restricted keys may do everything until their "
        "permissions are declared.",
        "Nothing has to be registered, and tests do not meet each other.",
        "our choice",
        (*_KEYS, "emulator.sandbox"),
    ),
    Choice(
        "keys",
        "The platform's account id is the one inside a modern key (`sk_test_51...`), else derived from the key: the same "
        "key has the same platform in every run.",
        "Where a modern key holds the id was observed; the rest is repeatability.",
        "our choice",
        (*_KEYS, "emulator.sandbox.ids", "emulator.sandbox"),
    ),
    Choice(
        "keys",
        "Live keys are refused with Stripe's words for an invalid key and a sentence of ours, unless `--allow-live-keys`.",
        "A live key in a test run is a leak.",
        "our choice",
        _KEYS,
    ),
    Choice(
        "keys",
        "A publishable key is 403 with the code `secret_key_required`, where restricted keys are refused.",
        "It was 401 in 2016; 403 with a request id was seen in 2023 and 2025, the code in 2019 and 2020. What else is wrong "
        "with such a request, and is told first, was not seen.",
        "observed, not all at once",
        _KEYS,
    ),
    Choice(
        "keys",
        "In messages, a key of nine to twelve characters shows its first eight; a shorter one becomes stars.",
        f"Longer keys show the first eight and the last four, or six from {keys.MODERN_LENGTH - 7} characters on, which "
        "was observed; short ones never were.",
        "our choice",
        _KEYS,
    ),
    Choice(
        "keys",
        "Each operation needs `<object>_read` or `<object>_write` of its object, by the table in "
        "`emulator/permissions.py`; a permission to write implies the one to read. Accounts need "
        "`accounts_kyc_basic_read` besides. `account_session_write` is a name made by Stripe's rule.",
        "Most names are official or were seen in messages; which operations need several was seen for accounts only.",
        "names official, observed or inferred",
        ("emulator.auth.permissions",),
    ),
    Choice(
        "keys",
        "A missing permission is 403 in the newer words, with the first one that is missing, from version "
        f"{NEWER_WORDS} on, and in the older words before, which name one permission or say `more permissions`.",
        "The words changed during 2025; nobody has published whether versions play a part. Both forms are in use.",
        "words observed, when each is used our choice",
        ("emulator.http.permissions",),
    ),
    Choice(
        "keys",
        "The link of the newer words leads to the platform's key with an id that is made up, below `test` in test mode.",
        "Only links of live mode were seen.",
        "our choice",
        ("emulator.http.permissions",),
    ),
    Choice(
        "keys",
        "An emulated operation without a row in the table is refused to restricted keys as not available for them.",
        "Stripe documents that all of its API takes restricted keys, so there is none at present.",
        "our choice",
        ("emulator.http.permissions",),
    ),
    Choice(
        "keys",
        "A restricted key may send `Stripe-Account` or `Stripe-Context` with any permission of Connect: account links, "
        "account sessions, accounts, application fees, login links, top-ups, transfers.",
        "The refusal was seen; which permissions count was not.",
        "message observed, the rest our choice",
        ("emulator.auth.permissions", "emulator.http.authentication"),
    ),
    Choice(
        "keys",
        "The token of a claimed session reads and changes its account and what belongs to it. It does not delete, reject "
        "or make accounts, nor account sessions or links: 403.",
        "What components call is not published.",
        "our choice",
        ("emulator.http.permissions",),
    ),
    Choice(
        "keys",
        "An organization key (`sk_org_`, `sk_org_test_`, `sk_org_live_`) without `Stripe-Context`, or else without "
        "`Stripe-Version`, is 400. It reaches the platforms that declared it, or else the one of its suffix.",
        "That both headers are required is official, and so are paths such as `acct_A/acct_B`; the words and the modes "
        "are ours.",
        "official rule, our choice of words",
        _KEYS,
    ),
    Choice(
        "keys",
        "`Stripe-Context` acts like `Stripe-Account`. A path may begin with the platform itself; a longer one is the 403 "
        "`account_invalid`. Both headers may name the same account; if they differ, it is 400.",
        "Stripe-Context supersedes Stripe-Account (official); what both together do is not published.",
        "our choice",
        _KEYS,
    ),
    Choice(
        "keys",
        "An object of the platform's other mode is named as such where there is none of its id. An account in the URL or a "
        "header stays the 403. Keys of one suffix, live and test, are one platform's, whose id is the same in both.",
        "Seen for objects that are not emulated.",
        "observed, here inferred",
        ("emulator.sandbox",),
    ),
    Choice(
        "keys",
        f"At most {_DEFAULTS.max_sandboxes:,} sandboxes are kept (setting `max_sandboxes`); the least recently used one "
        "goes first.",
        "Memory is bounded.",
        "our choice",
        ("emulator.sandbox",),
    ),
    # --- ids
    Choice(
        "ids",
        "`acct_1...` begins with the seconds and `accs_secret__...` with the minutes of its creation, in base 62.",
        "Decoded from recorded ids and secrets, whose times were known.",
        "observed",
        ("emulator.sandbox.ids",),
    ),
    Choice(
        "ids",
        "With the setting `seed`, the same calls at the same times give the same ids and secrets, per key.",
        "For tests that compare whole answers.",
        "our choice",
        ("emulator.sandbox.ids", "emulator.sandbox"),
    ),
    # --- accounts
    Choice(
        "accounts",
        "Unknown and deleted accounts answer alike: 403 `account_invalid` in the URL.",
        "Seen for both.",
        "observed",
        (f"{_ACCOUNTS}.lifecycle",),
    ),
    Choice(
        "accounts",
        "The platform's own account is a standard one, onboarded, with `card_payments` and `transfers`, in the country "
        "of the setting `platform_country`.",
        "The smallest account that can be a platform.",
        "our choice",
        (f"{_ACCOUNTS}.lifecycle",),
    ),
    Choice(
        "accounts",
        "A completed onboarding leaves nothing due; an account without capabilities gets the usual two, one of Accounts v2 "
        "those of its configurations.",
        "Stripe's hosted onboarding asks what the platform has set up.",
        "our choice",
        (f"{_ACCOUNTS}.lifecycle",),
    ),
    Choice(
        "accounts",
        "`capabilities[x][requested]=false` takes any capability away; `transfers` may be asked for without "
        "`card_payments`.",
        "Stripe keeps some, and asks some platforms for an approval; neither list is published.",
        "our choice",
        (f"{_ACCOUNTS}.base.capability_rules",),
    ),
    Choice(
        "accounts",
        f"A check takes {REVIEW_SECONDS} seconds, and its result is there when the sandbox's clock has passed them; in US "
        "it holds up the capabilities, in HK and NZ payouts, elsewhere nothing. Values that match at once take no time.",
        "Capabilities of US were seen to become active after 7 to 70 seconds, mostly 29; other countries answered at once.",
        "observed, the time our choice",
        (f"{_ACCOUNTS}.requirements.checks", f"{_ACCOUNTS}.requirements.status", f"{_ACCOUNTS}.persons.render"),
    ),
    Choice(
        "accounts",
        "Values of identity and address that are no test values: dates of birth fail, as is documented; other addresses, "
        "names and numbers match. A failed identity asks for a document and stops payouts, not charges.",
        "Only the outcomes of test values are documented.",
        "official for test values, else our choice",
        (
            f"{_ACCOUNTS}.requirements.person_reviews",
            f"{_ACCOUNTS}.requirements.test_values",
            f"{_ACCOUNTS}.base.identity",
        ),
    ),
    Choice(
        "accounts",
        "The requirement that a failed test value brings back, and the reasons of errors that were never seen, in our "
        "words. A listed person (born 1900-01-01) stops the account with `listed`.",
        "The codes are official.",
        "our choice of words",
        (f"{_ACCOUNTS}.requirements.test_values",),
    ),
    Choice(
        "accounts",
        "Only the test tokens of files exist: any other file id is 400 `No such file upload`.",
        "No operation of the emulator makes files.",
        "our choice",
        (f"{_ACCOUNTS}.persons.changes",),
    ),
    Choice(
        "accounts",
        "After an account link or session, an account whose requirements Stripe collects takes `metadata` and, without "
        "the full Dashboard, `capabilities`, `groups` and `settings[payouts]`; persons and external accounts are locked "
        "with words made after those of parameters.",
        "`metadata` was seen to stay writable.",
        "observed for metadata, else inferred",
        (f"{_ACCOUNTS}.locking",),
    ),
    Choice(
        "accounts",
        "Onboarding fills in what is missing with test data: an individual called Jenny Rosen, a website, a bank account "
        "of test mode, the acceptance of the terms.",
        "Stripe's pages offer the same in test mode; what they send is not published.",
        "our choice",
        (f"{_ACCOUNTS}.onboarding", f"{_ACCOUNTS}.test_data"),
    ),
    Choice(
        "accounts",
        "A denied role of a person counts as an answer to its requirement. A second representative is refused, and so is "
        "deleting the representative or the only verified executive, in our words.",
        "The rules are official, these messages were never seen.",
        "our choice",
        (f"{_ACCOUNTS}.requirements.fields", f"{_ACCOUNTS}.persons.changes"),
    ),
    Choice(
        "accounts",
        "Requirements of a capability are those of its account without `external_account`; nothing is given as the "
        "reason of a pending one. `POST .../capabilities/x` may take back any capability.",
        "A missing bank account was seen to stop payouts alone.",
        "our choice",
        ("emulator.resources.connect.capabilities",),
    ),
    Choice(
        "accounts",
        "Bank account numbers: in US only the documented ones; elsewhere those that were seen, and in countries whose "
        "numbers are not known any number or IBAN that looks right. A currency is never refused.",
        "The lists of other countries are not known in full.",
        "official for US, else our choice",
        (f"{_ACCOUNTS}.external_accounts.test_numbers", f"{_ACCOUNTS}.external_accounts.input"),
    ),
    Choice(
        "accounts",
        "The ownership of the bank accounts 000999999991 and 000999999992 is verified after the time of a check, under "
        "`documents.bank_account_ownership_verification.files`. Debit cards of US can be paid instantly on accounts of US.",
        "That they start a verification is official.",
        "our choice",
        (f"{_ACCOUNTS}.external_accounts.render", f"{_ACCOUNTS}.requirements.business_reviews"),
    ),
    Choice(
        "accounts",
        "Requirements that were never seen stand in the nearest row: other countries get the list of GB, DE and CH, "
        "other business types that of a company.",
        "Lists were seen for standard accounts, for Express accounts in five countries, and for custom accounts in ten.",
        "inferred",
        (f"{_ACCOUNTS}.requirements.rules", f"{_ACCOUNTS}.requirements.due", f"{_ACCOUNTS}.requirements.required"),
    ),
    Choice(
        "accounts",
        "Country codes are upper case only; the default currency of a country that Stripe does not support is `usd`. "
        "Payouts by hand have a delay of one day, across borders none or one, as was seen of the country.",
        "Not published.",
        "our choice",
        (f"{_ACCOUNTS}.base.countries",),
    ),
    Choice(
        "accounts",
        "Platforms elsewhere make accounts in IN and BR under the recipient agreement alone, platforms in IN, BR and AE "
        "accounts at home alone; JM is out of reach for recipients too. `card_payments` is refused before "
        "the country is, where accounts cannot have it: in countries of recipients, in IN, and with the Express Dashboard in "
        "AE.",
        "Seen of accounts in IN and JM from US, and in CH from AE; Stripe's list of borders is not published.",
        "observed, else by analogy",
        (f"{_ACCOUNTS}.base.countries", f"{_ACCOUNTS}.lifecycle"),
    ),
    Choice(
        "accounts",
        "Of v1, a verified person keeps names, numbers, date of birth and documents: other ones are refused, the same ones "
        "taken; the rest changes. Owners may change all of it in the components.",
        "Refusals of names, numbers and documents were seen from 2016 to 2026.",
        "observed, the date of birth by analogy",
        (f"{_ACCOUNTS}.persons.verified",),
    ),
    Choice(
        "accounts",
        "The test phone `0000000000` of a person gets `+1` everywhere, and other ten digits in US and CA; other numbers, "
        "and those of companies, stay as sent.",
        "Seen for the test phone in every country.",
        "observed for the test phone, else our choice",
        (f"{_ACCOUNTS}.persons.render",),
    ),
    Choice(
        "accounts",
        "Where only the details of an account that could already do something change, the new checks take nothing of it "
        "away: one that could charge waits for its payouts alone, one that could do both waits for nothing. In the first "
        "checks, capabilities stay pending.",
        "Changes were seen during the first checks only, and an active account with a harmless check.",
        "our choice",
        (f"{_ACCOUNTS}.requirements.reviews", f"{_ACCOUNTS}.storage"),
    ),
    Choice(
        "accounts",
        "Each document that is sent waits for the time of a check; those that AE asks a company for hold up its "
        "capabilities. The declaration of who owns a company of GB waits until its owners are known.",
        "Both entries were seen waiting, for how long was not.",
        "observed, the time our choice",
        (f"{_ACCOUNTS}.requirements.business_reviews", f"{_ACCOUNTS}.requirements.person_reviews"),
    ),
    Choice(
        "accounts",
        "Dates of birth: parts out of range are refused from the year 1800 on, persons under 13 too, in our words; one of "
        "more than 120 years ago that is no test value comes back at once and stops the capabilities.",
        "`Not a valid day` was seen in 2016, the error about 120 years as a rule that was planned for 2024.",
        "observed in part, else our choice",
        (f"{_ACCOUNTS}.base.dates_of_birth", f"{_ACCOUNTS}.requirements.person_reviews"),
    ),
    Choice(
        "accounts",
        "Of accounts of v1 outside Japan, the statement descriptor, its prefix and the name in the Dashboard follow from "
        "the name of the business profile or from the website, for as long as none was sent; a company's name is that of "
        "its profile. The category (`mcc`) is not guessed.",
        "Seen on custom accounts; Stripe stores what it has taken once, and knows the category of some websites.",
        "observed for custom accounts, else inferred",
        (f"{_ACCOUNTS}.base.derived", f"{_ACCOUNTS}.render"),
    ),
    Choice(
        "accounts",
        "Recipients of payouts across borders and companies of AE show every name that a country can have, null where "
        "nothing was sent; recipients of IN, IS, MC, MX, PH and SM do not. In Japan, the postal code stands for the rest "
        "of the place, whose names are not looked up.",
        "Seen for 75 countries; of those that were not seen, the same is taken.",
        "observed, else inferred",
        (f"{_ACCOUNTS}.persons.render", f"{_ACCOUNTS}.base.templates", f"{_ACCOUNTS}.requirements.rules"),
    ),
    Choice(
        "accounts",
        "Of v1, a phone has four digits or more; a `support_phone` of US that starts with a plus sign starts with +1. "
        "Countries of addresses and nationalities are codes in either case. The last four digits of a number are four. "
        "Numbers of persons are checked in US and CA.",
        "Refusals were seen of a British `support_phone` in US, of countries of accounts, and of numbers of US and CA.",
        "observed in part, else our choice",
        (f"{_ACCOUNTS}.base.formats",),
    ),
    Choice(
        "accounts",
        "Cards expire in the month that was sent or later, within 50 years. A debit card of US is refused on accounts "
        "elsewhere; those of other countries are taken everywhere, by the tokens of the countries that process payments.",
        "The codes are official; the refusal was seen on an account of FR.",
        "official and observed, the bounds our choice",
        (f"{_ACCOUNTS}.external_accounts.expiry", f"{_ACCOUNTS}.external_accounts.input"),
    ),
    Choice(
        "accounts",
        "Two of the four refusals of controller properties have words of ours.",
        "The rules are official, these two messages were never seen.",
        "our choice of words",
        (f"{_ACCOUNTS}.base.controllers",),
    ),
    # --- account links and hosted pages
    Choice(
        "account links",
        "URLs of account links and login links have the form of Stripe's, on the emulator's own address: that of the "
        "request, or the setting `public_url`.",
        "They can be opened, offline; `https://connect.stripe.com` could not.",
        "our choice",
        ("emulator.resources.connect.account_links", "emulator.resources.connect.login_links"),
    ),
    Choice(
        "account links",
        "`refresh_url` and `return_url` are required, and `http` or `https` with a host. `collect` and "
        "`collection_options` exclude each other.",
        "The API reference requires both URLs, the OpenAPI document does not; nothing is known of the two options together.",
        "official, the last our choice",
        ("emulator.resources.connect.account_links",),
    ),
    Choice(
        "account links",
        "Accounts made with `controller` get the letter of their Dashboard in the URL: `c` none, `s` full, `e` express. "
        "Older links work on when a newer one is made. With `Stripe-Account`, the caller is a platform of nobody.",
        "Letters were seen for the three types.",
        "inferred",
        ("emulator.resources.connect.account_links",),
    ),
    Choice(
        "login links",
        "A login link opens once, whenever that is.",
        "Single use is official, no lifetime is published.",
        "our choice",
        ("emulator.resources.connect.login_links",),
    ),
    Choice(
        "hosted pages",
        "The onboarding offers to provide all or some of what is due with test data, to fail the identity check, and to "
        "leave. HEAD burns no link; an opened page can be sent as long as a claimed account session lives. The last "
        f"{MOST_LINKS:,} links of a sandbox are kept.",
        "When `return_url` and `refresh_url` are visited is official; the pages are not Stripe's.",
        "our choice",
        ("emulator.hosted", "emulator.hosted.serving", "emulator.store.links"),
    ),
    # --- idempotency, limits, faults
    Choice(
        "idempotency",
        f"A sandbox keeps the newest {idempotency.KEPT:,} keys, and all sandboxes together {budgets.KEYS >> 20} MiB of "
        "answers. Parameters are compared as they are understood: their order and encoding do not matter, the order of an "
        "array does. On v2 failures are not kept, so that a key can be used "
        "again after one, with other parameters too. Every other use of a v2 key than the first is 409 with one message.",
        "Stripe keeps them for 24 hours, 30 days on v2; nothing is known of a bound or of the comparison.",
        "lifetimes official, the rest our choice",
        ("emulator.store.idempotency", "emulator.http.idempotency"),
    ),
    Choice(
        "idempotency",
        "A key is in use (409) while a fault makes its request take time; otherwise requests are too short for that.",
        "One request is one step of one process.",
        "our choice",
        ("emulator.http.pipeline",),
    ),
    Choice(
        "rate limits",
        "Off by default. They count by the second of the sandbox's clock, so a frozen clock keeps a limit reached.",
        "A test need not wait. Stripe's own numbers are 25 requests a second in test mode. The words of live mode are of "
        "2015.",
        "our choice",
        ("emulator.sandbox.rate_limits",),
    ),
    Choice(
        "faults",
        "An injected error is refused, saved and replayed by its stage, as the real one. A `status` answers with the "
        "proxy's page. What is cut in half or malformed before the endpoint ran is an empty object. A request that fails by "
        "itself, or is a replay, leaves the fault to the next one.",
        "A failure on demand must be handled like the failure.",
        "our choice",
        ("emulator.sandbox.faults", "emulator.http.faults", "emulator.http.proxy", "emulator.errors.by_name"),
    ),
    Choice(
        "v2",
        'A JSON value has the type of its parameter: `"5"` is no number. `null` clears, as an empty text does. Arrays in '
        "a query have indexes, and Stripe-Version is required. Errors have a code always, `invalid_fields` where v1 has "
        "none.",
        "The rules are official, and the shape of the errors; most messages are not published.",
        "official, the words our choice",
        ("emulator.http.reading", "emulator.schema.json_types"),
    ),
    Choice(
        "v2",
        "Lists show 10 objects, at most 20; those of events and their destinations at most 100. A page token is of use for a day, for the list and the filters that it was "
        "made with; nothing is stored for it. It is refused once the object that the page ended with is deleted.",
        "The limit of accounts was observed, that of events is used by public code; that tokens end is official, when is not said. In v1 a deleted object is no cursor.",
        "our choice",
        ("emulator.resources.v2.pages",),
    ),
    Choice(
        "v2",
        "Parameters that have no place in the model here (the customer's address of tax, payment method, test clock "
        "and template of invoices) are refused with 501.",
        "Ignoring them would pretend.",
        "our choice",
        ("emulator.resources.v2.params",),
    ),
    Choice(
        "Accounts v2",
        "Every name of an answer is there, and null where it is not included, not sent or not known. `id` and `object` "
        "stand first, all else in alphabetical order.",
        "Null for what is not included was observed; the order of names was not.",
        "observed, the order inferred",
        ("emulator.resources.v2.accounts.render", "emulator.wire.timestamps"),
    ),
    Choice(
        "Accounts v2",
        "A merchant shows `card_payments.decline_on`, `statement_descriptor` and `support` from the beginning, a company's "
        "identity `persons_provided`; other hashes are null until something in them is sent. A customer shows the next "
        "number and the prefix of its invoices, and its taxes where its identity is; its tax capability is active at once.",
        "The first were observed, the customer's are from an official example.",
        "observed or official, the rest our choice",
        ("emulator.resources.v2.accounts.render",),
    ),
    Choice(
        "Accounts v2",
        "`applied_configurations` is in the order customer, recipient, merchant.",
        "The two answers that are known fit it.",
        "inferred",
        ("emulator.resources.v2.accounts.field_names",),
    ),
    Choice(
        "Accounts v2",
        "A merchant or recipient needs `identity.country`, `contact_email` and responsibilities. Without a dashboard named, "
        "it is full for merchants whose losses Stripe collects, and none else. The platform collects the requirements "
        "where there is no dashboard and the losses are its own. An account that is only a customer has no "
        "responsibilities.",
        "What is refused was observed or is official, the default of the dashboard is not known.",
        "observed, the defaults our choice",
        ("emulator.resources.v2.accounts.combinations", "emulator.resources.v2.accounts.lifecycle"),
    ),
    Choice(
        "Accounts v2",
        "A recipient without a merchant's capabilities is allowed in every country where accounts are; countries that "
        "only payouts across borders reach are refused.",
        "On Stripe it depends on what a platform was approved for.",
        "our choice",
        ("emulator.resources.v2.accounts.lifecycle",),
    ),
    Choice(
        "Accounts v2",
        "A configuration is applied by naming it, and taken away by `applied: false`; every one can be. Its capabilities go "
        "with it. Identity cannot be changed after the first account link or session where Stripe collects, the country "
        "never, entity type and currency not once a capability is active.",
        "The codes of the refusals are official, when they apply is not said.",
        "our choice",
        ("emulator.resources.v2.accounts.lifecycle",),
    ),
    Choice(
        "Accounts v2",
        "Requirements are v1's, one entry for each, by the names of v2; what waits for Stripe is an entry of its own that "
        "restricts nothing. Entries of persons other than an individual's begin with `person.` and name the person in "
        "`reference`. The names of what is only known in v1 stay as they are. The entries of AE's two numbers end in their types.",
        "The names of individuals and their order were observed, those of companies were not.",
        "partly observed, the rest our choice",
        ("emulator.resources.v2.accounts.requirements", "emulator.resources.v2.accounts.field_names"),
    ),
    Choice(
        "Accounts v2",
        "v1's `inactive` is `restricted`, with the reason of the requirements. Payouts come with every capability, and wait "
        "for a bank account.",
        "Observed for recipients; the rest follows v1.",
        "observed, the rest inferred",
        ("emulator.resources.v2.accounts.capabilities",),
    ),
    Choice(
        "Accounts v2",
        "Ids of persons are v1's, as both APIs show the same person. The first person of an individual represents it.",
        "Official examples show a longer form, without saying where it is used.",
        "our choice",
        ("emulator.resources.v2.accounts.persons",),
    ),
    Choice(
        "Accounts v2",
        "A number that v1 alone was told shows with the type of the account's country, where v2 has one for v1's field: of "
        "several, `us_ssn`, `sg_nric`, `at_fn`, `de_hrn`, `fr_siren` and `nl_kvk`. Where there is none, v2 does not show it. "
        "Numbers that end in `_vat` are `vat_id`, other numbers of companies `tax_id`.",
        "The two APIs show one account (official); which type v1's numbers have is not published.",
        "our choice",
        ("emulator.resources.v2.accounts.id_numbers",),
    ),
    Choice(
        "Accounts v2",
        "`percent_ownership` keeps the digits that v2 was sent. Shares below 0 or above 100 are refused in both APIs.",
        "It is a decimal string; the code of v2's refusal is official, its words and v1's refusal are not known.",
        "our choice",
        ("emulator.resources.v2.accounts.person_fields", "emulator.resources.connect.accounts.persons.changes"),
    ),
    Choice(
        "Accounts v2",
        "v1's `full_name_aliases` are v2's `additional_names` of purpose `alias`, its `nationality` the first of "
        "`nationalities`, its `additional_tos_acceptances` `additional_terms_of_service`. `updated` is when anything of a "
        "person was changed, by either API.",
        "The names say so.",
        "inferred",
        ("emulator.resources.v2.accounts.person_fields", "emulator.resources.v2.accounts.translation"),
    ),
    Choice(
        "Accounts v2",
        "Numbers of US are checked by their form, those of other countries are not. Files are those of test mode. "
        "Statement descriptors have 5 to 22 signs and a letter, their prefixes 2 to 10. Phone numbers "
        "are those of v1.",
        "The codes are official; which forms are refused is not published.",
        "our choice",
        ("emulator.resources.v2.accounts.checks",),
    ),
    Choice(
        "Accounts v2",
        "Countries are refused as other words outside a list are. States and postal codes are checked in US alone, and "
        "addresses in Japan have a postal code. What an update leaves out of an address stays, and counts.",
        "That countries are enums is official, as are the codes; which states and postal codes are refused is not published.",
        "our choice",
        ("emulator.resources.v2.accounts.addresses",),
    ),
    Choice(
        "Accounts v2",
        "An account that is neither a merchant nor a recipient has the identity that customers of v1 have: a country, a type, "
        "names, addresses and phones. Addresses of individuals and companies are in the account's country, those of other "
        "persons anywhere; the types of all numbers are the country's. Government entities are in US, individuals not in AE and "
        "NL. Two persons with one name and one date of birth are the same.",
        "Each refusal has an official code and one official sentence; v1 checks numbers by the account's country (observed), and "
        "its guide names what customers have.",
        "partly official, how far each reaches our choice",
        ("emulator.resources.v2.accounts.identities", "emulator.resources.v2.accounts.person_fields"),
    ),
    Choice(
        "Accounts v2",
        "Invoices of customers have at most 4 fields, names of 40 and values of 140 signs, prefixes of 3 to 12 uppercase letters "
        "or numbers, and numbers from 1.",
        "The bounds are in the API reference; the words of the refusals are not published.",
        "bounds official, the words our choice",
        ("emulator.resources.v2.accounts.customers",),
    ),
    Choice(
        "Accounts v2",
        "A closed account shows as it last was, with `closed: true`, and nothing else can be done with it (404). The newest "
        "thousand are kept. Deleting it by v1 closes it too.",
        "Limited information remains (official), which is not said.",
        "our choice",
        ("emulator.resources.connect.accounts.lifecycle", "emulator.resources.v2.accounts.endpoints"),
    ),
    Choice(
        "Accounts v2",
        "The list shows accounts that v2 has made. v1 shows them all, with its own names of requirements; details of one that "
        "asks for no capability are not submitted.",
        "That v1 shows an account of v2 was observed, with which names was not.",
        "inferred, the last our choice",
        ("emulator.resources.v2.accounts.endpoints", f"{_ACCOUNTS}.requirements.status"),
    ),
    Choice(
        "Accounts v2",
        "v1 may ask for a capability only where v2 has applied its configuration: `recipient` for `transfers`, "
        "`merchant` for all others. Elsewhere it is refused.",
        "What Stripe does is unknown; a refusal cannot let pass what it would refuse.",
        "our choice",
        ("emulator.resources.connect.accounts.base.capability_rules", "emulator.resources.connect.accounts.lifecycle"),
    ),
    Choice(
        "accounts",
        f"Terms may be accepted {CLOCKS_DIFFER} seconds ahead of the sandbox's clock and the machine's, and from the first "
        "second of 2009 on. Dates of declarations are not bounded.",
        "The refusal and its words were seen; a client cannot move its own clock with the sandbox's.",
        "refusal observed, bounds our choice",
        ("emulator.resources.connect.accounts.lifecycle",),
    ),
    Choice(
        "v2",
        "A body that does not say that it is `application/json` is refused.",
        "v2 takes JSON alone; how it refuses others is unknown.",
        "our choice",
        ("emulator.http.reading",),
    ),
    Choice(
        "Accounts v2",
        "The options of a link show with both names once one is sent. `account_update` is for the accounts that v1 allows "
        "it for.",
        "Observed for the options; the rule is v1's.",
        "observed, the rule by analogy",
        ("emulator.resources.v2.accounts.account_links",),
    ),
    Choice(
        "tokens",
        "`/v1/tokens` makes tokens of accounts, persons, bank accounts and cards; `client_ip` is null, and "
        "an acceptance of the terms by a token comes from 127.0.0.1. Tokens of v2 are of use for ten minutes. A request that "
        "fails uses none up. The newest thousand are kept.",
        "Nothing else takes tokens of customers, numbers or security codes. The lifetime is that of an official example.",
        "partly official, the rest our choice",
        (
            "emulator.resources.core.tokens",
            "emulator.resources.connect.accounts.base.tokens",
            "emulator.resources.v2.accounts.tokens",
        ),
    ),
    Choice(
        "tokens",
        "Beside an account token of v2, the country of `identity` can be sent and nothing else of it. As "
        "dashboard, defaults, configuration and metadata can be, too, one request makes a merchant. v1 does not know the "
        "tokens of v2.",
        "Seen in test mode, for US and CA, on 2026-09-03: only `contact_email` and `identity.entity_type` were refused "
        "beside a token. That v1 knows no token of v2 is not published.",
        "observed, the last inferred",
        ("emulator.resources.v2.accounts.token_input", "emulator.resources.connect.accounts.base.tokens"),
    ),
    # --- events and webhooks
    Choice(
        "accounts",
        "`card_issuing` and `treasury` ask for the acceptance of terms of their own (`settings.card_issuing.tos_acceptance`). "
        "Until then these two and payouts do not work; the other capabilities do.",
        "The entries are official of one and were seen of the other, and that they are past due in Stripe's sample platform; "
        "that the other capabilities go on is not published.",
        "official, partly inferred",
        (f"{_ACCOUNTS}.requirements.rules",),
    ),
    Choice(
        "events",
        "What happened is found by comparing an account's objects before and after a request; of one that deletes an "
        "account only `account.application.deauthorized` is told.",
        "Which change fires what is documented in general only.",
        "inferred",
        _EVENTS,
    ),
    Choice(
        "events",
        "The request of v1 that creates an account without the full Dashboard is told by `account.application.authorized`, "
        "and any that creates one by the `created` events of its person and its external account; by no `account.updated` "
        "and no `capability.updated`.",
        "The first was seen in the second in which an Express account was created in 2025, and neither for a standard one in "
        "2021 nor an update along with it; the others come whenever one is created (official).",
        "observed once each, the rest inferred",
        _EVENTS,
    ),
    Choice(
        "events",
        "Each event is kept in the version of the platform and in those of its endpoints, which its `api_version` names; "
        "accounts and what belongs to them look the same in all of them, as in answers of the API.",
        "Which of their fields came with which version is published for few of them.",
        "our choice",
        (*_EVENTS, "emulator.resources.core.events"),
    ),
    Choice(
        "events",
        "The events of one request come in this order: persons, external accounts, capabilities, the account.",
        "Stripe promises no order.",
        "our choice",
        _EVENTS,
    ),
    Choice(
        "events",
        '`previous_attributes` of a hash that was empty is the empty hash, as in `{"metadata": {}}`; a new key of one that '
        "was not is null.",
        "Both were seen, on different objects.",
        "observed, the rule inferred",
        _EVENTS,
    ),
    Choice(
        "events",
        "Checks that end and deadlines that pass on the sandbox's clock are told with `request.id` null, at their time.",
        "Automatic events have no request (official).",
        "inferred",
        _EVENTS,
    ),
    Choice(
        "events",
        "Answers of `/v1/events` lack `account`, deliveries have it.",
        "Seen once in a project that compares the two.",
        "observed",
        ("emulator.resources.core.events",),
    ),
    Choice(
        "events",
        f"The last {MOST_EVENTS:,} events and {MOST_DELIVERIES:,} deliveries of a sandbox are kept.",
        "Stripe keeps events for 30 days, which holds here too; the number is the emulator's bound.",
        "our choice",
        ("emulator.store.events", "emulator.store.webhooks"),
    ),
    Choice(
        "webhooks",
        "`*` may stand beside names in `enabled_events`, and addresses of this machine are taken as `url`, which Stripe "
        "refuses.",
        "Tests run where Stripe cannot reach.",
        "our choice",
        ("emulator.resources.core.webhook_endpoints",),
    ),
    Choice(
        "event destinations",
        "Destinations of type `amazon_eventbridge` and `azure_event_grid`, events of organizations, and thin events about "
        "objects of v1 (`v1.account.updated` and the like) are refused by name, with 501.",
        "Nothing could be sent there, and a test could not tell that from events that did not happen.",
        "our choice",
        _DESTINATIONS,
    ),
    Choice(
        "event destinations",
        "`events_from` is `@self` unless it is sent; `self` and `other_accounts`, its older words, are taken and shown as "
        "`@self` and `@accounts`. `description` is empty, and `snapshot_api_version` the platform's version, unless sent.",
        "The older words were in the API reference until 2026; the defaults are not published.",
        "our choice",
        _DESTINATIONS,
    ),
    Choice(
        "event destinations",
        "They and webhook endpoints of v1 have lists of their own, each of at most 16, and connected accounts have none.",
        "That the list of v1 is without thin destinations was observed once; the rest is not published.",
        "our choice",
        _DESTINATIONS,
    ),
    Choice(
        "event destinations",
        "`enabled_events` of snapshots are the types that webhook endpoints take, `*` too; of thin events the types of v2 "
        "that the SDKs know, without `*`.",
        "That there is no `*` for thin destinations is official, the words of the refusal are ours.",
        "names official, the rest our choice",
        (*_DESTINATIONS, "emulator.resources.v2.events.types"),
    ),
    Choice(
        "event destinations",
        "A ping is a thin event for destinations of snapshots too, is sent whatever they want, and has no `reason`.",
        "The API reference shows one without a reason.",
        "inferred from the reference",
        _DESTINATIONS,
    ),
    Choice(
        "thin events",
        "`context` is null on every one, and all are in the platform's list, none in that of an account.",
        "Stripe's guide shows a recorded event about an account four seconds old, whose `context` is null.",
        "observed once",
        _THIN,
    ),
    Choice(
        "thin events",
        "Those about accounts of v2 go to destinations whose `events_from` has `@self` or `@accounts`, once to one that has "
        "both.",
        "Stripe's guide names events about v2 accounts under both; which of them are about no connected account, and so of "
        "`@self` alone, it leaves open.",
        "official, the last our choice",
        _THIN,
    ),
    Choice(
        "thin events",
        "The request that creates an account is told by `v2.core.account.created`, by the `updated` event of each of its "
        "configurations, and by the `created` events of its persons. Afterwards each part of the account that differs has "
        "its own event; a capability one of its own whenever its status is another one, and `v2.core.account.updated` stands "
        "for what is in no part.",
        "Stripe's guide says so of a new account that is a customer; else which change fires what is said by the names of the "
        "events alone.",
        "official of customers, the rest inferred",
        _THIN,
    ),
    Choice(
        "thin events",
        "`changes` are there on `created`, `closed`, `updated`, `[defaults].updated` and `capability_status_updated`, null on "
        "the others.",
        "Which types track changes is seen in SDKs that are generated from Stripe's own description.",
        "inferred",
        _THIN,
    ),
    Choice(
        "thin events",
        "`v2.core.account_link.returned` comes whenever the form of a link's page is sent, and has no `reason`.",
        "When exactly it is told is not published.",
        "our choice",
        ("emulator.hosted.serving", *_THIN),
    ),
    Choice(
        "thin events",
        "An account of v2 has events of v1 while it is a merchant; a mere recipient or customer has none at all.",
        "Stripe's guide says so of the events about accounts; that it holds of persons and bank accounts is inferred.",
        "official, in part inferred",
        ("emulator.events.snapshots",),
    ),
    Choice(
        "webhooks",
        "Deliveries go to loopback and private addresses only, unless the setting `public_webhooks` is on.",
        "Nothing may leave the machine by surprise.",
        "our choice",
        ("emulator.webhooks.sender",),
    ),
    Choice(
        "webhooks",
        f"A receiver has {TIMEOUT_SECONDS:.0f} seconds. Retries come after {', '.join(map(str, TEST_RETRIES))} seconds of the "
        "sandbox's clock, and an endpoint gets one event at a time, in order.",
        "Stripe tries three times over a few hours in test mode, and promises no order; more is not published.",
        "our choice",
        ("emulator.webhooks.dispatcher", "emulator.webhooks.sender"),
    ),
    Choice(
        "webhooks",
        "`t` of `Stripe-Signature` is the machine's time, not the sandbox's.",
        "A receiver compares it with its own clock and refuses old ones.",
        "our choice",
        ("emulator.webhooks.sender",),
    ),
    Choice(
        "webhooks",
        "The `v0` of `Stripe-Signature`, a fake scheme of test mode, has a value that no secret makes.",
        "That it is sent is official, how it is made is not published.",
        "our choice",
        ("emulator.webhooks.signature",),
    ),
    # --- worlds to start from
    Choice(
        "worlds",
        "In a fixtures file, `_id` fixes the ids of what a request makes, and `_onboard` completes the hosted onboarding.",
        "Test suites have ids written in, and no request completes an onboarding. The CLI ignores names it does not know.",
        "our choice",
        ("emulator.seeds.document", "emulator.seeds.reserved"),
    ),
    Choice(
        "worlds",
        "Faults and rate limits do not touch the requests of a world; the journal and events have them.",
        "They are for the code under test.",
        "our choice",
        ("emulator.seeds.run",),
    ),
    Choice(
        "worlds",
        "An exported account of v2 is told in v2's words, with its country in addresses that have none. What v1 alone has a "
        "name for, closed accounts, checks that run or have ended, and fingerprints are named in `_left_out`.",
        "v2 does not take addresses without a country. No request ends a check.",
        "our choice",
        ("emulator.seeds.accounts_v2", "emulator.seeds.export"),
    ),
    # --- the emulator's own
    Choice(
        "control API",
        f"Everything under `/_emulator`. Its journal keeps the last {_DEFAULTS.journal_size} requests of a sandbox "
        f"(setting `journal_size`), with {journal.BODY_KEPT:,} bytes of each body, {budgets.JOURNALS >> 20} MiB in all, "
        "and secrets shortened.",
        "It is for tests; Stripe has nothing like it.",
        "our choice",
        ("emulator.control", "emulator.sandbox.journal"),
    ),
    # --- transports
    Choice(
        "transports",
        "A head of more than 64 KiB is 400, one connection too many 503, what is no HTTP 400: with nginx's pages.",
        "Stripe's proxy was seen to answer 414 as nginx does; what else it answers is not known.",
        "our choice",
        ("emulator.server.protocol",),
    ),
    Choice(
        "transports",
        f"A client has {_DEFAULTS.request_timeout} seconds for the head of a request and as many for its body "
        "(setting `request_timeout`), and is then dropped without an answer. Another ASGI server than the emulator's own has "
        "its own bounds, and gets an error where a fault ends a connection.",
        "nginx does the same, with 60 seconds of its own.",
        "our choice",
        ("emulator.server.protocol", "emulator.server"),
    ),
    Choice(
        "transports",
        "Over https, `Strict-Transport-Security` is left out.",
        "A browser that got it would never again open `localhost` over http.",
        "our choice",
        ("emulator.http.headers",),
    ),
    Choice(
        "transports",
        "Certificates made by `--tls` are valid from 2000 to 3000, and each start makes its own CA.",
        "The clock of the machine may be moved, and a CA whose key is gone cannot be abused.",
        "our choice",
        ("emulator.server.tls",),
    ),
    Choice(
        "control API",
        "It is refused to web pages of another origin and under names of the public DNS; the browser's side of the "
        "components is not. Health and the CA certificate need no token.",
        "It concerns the emulator alone.",
        "our choice",
        ("emulator.control.guard",),
    ),
    Choice(
        "dashboard",
        "It asks for a secret key and lists no sandboxes.",
        "A sandbox is named by its key, and a page that lists them would tell every key in use.",
        "our choice",
        ("emulator.control.dashboard.page",),
    ),
)


def page() -> str:
    """The whole of FIDELITY.md."""
    return "\n".join(
        (
            INTRODUCTION,
            *_section("Operations", _operations()),
            *_section("Parameters of accounts", _parameters()),
            *_section("Components", _components()),
            *_section("Errors", _errors()),
            *_section("Errors of v2 that are not raised", _not_raised()),
            *_section("Refused controller properties", _controllers()),
            *_section("Refused claims", _claims()),
            *_section("What we chose", _choices()),
        )
    )


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from (f"## {title}", "", *lines, "")


def _table(names: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    titles = names.split(" | ")
    for row in (titles, ["---"] * len(titles), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _operations() -> Iterator[str]:
    known = list(catalog.operations())
    emulated = [operation for operation in known if operation.id in registry.endpoints()]
    yield f"Of the {len(known)} operations that Stripe documents, {len(emulated)} are emulated. Each other one is refused"
    yield "by name, with status 501."
    yield ""
    yield from _table("Operation | Id", ((_code(f"{op.method} {op.path}"), _code(op.id)) for op in emulated))


def _parameters() -> Iterator[str]:
    extra = sorted({*map(format_path, ADDITIONS), "requested_capabilities"})
    yield "Parameters are Stripe's, from its OpenAPI document. These are refused by name, with status 501:"
    refused = [*(f"{name} of a token" for name in NOT_EMULATED), *(".".join(path) for path in NOT_EMULATED_V2)]
    yield f"{', '.join(map(_code, refused))}."
    yield ""
    yield "These are taken though the document does not list them, because Stripe was seen to take them:"
    yield f"{', '.join(map(_code, extra))}."


def _components() -> Iterator[str]:
    yield "Names, features, defaults and versions are official, except where [What we chose](#what-we-chose) says"
    yield "otherwise. Versions are the dates of `Stripe-Version`."
    yield ""
    rows = ((_code(c.name), _versions(c), _features(c), _capability(c)) for c in COMPONENTS)
    yield from _table("Component | Versions | Features, with defaults | Capability", rows)


def _versions(component: Component) -> str:
    spans = ", ".join(_span(since, until) for since, until in component.ranges) or "preview only"
    return spans if component.answered else f"{spans}; in requests only"


def _span(since: str, until: str) -> str:
    if since == ALWAYS:
        return "all" if until == NEVER else f"before {until}"
    return f"since {since}" if until == NEVER else f"from {since} to before {until}"


def _features(component: Component) -> str:
    apps = ["`allowed_apps`, a list"] if component.apps else []
    return "<br>".join([*map(_feature, component.features), *apps]) or "none"


def _feature(feature: Feature) -> str:
    since = f" (since {feature.since})" if feature.since != ALWAYS else ""
    return f"{_code(feature.name)}{since}: {feature.default.value}"


def _capability(component: Component) -> str:
    return _code(component.capability) if component.capability else ""


def constructors() -> dict[str, Callable[..., StripeError]]:
    """Every constructor of an error, by its name."""
    return {name: each.make for name, each in errors.CONSTRUCTORS.items()}


def sample(constructor: Callable[..., StripeError]) -> errors.ErrorBody:
    """An error as a template: each argument is its own name in braces."""
    required = (p for p in inspect.signature(constructor).parameters.values() if p.default is p.empty)
    return constructor(**{p.name: _placeholder(p) for p in required}).body


def _placeholder(parameter: inspect.Parameter) -> Any:
    name = f"{{{parameter.name}}}"
    samples = {
        "ParamPath": ("{param}",),
        "Sequence[ParamPath]": (("{param}",), ("{other}",)),
        "Sequence[str]": ("{a}", "{b}", "{c}"),
    }
    return samples.get(str(parameter.annotation), name)


def _errors() -> Iterator[str]:
    yield "The type is `invalid_request_error` unless another one is shown. Words in braces are filled in."
    yield ""
    yield from _table("When | Message | Code | Param | How sure", map(_error, errors.CONSTRUCTORS.values()))


def _error(constructor: errors.Constructor) -> Sequence[str]:
    body = sample(constructor.make)
    when = " ".join((constructor.make.__doc__ or "").split())
    kind = "" if body.type == "invalid_request_error" else f" Type {_code(body.type)}."
    faults_only = " For faults." if constructor.faults_only else ""
    code, param = (_code(text) if text else "" for text in (body.code, body.param))
    return f"{when}{kind}{faults_only}", _code(body.message), code, param, constructor.sureness


def _not_raised() -> Iterator[str]:
    yield "Stripe documents these codes for the operations of Accounts v2 and event destinations. No request is answered with"
    yield "them here; [faults](README.md#failures-on-demand) answer with those that have a row above."
    yield ""
    yield from _table("Why | Codes", ((why, ", ".join(map(_code, codes.split()))) for why, codes in NOT_RAISED))


def _controllers() -> Iterator[str]:
    yield "Combinations of `controller` properties that are refused, in this order. The first two messages are observed;"
    yield "the others restate official rules in our words."
    yield ""
    yield from (f"{number}. {refusal.message}" for number, refusal in enumerate(controllers.REFUSALS, 1))


def _claims() -> Iterator[str]:
    yield "Answers of `POST /_emulator/connect/claim` with status 400. All are our choice."
    yield ""
    rows = ((_code(code), message, hint) for code, (message, hint) in REFUSALS.items())
    yield from _table("Code | Message | Hint", rows)


def _choices() -> Iterator[str]:
    yield from _table("Area | What the emulator does | Why | How sure", (choice[:4] for choice in CHOICES))


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page())
