"""The same as client.ts on Unitree's Python SDK, as its examples use it: a handler for states, its library's checksum.
Arguments: domain, s. Prints {rtts, cpu}."""

import json
import sys
import threading
import time

from unitree_sdk2py.core.channel import ChannelFactoryInitialize, ChannelPublisher, ChannelSubscriber
from unitree_sdk2py.idl.default import unitree_hg_msg_dds__LowCmd_
from unitree_sdk2py.idl.unitree_hg.msg.dds_ import LowCmd_, LowState_
from unitree_sdk2py.utils.crc import CRC

domain, seconds = int(sys.argv[1]), float(sys.argv[2])
crc, cmd, rtts = CRC(), unitree_hg_msg_dds__LowCmd_(), []
sent = {"sequence": 0, "at": 0.0}
answered = threading.Event()


def hear(state):
    if state.tick != sent["sequence"]:
        return
    if crc.Crc(state) != state.crc:
        raise RuntimeError("an answer's checksum is wrong")
    rtts.append(1e6 * (time.perf_counter() - sent["at"]))
    answered.set()


ChannelFactoryInitialize(domain, "lo")
publisher = ChannelPublisher("rt/lowcmd", LowCmd_)
publisher.Init()
subscriber = ChannelSubscriber("rt/lowstate", LowState_)
subscriber.Init(hear)
time.sleep(1.5)
cpu, due = time.process_time(), time.perf_counter()
for sequence in range(1, int(500 * seconds) + 1):
    cmd.reserve[0] = sequence
    cmd.crc = crc.Crc(cmd)
    sent["sequence"], sent["at"] = sequence, time.perf_counter()
    answered.clear()
    publisher.Write(cmd)
    due += 0.002
    answered.wait(max(0.0, due - time.perf_counter()))
    rest = due - time.perf_counter()
    if rest > 0:
        time.sleep(rest)
    else:
        due -= rest
print(json.dumps({"rtts": rtts, "cpu": (time.process_time() - cpu) / seconds}))
