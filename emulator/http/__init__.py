"""The request pipeline, from a request of the socket to its answer."""

# An ASGI extension of the emulator's own server: the bytes of a whole answer, in one message.
WHOLE = "emulator.whole"
# One of its slower protocol: the bytes of an answer after which the connection ends, whole or not.
CUT = "emulator.cut"
