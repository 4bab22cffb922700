"""Trains the table to agree with the transformer and writes ../weights/table.json, with figures on what it never saw."""

import argparse
import json
import pathlib
import sys

import numpy as np
import torch
from student import Heads, start
from teach import load_tokenizer

SEED = 1
DIMS = 128
WINDOW = {"maxTokens": 256, "headTokens": 168, "maxUnits": 2400, "headUnits": 1600}
EPOCHS, BATCH, RATE, DROPPED = 8, 512, 5e-3, 0.15
HELD_OUT_KEYS = 0.08
# Whole sources that a second check leaves out: tool calls, programming, school mathematics.
HELD_OUT_SOURCES = ("bfcl/", "livecodebench/", "zeroeval/")
# Of a unit of (1 − cosine) about the mean.
CLUSTER_WEIGHT = DIFFICULTY_WEIGHT = LENGTH_WEIGHT = 0.09
# A weight is one printable character, and the table's spread sets the step; post-hoc rounding costs nothing measurable.
ALPHABET = "".join(chr(unit) for unit in range(0x20, 0x7F) if chr(unit) not in '"\\')
MIDDLE = len(ALPHABET) // 2
SPREADS = 4.5


class Taught:
    """The corpus with what the transformer said of it."""

    def __init__(self, path, tokenizer, heads):
        stored = np.load(path, allow_pickle=True)
        self.keys, self.datasets, self.alone = stored["keys"], stored["datasets"], stored["alone"]
        self.embeddings, self.features = torch.tensor(stored["embeddings"]), torch.tensor(stored["features"])
        self.teacher = str(stored["teacher"])
        self.ids = [cut_ids(tokenizer.encode(text).ids) for text in stored["texts"]]
        self.heads = heads
        with torch.no_grad():
            self.read = heads.read(self.embeddings, self.features)

    def batch(self, chosen):
        lengths = torch.tensor([len(self.ids[at]) for at in chosen])
        return torch.from_numpy(np.concatenate([self.ids[at] for at in chosen])), lengths.cumsum(0) - lengths, lengths

    def counts(self, chosen):
        return np.bincount(np.concatenate([self.ids[at] for at in chosen]), minlength=len(self.alone))


def cut_ids(ids):
    """As src/core/word-piece.ts cuts under `WINDOW`, without [CLS] and [SEP]."""
    head = WINDOW["headTokens"]
    tail = WINDOW["maxTokens"] - 2 - head
    inner = np.array(ids[1:-1], np.int64)
    return inner if len(inner) <= head + tail else np.concatenate([inner[:head], inner[len(inner) - tail :]])


def train(taught, chosen, dims=DIMS):
    torch.manual_seed(SEED)
    order_of = np.random.default_rng(SEED)
    student = start(taught.alone, taught.counts(chosen), dims)
    optimiser = torch.optim.Adam(student.parameters())
    steps = EPOCHS * (len(chosen) // BATCH)
    for step in range(steps):
        if step % (len(chosen) // BATCH) == 0:
            order = order_of.permutation(chosen)
        picked = order[(step % (len(chosen) // BATCH)) * BATCH :][:BATCH]
        ids, offsets, lengths = taught.batch(picked)
        kept = (torch.rand(len(ids)) >= DROPPED * torch.rand(1)).float()
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 100) * (0.51 + 0.5 * np.cos(np.pi * step / steps))
        centred, clusters, difficulty, length = taught.heads.read(student(ids, offsets, lengths, kept), taught.features[picked])
        wanted, wanted_clusters, wanted_difficulty, wanted_length = (part[picked] for part in taught.read)
        loss = (
            (1 - (centred * wanted).sum(1)).mean()
            + CLUSTER_WEIGHT * (wanted_clusters.exp() * (wanted_clusters - clusters)).sum(1).mean()
            + DIFFICULTY_WEIGHT * ((difficulty - wanted_difficulty) ** 2).mean()
            + LENGTH_WEIGHT * ((length - wanted_length) ** 2).mean()
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 200 == 0:
            print(f"{step}/{steps} loss {loss.item():.4f}", file=sys.stderr, flush=True)
    return student


def quantise(student):
    """Whole numbers for rows and the projection that undoes their step; the student then computes with exactly these."""
    with torch.no_grad():
        step = SPREADS * student.table.std() / MIDDLE
        rows = (student.table / step).round().clamp(-MIDDLE, MIDDLE)
        projection = torch.tensor([[float(f"{value:.4g}") for value in row] for row in (student.projection * step).tolist()])
        bias = torch.tensor([float(f"{value:.4g}") for value in student.bias.tolist()])
        for parameter, values in ((student.table, rows), (student.projection, projection), (student.bias, bias)):
            parameter.copy_(values)
    return student


def agreement(student, taught, chosen):
    """How far the table agrees with the transformer on texts."""
    with torch.no_grad():
        parts = [student(*taught.batch(chosen[at : at + 2048])) for at in range(0, len(chosen), 2048)]
        embeddings = torch.cat(parts)
        centred, clusters, difficulty, length = taught.heads.read(embeddings, taught.features[chosen])
        wanted, wanted_clusters, wanted_difficulty, wanted_length = (part[chosen] for part in taught.read)
    correlation = lambda left, right: round(float(np.corrcoef(left, right)[0, 1]), 4)
    mean = lambda values: round(float(values.mean()), 4)
    return {
        "texts": len(chosen),
        "cosine": mean((embeddings * taught.embeddings[chosen]).sum(1)),
        "cosine_about_the_mean": mean((centred * wanted).sum(1)),
        "same_top_cluster": mean((clusters.argmax(1) == wanted_clusters.argmax(1)).float()),
        "difficulty_correlation": correlation(difficulty, wanted_difficulty),
        "difficulty_rms": round(mean((difficulty - wanted_difficulty) ** 2) ** 0.5, 4),
        "log_tokens_correlation": correlation(length, wanted_length),
    }


def write(student, path):
    table, projection, bias = (values.detach().numpy() for values in (student.table, student.projection, student.bias))
    characters = np.frombuffer(ALPHABET.encode(), np.uint8)[table.astype(np.int64) + MIDDLE]
    stored = {
        "limits": WINDOW, "dims": table.shape[1], "rows": characters.tobytes().decode("ascii"),
        "projection": [[float(f"{value:.4g}") for value in row] for row in projection.T], "bias": [float(f"{value:.4g}") for value in bias],
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(stored, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("taught", "heads", "out"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    folder = pathlib.Path(arguments.heads)
    tokenizer, _ = load_tokenizer(folder)
    taught = Taught(arguments.taught, tokenizer, Heads(json.loads((folder / "heads.json").read_text())))
    every = np.arange(len(taught.ids))
    keys = np.unique(taught.keys[taught.keys != ""])
    held = np.isin(taught.keys, np.random.default_rng(42).permutation(keys)[: int(HELD_OUT_KEYS * len(keys))])
    away = np.array([dataset.startswith(HELD_OUT_SOURCES) for dataset in taught.datasets])
    checked = quantise(train(taught, every[~held & ~away]))
    figures = {"unseen_keys": agreement(checked, taught, every[held & ~away]), "unseen_sources": agreement(checked, taught, every[away])}
    shipped = quantise(train(taught, every))
    figures["everything, seen in training"] = agreement(shipped, taught, every[taught.keys != ""])
    write(shipped, pathlib.Path(arguments.out) / "weights" / "table.json")
    (pathlib.Path(arguments.out) / "weights" / "agreement.json").write_text(
        json.dumps({"teacher_sha256": taught.teacher, "held_out_sources": [name.rstrip("/") for name in HELD_OUT_SOURCES], "agreement": figures}, indent=1) + "\n"
    )
    print(json.dumps(figures, indent=1))
