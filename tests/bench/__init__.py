"""Measures the emulator on this machine, over loopback: `python -m tests.bench`.

Everything is compared with something that runs in the same minutes on the same machine, because absolute numbers say
more about the machine than about the emulator.
"""
