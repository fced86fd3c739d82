"""A client of the wire protocol with nothing but Python's standard library, written from src/wire/PROTOCOL.md alone.

usage: stranger.py HOST PORT; prints one JSON object with what it saw.
"""

import base64
import json
import os
import socket
import struct
import sys
import time


class Socket:
    """RFC 6455, as much of it as a client needs."""

    def __init__(self, host, port, path):
        self.socket = socket.create_connection((host, port), timeout=5)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: contrapposto\r\n\r\n".encode()
        )
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.socket.recv(4096)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        assert b" 101 " in head.split(b"\r\n")[0], head

    def send(self, data):
        opcode, payload = (1, data.encode()) if isinstance(data, str) else (2, data)
        self.frame(opcode, payload)

    def frame(self, opcode, payload):
        mask = os.urandom(4)
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.socket.sendall(bytes([0x80 | opcode]) + length + mask + masked)

    def receive(self):
        while True:
            first, second = self.take(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack(">H", self.take(2))
            elif size == 127:
                (size,) = struct.unpack(">Q", self.take(8))
            payload = self.take(size)
            opcode = first & 0x0F
            if opcode == 1:
                return payload.decode()
            if opcode == 2:
                return payload
            if opcode == 9:
                self.frame(10, payload)
            if opcode == 8:
                raise EOFError(payload)

    def take(self, count):
        while len(self.buffer) < count:
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError("closed")
            self.buffer += piece
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken


class Client:
    def __init__(self, host, port):
        self.socket = Socket(host, port, "/ws")
        self.messages = {}
        self.samples = []
        self.exchanges = []
        self.answers = {}
        self.next_id = 1
        self.say({"op": "hello", "versions": [1], "name": "stranger"})

    def say(self, message):
        self.socket.send(json.dumps(message))

    def hear(self):
        data = self.socket.receive()
        if isinstance(data, bytes):
            self.samples.append(self.decode(data))
            return
        message = json.loads(data)
        self.messages[message["op"]] = message
        if message["op"] in ("done", "error") and "id" in message:
            self.answers[message["id"]] = message
        if message["op"] == "pong":
            t0, t3 = message["clientTimeNs"], time.monotonic_ns()
            offset = ((message["receivedNs"] - t0) + (message["sentNs"] - t3)) / 2
            self.exchanges.append((t3 - t0 - (message["sentNs"] - message["receivedNs"]), offset))

    def decode(self, data):
        magic, version, kind, flags, stream, sequence, count, ns = struct.unpack_from("<HBBHHIIQ", data)
        assert (magic, version, kind, len(data)) == (0x5043, 1, 1, 24 + 4 * count)
        values = struct.unpack_from(f"<{count}f", data, 24)
        declared = next(s for s in self.messages["streams"]["streams"] if s["id"] == stream)
        fields, at = {}, 0
        for field in declared["fields"]:
            fields[field["name"]] = values[at : at + field["size"]]
            at += field["size"]
        assert at == count
        return {"sequence": sequence, "ns": ns, "fields": fields}

    def until(self, condition, seconds=5):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "nothing came"
            self.hear()

    def ask(self, message):
        number, self.next_id = self.next_id, self.next_id + 1
        self.say({**message, "id": number})
        self.until(lambda: number in self.answers)
        return self.answers[number]

    def ping(self):
        count = len(self.exchanges)
        self.say({"op": "ping", "clientTimeNs": time.monotonic_ns(), "received": len(self.samples)})
        self.until(lambda: len(self.exchanges) > count)


def main(host, port):
    client = Client(host, int(port))
    client.until(lambda: "control" in client.messages and "streams" in client.messages)
    refused = client.ask({"op": "velocity", "velocity": [0.5, 0, 0]})
    for _ in range(4):
        client.ping()
    client.ask({"op": "acquire"})
    done = client.ask({"op": "velocity", "velocity": [0.5, 0, 0]})
    client.ask({"op": "subscribe", "stream": "pose"})
    client.until(lambda: len(client.samples) >= 5)
    round_trip, offset = min(client.exchanges)
    age = time.monotonic_ns() + offset - client.samples[-1]["ns"]
    client.ask({"op": "publish", "stream": "targets", "joints": ["a", "b"], "fields": ["q"]})
    stream = client.messages["publishing"]["stream"]
    rows = [0.0, 1.0, 2.0, 0.02, 3.0, 4.0]
    header = struct.pack("<HBBHHIIQ", 0x5043, 1, 2, 0, stream["id"], 0, len(rows), int(time.monotonic_ns() + offset))
    client.socket.send(header + struct.pack(f"<{len(rows)}f", *rows))
    client.ask({"op": "estop", "reason": "enough"})
    stopped = client.ask({"op": "velocity", "velocity": [1, 0, 0]})
    print(
        json.dumps(
            {
                "welcome": client.messages["welcome"]["version"],
                "refused": refused["code"],
                "done": done["op"],
                "q": [list(sample["fields"]["q"]) for sample in client.samples[:5]],
                "roundTripMs": round_trip / 1e6,
                "ageMs": age / 1e6,
                "stopped": stopped["code"],
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:3])
