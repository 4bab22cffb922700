"""A row for each model of the outcome data, under the name its source uses.

A canonical model's appearances share one ability (fit.py) and their offsets per cluster are pooled by information; the
appearances with one exact name also keep their mean level. Function-calling modes stay apart: `-FC` and prompted runs
of one model differ most where tools are called. Models that the fit leaves out (base models) are fitted here, with
clusters and difficulty as they are.
"""

import csv
import gzip
import pathlib
import re

import numpy as np
from fit import BASE_MODELS, canonical
from scipy.special import expit
from texts import read_prompts

SD_THETA, SD_LEVEL, STEPS = 2.0, 0.35, 12
# What an appearance under another name, so under another protocol, counts beside one's own; information below which a
# cluster says nothing.
KIN, LITTLE = 0.25, 0.1


def exact(name):
    """The same rules stand in src/core/model-name.ts."""
    return re.sub(r"^(meta-|cerebras-|groq-)", "", re.sub(r"[._:@ ]+", "-", name.split("/")[-1].lower()))


def mode_of(source, name):
    if source != "bfcl":
        return None
    match = re.search(r"-(fc(-any|-auto)?)$", name.lower())
    return match.group(1) if match else "prompt"


def outcome_rows(data, folder, pi, d, fitted, length, sd_u):
    """Rows with theta, sd, u, sd_u, verbosity and cells for every model name of the sources."""
    found = {}
    for appearance in appearances(data, pi, d, fitted, length):
        found.setdefault(exact(appearance["name"]), []).append(appearance)
    everyone = [a for group in found.values() for a in group]
    rows = []
    for key, own in sorted(found.items()):
        modes = {a["mode"] for a in own} - {None}
        canon = {a["canon"] for a in own}
        kin = [a for a in everyone if a["canon"] in canon and (a["mode"] is None or not modes or a["mode"] in modes)]
        # Offsets come out of the fit already drawn towards 0: pooled they are a plain mean, not drawn there again.
        weight = [a["info"] * (1.0 if exact(a["name"]) == key else KIN) for a in kin]
        precision = sum(weight) + 1 / sd_u**2
        # An appearance's own level belongs to the prompts it was seen on.
        natural = sum(w * (a["u"] + (a["level"] if a["mode"] else 0.0)) for w, a in zip(weight, kin))
        plain_levels = [a["level"] for a in own if not a["mode"]]
        verbosity = [a["v"] for a in own if a["v"] is not None]
        first, *others = sorted({a["name"] for a in own}, key=lambda name: (len(name), name))
        rows.append({
            "id": first, "theta": float(np.mean([a["theta"] for a in own]) + (np.mean(plain_levels) if plain_levels else 0)), "sd": 0.2,
            "u": natural / (sum(weight) + LITTLE), "sd_u": float(np.sqrt(1 / precision).mean()), "thinking": 0.0,
            "verbosity": float(np.mean(verbosity)) if verbosity else 0.0, "evidence": ["outcomes"], "cells": sum(a["cells"] for a in own),
        })
        rows += [{"id": name, "of": first} for name in others]
    return rows + left_out_rows(data, folder, pi, d, fitted, sd_u)


def appearances(data, pi, d, fitted, length):
    theta = dict(zip(fitted["canon_names"], fitted["theta_canon"]))
    for source, block in data.sources.items():
        index = block["index"]
        for column, name in enumerate(block["models"]):
            at = fitted["model_at"][source, name]
            seen = ~np.isnan(block["score"][:, column])
            p = expit(fitted["level"][at] + pi[index[seen]] @ fitted["u"][at] - d[index[seen]])
            # Half the information: prompts of one data set are not independent witnesses of a cluster.
            info = 0.5 * ((p * (1 - p))[:, None] * pi[index[seen]] ** 2).sum(0)
            canon = canonical(name)
            key = source, name
            yield {
                "name": name, "canon": canon, "mode": mode_of(source, name), "theta": theta[canon], "info": info, "u": fitted["u"][at], "cells": int(seen.sum()),
                "level": fitted["level"][at] - fitted["b"][source] - theta[canon], "v": length["v"][key] + np.log(length["smear"][key]) if key in length["v"] else None,
            }


def left_out_rows(data, folder, pi, d, fitted, sd_u):
    """MAP of theta and u by Newton's method, for models whose cells the fit did not read."""
    cells = {}
    for source, block in data.sources.items():
        ids = {row["id"]: at for row, at in zip(read_prompts(folder, source), block["index"])}
        with gzip.open(pathlib.Path(folder) / "routing" / source / "outcomes.csv.gz", "rt", encoding="utf-8") as file:
            for cell in csv.DictReader(file):
                if BASE_MODELS.search(cell["model"]) and cell["id"] in ids:
                    cells.setdefault(cell["model"], []).append((ids[cell["id"]], float(cell["score"]), fitted["b"][source]))
    rows = []
    for name, seen in sorted(cells.items()):
        at, y, b = (np.array(column) for column in zip(*seen))
        x = np.concatenate([np.ones((len(at), 1)), pi[at]], axis=1)
        prior = np.concatenate([[1 / SD_THETA**2], np.full(pi.shape[1], 1 / sd_u**2)])
        value = np.concatenate([[1.0], np.zeros(pi.shape[1])])
        centre = value.copy()
        for _ in range(STEPS):
            p = expit(x @ value + b - d[at])
            hessian = (x.T * (p * (1 - p))) @ x + np.diag(prior)
            value = value - np.linalg.solve(hessian, x.T @ (p - y) + prior * (value - centre))
        spread = np.sqrt(np.diag(np.linalg.inv(hessian)))
        rows.append({"id": name, "theta": float(value[0]), "sd": float(max(spread[0], 0.1)), "u": value[1:], "sd_u": float(spread[1:].mean()), "thinking": 0.0, "verbosity": 0.0, "evidence": ["outcomes"], "cells": len(at)})
    return rows
