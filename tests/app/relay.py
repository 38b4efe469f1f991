#!/usr/bin/python3
"""A TCP relay in front of a device, for tests: does to its connections what standard input says.

usage: relay.py LISTEN_PORT TARGET_PORT
commands, a line each, answered by a line on standard output:
  damage   flips a bit in the next large piece that the device is to get
  slow N   lets N bytes a second pass to the device, over all its connections
  fast     lets all pass at once again
  cut      ends all connections and refuses new ones
  mend     takes connections again
  replay   says to the device again, on a new connection, what it was told on an earlier one;
           answered once the device has ended it
"""
import socket
import sys
import threading
import time

LARGE = 4096  # bytes: no handshake, no heartbeat
RECORDED = 1 << 16  # bytes of a connection that are kept: a handshake and the first messages
lock = threading.Lock()
state = {"damage": False, "down": False, "rate": None, "free_at": 0.0}
sockets = set()
records = []  # what devices were told, by connection


def say(text):
    print(text, flush=True)


def close(*ends):
    for end in ends:
        with lock:
            sockets.discard(end)
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()


def damaged(data):
    with lock:
        wanted = state["damage"] and len(data) >= LARGE
        if wanted:
            state["damage"] = False
    if not wanted:
        return data
    say("damaged")
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1:]


def delayed(data):
    with lock:
        if state["rate"] is None:
            return
        state["free_at"] = max(state["free_at"], time.monotonic()) + len(data) / state["rate"]
        wait = state["free_at"] - time.monotonic()
    time.sleep(max(wait, 0))


def towards_device():
    record = bytearray()
    with lock:
        records.append(record)

    def change(data):
        if len(record) < RECORDED:
            record.extend(data)
        delayed(data)
        return damaged(data)

    return change


def pump(source, target, change):
    try:
        while data := source.recv(1 << 16):
            target.sendall(change(data))
    except OSError:
        pass
    close(source, target)


def serve(client, target_port):
    try:
        target = socket.create_connection(("127.0.0.1", target_port))
    except OSError:
        return close(client)
    with lock:
        sockets.update((client, target))
        down = state["down"]
    if down:
        return close(client, target)
    threading.Thread(target=pump, args=(client, target, towards_device()), daemon=True).start()
    threading.Thread(target=pump, args=(target, client, bytes), daemon=True).start()


def listen(port, target_port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    say("ready")
    while True:
        serve(listener.accept()[0], target_port)


def replay():
    with lock:
        told = bytes(max(records, key=len))
    with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as again:
        try:
            again.sendall(told)
            while again.recv(1 << 16):
                pass
        except ConnectionError:
            pass
    say("replayed")


def obey(command):
    name, *rest = command.split()
    if name == "replay":
        return replay()
    with lock:
        if name == "damage":
            state["damage"] = True
            return
        if name in ("slow", "fast"):
            state["rate"] = float(rest[0]) if name == "slow" else None
            return say(name)
        state["down"] = command == "cut"
        ends = list(sockets) if state["down"] else []
    close(*ends)
    say("done")


threading.Thread(target=listen, args=(int(sys.argv[1]), int(sys.argv[2])), daemon=True).start()
for line in sys.stdin:
    obey(line.strip())
