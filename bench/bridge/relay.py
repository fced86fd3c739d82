"""What one would write beside the robot with Unitree's Python SDK: targets of an H1-2 come in over a WebSocket (package
`websockets`, our binary frames), a recurrent thread of the SDK writes them to rt/lowcmd at 500 Hz with the SDK's own
checksum, and each write is answered with the number of its targets and the newest state. No limits, no watchdog.
Argument: DDS domain. Says its port on stderr, and how punctual it was since the last time, for each line on stdin."""

import asyncio
import json
import struct
import sys
import threading
import time

from unitree_sdk2py.core.channel import ChannelFactoryInitialize, ChannelPublisher, ChannelSubscriber
from unitree_sdk2py.idl.default import unitree_hg_msg_dds__LowCmd_
from unitree_sdk2py.idl.unitree_hg.msg.dds_ import LowCmd_, LowState_
from unitree_sdk2py.utils.crc import CRC
from unitree_sdk2py.utils.thread import RecurrentThread
from websockets.asyncio.server import serve

PERIOD = 0.002
SLOTS = [*range(13), *range(13, 17), *range(20, 24)]  # joints of the H1-2 with locked wrists
HEADER = struct.Struct("<HBBHHIIQ")
ROW = struct.Struct(f"<{1 + 5 * len(SLOTS)}f")
crc, cmd = CRC(), unitree_hg_msg_dds__LowCmd_()
newest = {"targets": None, "sequence": 0, "state": None, "answer": lambda: None}


def hear(state):
    if crc.Crc(state) == state.crc:
        newest["state"] = state


class Loop:
    """One tick each 2 ms, and how late each was."""

    def __init__(self, publisher):
        self.publisher, self.due = publisher, None
        self.ticks, self.missed, self.worst, self.late = 0, 0, 0.0, []

    def tick(self):
        begun = time.perf_counter()
        self.due = begun if self.due is None else self.due
        self.write()
        newest["answer"]()
        done = time.perf_counter()
        late = begun - self.due
        lost = int((done - self.due) / PERIOD)  # periods that the SDK's timer swallows
        self.ticks += 1
        self.missed += lost
        self.worst = max(self.worst, late)
        self.late.append(late)
        self.due += PERIOD * max(1, lost)

    def write(self):
        targets, state = newest["targets"], newest["state"]
        if targets is None or state is None:
            return
        count = len(SLOTS)
        cmd.mode_pr, cmd.mode_machine = 0, state.mode_machine
        for j, slot in enumerate(SLOTS):
            motor = cmd.motor_cmd[slot]
            motor.mode = 1
            motor.q, motor.dq, motor.tau = targets[1 + j], targets[1 + count + j], targets[1 + 2 * count + j]
            motor.kp, motor.kd = targets[1 + 3 * count + j], targets[1 + 4 * count + j]
        cmd.crc = crc.Crc(cmd)
        self.publisher.Write(cmd)

    def report(self):
        late = sorted(self.late)
        p99 = late[int(0.99 * (len(late) - 1))] if late else 0.0
        worst, self.worst = self.worst, 0.0
        counts = {"seconds": time.perf_counter(), "ticks": self.ticks, "missed": self.missed}
        print(json.dumps({**counts, "lateP99Ms": 1e3 * p99, "lateMaxMs": 1e3 * worst}), file=sys.stderr, flush=True)


def sample():
    """The number of the targets that were just written, and the state."""
    state = newest["state"]
    motors = [state.motor_state[slot] for slot in SLOTS]
    values = [m.q for m in motors] + [m.dq for m in motors] + [m.tau_est for m in motors]
    values += [*state.imu_state.quaternion, *state.imu_state.gyroscope, *state.imu_state.accelerometer]
    header = HEADER.pack(0x5043, 1, 1, 0, 1, newest["sequence"], len(values), time.monotonic_ns())
    return header + struct.pack(f"<{len(values)}f", *values)


async def serve_one(socket):
    loop = asyncio.get_running_loop()

    def send():
        asyncio.ensure_future(socket.send(sample()))

    def answer():
        if newest["targets"] is not None and newest["state"] is not None:
            loop.call_soon_threadsafe(send)

    newest["answer"] = answer
    async for data in socket:
        newest["sequence"] = HEADER.unpack_from(data)[5]
        newest["targets"] = ROW.unpack_from(data, HEADER.size)


async def main():
    ChannelFactoryInitialize(int(sys.argv[1]), "lo")
    publisher = ChannelPublisher("rt/lowcmd", LowCmd_)
    publisher.Init()
    ChannelSubscriber("rt/lowstate", LowState_).Init(hear)
    loop = Loop(publisher)
    thread = RecurrentThread(interval=PERIOD, target=loop.tick, name="motors")
    thread.Start()
    threading.Thread(target=lambda: [loop.report() for _ in sys.stdin], daemon=True).start()
    async with serve(serve_one, "127.0.0.1", 0, compression=None) as server:
        print(f"port {server.sockets[0].getsockname()[1]}", file=sys.stderr, flush=True)
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
