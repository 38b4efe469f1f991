#!/usr/bin/env python3
"""What both directions of a link cost each other under Linux's TCP (root, iproute2).

Two network namespaces, a veth pair shaped with tbf on both ends, one TCP connection (Cubic).
Prints the seconds of each message from A to B, alone and with the same traffic from B to A.
The packet network's acks_first option stands for what this shows; see sim/README.md.
"""
import socket
import subprocess
import sys
import threading
import time

MESSAGES = 4
CASES = [("10mbit", "10kb", 2_000_000), ("100mbit", "64kb", 8_000_000)]  # rate, burst, bytes
NAMESPACES = {"acceptlab_a": "10.77.0.1", "acceptlab_b": "10.77.0.2"}


def run(command):
    subprocess.run(command.split(), check=True)


def transfer(role, both, size):
    """One end: A sends, B receives and prints; with `both` each does both."""
    if role == "b":
        listener = socket.create_server((NAMESPACES["acceptlab_b"], 5000))
        print("listening", flush=True)
        connection, _ = listener.accept()
    else:
        connection = socket.create_connection((NAMESPACES["acceptlab_b"], 5000))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send():
        for _ in range(MESSAGES):
            connection.sendall(bytes(size))

    sender = threading.Thread(target=send)
    if role == "a" or both:
        sender.start()
    if role == "b" or both:
        received, last, seconds = 0, time.monotonic(), []
        while received < MESSAGES * size:
            data = connection.recv(1 << 20)
            if not data:
                sys.exit("the other end closed the connection too early")
            received += len(data)
            while len(seconds) < received // size:
                now = time.monotonic()
                seconds.append(f"{now - last:.4f}")
                last = now
        if role == "b":
            print(*seconds, flush=True)
    if sender.ident:
        sender.join()
    connection.shutdown(socket.SHUT_WR)
    connection.recv(1)  # the other end is done as well


def measure(rate, burst, size):
    for name in NAMESPACES:
        run(f"ip netns exec {name} tc qdisc replace dev {name} root tbf rate {rate} "
            f"burst {burst} limit 10mb")
    for both in (0, 1):
        ends = {}
        for role in ("b", "a"):
            ends[role] = subprocess.Popen(
                ["ip", "netns", "exec", f"acceptlab_{role}", sys.executable, __file__, role,
                 str(both), str(size)], stdout=subprocess.PIPE, text=True)
            if role == "b":
                ends["b"].stdout.readline()
        print(f"{rate}, {size} bytes, {'both ways' if both else 'one way'}:",
              ends["b"].communicate()[0].strip(), "s", flush=True)
        ends["a"].wait()


def main():
    first, second = NAMESPACES
    for name in NAMESPACES:
        run(f"ip netns add {name}")
    try:
        run(f"ip link add {first} netns {first} type veth peer name {second} netns {second}")
        for name, address in NAMESPACES.items():
            run(f"ip -n {name} addr add {address}/24 dev {name}")
            run(f"ip -n {name} link set {name} up")
        for case in CASES:
            measure(*case)
    finally:
        for name in NAMESPACES:
            run(f"ip netns del {name}")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        transfer(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
