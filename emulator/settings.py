"""The settings, in one table; the only reader of the environment.

Each field is an option of the command line (`--account-session-lifetime`), a variable of the environment
(`STRIPE_EMULATOR_ACCOUNT_SESSION_LIFETIME`) and an argument of `Settings`.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import field, fields
from typing import Any
from urllib.parse import urlsplit

from emulator.auth import keys
from emulator.auth.keys import Key
from emulator.catalog import versions
from emulator.wire.dataclasses import dataclass
from emulator.wire.timestamps import DAY

PREFIX = "STRIPE_EMULATOR_"
# Variables of the fixtures and of the compose file.
OTHER_VARIABLES = ("STRIPE_EMULATOR_URL", "STRIPE_EMULATOR_IMAGE", "STRIPE_EMULATOR_SEEDS")
# Kubernetes sets these in each pod for a Service called stripe-emulator: `STRIPE_EMULATOR_PORT=tcp://10.0.0.1:12111`.
_OF_A_SERVICE = re.compile(rf"{PREFIX}(SERVICE_(HOST|PORT)|PORT_\d+_)")
_ADDRESS_OF_A_SERVICE = re.compile(r"(tcp|udp|sctp)://")
LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("text", "json")
UNKNOWN_IDS = ("refuse", "create", "examples")
FAILED_SUBSCRIPTIONS = ("cancel", "unpaid", "past_due")
DEFAULT_PORT = 12111
MILLION = 1_000_000
CENTURY = 3_155_760_000  # seconds
DEFAULT_COUNTRY = "US"


class BadSetting(ValueError):
    """An invalid setting; the text says which and why."""


def _option(
    default: object, text: str, *, choices: tuple[str, ...] = (), minimum: int | None = None, maximum: int = MILLION
) -> Any:
    return field(default=default, metadata={"help": text, "choices": choices, "minimum": minimum, "maximum": maximum})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one server. Raises BadSetting."""

    host: str = _option("127.0.0.1", "Address to listen on. Any other than loopback opens the emulator to the network.")
    port: int = _option(DEFAULT_PORT, "Port to listen on; 0 picks a free one.", minimum=0, maximum=65_535)
    uds: str = _option("", "Path of a Unix socket to listen on, instead of host and port.")
    tls: bool = _option(False, "Serve https with a certificate generated at the start. Requires the extra 'tls'.")
    tls_cert: str = _option("", "Serve https with this certificate, a PEM file.")
    tls_key: str = _option("", "The key of --tls-cert, a PEM file.")
    tls_ca: str = _option(
        "", "File for the CA certificate of --tls, which clients must trust. Unset: a temporary file."
    )
    control: bool = _option(True, "Serve the control API, everything under /_emulator.")
    control_token: str = _option("", "Require this value in the header x-emulator-token of control requests.")
    request_timeout: int = _option(
        30, "Seconds until the head of a request must have arrived, and then its body.", minimum=1, maximum=DAY
    )
    max_connections: int = _option(4096, "Maximum of concurrent connections; others receive 503.", minimum=1)
    account_session_lifetime: int = _option(
        120, "Seconds until an unclaimed client secret expires.", minimum=1, maximum=CENTURY
    )
    browser_session_lifetime: int = _option(
        3600, "Seconds until a claimed session expires.", minimum=1, maximum=CENTURY
    )
    strict: bool = _option(True, "Refuse unknown parameters, as Stripe does; otherwise ignore them.")
    strict_fidelity: bool = _option(
        False, "Refuse operations whose behaviour follows from the API description alone, which are not modelled."
    )
    unknown_ids: str = _option(
        "refuse",
        "Refuse ids of objects that nobody created, or create them, as for stripe-mock; "
        "`examples` are in empty lists too.",
        choices=UNKNOWN_IDS,
    )
    capability_check: bool = _option(True, "Refuse issuing and treasury components to accounts without the capability.")
    raw_card_numbers: bool = _option(
        True, "Accept card numbers with a secret key, which Stripe refuses to accounts without access to raw card data."
    )
    card_tokens: bool = _option(
        True, "Accept card tokens on customers and charges, which Stripe refuses to accounts without this API policy."
    )
    card_statement_descriptors: bool = _option(
        False, "Accept `statement_descriptor` with cards, which Stripe accepts from accounts made before February 2024."
    )
    failed_subscriptions: str = _option(
        "cancel",
        "After the last attempt to charge an invoice: cancel its subscription, or leave it `unpaid` or `past_due`.",
        choices=FAILED_SUBSCRIPTIONS,
    )
    allow_live_keys: bool = _option(False, "Accept live keys. A live key in a test run is usually a leak.")
    api_version: str = _option(versions.NEWEST, "The API version of a request without a Stripe-Version header.")
    platform_country: str = _option(DEFAULT_COUNTRY, "Country of the platform account.")
    settlement_currencies: str = _option(
        "", "Currencies in which the platform has bank accounts, beside its own, and settles without exchange: eur,jpy"
    )
    id_seed: str = _option("", "Makes ids and secrets repeatable: the same calls at the same times give the same ids.")
    load: str = _option(
        "", "Seed to load at the start: a fixtures file of the Stripe CLI, or the name of a shipped seed."
    )
    load_key: str = _option("sk_test_123", "Key of the sandbox that --load fills.")
    key_pairs: str = _option(
        "", "Publishable keys that belong to a secret key with another suffix: pk_test_A=sk_test_B,..."
    )
    max_sandboxes: int = _option(
        10_000, "Maximum of sandboxes; beyond it, the least recently used is dropped.", minimum=1
    )
    journal_size: int = _option(1000, "Maximum of requests in the journal of a sandbox.", minimum=0)
    rate_limit: int = _option(
        0, "Requests per second of a sandbox before it responds with 429; 0 is no limit.", minimum=0
    )
    endpoint_rate_limit: int = _option(
        0, "Requests per second of each operation of a sandbox; 0 is no limit.", minimum=0
    )
    forward_to: str = _option(
        "", "URL that receives all events of all sandboxes, connected accounts included: localhost:3000/webhook."
    )
    forward_thin_to: str = _option("", "URL that receives all thin events, those of Accounts v2.")
    webhook_secret: str = _option(
        "", "Signing secret of --forward-to and --forward-thin-to. Unset: generated and printed."
    )
    public_webhooks: bool = _option(False, "Deliver webhooks also to addresses of the public internet.")
    public_url: str = _option("", "Base of the URLs of hosted pages. Unset: the URL of the request.")
    log_level: str = _option("info", "Level of the log.", choices=LOG_LEVELS)
    log_format: str = _option("text", "Format of the log.", choices=LOG_FORMATS)

    def __post_init__(self) -> None:
        for option in fields(self):
            _validate(option.name, getattr(self, option.name), option.metadata)
        if not versions.exists(self.api_version):
            raise BadSetting(f"api_version is not a version of the Stripe API: {no_version(self.api_version)}")
        self.pairs()
        _forwarding(self)
        _public(self)
        _listening(self)

    def pairs(self) -> Mapping[str, Key]:
        """The secret key of each paired publishable key."""
        return _pairs(self.key_pairs)

    @property
    def forwards(self) -> Mapping[str, str]:
        """The complete URLs of `forward_to` and `forward_thin_to` by these names, as far as they are set."""
        given = {"forward_to": self.forward_to, "forward_thin_to": self.forward_thin_to}
        return {name: _complete_url(address) for name, address in given.items() if address}


def no_version(text: str) -> str:
    """A text that is no version, with those that may be meant."""
    near = ", ".join(versions.near(text))
    return f"{text}. {f'Near it: {near}. ' if near else ''}The newest is {versions.NEWEST}"


def _forwarding(settings: Settings) -> None:
    secret = settings.webhook_secret
    for name, url in settings.forwards.items():
        host = _host(url)
        if host is None:
            raise BadSetting(f"{name} must be a URL such as http://127.0.0.1:3000/webhook, not {url}")
        if not settings.public_webhooks and (kind := beyond(host)):
            where = "on the public internet" if kind == "public" else kind
            raise BadSetting(
                f"{name} is {where} ({host}), to which nothing is sent: use an address of this "
                "machine or its network, or start with --public-webhooks"
            )
    if secret and not secret.startswith("whsec_"):
        raise BadSetting(f"webhook_secret must start with whsec_, as Stripe's do, not {secret[:6]}...")


def _complete_url(address: str) -> str:
    """A complete URL from a port, a path or a URL without a scheme, as in the Stripe CLI (official)."""
    if address.isdecimal() or address.startswith("/"):
        address = f"localhost{'' if address.startswith('/') else ':'}{address}"
    return address if "://" in address else f"http://{address}"


def _host(url: str) -> str | None:
    """The host of an http URL, None for anything else."""
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme in ("http", "https") and parts.port != 0 else None
    except ValueError:
        return None


# Where clouds serve credentials, beside link-local addresses (official): AWS, Google, Oracle, Alibaba.
METADATA = frozenset(
    map(ipaddress.ip_address, ("fd00:ec2::254", "fd20:ce::254", "fd00:c1::a9fe:a9fe", "100.100.100.200"))
)


def beyond(address: str) -> str:
    """The reason that an address is outside of this machine and its network, else empty.

    It is `public`, `link-local`, or that clouds serve credentials there. A host name is resolved at delivery.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if found in METADATA:
        return "one of cloud metadata"
    return "link-local" if found.is_link_local else "public" if found.is_global or found.is_multicast else ""


def _public(settings: Settings) -> None:
    url = settings.public_url
    if url and not re.fullmatch(r"https?://[A-Za-z0-9._:\[\]-]+/?", url):
        raise BadSetting(f"public_url must be an address such as https://stripe.test:8443, without a path, not {url}")


def _validate(name: str, value: object, metadata: Mapping[str, object]) -> None:
    choices, minimum, maximum = (metadata[bound] for bound in ("choices", "minimum", "maximum"))
    if choices and value not in choices:  # type: ignore[operator]
        raise BadSetting(f"{name} must be one of {', '.join(choices)}, not {value}")  # type: ignore[arg-type]
    if minimum is not None and not (isinstance(value, int) and value >= minimum):  # type: ignore[operator]
        raise BadSetting(f"{name} must be a whole number of at least {minimum}, not {value}")
    if minimum is not None and value > maximum:  # type: ignore[operator]
        raise BadSetting(f"{name} must be at most {maximum}, not {value}")


def _listening(settings: Settings) -> None:
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise BadSetting("tls_cert and tls_key go together: set both, or neither")
    if settings.uds and (settings.tls or settings.tls_cert):
        raise BadSetting("uds and tls exclude each other: a Unix socket requires no https")
    if not settings.control_token.isascii():
        raise BadSetting("control_token must be ASCII, since it is sent in a header")


def _pairs(text: str) -> dict[str, Key]:
    pairs: dict[str, Key] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        public, _, secret = item.partition("=")
        key, publishable = keys.parse(secret), keys.parse(public)
        if key is None or publishable is None or publishable.kind != "pk" or not key.opens_one:
            raise BadSetting(f"key_pairs must look like pk_test_A=sk_test_B,pk_test_C=sk_test_D, not {item!r}")
        if key.livemode != publishable.livemode:
            raise BadSetting(f"key_pairs joins a live key with a test key: {item!r}")
        pairs[public] = key
    return pairs


def environment() -> Mapping[str, str]:
    """The variables of the process, for a look-up by name."""
    return os.environ


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def from_environment(environment: Mapping[str, str] | None = None, **defaults: object) -> Settings:
    """The settings of the environment, with `defaults` in place of those of the table. Raises BadSetting.

    Variables that Kubernetes sets for a Service are ignored.
    """
    source = os.environ if environment is None else environment
    given = {o.name: source[variable(o.name)] for o in fields(Settings) if source.get(variable(o.name))}
    if _ADDRESS_OF_A_SERVICE.match(given.get("port", "")):
        del given["port"]
    kinds = {o.name: type(o.default) for o in fields(Settings)}
    converted = {name: _convert(variable(name), text, kinds[name]) for name, text in given.items()}
    return Settings(**{**defaults, **converted})  # type: ignore[arg-type]


def environment_with(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process with other variables, for a command that it starts."""
    return {**os.environ, **variables}


def unknown_variables(environment: Mapping[str, str] | None = None) -> list[str]:
    """Messages about variables with the prefix of settings that are none, such as typos."""
    source = os.environ if environment is None else environment
    known = [*(variable(option.name) for option in fields(Settings)), *OTHER_VARIABLES]
    ours = (name for name in sorted(source) if name.startswith(PREFIX) and not _OF_A_SERVICE.match(name))
    return [_unknown_variable(name, known) for name in ours if name not in known]


def _unknown_variable(name: str, known: Sequence[str]) -> str:
    import difflib  # noqa: PLC0415 - rarely needed

    near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    return f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else ".")


def _convert(name: str, text: str, kind: type) -> object:
    if kind is bool:
        if text.lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise BadSetting(f"{name} must be true or false, not {text!r}")
        return text.lower() in ("true", "1", "yes")
    try:
        return kind(text)
    except ValueError:
        raise BadSetting(f"{name} must be a whole number, not {text!r}") from None
