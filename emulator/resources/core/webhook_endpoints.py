"""Webhook endpoints: `/v1/webhook_endpoints`. Events are sent to them by `emulator.webhooks`."""

from __future__ import annotations

from functools import cache
from typing import cast
from urllib.parse import urlsplit

from emulator import catalog, errors
from emulator.catalog import versions
from emulator.catalog.versions import Version
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields, Resource, owned_by_the_platform
from emulator.model.stored.metadata import merged
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.schema.spec import Array, Enum, Object, Param
from emulator.store.webhooks import WebhookEndpoint
from emulator.wire.dataclasses import replace

MOST = 16  # official limit, and in the message of the error


def render(sandbox: Sandbox, endpoint: WebhookEndpoint, *, secret: bool = False) -> Fields:
    """A webhook endpoint. Its secret is only in the response to its creation (official).

    `application` is the platform's own for a Connect webhook and null for others: the Stripe CLI distinguishes them by
    it.
    """
    return {
        "id": endpoint.id,
        "object": "webhook_endpoint",
        "api_version": endpoint.api_version,
        "application": sandbox.client_id if endpoint.connect else None,
        "created": endpoint.created,
        "description": endpoint.description,
        "enabled_events": list(endpoint.enabled_events),
        "livemode": sandbox.livemode,
        "metadata": dict(sorted(endpoint.metadata.items())),
        **({"secret": endpoint.secret} if secret else {}),
        "status": "disabled" if endpoint.disabled else "enabled",
        "url": endpoint.url,
    }


def create(call: Call) -> WebhookEndpoint:
    """The endpoint that a request describes. Raises StripeError."""
    sandbox = call.sandbox
    blank = WebhookEndpoint(
        id=sandbox.ids.in_account("we", call.now, sandbox.platform_id),
        url="",
        enabled_events=(),
        secret=sandbox.ids.webhook_secret(),
        created=call.now,
        api_version=cast("str | None", call.params.get("api_version")),
        connect=call.params.get("connect") is True,
    )
    made = _with(blank, call.params)
    if len(sandbox.webhook_endpoints) >= MOST:
        raise errors.webhook_endpoint_limit(MOST, "live" if sandbox.livemode else "test")
    return made


def _nobody_created(scope: Scope, identifier: str, _: str | None) -> WebhookEndpoint:
    """An endpoint that a request names and nobody created: disabled, as nothing listens at its address."""
    return WebhookEndpoint(
        id=identifier,
        url="https://example.com/webhook",
        enabled_events=("*",),
        secret=scope.sandbox.ids.webhook_secret(),
        created=scope.now,
        api_version=None,
        connect=False,
        disabled=True,
    )


def _platform_only(call: Call) -> None:
    if call.acting is not None:
        raise errors.webhooks_of_connected_account()


def _with(endpoint: WebhookEndpoint, params: Params) -> WebhookEndpoint:
    """An endpoint with the changes of a request. `*` may be combined with types of events; duplicates are dropped.

    Whether Stripe accepts `*` with other types is not published (our choice).
    """
    url = str(params.get("url", endpoint.url))
    _check_url(url)
    wanted = params.get("enabled_events")
    description = params.get("description", endpoint.description)
    return replace(
        endpoint,
        url=url,
        enabled_events=tuple(dict.fromkeys(map(str, wanted))) if isinstance(wanted, list) else endpoint.enabled_events,
        description=str(description) if description else None,
        metadata=merged(endpoint.metadata, params.get("metadata")),
        disabled=params.get("disabled", endpoint.disabled) is True,
    )


def _check_url(url: str) -> None:
    """Refuse what is no URL of http or https. Raises StripeError."""
    if is_url(url):
        return
    raise errors.url_invalid(("url",)) if "://" in url else errors.url_without_scheme(("url",))


def is_url(text: str) -> bool:
    """Whether events can be sent to a URL. Local ones are accepted, which Stripe refuses (our choice)."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and port != 0 and " " not in text and text.isprintable()


def create_params(version: Version) -> Object:
    """The parameters of POST /v1/webhook_endpoints, where an SDK may name the version that it sends (official)."""
    known = _extended("PostWebhookEndpoints").params
    return Object({**known, "api_version": Param(Enum(versions.choices(version)))})


def update_params(_: Version) -> Object:
    """The parameters of POST /v1/webhook_endpoints/{webhook_endpoint}."""
    return _extended("PostWebhookEndpointsWebhookEndpoint")


# Types of events in the current SDKs that the document lacks (official).
NEWER_EVENTS = tuple(
    """
apps.install.created apps.install.deleted apps.install.updated
billing.credit_balance_transaction.created billing.credit_grant.updated
billing.meter.created billing.meter.deactivated billing.meter.reactivated billing.meter.updated
financial_connections.account.expected_deactivation_date_updated
financial_connections.account.supported_payment_method_types_updated
financial_connections.account.upcoming_deactivation
financial_connections.authorization.expected_deactivation_date_updated
financial_connections.authorization.upcoming_deactivation
three_d_secure.authentication.canceled three_d_secure.authentication.challenge_started
three_d_secure.authentication.errored three_d_secure.authentication.failed
three_d_secure.authentication.requires_challenge three_d_secure.authentication.requires_submission
three_d_secure.authentication.succeeded
""".split()
)


@cache
def _extended(operation_id: str) -> Object:
    """The document's parameters, with the types of events that are newer than it."""
    known = dict(catalog.operation(operation_id).params.params)
    events = known["enabled_events"]
    if isinstance(events.type, Array) and isinstance(events.type.item, Enum):
        names = Enum((*events.type.item.values, *NEWER_EVENTS))
        known["enabled_events"] = Param(Array(names), events.required, events.clearable)
    return Object(known)


WEBHOOK_ENDPOINTS = Resource[WebhookEndpoint](
    name="webhook_endpoint",
    noun="webhook endpoint",
    owner=owned_by_the_platform,
    allow=_platform_only,
    new_id=lambda _, endpoint: endpoint.id,
    render=lambda sandbox, row, _: render(sandbox, row.data),
    create=create,
    created=lambda call, row: render(call.sandbox, row.data, secret=True),
    unknown=_nobody_created,
    update=lambda call, row: _with(row.data, call.params),
    delete=lambda call, row: call.sandbox.deliveries.drop_endpoint(row.id),
    params={"create": create_params, "update": update_params},
)
RESOURCES = (WEBHOOK_ENDPOINTS,)
