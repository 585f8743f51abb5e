"""The cataract API: IMAGE=eye.jpg python3 examples/cataract.py"""

import json
import os
import urllib.request

from multipart import form

base_url = os.environ.get("BASE_URL", "http://127.0.0.1:8000") + "/p/cataract"
key = {"X-API-Key": os.environ["API_KEY"]} if "API_KEY" in os.environ else {}


def call(path, data=None, headers=None):
    request = urllib.request.Request(base_url + path, data=data, headers={**key, **(headers or {})})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


with open(os.environ.get("IMAGE", "eye.jpg"), "rb") as file:
    image = ("eye.jpg", file.read())
for model in ("lgbm", "clip", "ensemble"):
    eye = call(f"/predict_{model}", *form([("image", image)]))
    print(f"{model}: {eye['outcome']}; {eye['prediction']}, confidence {eye['confidence']:.3f} of 1")
batch = call("/predict_batch", *form([("model", "lgbm"), ("images", image), ("images", image)]))
summary = batch["summary"]
print(f"{batch['total_images']} images: {summary['cataract_predictions']} cataract, {summary['failed']} failed")
print(call("/drift_status")["message"])
print(eye["disclaimer"])
