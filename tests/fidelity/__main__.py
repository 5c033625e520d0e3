"""`python -m tests.fidelity`"""

from tests.fidelity.pages import write

write()
