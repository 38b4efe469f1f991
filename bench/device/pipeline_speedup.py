#!/usr/bin/env python3
"""Throughput of a pipeline of two real devices on this machine against one device alone.

Runs `acceptlab train` on one device and on two in turn, through the loopback interface, and prints
the medians of the times per mini-batch and their ratio. Two stages need two processors.
"""

import argparse
import json
import pathlib
import socket
import statistics
import subprocess
import tempfile


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def time_per_batch_ms(args, devices, folder):
    names = ["central", "worker"][:devices]
    ports = free_ports(devices)
    (folder / "cluster.toml").write_text("".join(
        f'[[devices]]\nname = "{n}"\naddress = "tcp://127.0.0.1:{p}"\n'
        for n, p in zip(names, ports)))
    (folder / "s.toml").write_text(
        f'name = "speedup"\ndevice_count = {devices}\n'
        f'[model]\nname = "{args.model}"\nwidth = {args.width}\n'
        f'[data]\nset = "synthetic"\ntrain_samples = {args.batch * args.batches}\n'
        f'[training]\nbatch_samples = {args.batch}\nevaluate = false\n'
        f'[partition]\nmode = "fixed_all"\n')
    workers = [subprocess.Popen([args.acceptlab, "worker", "--listen", f"tcp://127.0.0.1:{p}",
                                 "--insecure-loopback", n, "--once"], stderr=subprocess.DEVNULL)
               for n, p in zip(names[1:], ports[1:])]
    try:
        subprocess.run([args.acceptlab, "train", str(folder / "s.toml"), "--cluster",
                        str(folder / "cluster.toml"), "--insecure-loopback", "central", "--force",
                        "--out", str(folder / "run")],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    return json.loads((folder / "run" / "summary.json").read_text())["time_per_batch_ms"]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--acceptlab", default="build/release/app/acceptlab", metavar="PATH")
    parser.add_argument("--model", default="mobilenetv2")
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--batches", type=int, default=25)
    parser.add_argument("--repetitions", type=int, default=3)
    args = parser.parse_args()
    times = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(args.repetitions):
            for devices in times:
                times[devices].append(time_per_batch_ms(args, devices, pathlib.Path(folder)))
    one, two = (statistics.median(times[d]) for d in (1, 2))
    print(f"one device {one:.1f} ms a mini-batch, two {two:.1f} ms: {one / two:.2f} times as fast "
          f"(medians of {args.repetitions}: {times})")


if __name__ == "__main__":
    main()
