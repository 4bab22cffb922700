"""The table as PyTorch sees it, and what the heads read from an embedding."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

CLS, SEP = 101, 102


class Heads:
    """What ../../heads/reading.ts computes, with gradients; strangeness and bounds left out."""

    def __init__(self, heads):
        tensor = lambda values: torch.tensor(values, dtype=torch.float32)
        self.mean, self.centroids, self.sharpness = tensor(heads["mean"]), tensor(heads["centroids"]), heads["sharpness"]
        self.parts = {name: {part: tensor(heads[name][part]) for part in ("bias", "embedding", "features", "clusters")} for name in ("difficulty", "length")}
        self.feature_mean, self.feature_sd = tensor(heads["features"]["mean"]), tensor(heads["features"]["sd"])

    def read(self, embedding, features):
        centred = functional.normalize(embedding - self.mean, dim=1)
        logits = self.sharpness * (centred @ self.centroids.T)
        clusters = functional.softmax(logits, 1)
        numbers = ((features - self.feature_mean) / self.feature_sd).clamp(-3, 3)
        scores = [part["bias"] + centred @ part["embedding"] + numbers @ part["features"] + clusters @ part["clusters"] for part in self.parts.values()]
        return centred, functional.log_softmax(logits, 1), scores[0], scores[1]


class Student(nn.Module):
    """embedding = unit length of (mean of the tokens' rows) × projection + bias. Rows are whole numbers times one step."""

    def __init__(self, rows, projection, bias, limit):
        super().__init__()
        self.table = nn.Parameter(torch.tensor(rows, dtype=torch.float32))
        self.projection = nn.Parameter(torch.tensor(projection, dtype=torch.float32))
        self.bias = nn.Parameter(torch.tensor(bias, dtype=torch.float32))
        self.limit, self.step = limit, None

    def forward(self, ids, offsets, weights=None, counts=None):
        pooled = functional.embedding_bag(ids, self.table, offsets, mode="sum", per_sample_weights=weights)
        if self.step is not None:
            # Straight through: the loss sees whole numbers, the gradient does not.
            used, inverse = torch.unique(ids, return_inverse=True)
            rows = self.table[used]
            rounded = (rows / self.step).round().clamp(-self.limit, self.limit) * self.step
            rows = rows + (rounded - rows).detach()
            pooled = functional.embedding_bag(inverse, rows, offsets, mode="sum", per_sample_weights=weights)
        pooled = pooled / counts[:, None].clamp(min=1)
        return functional.normalize(pooled @ self.projection + self.bias, dim=1)


def start(alone, counts, dims):
    """Model2vec's start: each word's own embedding, the main directions, rare words louder than common ones."""
    mean = alone.mean(0)
    centred = alone - mean
    _, _, directions = np.linalg.svd(centred[np.random.default_rng(3).permutation(len(centred))[:8000]], full_matrices=False)
    rows = centred @ directions[:dims].T
    share = (counts + 1) / (counts + 1).sum()
    weight = 1e-3 / (1e-3 + share)
    return rows * weight[:, None], directions[:dims].astype(np.float32), mean
