"""Fovea's own API with the standard library alone: IMAGE=eye.jpg python3 examples/native.py"""

import json
import os
import urllib.error
import urllib.request
import uuid

base_url = os.environ.get("BASE_URL", "http://127.0.0.1:8000")
key = {"X-API-Key": os.environ["API_KEY"]} if "API_KEY" in os.environ else {}


def call(path, data=None, headers=None):
    request = urllib.request.Request(base_url + path, data=data, headers={**key, **(headers or {})})
    try:
        with urllib.request.urlopen(request) as response:
            return response.read()
    except urllib.error.HTTPError as refusal:
        problem = json.load(refusal)
        raise SystemExit(f"{problem['code']}: {problem.get('detail', problem['title'])}") from None


with open(os.environ.get("IMAGE", "eye.jpg"), "rb") as file:
    image = file.read()
# The key makes it harmless to send this again when the answer is lost.
headers = {"Content-Type": "application/octet-stream", "Idempotency-Key": str(uuid.uuid4())}
case = json.loads(call("/v1/programmes/cataract/cases", image, headers))
decision = case["decision"]
print(f"{decision['outcome']}: {decision['label']} {decision['probability']:.1%}. {decision['explanation']}")
for reading in case["readings"]:
    print(f"  {reading['reader']} {reading['pack']}: cataract {reading['probabilities']['cataract']:.1%}")
print(f"image kept: {len(call(case['links']['image']))} bytes without metadata")
for each in json.loads(call("/v1/cases?programme=cataract&limit=3"))["cases"]:
    print(each["createdAt"], each["id"], each["decision"]["outcome"])
print(case["disclaimer"])
