"""The command line. Its options are the fields of Settings, and so are the variables of the environment."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from dataclasses import Field, fields

import click

from emulator.settings import BadSetting, Settings, from_environment
from emulator.version import __version__

BANNER = """\
stripe-emulator {version} is listening on {url}

  Python   stripe.StripeClient("sk_test_123", base_addresses={{"api": "{url}"}})
  Node     new Stripe("sk_test_123", {{host: "{host}", port: {port}, protocol: "http"}})
  Ruby     Stripe.api_base = "{url}"
  PHP      new \\Stripe\\StripeClient(["api_key" => "sk_test_123", "api_base" => "{url}"])
  Go       stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{{URL: stripe.String("{url}")}})
  Java     StripeClient.builder().setApiKey("sk_test_123").setApiBase("{url}").build()
  .NET     new StripeClient(new StripeClientOptions {{ ApiKey = "sk_test_123", ApiBase = "{url}" }})
  curl     curl {url}/v1/account -u sk_test_123:

Any sk_test_ key works, and each has a sandbox of its own. Control API: {url}/_emulator/health
"""
HELP = """A local, offline emulator of the Stripe API for tests.

Point an SDK at the address that it prints. Each secret key is a sandbox of its own; nothing is kept after the end.

Every option can also come from the environment: --log-level is STRIPE_EMULATOR_LOG_LEVEL. Defaults stand in brackets.
"""


def main() -> None:
    """The command `stripe-emulator`. Exit codes: 0 after SIGTERM or Ctrl-C, 2 when it cannot start."""
    command()


def run(**given: object) -> None:
    """Starts the server with the options that were given, over the environment, over the defaults."""
    try:
        defaults = from_environment()
        chosen = {name: value for name, value in given.items() if value is not None}
        settings = Settings(**{**{o.name: getattr(defaults, o.name) for o in fields(Settings)}, **chosen})
        _serve(settings)
    except (BadSetting, OSError) as error:
        click.echo(f"stripe-emulator: {_words(error)}", err=True)
        sys.exit(2)


def _words(error: BaseException) -> str:
    return str(error.args[1] if isinstance(error, OSError) and len(error.args) > 1 else error)


def _serve(settings: Settings) -> None:
    # The server is imported when it is needed, so that --help and a bad option answer at once.
    from emulator import logs, server  # noqa: PLC0415
    from emulator.app import Emulator  # noqa: PLC0415

    emulator = Emulator(settings)
    listener = server.bind(settings.host, settings.port)
    logs.configure(settings)
    config = server.config_of(emulator)
    gc.freeze()  # what start-up made lives as long as the process: collections need not walk it

    def started(stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        url = server.url_of(listener)
        host, _, port = url.removeprefix("http://").rpartition(":")
        click.echo(BANNER.format(version=__version__, url=url, host=host, port=port))

    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.serve(config, listener, started))


def _decorate(function: Callable[..., None]) -> click.Command:
    for option in reversed(fields(Settings)):
        function = _option(option)(function)
    named = click.version_option(__version__, prog_name="stripe-emulator")(function)
    settings = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
    return click.command(name="stripe-emulator", help=HELP, context_settings=settings)(named)


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
