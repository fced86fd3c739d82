"""Moves a robot behind a bridge: nothing but Python's standard library, written from src/wire/PROTOCOL.md alone.

usage: stranger_robot.py HOST PORT JOINT; prints one JSON object with what it saw.
"""

import json
import struct
import sys
import time

from stranger import Client

PERIOD = 0.02


class Operator(Client):
    """Somebody who has control of a robot."""

    def __init__(self, host, port):
        super().__init__(host, port)
        self.states, self.pinged, self.sequence = [], 0.0, 0
        self.until(lambda: "world" in self.messages and "streams" in self.messages)
        self.ping()

    def hear(self):
        super().hear()
        state = self.messages.get("robotState", {}).get("state")
        if state is not None and (not self.states or self.states[-1] != state):
            self.states.append(state)
        if time.monotonic() - self.pinged > 0.2:  # keeps the lease
            self.pinged = time.monotonic()
            self.say({"op": "ping", "clientTimeNs": time.monotonic_ns(), "received": len(self.samples)})

    def go(self, state):
        assert self.ask({"op": "transition", "to": state})["op"] == "done"
        self.until(lambda: self.states[-1] == state, 15)

    def aim(self, stream, target):
        now = int(time.monotonic_ns() + min(self.exchanges)[1])
        self.socket.send(struct.pack("<HBBHHIIQ2f", 0x5043, 1, 2, 0, stream, self.sequence, 2, now, 0.0, target))
        self.sequence += 1

    def hold(self, stream, target, seconds):
        """Asks for the target at 50 Hz, and hears what comes meanwhile."""
        end = time.monotonic() + seconds
        due = time.monotonic()
        while time.monotonic() < end:
            if time.monotonic() >= due:
                self.aim(stream, target)
                due += PERIOD
            self.hear()

    def newest(self, field):
        return self.samples[-1]["fields"][field]


def main(host, port, joint):
    robot = Operator(host, int(port))
    joints = [each["name"] for each in robot.messages["world"]["robot"]["joints"]]
    number = joints.index(joint)
    refused = robot.ask({"op": "transition", "to": "damping"})
    robot.ask({"op": "acquire"})
    robot.ask({"op": "subscribe", "stream": "robot", "rateHz": 100})
    robot.go("damping")
    robot.go("ready")
    before = robot.newest("q")[number]
    robot.ask({"op": "publish", "stream": "targets", "joints": [joint], "fields": ["q"]})
    stream = robot.messages["publishing"]["stream"]["id"]
    robot.go("running")
    robot.hold(stream, before + 0.4, 1.5)
    moved = robot.newest("q")[number] - before
    sent = robot.newest("sentQ")[number] - before
    robot.ask({"op": "estop", "reason": "enough"})
    robot.until(lambda: robot.states[-1] == "fault")
    stopped = robot.ask({"op": "transition", "to": "running"})
    count = len(robot.samples)
    robot.until(lambda: len(robot.samples) > count + 10)
    damped = max(robot.newest("sentKp")) == 0 and min(robot.newest("sentKd")) > 0
    fault = robot.messages["robotState"]["fault"]["code"]
    robot.ask({"op": "clearStop"})
    robot.until(lambda: robot.states[-1] == "damping")
    print(
        json.dumps(
            {
                "refused": refused["code"],
                "moved": moved,
                "sent": sent,
                "stopped": stopped["code"],
                "fault": fault,
                "damped": damped,
                "states": robot.states,
                "health": sorted(robot.messages["health"]),
            }
        )
    )


main(*sys.argv[1:4])
