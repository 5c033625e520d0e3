"""`python -m tests.fidelity`"""

from emulator.model.declaration import registry
from emulator.resources.table import TABLE
from tests.fidelity.pages import write

registry.install(TABLE)
write()
