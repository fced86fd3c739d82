"""A stranger on Unitree's Python SDK who watches the remote control, on its own topic and in the state's 40 bytes. Prints
each new reading of either as a JSON line; ends after `select`. Arguments: domain, interface, family (go or hg)."""

import json
import struct
import sys
import threading

from unitree_sdk2py.core.channel import ChannelFactoryInitialize, ChannelSubscriber
from unitree_sdk2py.idl.unitree_go.msg.dds_ import WirelessController_

PATIENCE = 25.0
SELECT = 1 << 3


def main():
    domain, interface, family = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    if family == "go":
        from unitree_sdk2py.idl.unitree_go.msg.dds_ import LowState_
    else:
        from unitree_sdk2py.idl.unitree_hg.msg.dds_ import LowState_
    last, over = {"topic": None, "state": None}, {"topic": threading.Event(), "state": threading.Event()}

    def tell(where, lx, ly, rx, ry, keys):
        reading = {"where": where, "sticks": [round(value, 3) + 0.0 for value in (lx, ly, rx, ry)], "keys": keys}
        if reading != last[where]:
            last[where] = reading
            sys.stdout.write(json.dumps(reading) + "\n")  # at once: two threads call this
            sys.stdout.flush()
        if keys & SELECT:
            over[where].set()

    def state(message):
        keys, lx, rx, ry, _, ly = struct.unpack_from("<H5f", bytes(message.wireless_remote), 2)
        tell("state", lx, ly, rx, ry, keys)

    ChannelFactoryInitialize(domain, interface)
    topic = ChannelSubscriber("rt/wirelesscontroller", WirelessController_)
    topic.Init(lambda message: tell("topic", message.lx, message.ly, message.rx, message.ry, message.keys), 10)
    low = ChannelSubscriber("rt/lowstate", LowState_)
    low.Init(state, 10)
    for event in over.values():
        event.wait(PATIENCE)


main()
