"""The table as PyTorch sees it, and what the heads read from an embedding."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional


class Heads:
    """What ../../heads/reading.ts computes, with gradients; strangeness and bounds left out."""

    def __init__(self, heads):
        tensor = lambda values: torch.tensor(values, dtype=torch.float32)
        self.mean, self.centroids, self.sharpness = tensor(heads["mean"]), tensor(heads["centroids"]), heads["sharpness"]
        self.parts = [{part: tensor(heads[name][part]) for part in ("bias", "embedding", "features", "clusters")} for name in ("difficulty", "length")]
        self.feature_mean, self.feature_sd = tensor(heads["features"]["mean"]), tensor(heads["features"]["sd"])

    def read(self, embedding, features):
        """The embedding about the mean, log memberships, difficulty, log tokens."""
        centred = functional.normalize(embedding - self.mean, dim=1)
        clusters = functional.log_softmax(self.sharpness * (centred @ self.centroids.T), 1)
        numbers = ((features - self.feature_mean) / self.feature_sd).clamp(-3, 3)
        scores = [part["bias"] + centred @ part["embedding"] + numbers @ part["features"] + clusters.exp() @ part["clusters"] for part in self.parts]
        return centred, clusters, *scores


class Student(nn.Module):
    """embedding = unit length of (mean of the words' rows) × projection + bias."""

    def __init__(self, rows, projection, bias):
        super().__init__()
        self.table = nn.Parameter(torch.tensor(rows, dtype=torch.float32))
        self.projection = nn.Parameter(torch.tensor(projection, dtype=torch.float32))
        self.bias = nn.Parameter(torch.tensor(bias, dtype=torch.float32))

    def forward(self, ids, offsets, lengths, kept=None):
        """Texts are runs of `ids` that begin at `offsets`; of a word that is not `kept` nothing is read."""
        kept = torch.ones(len(ids)) if kept is None else kept
        pooled = functional.embedding_bag(ids, self.table, offsets, mode="sum", per_sample_weights=kept)
        text_of = torch.repeat_interleave(torch.arange(len(offsets)), lengths)
        count = torch.zeros(len(offsets)).index_add_(0, text_of, kept).clamp(min=1)
        return functional.normalize(pooled / count[:, None] @ self.projection + self.bias, dim=1)


def start(alone, counts, dims):
    """Model2vec's start: each word's own embedding, the main directions, rare words louder than common ones."""
    mean = alone.mean(0)
    centred = alone - mean
    _, _, directions = np.linalg.svd(centred[np.random.default_rng(3).permutation(len(centred))[:8000]], full_matrices=False)
    share = (counts + 1) / (counts + 1).sum()
    weight = 1e-3 / (1e-3 + share)
    return Student((centred @ directions[:dims].T) * weight[:, None], directions[:dims], mean)
