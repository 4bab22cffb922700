"""Writes the encoder as an int8 ONNX file: weights of all-MiniLM-L6-v2 or of its student in, mean-pooled unit vectors out.

The graph is written by hand from the safetensors file: the layers and the word table are int8, the map of `align.py`
stays float. Weights use 7 of the 8 bits: CPUs without VNNI saturate full-range products, and
a router must predict the same on every machine.
"""

import argparse
import json
import struct

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HIDDEN, HEADS = 384, 12
HEAD = HIDDEN // HEADS


def read_safetensors(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        blob = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        start, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(blob[start:end], dtype=np.float32).reshape(entry["shape"])
    return tensors


class Graph:
    def __init__(self, quantise, bits):
        self.nodes, self.initializers = [], []
        self.quantise, self.limit = quantise, 2 ** (bits - 1) - 1
        self.counter = 0

    def constant(self, value, name=None):
        self.counter += 1
        name = name or f"c{self.counter}"
        self.initializers.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def op(self, kind, inputs, outputs=1, **attributes):
        self.counter += 1
        names = [f"{kind}_{self.counter}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=names[0], **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, x, weight, bias):
        """x @ weight.T + bias; weight quantised per output channel."""
        if not self.quantise:
            return self.op("Add", [self.op("MatMul", [x, self.constant(weight.T.copy())]), self.constant(bias)])
        scale = np.abs(weight).max(axis=1) / self.limit
        table = np.clip(np.round(weight / scale[:, None]), -self.limit, self.limit).astype(np.int8)
        quantised, x_scale, x_zero = self.op("DynamicQuantizeLinear", [x], 3)
        product = self.op("MatMulInteger", [quantised, self.constant(table.T.copy()), x_zero])
        scales = self.op("Mul", [x_scale, self.constant(scale.astype(np.float32))])
        product = self.op("Mul", [self.op("Cast", [product], to=TensorProto.FLOAT), scales])
        return self.op("Add", [product, self.constant(bias)])

    def gather_rows(self, ids, table):
        """Rows of a table kept as int8 with one scale a row."""
        if not self.quantise:
            return self.op("Gather", [self.constant(table), ids])
        scale = np.maximum(np.abs(table).max(axis=1), 1e-9) / 127
        rows = np.clip(np.round(table / scale[:, None]), -127, 127).astype(np.int8)
        picked = self.op("Cast", [self.op("Gather", [self.constant(rows), ids])], to=TensorProto.FLOAT)
        scales = self.op("Gather", [self.constant(scale.astype(np.float32)[:, None]), ids])
        return self.op("Mul", [picked, scales])

    def norm(self, x, weights, name):
        inputs = [x, self.constant(weights[f"{name}.weight"]), self.constant(weights[f"{name}.bias"])]
        return self.op("LayerNormalization", inputs, axis=-1, epsilon=1e-12)


def build(weights, layers, positions, quantise=True, bits=7):
    g = Graph(quantise, bits)
    ids, mask = "input_ids", "attention_mask"
    shape = g.op("Shape", [ids])
    length = g.op("Gather", [shape, g.constant(np.array(1, np.int64))])

    words = g.gather_rows(ids, weights["embeddings.word_embeddings.weight"])
    # Token type is always 0, so its row is folded into the positions.
    place = weights["embeddings.position_embeddings.weight"][:positions] + weights["embeddings.token_type_embeddings.weight"][0]
    span = g.op("Slice", [
        g.constant(place[None].astype(np.float32)), g.constant(np.array([0], np.int64)),
        g.op("Unsqueeze", [length, g.constant(np.array([0], np.int64))]), g.constant(np.array([1], np.int64)),
    ])
    x = g.norm(g.op("Add", [words, span]), weights, "embeddings.LayerNorm")

    mask_float = g.op("Cast", [mask], to=TensorProto.FLOAT)
    bias = g.op("Mul", [g.op("Sub", [g.constant(np.float32(1)), mask_float]), g.constant(np.float32(-10000))])
    bias = g.op("Unsqueeze", [bias, g.constant(np.array([1, 2], np.int64))])

    heads_shape = g.constant(np.array([0, 0, 3, HEADS, HEAD], np.int64))
    merged_shape = g.constant(np.array([0, 0, HIDDEN], np.int64))
    for layer in layers:
        p = f"encoder.layer.{layer}"
        a = f"{p}.attention.self"
        weight = np.concatenate([weights[f"{a}.{n}.weight"] for n in ("query", "key", "value")])
        bias_qkv = np.concatenate([weights[f"{a}.{n}.bias"] for n in ("query", "key", "value")])
        # The 1/sqrt(head) of attention is folded into the query.
        weight[:HIDDEN] /= np.sqrt(HEAD)
        bias_qkv[:HIDDEN] /= np.sqrt(HEAD)
        qkv = g.op("Reshape", [g.linear(x, weight, bias_qkv), heads_shape])
        qkv = g.op("Transpose", [qkv], perm=[2, 0, 3, 1, 4])
        q, k, v = (g.op("Gather", [qkv, g.constant(np.array(i, np.int64))], axis=0) for i in range(3))
        scores = g.op("Add", [g.op("MatMul", [q, g.op("Transpose", [k], perm=[0, 1, 3, 2])]), bias])
        context = g.op("MatMul", [g.op("Softmax", [scores], axis=-1), v])
        context = g.op("Reshape", [g.op("Transpose", [context], perm=[0, 2, 1, 3]), merged_shape])
        out = g.linear(context, weights[f"{p}.attention.output.dense.weight"], weights[f"{p}.attention.output.dense.bias"])
        x = g.norm(g.op("Add", [x, out]), weights, f"{p}.attention.output.LayerNorm")
        inner = g.linear(x, weights[f"{p}.intermediate.dense.weight"], weights[f"{p}.intermediate.dense.bias"])
        erf = g.op("Erf", [g.op("Div", [inner, g.constant(np.float32(np.sqrt(2)))])])
        inner = g.op("Mul", [g.op("Mul", [inner, g.op("Add", [erf, g.constant(np.float32(1))])]), g.constant(np.float32(0.5))])
        out = g.linear(inner, weights[f"{p}.output.dense.weight"], weights[f"{p}.output.dense.bias"])
        x = g.norm(g.op("Add", [x, out]), weights, f"{p}.output.LayerNorm")

    kept = g.op("Unsqueeze", [mask_float, g.constant(np.array([2], np.int64))])
    axis = g.constant(np.array([1], np.int64))
    total = g.op("ReduceSum", [g.op("Mul", [x, kept]), axis], keepdims=0)
    mean = g.op("Div", [total, g.op("ReduceSum", [kept, axis], keepdims=0)])
    if "map.weight" in weights:
        # What brings a student's embedding back to its teacher's (align.py).
        given = g.op("Div", [mean, g.op("ReduceL2", [mean, axis], keepdims=1)])
        mean = g.op("Add", [g.op("MatMul", [given, g.constant(weights["map.weight"].T.copy())]), g.constant(weights["map.bias"])])
    length2 = g.op("ReduceL2", [mean, g.constant(np.array([1], np.int64))], keepdims=1)
    g.nodes.append(helper.make_node("Div", [mean, length2], ["embedding"], name="unit"))

    graph = helper.make_graph(
        g.nodes, "encoder",
        [helper.make_tensor_value_info(ids, TensorProto.INT64, ["batch", "length"]),
         helper.make_tensor_value_info(mask, TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])],
        g.initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9, producer_name="thalamus")
    onnx.checker.check_model(model)
    return model


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", required=True, help="model.safetensors of all-MiniLM-L6-v2, or what distil_layers.py or align.py wrote")
    parser.add_argument("--out", required=True)
    parser.add_argument("--layers", default="0,1,2,3,4,5")
    parser.add_argument("--positions", type=int, default=128)
    parser.add_argument("--bits", type=int, default=7)
    parser.add_argument("--float", action="store_true", help="keep fp32, for comparison")
    arguments = parser.parse_args()
    layers = [int(i) for i in arguments.layers.split(",")]
    model = build(read_safetensors(arguments.weights), layers, arguments.positions, not arguments.float, arguments.bits)
    onnx.save(model, arguments.out)
