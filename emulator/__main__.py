"""`python -m emulator`."""

import gc

gc.disable()  # nothing that is loaded at the start is garbage; the server enables it once it is up

from emulator.cli import main  # noqa: E402

main()
