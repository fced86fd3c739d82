"""A stranger's deployment of a walking policy on an H1, in the style of unitree_rl_gym, with nothing but Unitree's Python
SDK and ONNX Runtime: zero torque until `start`, two seconds to the default pose, hold until `A`, policy at 50 Hz until
`select`, one damping command. The remote control's sticks are the velocity command. Prints what it does as JSON lines.
Arguments: domain, interface, policy (ONNX: obs, h_in, c_in -> actions, h_out, c_out)."""

import json
import struct
import sys
import time

import numpy as np
import onnxruntime
from unitree_sdk2py.core.channel import ChannelFactoryInitialize, ChannelPublisher, ChannelSubscriber
from unitree_sdk2py.idl.default import unitree_go_msg_dds__LowCmd_
from unitree_sdk2py.idl.unitree_go.msg.dds_ import LowCmd_, LowState_
from unitree_sdk2py.utils.crc import CRC

PERIOD = 0.02
LEGS = [7, 3, 4, 5, 10, 8, 0, 1, 2, 11]
REST = [6, 16, 17, 18, 19, 12, 13, 14, 15]
LEG_POSE = np.array([0, 0, -0.1, 0.3, -0.2] * 2, dtype=np.float32)
GAINS = dict(zip(LEGS + REST, [(150, 2), (150, 2), (150, 2), (200, 4), (40, 2)] * 2
                 + [(300, 3)] + [(100, 2), (100, 2), (50, 2), (50, 2)] * 2))
POSE = dict(zip(LEGS + REST, [*LEG_POSE, *([0.0] * 9)]))
START, SELECT, A = 1 << 2, 1 << 3, 1 << 8


class Robot:
    def __init__(self):
        self.state, self.crc, self.sent = None, CRC(), 0
        self.cmd = unitree_go_msg_dds__LowCmd_()
        self.cmd.head, self.cmd.level_flag = [0xFE, 0xEF], 0xFF
        for slot in range(20):
            self.cmd.motor_cmd[slot].mode = 0x0A if slot < 10 else 0x01
        self.publisher = ChannelPublisher("rt/lowcmd", LowCmd_)
        self.publisher.Init()
        self.subscriber = ChannelSubscriber("rt/lowstate", LowState_)
        self.subscriber.Init(self.hear, 10)
        while self.state is None or self.state.tick == 0:
            time.sleep(PERIOD)
        state = self.state  # another comes at any time
        assert self.crc.Crc(state) == state.crc, "the state's checksum is wrong"

    def hear(self, state):
        self.state = state

    def keys(self):
        return struct.unpack_from("<H", bytes(self.state.wireless_remote), 2)[0]

    def sticks(self):
        lx, rx, _, _, ly = struct.unpack_from("<5f", bytes(self.state.wireless_remote), 4)
        return lx, ly, rx

    def send(self, pose, scale=1.0):
        for slot, target in pose.items():
            motor = self.cmd.motor_cmd[slot]
            kp, kd = GAINS[slot]
            motor.q, motor.dq, motor.tau, motor.kp, motor.kd = float(target), 0.0, 0.0, kp * scale, kd * scale
        self.write()

    def damp(self):
        for motor in self.cmd.motor_cmd:
            motor.q, motor.dq, motor.tau, motor.kp, motor.kd = 0.0, 0.0, 0.0, 0.0, 8.0
        self.write()

    def write(self):
        self.cmd.crc = self.crc.Crc(self.cmd)
        self.publisher.Write(self.cmd)
        self.sent += 1


def tell(**what):
    print(json.dumps(what), flush=True)


def gravity(quat):
    w, x, y, z = quat
    return [2 * (w * y - x * z), -2 * (y * z + w * x), 2 * (x * x + y * y) - 1]


def pelvis(quat, gyro, yaw, rate):
    """The inertial unit sits in the torso, the policy thinks in the pelvis."""
    w, x, y, z = quat
    c, s = np.cos(yaw / 2), np.sin(yaw / 2)
    turned = (w * c + z * s, x * c - y * s, y * c + x * s, z * c - w * s)
    c, s = np.cos(yaw), np.sin(yaw)
    return turned, np.array([c * gyro[0] - s * gyro[1], s * gyro[0] + c * gyro[1], gyro[2] - rate])


def main():
    domain, interface, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    ChannelFactoryInitialize(domain, interface)
    robot = Robot()
    tell(phase="zero torque")
    while not robot.keys() & START:
        robot.send(POSE, scale=0.0)
        time.sleep(PERIOD)
    tell(phase="to the default pose")
    began = {slot: robot.state.motor_state[slot].q for slot in POSE}
    for i in range(100):
        robot.send({slot: began[slot] + (POSE[slot] - began[slot]) * i / 100 for slot in POSE})
        time.sleep(PERIOD)
    tell(phase="default pose")
    while not robot.keys() & A:
        robot.send(POSE)
        time.sleep(PERIOD)
    tell(phase="walking")
    action = np.zeros(10, dtype=np.float32)
    hidden, cell = np.zeros((1, 1, 64), dtype=np.float32), np.zeros((1, 1, 64), dtype=np.float32)
    step, due = 0, time.time()
    while not robot.keys() & SELECT:
        step += 1
        motors, imu = robot.state.motor_state, robot.state.imu_state
        quat, gyro = pelvis(imu.quaternion, imu.gyroscope, motors[6].q, motors[6].dq)
        lx, ly, rx = robot.sticks()
        command = np.array([ly * 0.8, -lx * 0.5, -rx * 1.57]) * [2.0, 2.0, 0.25]
        phase = 2 * np.pi * (step * PERIOD % 0.8) / 0.8
        q = np.array([motors[slot].q for slot in LEGS]) - LEG_POSE
        dq = np.array([motors[slot].dq for slot in LEGS]) * 0.05
        obs = np.concatenate([gyro * 0.25, gravity(quat), command, q, dq, action, [np.sin(phase), np.cos(phase)]])
        out = session.run(None, {"obs": obs[None].astype(np.float32), "h_in": hidden, "c_in": cell})
        action, hidden, cell = out[0][0], out[1], out[2]
        robot.send({**POSE, **dict(zip(LEGS, LEG_POSE + 0.25 * action))})
        due += PERIOD
        time.sleep(max(0.0, due - time.time()))
    robot.damp()
    tell(phase="damped", sent=robot.sent)
    time.sleep(0.5)


main()
