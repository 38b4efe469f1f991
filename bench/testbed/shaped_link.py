#!/usr/bin/env python3
"""How exactly a link of the testbed keeps its rate (root, iproute2).

Two namespaces, a veth pair, one direction shaped as app/testbed/shaping.cc shapes it; one TCP
connection. For each rate: the rate of a long transfer, and the times of single messages after a
pause, both against bytes with headers over the rate. Prints a CSV table: error_percent > 0 means
slower than the emulated link.
"""
import argparse
import socket
import statistics
import subprocess
import sys
import time

HOSTS = {"acceptlab_bench_a": "10.77.0.1", "acceptlab_bench_b": "10.77.0.2"}
SEGMENT, EMULATED_HEADERS, FRAME_HEADERS = 1448, 54, 66
MESSAGES = (8_192, 65_536, 262_144)
REPEATS = 8


def run(command, commands=""):
    subprocess.run(command.split(), check=True, input=commands, text=True)


def make():
    (a, _), (b, _) = HOSTS.items()
    run("ip -batch -", f"netns add {a}\nnetns add {b}\n"
        f"link add out netns {a} type veth peer name out netns {b}\n")
    for name, address in HOSTS.items():
        run(f"ip -netns {name} -batch -", f"link set lo up\naddress add {address}/24 dev out\n"
            "link set out mtu 1500 gso_max_segs 1 up\n")
        subprocess.run(["ip", "netns", "exec", name, "sh", "-c",
                        "cd /proc/sys/net/ipv4; echo 0 >tcp_slow_start_after_idle; "
                        "echo reno >tcp_congestion_control"], check=True)


def shape(rate_mbit_s, slack_us):
    """As shaper_of() in app/testbed/shaping.cc, with `slack_us` for its kTimerSlack."""
    wire = int(rate_mbit_s * 1e6 * (SEGMENT + FRAME_HEADERS) / (SEGMENT + EMULATED_HEADERS))
    burst = int(wire * slack_us * 1e-6 / 8)
    name = next(iter(HOSTS))
    subprocess.run(["tc", "-netns", name, "qdisc", "del", "dev", "out", "root"], check=False,
                   stderr=subprocess.DEVNULL)
    run(f"tc -netns {name} -batch -",
        "qdisc add dev out root handle 1: htb default 1\n"
        f"class add dev out parent 1: classid 1:1 htb rate {wire}bit burst {burst}b "
        f"cburst {burst}b quantum 60000\n")


def expected_s(size, rate_mbit_s):
    segments = -(-size // SEGMENT)
    return (size + segments * EMULATED_HEADERS) * 8 / (rate_mbit_s * 1e6)


def serve():
    """Answers each message, whose size comes first, with one byte once it has all of it."""
    listener = socket.create_server(("10.77.0.2", 5000))
    print("listening", flush=True)
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffer = bytearray(1 << 16)
    while header := connection.recv(8, socket.MSG_WAITALL):
        left = int.from_bytes(header, "little") - 8
        while left > 0:
            left -= connection.recv_into(buffer, min(left, len(buffer)))
        connection.sendall(b"x")


def send(sizes):
    """Prints the seconds of each message; the first ones open the window and do not count."""
    connection = socket.create_connection(("10.77.0.2", 5000))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def message(size):
        content = size.to_bytes(8, "little") + bytes(size - 8)
        began = time.monotonic()
        connection.sendall(content)
        connection.recv(1)
        return time.monotonic() - began

    message(max(sizes))
    for size in sizes:
        time.sleep(0.05)
        print(size, message(size), flush=True)


def measure(rate, slack_us):
    a, b = HOSTS
    shape(rate, slack_us)
    sizes = [size for size in MESSAGES for _ in range(REPEATS)] + [int(rate * 1e6 / 8)]
    server = subprocess.Popen(["ip", "netns", "exec", b, sys.executable, __file__, "--serve"],
                              stdout=subprocess.PIPE, text=True)
    server.stdout.readline()
    lines = subprocess.run(["ip", "netns", "exec", a, sys.executable, __file__, "--send"]
                           + [str(s) for s in sizes], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    server.wait()
    times = {}
    for line in lines:
        size, seconds = line.split()
        times.setdefault(int(size), []).append(float(seconds))
    for size, seconds in times.items():
        middle, wanted = statistics.median(seconds), expected_s(size, rate)
        print(f"{rate},{slack_us},{size},{wanted * 1e3:.3f},{middle * 1e3:.3f},"
              f"{(middle - wanted) * 1e3:.3f},{100 * (middle / wanted - 1):.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=float, nargs="+", default=[2, 5, 10, 20, 50, 100])
    parser.add_argument("--slack-us", type=float, nargs="+", default=[1000])
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--send", type=int, nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
    elif options.send:
        send(options.send)
    else:
        try:
            make()
            print("rate_mbit_s,slack_us,message_bytes,expected_ms,median_ms,difference_ms,"
                  "error_percent")
            for slack_us in options.slack_us:
                for rate in options.rates:
                    measure(rate, slack_us)
        finally:
            for name in HOSTS:
                subprocess.run(["ip", "netns", "del", name], check=False,
                               stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
