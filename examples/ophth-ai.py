"""Ophth-AI's endpoints: IMAGE=eye.jpg python3 examples/ophth-ai.py"""

import base64
import json
import os
import urllib.request

base_url = os.environ.get("BASE_URL", "http://127.0.0.1:8000") + "/p/eye/api"
key = {"X-API-Key": os.environ["API_KEY"]} if "API_KEY" in os.environ else {}


def call(path, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {**key, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(base_url + path, data, headers, method=method)) as response:
        return json.load(response)


with open(os.environ.get("IMAGE", "eye.jpg"), "rb") as file:
    image = base64.b64encode(file.read()).decode()
result = call("/ai/analyze", {"image_base64": image})
print(f"{result['classification']}, confidence {result['confidence']} of 100")
print(result["recommendation"])
patient = call("/patients", {"name": "Ada Example", "age": 61, "gender": "Female", "symptoms": ["Blurred vision"]})
print(f"{patient['id']}: {patient['status']}, step {patient['workflowStep']}")
scheduled = call(f"/patients/{patient['id']}/schedule", {"appointment_date": "2027-01-15T10:00:00"})
print(f"appointment {scheduled['appointmentDate']}, step {scheduled['workflowStep']}")
for each in call("/notifications?limit=3"):
    print(each["timestamp"], each["type"], each["message"])
print(result["disclaimer"])
