#!/usr/bin/env python3
"""A small node in another language: the protocol of docs/protocol.md with the standard library alone.

It holds one pack, which is no model: its only score is the mean of the image file's bytes, divided by 255. That is enough
to show that it received the very bytes that were sent, and nobody can mistake it for a reading.

    NATS_URL=nats://user:password@host:port NODE_NAME=reference python3 node.py
"""

import hashlib
import json
import os
import socket
import threading
import time
import uuid
from urllib.parse import unquote, urlparse

PACK = hashlib.sha256(b"mean of bytes").hexdigest()
NAME = os.environ.get("NODE_NAME", "reference")
INCARNATION = str(uuid.uuid4())
ROOT = "fovea.v1"
CREDIT = {"items": 8, "bytes": 8 * 1024 * 1024}
IMAGE_BYTES_MAX = 8 * 1024 * 1024


class Nats:
    """The few words of the NATS protocol that a node needs."""

    def __init__(self, url):
        parts = urlparse(url)
        self.socket = socket.create_connection((parts.hostname, parts.port or 4222))
        self.input = self.socket.makefile("rb")
        self.lock = threading.Lock()
        self.handlers = {}
        self.input.readline()  # INFO
        options = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True, "name": f"fovea node {NAME}"}
        if parts.username:
            options.update(user=unquote(parts.username), **{"pass": unquote(parts.password or "")})
        self.send(b"CONNECT " + json.dumps(options).encode() + b"\r\n")

    def send(self, data):
        with self.lock:
            self.socket.sendall(data)

    def publish(self, subject, value):
        payload = json.dumps(value).encode()
        self.send(b"PUB %s %d\r\n%s\r\n" % (subject.encode(), len(payload), payload))

    def subscribe(self, subject, handler, queue=""):
        sid = str(len(self.handlers) + 1)
        self.handlers[sid] = handler
        self.send(f"SUB {subject} {queue + ' ' if queue else ''}{sid}\r\n".encode())

    def run(self):
        while line := self.input.readline():
            words = line.decode().split()
            if not words:
                continue
            if words[0] == "PING":
                self.send(b"PONG\r\n")
            elif words[0] == "-ERR":
                raise SystemExit(line.decode().strip())
            elif words[0] in ("MSG", "HMSG"):
                self.receive(words)

    def receive(self, words):
        has_headers = words[0] == "HMSG"
        sizes = words[-2:] if has_headers else ["0", words[-1]]
        reply = words[3] if len(words) == (6 if has_headers else 5) else None
        body = self.input.read(int(sizes[1]))
        self.input.read(2)
        head, payload = body[: int(sizes[0])], body[int(sizes[0]) :]
        lines = head.decode().split("\r\n")[1:]
        headers = {name.strip(): value.strip() for name, value in (each.split(":", 1) for each in lines if ":" in each)}
        self.handlers[words[2]](headers, payload, reply)


class Node:
    def __init__(self, nats):
        self.nats = nats
        self.seq = 0
        self.answered = 0
        self.started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

    def beat(self, *_):
        self.seq += 1
        self.nats.publish(
            f"{ROOT}.heartbeat.{NAME}",
            {
                "protocol": 1,
                "node": NAME,
                "incarnation": INCARNATION,
                "seq": self.seq,
                "state": "ready",
                "version": "1.0.0",
                "packs": [PACK],
                "later": [],
                "provider": "cpu",
                "slots": 1,
                "credit": CREDIT,
                "load": 0,
                "costs": [{"packs": [PACK], "fixedMs": 0, "itemMs": 1}],
            },
        )

    def predict(self, headers, payload, reply):
        if reply:
            self.nats.publish(reply, self.answer(headers, payload))

    def answer(self, headers, payload):
        started = time.monotonic()
        try:
            packs = [each for each in headers["Fovea-Packs"].split(",") if each]
            size = int(headers["Fovea-Bytes"])
            digest = headers["Fovea-Sha256"]
            remaining_ms = int(headers["Fovea-Remaining-Ms"])
            where = headers["Fovea-Image"]
        except (KeyError, ValueError):
            return {"problem": {"code": "internal", "detail": "a header is missing"}}
        if remaining_ms <= 0:
            return {"problem": {"code": "deadline-exceeded"}}
        if packs != [PACK] or headers.get("Fovea-Maps") == "1":
            return {"problem": {"code": "pack-not-installed"}}
        if where != "payload":
            return {"problem": {"code": "engine-not-ready", "detail": "images are not fetched here", "retryAfterS": 1}}
        if size > IMAGE_BYTES_MAX:
            return {"problem": {"code": "image-too-large"}}
        if len(payload) != size or hashlib.sha256(payload).hexdigest() != digest:
            return {"problem": {"code": "internal", "detail": "the image is not the one that was named"}}
        score = sum(payload) / max(1, size) / 255
        self.answered += 1
        compute_ms = (time.monotonic() - started) * 1000
        return {
            "result": {
                "readings": [{"reader": "fast", "pack": PACK, "scores": [score], "computeMs": compute_ms}],
                # Nothing was decoded, so nothing was measured.
                "quality": {"luminance": None, "contrast": None, "sharpness": None},
                "worker": f"{NAME}/1",
                "queueMs": 0,
                "decodeMs": 0,
                "batchSize": 1,
            }
        }

    def identity(self, kind):
        metadata = {"node": NAME, "protocol": "1"}
        return {"type": f"io.nats.micro.v1.{kind}", "name": "fovea-node", "id": INCARNATION, "version": "1.0.0", "metadata": metadata}

    def ask(self, verb):
        endpoint = {"name": "predict", "subject": f"{ROOT}.predict.{NAME}", "queue_group": "q"}
        if verb == "PING":
            return self.identity("ping_response")
        if verb == "INFO":
            return {**self.identity("info_response"), "description": "", "endpoints": [endpoint]}
        return {
            **self.identity("stats_response"),
            "started": self.started,
            "endpoints": [{**endpoint, "num_requests": self.answered, "num_errors": 0}],
        }

    def run(self):
        self.nats.subscribe(f"{ROOT}.predict.{NAME}", self.predict, "q")
        # What is asked is answered at once, so there is never anything to give up.
        self.nats.subscribe(f"{ROOT}.cancel.{NAME}", lambda *_: None)
        self.nats.subscribe(f"{ROOT}.hello", self.beat)
        for verb in ("PING", "INFO", "STATS"):
            for scope in ("", ".fovea-node", f".fovea-node.{INCARNATION}"):

                def tell(_headers, _payload, reply, verb=verb):
                    if reply:
                        self.nats.publish(reply, self.ask(verb))

                self.nats.subscribe(f"$SRV.{verb}{scope}", tell)
        threading.Thread(target=self.heart, daemon=True).start()
        self.nats.run()

    def heart(self):
        while True:
            self.beat()
            time.sleep(1)


if __name__ == "__main__":
    Node(Nats(os.environ["NATS_URL"])).run()
