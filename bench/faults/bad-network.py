"""A bad network between this machine and a network namespace of its own: two tunnel devices whose packets this program
carries, late by up to so many ms each, and some not at all. So TCP itself meets loss, reordering and silence, where no
kernel has netem. Needs root. Says {"host", "namespace"} on stdout; takes lines {"loss", "jitterMs", "dead"} on stdin and
ends, leaving nothing behind, when stdin ends."""

import contextlib
import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
NAME = f"cp{os.getpid()}"
NETWORK = f"10.213.{os.getpid() % 250}"
HERE, THERE = f"{NETWORK}.1", f"{NETWORK}.2"


def tunnel(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


def build():
    here, there = tunnel(f"{NAME}a"), tunnel(f"{NAME}b")
    ip("netns", "add", NAME)
    ip("link", "set", f"{NAME}b", "netns", NAME)
    ip("addr", "add", HERE, "peer", THERE, "dev", f"{NAME}a")
    ip("link", "set", f"{NAME}a", "up")
    ip("-n", NAME, "addr", "add", THERE, "peer", HERE, "dev", f"{NAME}b")
    for device in (f"{NAME}b", "lo"):
        ip("-n", NAME, "link", "set", device, "up")
    return here, there


def carry(here, there):
    weather = {"loss": 0.0, "jitterMs": 0.0, "dead": False}
    chance, waiting, count = random.Random(7), [], 0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, to, packet = heapq.heappop(waiting)
            with contextlib.suppress(OSError):  # what the other end does not take is lost, as on any network
                os.write(to, packet)
        patience = max(0.0, waiting[0][0] - now) if waiting else None
        ready, _, _ = select.select([here, there, sys.stdin.fileno()], [], [], patience)
        for source in ready:
            if source == sys.stdin.fileno():
                line = os.read(source, 4096)
                if not line:
                    return
                weather.update(json.loads(line.splitlines()[-1]))
                continue
            packet = os.read(source, 65536)
            if weather["dead"] or chance.random() < weather["loss"]:
                continue
            count += 1
            due = time.monotonic() + chance.uniform(0, weather["jitterMs"]) / 1000
            heapq.heappush(waiting, (due, count, there if source == here else here, packet))


try:
    ends = build()
    print(json.dumps({"host": HERE, "namespace": NAME}), flush=True)
    carry(*ends)
finally:
    subprocess.run(["ip", "netns", "del", NAME], capture_output=True)
