"""Runs a robot in a scene under PD torque in native MuJoCo: the independent road of the reference tests.

Reads one JSON request from standard input and writes one JSON answer to standard output.
"""

import json
import sys

import mujoco
import numpy as np


def compose(request):
    """The robot attached to the world, as Contrapposto's engine room composes them."""
    world = mujoco.MjSpec.from_file(request["scene"])
    robot = mujoco.MjSpec.from_file(request["robot"])
    world.memory = robot.memory
    world.compiler.discardvisual = True
    robot.compiler.discardvisual = True
    world.worldbody.add_site().attach_body(robot.body(request["base"]), "", "")
    world.option.timestep = request["timestep"]
    world.option.integrator = getattr(mujoco.mjtIntegrator, request["integrator"])
    world.option.cone = getattr(mujoco.mjtCone, request["cone"])
    world.option.impratio = request["impratio"]
    world.option.jacobian = getattr(mujoco.mjtJacobian, request["jacobian"])
    if not request["islands"]:
        world.option.disableflags |= mujoco.mjtDisableBit.mjDSBL_ISLAND
    return world.compile()


def pd_torque(model, data, request):
    for j, name in enumerate(request["joints"]):
        joint = model.joint(name)
        error = request["target"][j] - data.qpos[joint.qposadr[0]]
        tau = request["kp"][j] * error - request["kd"][j] * data.qvel[joint.dofadr[0]]
        limit = request["limit"][j]
        data.ctrl[request["actuator"][j]] = min(limit, max(-limit, tau))


def main():
    request = json.load(sys.stdin)
    model = compose(request)
    data = mujoco.MjData(model)
    data.qpos[:] = request["qpos"]
    data.qvel[:] = request["qvel"]
    mujoco.mj_forward(model, data)
    mass = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, data, mass)
    answer = {
        "sensors": data.sensordata.tolist(),
        "bias": data.qfrc_bias.tolist(),
        "mass": mass.ravel().tolist(),
        "bodyMass": model.body_mass.tolist(),
        "xpos": data.xpos.ravel().tolist(),
        "contacts": int(data.ncon),
        "trajectory": [],
    }
    for step in range(1, request["steps"] + 1):
        pd_torque(model, data, request)
        mujoco.mj_step(model, data)
        if step % request["every"] == 0:
            answer["trajectory"].append([*data.qpos.tolist(), *data.qvel.tolist()])
    json.dump(answer, sys.stdout)


main()
