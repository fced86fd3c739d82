"""A stranger on Unitree's Python SDK who watches rt/arm_sdk: prints how the weight goes, what the legs are told and what
one joint is told. Ends when the weight has been 1 and is 0 again, or after a while. Arguments: domain, interface, family
(go or hg), slot of the weight, slot of the joint, slots of the legs."""

import json
import sys
import threading
import time

from unitree_sdk2py.core.channel import ChannelFactoryInitialize, ChannelSubscriber

PATIENCE = 25.0


def main():
    domain, interface, family, weight_slot, joint_slot = int(sys.argv[1]), sys.argv[2], sys.argv[3], *map(int, sys.argv[4:6])
    legs = [int(slot) for slot in sys.argv[6].split(",")]
    if family == "go":
        from unitree_sdk2py.idl.unitree_go.msg.dds_ import LowCmd_
    else:
        from unitree_sdk2py.idl.unitree_hg.msg.dds_ import LowCmd_
    rows, over = [], threading.Event()

    def hear(cmd):
        motors = cmd.motor_cmd
        weight = motors[weight_slot].q
        told = max(abs(value) for leg in legs for value in (motors[leg].kp, motors[leg].kd, motors[leg].tau))
        rows.append({"time": time.monotonic(), "weight": weight, "joint": motors[joint_slot].q,
                     "kp": motors[joint_slot].kp, "legs": told})
        if weight == 0 and max(row["weight"] for row in rows[::20]) == 1:
            over.set()

    ChannelFactoryInitialize(domain, interface)
    subscriber = ChannelSubscriber("rt/arm_sdk", LowCmd_)
    subscriber.Init(hear, 0)
    over.wait(PATIENCE)
    for row in list(rows):
        print(json.dumps(row))


main()
