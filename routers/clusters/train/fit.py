"""Fits everything but the encoder: clusters, difficulty, length, and a profile for each (source, model) of the outcome data.

    logit P(good) = theta_c + e_sm + b_s + sum_k pi_k(x) u_smk - d(x)

`theta_c` is shared by one canonical model's appearances in several sources, `e_sm` is that appearance's own offset and
`b_s` the grader's: sources are never pooled under one name, they only pull on each other softly, which puts their
difficulties on one scale.
"""

import csv
import gzip
import hashlib
import pathlib
import re

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.cluster import KMeans
from texts import TRAINED, read_prompts

# Base models answer no instructions; fine-tunes nobody can call teach nothing about those that users run.
BASE_MODELS = re.compile(r"(-hf|^Meta-Llama-3(\.1)?-\d+B$|Qwen1\.5-110B$|^Yi-\d+B$|Mixtral-8x7B-v0|Mistral-7B-v0|^gemma-7b$|quantized)")
REFERENCE = "gpt-4o-mini"


def digest_of(text):
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def canonical(model):
    """A name under which one model's appearances in several sources meet."""
    name = model.split("/")[-1].split("_")[-1].split("@")[0].lower()
    name = re.sub(r"-(fc|fc-any|fc-auto)$", "", name)
    effort = re.search(r"\((\w+)\)", name)
    name = re.sub(r"\s*\(.*?\)", "", name)
    name = re.sub(r"^meta-", "", name).replace("inst-fp8", "instruct").replace("-instruct-turbo", "-instruct")
    name = re.sub(r"-inst$", "-instruct", name)
    name = re.sub(r"gemini-(pro|flash)-(\d\.\d)", r"gemini-\2-\1", name)
    name = re.sub(r"-(\d{4}-\d{2}-\d{2}|20\d{6}|00\d|exp-\d{4}|preview-\d{4}|latest)$", "", name)
    name = name.replace("mistral-large-2407", "mistral-large-2").replace("mistral-large", "mistral-large-2").replace("-2-2", "-2")
    return name + (f":{effort.group(1)[:4]}" if effort else "")


def features(text):
    """Numbers of a text that an embedding forgets. The same function stands in ../../heads/text-features.ts."""
    cut = text[:2400]
    count = max(len(cut), 1)
    share = lambda pattern: len(re.findall(pattern, cut)) / count
    return [
        np.log1p(len(cut)), share(r"[0-9]"), share(r"[\\^=+*<>|$]"), share(r"[{}()\[\];_]"),
        np.log1p(cut.count("\n")), share(r"[^\x00-\x7f]"), min(cut.count("?"), 3),
    ]


class Data:
    """All cells of the training sources as one dense matrix a source, with a mask."""

    def __init__(self, folder, embeddings_file):
        stored = np.load(embeddings_file)
        row_of = {digest: row for row, digest in enumerate(stored["digests"])}
        self.embeddings, self.sources = stored["embeddings"], {}
        texts, keys, datasets = {}, {}, {}
        for source in TRAINED:
            rows = read_prompts(folder, source)
            ids, index = {}, []
            for row in rows:
                at = row_of[digest_of(row["prompt"])]
                ids[row["id"]] = len(index)
                index.append(at)
                texts[at] = row["prompt"]
                keys[at] = row["key"]
                datasets.setdefault(at, dataset_name(row))
            with gzip.open(pathlib.Path(folder) / "routing" / source / "outcomes.csv.gz", "rt", encoding="utf-8") as file:
                cells = [cell for cell in csv.DictReader(file) if cell["id"] in ids and not BASE_MODELS.search(cell["model"])]
            models = sorted({cell["model"] for cell in cells})
            column = {model: i for i, model in enumerate(models)}
            score = np.full((len(index), len(models)), np.nan, np.float32)
            tokens = np.full_like(score, np.nan)
            cost = np.full_like(score, np.nan)
            for cell in cells:
                at = ids[cell["id"]], column[cell["model"]]
                score[at] = float(cell["score"])
                if cell.get("out_chars") and float(cell["out_chars"]) > 0:
                    tokens[at] = float(cell["out_chars"]) / 4
                elif cell.get("out_tokens") and float(cell["out_tokens"]) > 0:
                    tokens[at] = float(cell["out_tokens"])
                if cell.get("cost"):
                    cost[at] = float(cell["cost"])
            self.sources[source] = {
                "index": np.array(index), "models": models, "score": score, "tokens": tokens, "cost": cost,
                "keys": np.array([row["key"] for row in rows]), "dataset": np.array([dataset_name(row) for row in rows]),
            }
        count = len(self.embeddings)
        self.texts = [texts[i] for i in range(count)]
        self.keys = np.array([keys[i] for i in range(count)])
        self.datasets = np.array([datasets[i] for i in range(count)])
        raw = np.array([features(text) for text in self.texts])
        self.features = raw


def dataset_name(row):
    base = row["dataset"].split("/")[-1]
    if base in ("mmlu_pro", "bbh") and row.get("subset"):
        return f"{base}/{row['subset']}"
    if row["dataset"].startswith("bfcl"):
        return "bfcl/relevance" if base == "relevance" else "bfcl/call"
    if row["dataset"].startswith("livecodebench"):
        return "livecodebench"
    return base


def centroids_of(embeddings, weights, count, seed=7):
    fitted = KMeans(count, n_init=3, random_state=seed, max_iter=60).fit(embeddings, sample_weight=weights)
    centers = fitted.cluster_centers_
    return centers / np.linalg.norm(centers, axis=1, keepdims=True)


def memberships(embeddings, centroids, sharpness):
    cosines = embeddings @ centroids.T
    logits = sharpness * (cosines - cosines.max(axis=1, keepdims=True))
    weights = np.exp(logits)
    return weights / weights.sum(axis=1, keepdims=True), cosines.max(axis=1)


def fit_profiles(data, pi, phi, train, hints, settings):
    """MAP fit by L-BFGS. `train` masks prompts; `hints` are (phi, probability, weight) rows for the reference model."""
    names, offsets, canon = [], [], []
    for source, block in data.sources.items():
        for model in block["models"]:
            names.append((source, model))
            canon.append(canonical(model))
    canon_names = sorted(set(canon))
    canon_at = np.array([canon_names.index(name) for name in canon])
    source_names = list(data.sources)
    source_at = np.array([source_names.index(source) for source, _ in names])
    reference = canon_names.index(REFERENCE)
    M, C, S, K, F = len(names), len(canon_names), len(source_names), pi.shape[1], phi.shape[1]
    cuts = np.cumsum([C, M, S, M * K, F])

    blocks, column = [], 0
    sizes = {name: int((data.datasets[train] == name).sum()) for name in np.unique(data.datasets[train])}
    for source, block in data.sources.items():
        keep = train[block["index"]]
        index = block["index"][keep]
        weight = np.array([min(1.0, (settings["dataset_cap"] / max(sizes[data.datasets[i]], 1)) ** 0.5) for i in index], np.float32)
        score = block["score"][keep]
        mask = ~np.isnan(score)
        blocks.append((index, slice(column, column + len(block["models"])), np.nan_to_num(score), mask * weight[:, None]))
        column += len(block["models"])
    hint_phi, hint_p, hint_w = hints

    def unpack(vector):
        theta, e, b, u, beta = np.split(vector, cuts[:-1])
        return theta, e, b, u.reshape(M, K), beta

    def objective(vector):
        theta, e, b, u, beta = unpack(vector)
        level = theta[canon_at] + e + b[source_at]
        d = phi @ beta
        loss = 0.0
        g_level, g_u, g_d = np.zeros(M), np.zeros((M, K)), np.zeros(len(phi))
        for index, columns, score, weight in blocks:
            x = level[columns][None] + pi[index] @ u[columns].T - d[index][:, None]
            loss += (weight * (np.logaddexp(0, x) - score * x)).sum()
            residual = weight * (expit(x) - score)
            g_level[columns] += residual.sum(0)
            g_u[columns] += residual.T @ pi[index]
            np.add.at(g_d, index, -residual.sum(1))
        g_beta = phi.T @ g_d
        x = theta[reference] - hint_phi @ beta
        loss += (hint_w * (np.logaddexp(0, x) - hint_p * x)).sum()
        residual = hint_w * (expit(x) - hint_p)
        g_beta -= hint_phi.T @ residual
        g_theta, g_b = np.bincount(canon_at, g_level, C), np.bincount(source_at, g_level, S)
        g_theta[reference] += residual.sum()
        penalties = ((theta - 1.0, 2.0), (e, 0.35), (b, 0.5), (u, settings["sd_u"]), (beta, settings["sd_beta"]))
        gradients = [g_theta, g_level.copy(), g_b, g_u, g_beta]
        for i, (value, sd) in enumerate(penalties):
            loss += 0.5 * ((value / sd) ** 2).sum()
            gradients[i] = gradients[i] + value / sd**2
        return loss, np.concatenate([g.ravel() for g in gradients])

    start = np.zeros(cuts[-1])
    start[:C] = 1.0
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": settings["iterations"], "maxcor": 20})
    theta, e, b, u, beta = unpack(found.x)
    return {
        "names": names, "canon": canon, "canon_names": canon_names, "theta_canon": theta,
        "level": theta[canon_at] + e + b[source_at], "b": dict(zip(source_names, b)), "u": u, "beta": beta,
        "model_at": {name: i for i, name in enumerate(names)},
    }


def fit_length(data, pi, phi, train, hints):
    """log tokens = l(x) + v_m + sum_k pi_k w_mk; l by ridge on the mean over models, w shrunken residual means."""
    count = np.zeros(len(phi))
    total = np.zeros(len(phi))
    offsets = {}
    for source, block in data.sources.items():
        logs = np.log(np.clip(block["tokens"], 1, 4000))
        for j, model in enumerate(block["models"]):
            seen = ~np.isnan(logs[:, j]) & train[block["index"]]
            if seen.sum() < 50:
                continue
            offsets[source, model] = 0.0
    target = np.full(len(phi), 5.0)
    for _ in range(4):
        total[:], count[:] = 0, 0
        for source, block in data.sources.items():
            logs = np.log(np.clip(block["tokens"], 1, 4000))
            for j, model in enumerate(block["models"]):
                if (source, model) not in offsets:
                    continue
                seen = ~np.isnan(logs[:, j]) & train[block["index"]]
                at = block["index"][seen]
                offsets[source, model] = float(np.mean(logs[seen, j] - target[at]))
            # How long a source lets its models talk belongs to the prompts, not to the models.
            middle = np.median([value for (where, _), value in offsets.items() if where == source] or [0.0])
            for j, model in enumerate(block["models"]):
                if (source, model) not in offsets:
                    continue
                offsets[source, model] -= middle
                seen = ~np.isnan(logs[:, j]) & train[block["index"]]
                at = block["index"][seen]
                np.add.at(total, at, logs[seen, j] - offsets[source, model])
                np.add.at(count, at, 1)
        known = count > 0
        weight = np.sqrt(np.minimum(count[known], 10))
        design = np.concatenate([phi[known] * weight[:, None], hints[0] * 6])
        values = np.concatenate([(total[known] / count[known]) * weight, hints[1] * 6])
        penalty = np.full(phi.shape[1], 20.0)
        penalty[0] = 1e-3
        gamma = np.linalg.solve(design.T @ design + np.diag(penalty), design.T @ values)
        target = phi @ gamma
    w, smear, residual_sd = {}, {}, []
    for source, block in data.sources.items():
        logs = np.log(np.clip(block["tokens"], 1, 4000))
        for j, model in enumerate(block["models"]):
            if (source, model) not in offsets:
                continue
            seen = ~np.isnan(logs[:, j]) & train[block["index"]]
            at = block["index"][seen]
            residual = logs[seen, j] - offsets[source, model] - target[at]
            w[source, model] = (pi[at].T @ residual) / (pi[at].sum(0) + 25)
            final = residual - pi[at] @ w[source, model]
            smear[source, model] = float(np.mean(np.exp(np.clip(final, -3, 3))))
            residual_sd.append(final.std())
    return {"gamma": gamma, "v": offsets, "w": w, "smear": smear, "sd": float(np.mean(residual_sd))}
