"""Fits the linear map that brings the student's served embeddings back to the teacher's, and adds it to the student's file.

Rounding and the missing layer move embeddings in ways that are the same for all texts; the heads were fitted on the
teacher's. Ridge regression of the difference, so that directions which the prompts hardly use stay as they are.
The keys that `evaluate.py` holds out are left out.
"""

import argparse

import numpy as np
import torch
from evaluate import split_by_key
from fit import Data
from safetensors.torch import load_file, save_file

RIDGE, BIAS_RIDGE = 3.0, 0.003


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def fit_map(given, wanted):
    """(weight, bias) of `given @ weight.T + bias` nearest to `wanted`; rows of unit length, [texts, 384]."""
    design = np.concatenate([given, np.ones((len(given), 1))], axis=1).astype(np.float64)
    penalty = np.diag([RIDGE] * given.shape[1] + [BIAS_RIDGE])
    moves = np.linalg.solve(design.T @ design + penalty, design.T @ (wanted - given))
    return np.eye(given.shape[1]) + moves[:-1].T, moves[-1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "teacher-embeddings", "embeddings", "student", "out"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    data = Data(arguments.data, arguments.teacher_embeddings)
    wanted, given = data.embeddings, np.load(arguments.embeddings)["embeddings"]
    known = split_by_key(data.keys)
    weight, bias = fit_map(given[known], wanted[known])
    moved, mean = unit(given @ weight.T + bias), wanted[known].mean(0)
    for name, rows in (("as it was", given), ("mapped", moved)):
        cosines = lambda left, right: float((left * right)[~known].sum(1).mean())
        print(f"{name}: cosine on held-out keys {cosines(rows, wanted):.4f}, about the mean {cosines(unit(rows - mean), unit(wanted - mean)):.4f}")
    tensors = {"map.weight": torch.tensor(weight, dtype=torch.float32), "map.bias": torch.tensor(bias, dtype=torch.float32)}
    save_file({**load_file(arguments.student), **tensors}, arguments.out)
