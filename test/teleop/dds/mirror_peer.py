"""A stranger: Unitree's message classes on CycloneDDS. Fills every member of each message by a rule, sends it, and says
whether what the other side sends, filled by the same rule, is the same. Arguments: domain, interface."""

import dataclasses
import json
import sys
import time

from cyclonedds.domain import Domain, DomainParticipant
from cyclonedds.pub import DataWriter
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic
import unitree_sdk2py.idl.default as default

NAMES = [
    "unitree_go_msg_dds__LowCmd_", "unitree_go_msg_dds__LowState_", "unitree_go_msg_dds__SportModeState_",
    "unitree_go_msg_dds__WirelessController_", "unitree_hg_msg_dds__LowCmd_", "unitree_hg_msg_dds__LowState_",
    "unitree_hg_msg_dds__IMUState_", "unitree_hg_msg_dds__BmsState_",
]


def fill(value, kind, counter):
    if dataclasses.is_dataclass(value):
        hints = type(value).__annotations__
        for field in dataclasses.fields(value):
            setattr(value, field.name, fill(getattr(value, field.name), hints[field.name], counter))
        return value
    if isinstance(value, (list, tuple)):
        return [fill(item, kind, counter) for item in value]
    counter[0] += 1
    # Some of the package's default floats are whole numbers: the annotation says what they are.
    return 0.5 * counter[0] if "float" in str(kind) else counter[0] % 100 + 1


def flat(value):
    if dataclasses.is_dataclass(value):
        return [n for field in dataclasses.fields(value) for n in flat(getattr(value, field.name))]
    if isinstance(value, (list, tuple, bytes)):
        return [n for item in value for n in flat(item)]
    return [value]


def main():
    number, interface = int(sys.argv[1]), sys.argv[2]
    domain = Domain(number, f'<CycloneDDS><Domain Id="any"><General><Interfaces><NetworkInterface name="{interface}"/>'
                            "</Interfaces></General></Domain></CycloneDDS>")
    participant = DomainParticipant(number)
    pairs = {}
    for name in NAMES:
        sample = fill(getattr(default, name)(), None, [0])
        kind = type(sample)
        pairs[name] = (sample, DataWriter(participant, Topic(participant, f"theirs/{name}", kind)),
                       DataReader(participant, Topic(participant, f"ours/{name}", kind)))
    waiting = set(NAMES)
    end = time.time() + 15
    while time.time() < end:
        for name, (sample, writer, reader) in pairs.items():
            writer.write(sample)
            if name in waiting:
                for received in reader.take(1):
                    print(json.dumps({"name": name, "isSame": flat(received) == flat(sample)}))
                    waiting.discard(name)
        if not waiting:
            end = min(end, time.time() + 1)
        time.sleep(0.02)
    del domain


main()
