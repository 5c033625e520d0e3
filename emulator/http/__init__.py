"""The request pipeline: from the bytes of a request to its response."""

# An ASGI extension of the emulator's own server: one message with the bytes of a complete response.
WHOLE = "emulator.whole"
# An extension of its slower protocol: the bytes of a response, complete or not, after which the connection ends.
CUT = "emulator.cut"
