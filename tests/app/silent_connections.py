#!/usr/bin/python3
"""Holds 1,000 TCP connections open to each port, and says nothing on them, until it is killed.

usage: silent_connections.py PORT...
"""
import resource
import signal
import socket
import sys

COUNT = 1000
ports = [int(port) for port in sys.argv[1:]]
needed = COUNT * len(ports) + 100
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
if hard != resource.RLIM_INFINITY and hard < needed:
    sys.exit(f"needs {needed} open files, the limit is {hard}")
resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
held = [socket.create_connection(("127.0.0.1", port)) for port in ports for _ in range(COUNT)]
print(f"holds {len(held)} connections", flush=True)
signal.pause()
