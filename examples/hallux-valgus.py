"""The hallux valgus API: IMAGE=foot.jpg python3 examples/hallux-valgus.py"""

import base64
import json
import os
import urllib.request

base_url = os.environ.get("BASE_URL", "http://127.0.0.1:8000") + "/p/hallux"
key = {"X-API-Key": os.environ["API_KEY"]} if "API_KEY" in os.environ else {}


def call(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {**key, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(base_url + path, data, headers)) as response:
        return json.load(response)


with open(os.environ.get("IMAGE", "foot.jpg"), "rb") as file:
    image = base64.b64encode(file.read()).decode()
print(call("/health")["status"])
foot = call("/predict_base64", {"image": image})
print(f"{foot['outcome']}: {foot['explanation']}")
print(f"{foot['prediction']}, confidence {foot['confidence']} of 100")
for label, share in foot["probabilities"].items():
    print(f"  {label}: {share}")
print(foot["disclaimer"])
