"""Reads images through a gateway with the protocol's own client, and prints what came back as JSON, a line an answer.

    python triton_client.py HOST:PORT MODEL IMAGE...
"""

import base64
import json
import sys

import numpy
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

address, model, *paths = sys.argv[1:]
client = triton.InferenceServerClient(address)


def tell(what, **values):
    print(json.dumps({"what": what, **values}))


def plain(array):
    return [each.decode() if isinstance(each, bytes) else each for each in array.tolist()]


def answers(result):
    return {each["name"]: plain(result.as_numpy(each["name"])) for each in result.get_response()["outputs"]}


def image_input(data, binary):
    tensor = triton.InferInput("image", [1], "BYTES")
    tensor.set_data_from_numpy(numpy.array([data], dtype=numpy.object_), binary_data=binary)
    return [tensor]


metadata = client.get_model_metadata(model)
tell(
    "server",
    live=client.is_server_live(),
    ready=client.is_server_ready(),
    modelReady=client.is_model_ready(model),
    versionReady=client.is_model_ready(model, metadata["versions"][0]),
    server=client.get_server_metadata(),
    metadata=metadata,
    config=client.get_model_config(model),
)
names = [each["name"] for each in metadata["outputs"]]
for path in paths:
    with open(path, "rb") as file:
        picture = file.read()
    text = base64.b64encode(picture)
    as_json = [triton.InferRequestedOutput(name, binary_data=False) for name in names]
    tell("json", answers=answers(client.infer(model, image_input(text, False), outputs=as_json)))
    tell("binary", answers=answers(client.infer(model, image_input(picture, True), request_id="r-1")))
    for encoding in ("gzip", "deflate"):
        squeezed = client.infer(model, image_input(picture, True), request_compression_algorithm=encoding)
        tell(encoding, answers=answers(squeezed))
    top = [triton.InferRequestedOutput("probabilities", class_count=1)]
    tell("class", answers=answers(client.infer(model, image_input(picture, True), outputs=top)))

try:
    client.infer(model, image_input(b"no picture", True))
except InferenceServerException as error:
    tell("refused", message=error.message(), status=error.status())
client.unload_model(model)
tell("unloaded", ready=client.is_model_ready(model), index=client.get_model_repository_index())
client.load_model(model)
tell("loaded", ready=client.is_model_ready(model), statistics=client.get_inference_statistics(model))
