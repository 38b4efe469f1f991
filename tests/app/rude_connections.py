#!/usr/bin/python3
"""Says what nobody may say to each port, a connection after the other; every one of them must be
ended by who listens there.

usage: rude_connections.py PORT...
"""
import os
import socket
import struct
import sys

PATIENCE_S = 60  # only keeps a broken test from hanging
# As ZeroMQ's protocol 3.1 begins: signature, version, mechanism, a client.
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"CURVE".ljust(20, b"\0") + bytes(32)
LONG_MESSAGE, LONG_COMMAND = 2, 6
HUGE = struct.pack(">Q", 1 << 40)
WORDS = {
    "a frame of 2^40 bytes": GREETING + bytes([LONG_MESSAGE]) + HUGE,
    "a command of 2^40 bytes": GREETING + bytes([LONG_COMMAND]) + HUGE,
    "a message before the handshake": GREETING + b"\x00\x05hello",
    "a handshake that is none": GREETING + b"\x04\xc8\x05HELLO" + os.urandom(194),
    "no greeting at all": b"GET / HTTP/1.1\r\n\r\n" + bytes(100),
}


def is_turned_away(port, words):
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as rude:
        try:
            rude.sendall(words + bytes(1 << 20))
            while rude.recv(1 << 16):
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
    return True


for port in sys.argv[1:]:
    for name, words in WORDS.items():
        if not is_turned_away(int(port), words):
            sys.exit(f"{name} to port {port}: the connection stands")
print("all turned away")
