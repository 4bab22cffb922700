"""Distils the model's first three layers into two: texts only, no outcomes.

The student starts from the teacher's own layers and learns each token's last hidden state and the pooled embedding about
the mean, which is what the heads read. In the last quarter weights and activations are rounded as serving rounds them
(`build_encoder.py`: 7 bits a weight, 8 an activation, one scale a run), so that it learns to be right after rounding.
The word table stays as it was: words that no text holds keep their meaning.

    python distil_layers.py --data DATA --weights minilm/model.safetensors --tokenizer minilm/tokenizer.json --wordnet dict --out student.safetensors

The keys that `evaluate.py` holds out are never trained on; agreement is measured on them. Takes about ten minutes on two
cores with bfloat16; sums of threads are unordered, so another run gives slightly other weights.
"""

import argparse
import json
import math
import pathlib
import sys
import time

import numpy as np
import torch
from build_encoder import HEADS, HIDDEN, read_safetensors
from evaluate import split_by_key
from safetensors.torch import save_file
from texts import TRAINED, encode_ids, load_tokenizer, read_prompts
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "static" / "train"))
from corpus import everything  # noqa: E402

TEACHER, STUDENT = (0, 1, 2), (0, 2)
WORDS = "embeddings.word_embeddings.weight"
TEXTS, BATCH_TOKENS, RATE, WARM_UP, POOLED_WEIGHT, EXACT = 55_000, 2048, 4e-4, 100, 10.0, 0.75


class RoundedWeight(torch.autograd.Function):
    """7 bits a weight, one scale an output; gradients pass as if nothing happened."""

    @staticmethod
    def forward(_, weight, limit=63):
        scale = weight.abs().amax(1, keepdim=True) / limit
        return (weight / scale).round_().clamp_(-limit, limit).mul_(scale)

    @staticmethod
    def backward(_, gradient):
        return gradient


class RoundedActivation(torch.autograd.Function):
    """DynamicQuantizeLinear, one range a text; x: [texts, tokens, numbers]. Gradients pass as if nothing happened."""

    @staticmethod
    def forward(_, x):
        low = x.amin((1, 2), keepdim=True).clamp_(max=0)
        scale = (x.amax((1, 2), keepdim=True).clamp_(min=0) - low) / 255
        zero = (-low / scale).round_()
        return (x / scale).round_().add_(zero).clamp_(0, 255).sub_(zero).mul_(scale)

    @staticmethod
    def backward(_, gradient):
        return gradient


def encode(weights, layers, ids, rounds=False):
    """Hidden states of the last layer, [texts, tokens, 384]; texts of one length, so that nothing is padded."""

    def linear(x, *names):
        weight, bias = (torch.cat([weights[f"{name}.{part}"] for name in names]) for part in ("weight", "bias"))
        if rounds:
            x, weight = RoundedActivation.apply(x), RoundedWeight.apply(weight)
        return functional.linear(x, weight, bias).float()

    def norm(x, name):
        return functional.layer_norm(x, (HIDDEN,), weights[f"{name}.weight"], weights[f"{name}.bias"], 1e-12)

    texts, tokens = ids.shape
    heads = lambda x: x.reshape(texts, tokens, HEADS, HIDDEN // HEADS).transpose(1, 2).bfloat16()
    place = weights["embeddings.position_embeddings.weight"][:tokens] + weights["embeddings.token_type_embeddings.weight"][0]
    x = norm(weights[WORDS][ids] + place, "embeddings.LayerNorm")
    with torch.autocast("cpu", torch.bfloat16):
        for layer in layers:
            p = f"encoder.layer.{layer}"
            threefold = linear(x, *(f"{p}.attention.self.{part}" for part in ("query", "key", "value")))
            context = functional.scaled_dot_product_attention(*(heads(part) for part in threefold.chunk(3, 2))).transpose(1, 2).reshape(texts, tokens, HIDDEN)
            x = norm(x + linear(context.float(), f"{p}.attention.output.dense"), f"{p}.attention.output.LayerNorm")
            inner = functional.gelu(linear(x, f"{p}.intermediate.dense"))
            x = norm(x + linear(inner, f"{p}.output.dense"), f"{p}.output.LayerNorm")
    return x


def pooled(hidden, mean):
    """The embedding that serving gives, about the mean of all: [texts, 384], of unit length."""
    return functional.normalize(functional.normalize(hidden.mean(1), dim=1) - mean, dim=1)


def batches_of(lengths, chosen, random):
    """Batches of texts of one length, about `BATCH_TOKENS` tokens each, in random order."""
    batches = []
    for length in np.unique(lengths[chosen]):
        same = random.permutation(chosen[lengths[chosen] == length])
        size = max(1, BATCH_TOKENS // length)
        batches += [same[at : at + size] for at in range(0, len(same), size)]
    random.shuffle(batches)
    return batches


class Taught:
    """Token ids of every text, and what the teacher makes of each token."""

    def __init__(self, weights, ids):
        self.ids, self.lengths = ids, np.array([len(row) for row in ids])
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)])
        self.hidden = torch.empty(self.starts[-1], HIDDEN, dtype=torch.bfloat16)
        total = torch.zeros(HIDDEN)
        with torch.no_grad():
            for batch in batches_of(self.lengths, np.arange(len(ids)), np.random.default_rng(0)):
                hidden = encode(weights, TEACHER, self.tokens(batch))
                self.hidden[self.places(batch)] = hidden.reshape(-1, HIDDEN).bfloat16()
                total += functional.normalize(hidden.mean(1), dim=1).sum(0)
        self.mean = total / len(ids)

    def tokens(self, batch):
        return torch.from_numpy(np.stack([self.ids[i] for i in batch]))

    def places(self, batch):
        return torch.from_numpy((self.starts[batch][:, None] + np.arange(self.lengths[batch[0]])).ravel())

    def wanted(self, batch):
        return self.hidden[self.places(batch)].view(len(batch), -1, HIDDEN).float()


def start(weights, layers):
    """The teacher's weights with its `layers` as the student's 0, 1, …; only the word table stays fixed."""
    first = {name: value for name, value in weights.items() if name.startswith("embeddings.")}
    for at, layer in enumerate(layers):
        there, here = f"encoder.layer.{layer}.", f"encoder.layer.{at}."
        first |= {here + name[len(there) :]: value for name, value in weights.items() if name.startswith(there)}
    return {name: value.clone().requires_grad_(name != WORDS) for name, value in first.items()}


def train(student, layers, taught, chosen):
    """One pass over the texts."""
    batches = batches_of(taught.lengths, chosen, np.random.default_rng(7))
    steps = len(batches)
    optimiser = torch.optim.AdamW([value for value in student.values() if value.requires_grad], lr=RATE, weight_decay=0.0)
    began, sums = time.monotonic(), []
    for step, batch in enumerate(batches):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / WARM_UP) * (0.505 + 0.495 * math.cos(math.pi * step / steps))
        wanted = taught.wanted(batch)
        given = encode(student, layers, taught.tokens(batch), rounds=step >= EXACT * steps)
        by_token = functional.mse_loss(given, wanted) / wanted.var()
        by_text = 1 - (pooled(given, taught.mean) * pooled(wanted, taught.mean)).sum(1).mean()
        optimiser.zero_grad()
        (by_token + POOLED_WEIGHT * by_text).backward()
        optimiser.step()
        sums.append((by_token.item(), by_text.item()))
        if step % 50 == 49:
            print(f"{step + 1}/{steps} by token %.4f by text %.4f" % tuple(np.mean(sums[-50:], 0)), f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def agreement(student, layers, taught, chosen, rounds):
    """Mean cosine of pooled embeddings, plain and about the mean."""
    plain, about = [], []
    with torch.no_grad():
        for batch in batches_of(taught.lengths, chosen, np.random.default_rng(1)):
            given, wanted = encode(student, layers, taught.tokens(batch), rounds), taught.wanted(batch)
            plain += functional.cosine_similarity(given.mean(1), wanted.mean(1)).tolist()
            about += (pooled(given, taught.mean) * pooled(wanted, taught.mean)).sum(1).tolist()
    return {"texts": len(plain), "cosine": round(float(np.mean(plain)), 4), "cosine_about_the_mean": round(float(np.mean(about)), 4)}


def held_out_keys(data):
    """Keys of the prompts that evaluate.py tests on (`fit.Data` keeps the last key of a text)."""
    key_of = {}
    for source in TRAINED:
        for row in read_prompts(data, source):
            key_of[row["prompt"]] = row["key"]
    keys = np.array(sorted(set(key_of.values())))
    return set(keys[~split_by_key(keys)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "weights", "tokenizer", "wordnet", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--start", default=",".join(map(str, STUDENT)), help="the teacher's layers that the student starts from")
    parser.add_argument("--texts", type=int, default=TEXTS, help="drawn from the corpus; each is seen once")
    arguments = parser.parse_args()
    torch.manual_seed(7)
    torch.set_num_threads(2)

    tokenizer = load_tokenizer(arguments.tokenizer)
    held_keys = held_out_keys(arguments.data)
    rows = everything(arguments.data, arguments.wordnet)
    rows = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))[: arguments.texts]]
    weights = {name: torch.from_numpy(value.copy()) for name, value in read_safetensors(arguments.weights).items()}
    ids = [np.array(encode_ids(tokenizer, text), np.int64) for text, _, _ in rows]
    print(len(ids), "texts,", sum(map(len, ids)), "tokens", file=sys.stderr, flush=True)
    began = time.monotonic()
    taught = Taught(weights, ids)
    print(f"taught in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    held = np.array([key in held_keys for _, key, _ in rows])
    whole = np.array([key != "" for _, key, _ in rows])
    chosen = [int(layer) for layer in arguments.start.split(",")]
    layers = range(len(chosen))
    student = start(weights, chosen)
    measure = lambda: {name: agreement(student, layers, taught, np.flatnonzero(held & whole), rounds) for name, rounds in (("exact", False), ("rounded", True))}
    print("before", json.dumps(measure()), file=sys.stderr, flush=True)
    train(student, layers, taught, np.flatnonzero(~held))
    print(json.dumps(measure(), indent=1))
    save_file({name: value.detach().contiguous() for name, value in student.items()}, arguments.out)
