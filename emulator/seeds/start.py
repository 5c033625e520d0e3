"""Loads the seed that a server starts with."""

from __future__ import annotations

import logging
from pathlib import Path

from emulator import settings
from emulator.auth import keys
from emulator.http.pipeline import Pipeline
from emulator.sandbox.sandbox import Sandboxes
from emulator.seeds import files
from emulator.seeds.document import read
from emulator.seeds.errors import SeedError
from emulator.seeds.run import run
from emulator.seeds.variables import variables, variables_of
from emulator.settings import BadSetting, Settings
from emulator.wire.json import dump_line

log = logging.getLogger("emulator")


def load(chosen: Settings, pipeline: Pipeline, sandboxes: Sandboxes) -> None:
    """Load the seed of the setting `load` into the sandbox of `load_key`. Raises BadSetting.

    Variables come from the process, then from a `.env` in its working directory, as in the Stripe CLI.
    """
    key = keys.parse(chosen.load_key)
    if key is None or not key.opens_one:
        raise BadSetting("load_key must be a secret key such as sk_test_123")
    try:
        tree = files.read_source(chosen.load)
        given = variables(variables_of(dump_line(tree)), settings.environment(), Path())
        loaded = run(read(tree), pipeline, sandboxes, key, given)
    except SeedError as error:
        raise BadSetting(f"load: {error}") from None
    for note in loaded.notes:
        log.warning("load: %s", note)
