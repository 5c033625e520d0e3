"""The command line. Its options and environment variables are the fields of Settings."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import Field, fields
from typing import TYPE_CHECKING

import click

from emulator import __version__
from emulator.settings import BadSetting, Settings, from_environment, unknown_variables

if TYPE_CHECKING:
    from emulator.app import Emulator

BANNER = """\
stripe-emulator {version} is listening on {url}

  Python   stripe.StripeClient("sk_test_123", base_addresses={{"api": "{url}"}})
  Node     new Stripe("sk_test_123", {{host: "{bare}", port: {port}, protocol: "{scheme}"}})
  Ruby     Stripe.api_base = "{url}"
  PHP      new \\Stripe\\StripeClient(["api_key" => "sk_test_123", "api_base" => "{url}"])
  Go       stripe.NewClient("sk_test_123", stripe.WithBackends(stripe.NewBackendsWithConfig(
             &stripe.BackendConfig{{URL: stripe.String("{url}")}})))
  Java     StripeClient.builder().setApiKey("sk_test_123").setApiBase("{url}").build()
  .NET     new StripeClient(new StripeClientOptions {{ ApiKey = "sk_test_123", ApiBase = "{url}" }})
  curl     curl{trust} {url}/v1/account -u sk_test_123:
"""
TRUST = """
Clients must trust {ca}, also at {url}/_emulator/tls/ca.pem:
  Python   stripe.ca_bundle_path = "{ca}"
  Node     NODE_EXTRA_CA_CERTS={ca}
"""
UNIX_BANNER = """\
stripe-emulator {version} is listening on {url}

  Node     new Stripe("sk_test_123", {{protocol: "http", httpAgent: new http.Agent({{socketPath: "{path}"}})}})
  curl     curl --unix-socket {path} http://localhost/v1/account -u sk_test_123:
"""
SPARE_FILES = 128
STRIPE_API = "Stripe API"
SECTIONS = {
    "Listening": ("host", "port", "uds", "tls", "tls_cert", "tls_key", "tls_ca"),
    STRIPE_API: (),
    "Limits": (
        "request_timeout",
        "max_connections",
        "max_sandboxes",
        "journal_size",
        "rate_limit",
        "endpoint_rate_limit",
    ),
    "Webhooks": ("forward_to", "forward_thin_to", "webhook_secret", "public_webhooks"),
    "Control API": ("control", "control_token"),
    "Logging and help": ("log_level", "log_format", "version", "help"),
}
DASHBOARD = """
Dashboard: {url}/_emulator/
"""
ENDING = """
Any sk_test_ key works, and each has its own sandbox. Control API: {control}
"""
FORWARDING = {
    "forward_to": "Webhooks go to {url}, signed with {secret}",
    "forward_thin_to": "Thin events go to {url}, signed with {secret}",
}
HELP = """A local, offline emulator of the Stripe API for tests.

Point an SDK at the URL that it prints. Each secret key has its own sandbox; all data is lost when it stops.

Every option is also an environment variable: --log-level is STRIPE_EMULATOR_LOG_LEVEL. Defaults are in brackets.
"""


def main() -> None:
    """The command `stripe-emulator`. Exit codes: 0 after SIGTERM or Ctrl-C, 2 if it cannot start."""
    gc.disable()  # nothing that is loaded at the start is garbage; the emulator enables it once it is up
    command()


def run(**given: object) -> None:
    """Run the server. Options take precedence over the environment, and the environment over the defaults."""
    for line in unknown_variables():
        click.echo(f"stripe-emulator: {line}", err=True)
    try:
        defaults = from_environment()
        chosen = {name: value for name, value in given.items() if value is not None}
        settings = Settings(**{**{o.name: getattr(defaults, o.name) for o in fields(Settings)}, **chosen})
        _serve(settings)
    except (BadSetting, OSError) as error:
        click.echo(f"stripe-emulator: {_message(error)}", err=True)
        sys.exit(2)


def _message(error: BaseException) -> str:
    return str(error.args[1] if isinstance(error, OSError) and len(error.args) > 1 else error)


def _serve(settings: Settings) -> None:
    # The server is imported here to keep --help and errors of options fast.
    from emulator.app import Emulator  # noqa: PLC0415
    from emulator.server import (  # noqa: PLC0415
        listeners,
        logs,
        server,
    )

    emulator = Emulator(settings)
    sockets, tls = server.opened(settings)
    if tls is not None:
        emulator.trust(tls.ca)
    logs.configure(settings)
    _allow_files(settings.max_connections)
    config = server.config_of(emulator)
    emulator.owns_process = True

    def started(stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        url = listeners.url_of(sockets[0], "https" if tls else "http")
        click.echo(banner(url, tls.ca_file if tls else "", control=settings.control))
        if settings.forwards:  # otherwise the sandboxes are loaded later
            for forward in emulator.sandboxes.delivery_queue.forwards:
                click.echo(FORWARDING[forward.id].format(url=forward.url, secret=forward.secret))

    try:
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(server.serve(config, sockets, started, tls))
    finally:
        if tls is not None:
            tls.remove_files()
        _log_gaps(emulator)


def _log_gaps(emulator: Emulator) -> None:
    """Log the operations that were requested and are not emulated, and those that are generic, with counts."""
    if emulator.gaps is None:
        return
    from emulator.sandbox.gaps import lines  # noqa: PLC0415

    for line in lines(emulator.gaps.not_emulated, emulator.gaps.generic):
        logging.getLogger("emulator").info("%s", line)


def banner(url: str, ca_file: str, *, control: bool) -> str:
    """The text printed when the server accepts requests."""
    scheme, _, rest = url.partition(":")
    host, _, port = rest.removeprefix("//").rpartition(":")
    values = {
        "version": __version__,
        "url": url,
        "scheme": scheme,
        "bare": host.strip("[]"),  # Node.js takes an IPv6 address without brackets
        "port": port,
        "path": rest,
        "ca": ca_file,
        "trust": f" --cacert {ca_file}" if ca_file else "",
        "control": f"{url}/_emulator/health" if control else "off",
    }
    if scheme == "unix":
        values["control"] = "/_emulator/health" if control else "off"
        return (UNIX_BANNER + ENDING).format(**values)
    return (BANNER + (TRUST if ca_file else "") + (DASHBOARD if control else "") + ENDING).format(**values)


def _allow_files(connections: int) -> None:
    """Raise the limit of open files to what the connections require, up to the allowed maximum."""
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    required = min(connections + SPARE_FILES, hard) if hard != resource.RLIM_INFINITY else connections + SPARE_FILES
    if required > soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (required, hard))


class Sections(click.Command):
    """A command whose help lists the options in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write every option once; those that no section names belong to the Stripe API."""
        shown: dict[str, list[tuple[str, str]]] = {title: [] for title in SECTIONS}
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx)
            if record is not None:
                shown[_section(option.name or "")].append(record)
        for title, records in shown.items():
            with formatter.section(title):
                formatter.write_dl(records)


def _section(name: str) -> str:
    return next(
        (title for title, names in SECTIONS.items() if name.removeprefix("_click_default_") in names), STRIPE_API
    )


def _decorate(function: Callable[..., None]) -> click.Command:
    for option in reversed(fields(Settings)):
        function = _option(option)(function)
    named = click.version_option(__version__, prog_name="stripe-emulator")(function)
    settings = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
    return click.command(name="stripe-emulator", cls=Sections, help=HELP, context_settings=settings)(named)


def _option(option: Field[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    flag, kind, default = option.name.replace("_", "-"), type(option.default), option.default
    text = f"{option.metadata['help']} [{_shown(default)}]"
    if kind is bool:
        return click.option(f"--{flag}/--no-{flag}", option.name, default=None, help=text)
    choices = option.metadata["choices"]
    return click.option(f"--{flag}", option.name, type=click.Choice(choices) if choices else kind, help=text)


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    return str(default) if default != "" else "unset"


command = _decorate(run)
