"""The errors of all areas, and their registry."""

from emulator.errors.account_sessions import *  # noqa: F403
from emulator.errors.accounts import *  # noqa: F403
from emulator.errors.base.registry import *  # noqa: F403
from emulator.errors.billing import *  # noqa: F403
from emulator.errors.external_accounts import *  # noqa: F403
from emulator.errors.generic import *  # noqa: F403
from emulator.errors.idempotency import *  # noqa: F403
from emulator.errors.keys import *  # noqa: F403
from emulator.errors.links import *  # noqa: F403
from emulator.errors.meters import *  # noqa: F403
from emulator.errors.parameters import *  # noqa: F403
from emulator.errors.payments import *  # noqa: F403
from emulator.errors.persons import *  # noqa: F403
from emulator.errors.requests import *  # noqa: F403
from emulator.errors.service import *  # noqa: F403
from emulator.errors.tokens import *  # noqa: F403
from emulator.errors.v2 import *  # noqa: F403
from emulator.errors.v2_accounts import *  # noqa: F403
from emulator.errors.v2_identity import *  # noqa: F403
from emulator.errors.webhooks import *  # noqa: F403
