"""`python -m tests.fidelity`"""

from tests.fidelity.page import main

main()
