"""Every error that Stripe can return, one constructor each: `errors.no_such(...)`.

A new error is a function in the module of its area, registered with how sure its words are: `@error("observed")`. The
areas are imported with the first error, as a server that starts needs none.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from emulator.errors.base.body import *  # noqa: F403
from emulator.errors.base.wording import *  # noqa: F403

if TYPE_CHECKING:
    from emulator.errors.areas import *  # noqa: F403
else:

    def __getattr__(name):
        areas = vars(import_module("emulator.errors.areas"))
        globals().update({each: value for each, value in areas.items() if not each.startswith("_")})
        if name not in areas:
            raise AttributeError(name)
        return areas[name]
