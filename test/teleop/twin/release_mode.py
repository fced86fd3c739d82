"""A stranger on Unitree's own motion switcher client. Prints each answer and the mode that is active after it."""

import json
import sys

from unitree_sdk2py.comm.motion_switcher.motion_switcher_client import MotionSwitcherClient
from unitree_sdk2py.core.channel import ChannelFactoryInitialize

ChannelFactoryInitialize(int(sys.argv[1]), sys.argv[2])
client = MotionSwitcherClient()
client.SetTimeout(5.0)
client.Init()


def tell(code):
    _, mode = client.CheckMode()
    print(json.dumps({"code": code, "name": mode["name"]}))


tell(client.CheckMode()[0])
tell(client.ReleaseMode()[0])
tell(client.SelectMode("normal")[0])
tell(client.SelectMode("somersault")[0])
tell(client.ReleaseMode()[0])
