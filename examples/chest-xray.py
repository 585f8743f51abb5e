"""The chest X-ray API: IMAGE=chest.jpg python3 examples/chest-xray.py"""

import json
import os
import urllib.request

from multipart import form

base_url = os.environ.get("BASE_URL", "http://127.0.0.1:8000") + "/p/chest/api"
key = {"X-API-Key": os.environ["API_KEY"]} if "API_KEY" in os.environ else {}


def post(path, parts):
    data, headers = form(parts)
    with urllib.request.urlopen(urllib.request.Request(base_url + path, data, {**key, **headers})) as response:
        return json.load(response)


with open(os.environ.get("IMAGE", "chest.jpg"), "rb") as file:
    image = ("chest.jpg", file.read())
answer = post("/predict", [("file", image)])
print(f"{answer['data']['outcome']}: {answer['data']['explanation']}")
for each in answer["data"]["predictions"]:
    print(f"  {each['label']}: {each['probability']:.3f}{'' if each['assessed'] else ', not assessed: carries no weight'}")
shown = post("/explain", [("file", image)])["data"]
print(f"heatmap for {shown['explained_prediction']['label']}: {len(shown['heatmap_image'])} characters")
print(answer["disclaimer"])
