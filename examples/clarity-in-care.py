"""Clarity in Care's endpoints: IMAGE=fundus.jpg python3 examples/clarity-in-care.py"""

import json
import os
import urllib.request

from multipart import form

base_url = os.environ.get("BASE_URL", "http://127.0.0.1:8000") + "/p/dr"
key = {"X-API-Key": os.environ["API_KEY"]} if "API_KEY" in os.environ else {}


def call(path, data=None, headers=None):
    request = urllib.request.Request(base_url + path, data=data, headers={**key, **(headers or {})})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


patient = call(
    "/patients/", json.dumps({"name": "Ada Example", "age": 61}).encode(), {"Content-Type": "application/json"}
)
with open(os.environ.get("IMAGE", "fundus.jpg"), "rb") as file:
    image = ("fundus.jpg", file.read())
scan = call("/predict/", *form([("file", image), ("patient_id", patient["id"]), ("visit_type", "follow-up")]))
print(f"a person must look: {scan['explanation']}" if scan["requires_review"] else scan["explanation"])
print(f"{scan['dr_severity']}, confidence {scan['confidence_score']:.3f} of 1")
print("heatmap:", scan["heatmap_url"])
for each in call(f"/predict/patient/{patient['id']}/history"):
    print(each["scan_timestamp"], each["visit_type"], each["dr_severity"])
print(scan["disclaimer"])
