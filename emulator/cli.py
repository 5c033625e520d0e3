"""The command line. Its options and environment variables are the fields of Settings."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
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
RUN_SHORT = "Run a command beside a server on a free port."
RUN_HELP = """Run a command beside a server on a free port, and exit as the command does.

The command finds the server in its environment: STRIPE_API_BASE (a URL, and its parts in STRIPE_API_PROTOCOL, _HOST and
_PORT), STRIPE_SECRET_KEY, STRIPE_API_KEY and STRIPE_PUBLISHABLE_KEY of one sandbox, STRIPE_WEBHOOK_SECRET where
--webhook-secret is given. Operations that were requested and are not emulated, or generic, are printed at the end.

The options are those of the server. The port is a free one, and the log has warnings alone, unless they are given.
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


def serve(**given: object) -> None:
    """Run the server, unless a command is named, which runs it with the same options."""
    if click.get_current_context().invoked_subcommand is None:
        _start(_settings(given))


def run(command: Sequence[str], **given: object) -> None:
    """Run a command beside a server on a free port, and exit as it does."""
    before: dict[str, object] = getattr(click.get_current_context().parent, "params", {})
    chosen = {**before, **{name: value for name, value in given.items() if value is not None}}
    settings = _settings(chosen, port=0, log_level="warning")
    if settings.uds:
        raise click.UsageError("A command is given the URL of the server, which a Unix socket does not have.")
    sys.exit(_start(settings, command))


def _settings(given: Mapping[str, object], **defaults: object) -> Settings:
    """Options take precedence over the environment, and the environment over the defaults."""
    for line in unknown_variables():
        click.echo(f"stripe-emulator: {line}", err=True)
    try:
        known = from_environment(None, **defaults)
        chosen = {name: value for name, value in given.items() if value is not None}
        return Settings(**{**{o.name: getattr(known, o.name) for o in fields(Settings)}, **chosen})
    except BadSetting as error:
        raise _refused(error) from None


def _start(settings: Settings, command: Sequence[str] = ()) -> int:
    try:
        return _serve(settings, command)
    except (BadSetting, OSError) as error:
        raise _refused(error) from None


def _refused(error: BaseException) -> SystemExit:
    click.echo(f"stripe-emulator: {_message(error)}", err=True)
    return SystemExit(2)


def _message(error: BaseException) -> str:
    return str(error.args[1] if isinstance(error, OSError) and len(error.args) > 1 else error)


def _serve(settings: Settings, command: Sequence[str] = ()) -> int:
    """Serve until a signal comes, or until the command ends, whose exit code is returned."""
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
    ended, running = 0, list[asyncio.Task[None]]()  # a task that nobody keeps may be lost

    async def beside(stop: asyncio.Event) -> None:
        nonlocal ended
        from emulator.server import child  # noqa: PLC0415 - for few starts

        url, secret = listeners.url_of(sockets[0], "https" if tls else "http"), settings.webhook_secret
        code = await child.run(command, child.environment(url, secret, tls.ca_file if tls else ""))
        if isinstance(code, child.Failed):
            click.echo(f"stripe-emulator: {code.message}", err=True)
            code = code.code
        ended = code
        stop.set()

    def started(stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        if command:
            running.append(loop.create_task(beside(stop)))
            return
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
        _show_gaps(emulator, logged=not command)
    return ended


def _show_gaps(emulator: Emulator, *, logged: bool) -> None:
    """Log the operations that were requested and are not emulated, and those that are generic, with counts.

    After a command they are printed, whatever the level of the log is.
    """
    if emulator.gaps is None:
        return
    from emulator.sandbox.gaps import lines  # noqa: PLC0415

    for line in lines(emulator.gaps.not_emulated, emulator.gaps.generic):
        if logged:
            logging.getLogger("emulator").info("%s", line)
        else:
            click.echo(f"stripe-emulator: {line}", err=True)


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


class _Sections(click.Command):
    """A command whose help lists the options in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write every option once; those that no section names belong to the Stripe API."""
        shown: dict[str, list[tuple[str, str]]] = {title: [] for title in SECTIONS}
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx)
            if record is not None and isinstance(option, click.Option):
                shown[_section(option.name or "")].append(record)
        for title, records in shown.items():
            with formatter.section(title):
                formatter.write_dl(records)


class Sections(_Sections, click.Group):
    """The same with commands, which are listed last."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


def _section(name: str) -> str:
    return next(
        (title for title, names in SECTIONS.items() if name.removeprefix("_click_default_") in names), STRIPE_API
    )


Decorator = Callable[[Callable[..., None]], Callable[..., None]]
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(fields(Settings)):
        function = _option(option)(function)
    return function


def _option(option: Field[object]) -> Decorator:
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


command = click.group(
    name="stripe-emulator", cls=Sections, help=HELP, context_settings=CONTEXT, invoke_without_command=True
)(click.version_option(__version__, prog_name="stripe-emulator")(_options(serve)))
command.command(name="run", cls=_Sections, help=RUN_HELP, short_help=RUN_SHORT, context_settings=CONTEXT)(
    click.argument("command", nargs=-1, required=True, metavar="-- COMMAND [ARGUMENTS]...")(_options(run))
)
