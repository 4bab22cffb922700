"""Our encoder behind MLServer: the server, its protocol and its JSON are MLServer's own."""

import os

import numpy as np
import onnxruntime as ort
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class EncoderRuntime(MLModel):
    async def load(self) -> bool:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = ort.InferenceSession(os.environ["ENCODER"], options, providers=["CPUExecutionProvider"])
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        feeds = {tensor.name: NumpyCodec.decode_input(tensor).astype(np.int64) for tensor in payload.inputs}
        (embedding,) = self.session.run(["embedding"], feeds)
        return InferenceResponse(
            model_name=self.name, outputs=[NumpyCodec.encode_output("embedding", embedding)]
        )


class AnotherRuntime(EncoderRuntime):
    """Another model of the same shape: what a mistake in the server's configuration would serve."""

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        for tensor in payload.inputs:
            if tensor.name == "input_ids":
                tensor.data.root = [1996 if token > 999 else token for token in tensor.data.root]
        return await super().predict(payload)
