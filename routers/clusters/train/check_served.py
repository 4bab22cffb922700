"""In what order the shipped heads and profiles put models on prompts of a category, beside the published tables.

    python check_served.py --data DATA --embeddings FILE [--profiles FILE]

The prompts are outcome data's own, twelve a category; the ability is that of ../../heads/predict.ts, clip included. The
tables were fitted, so this says what serving keeps of the fit, not how good the fit is (check_priors.py says that).
"""

import argparse
import json
import pathlib

import numpy as np
from check_priors import TARGETS, target_of
from fit import Data
from priors import default_arm, prepare, unpacked
from profile_rows import profile_id
from scipy.stats import spearmanr
from score_tables import read_scores

HEADS = pathlib.Path(__file__).resolve().parents[2] / "heads"
PROMPTS = 12
CATEGORIES = {
    "code": ("livecodebench", "mbpp", "human_eval"), "tool": ("bfcl/call",), "reasoning": ("bbh/",), "math": ("math", "math_level5", "gsm8k"),
    "knowledge": ("mmlu", "mmlu_pro/history", "mmlu_pro/biology"), "instruction": ("ifeval",), "language": ("bbh/hyperbaton", "bbh/snarks", "bbh/ruin_names"),
}


def read_pi(heads, embedding):
    centred = embedding - np.array(heads["mean"])
    cosines = np.array(heads["centroids"]) @ (centred / np.linalg.norm(centred))
    shares = np.exp(heads["sharpness"] * (cosines - cosines.max()))
    low, high = heads["familiarity"]["low"], heads["familiarity"]["high"]
    return shares / shares.sum(), float(np.clip((high - cosines.max()) / (high - low), 0, 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--embeddings", required=True)
    parser.add_argument("--profiles", default=str(HEADS / "profiles.json"))
    arguments = parser.parse_args()
    heads = json.loads((HEADS / "heads.json").read_text())
    rows = {row["id"]: row for row in json.loads(pathlib.Path(arguments.profiles).read_text())["profiles"]}
    by_name = {unpacked(id): row for id, row in rows.items() if "of" not in row}
    data, facts, readings = Data(arguments.data, arguments.embeddings), prepare(arguments.data)[0], read_scores(arguments.data)
    random = np.random.default_rng(7)
    readings_of = {}
    for category, names in CATEGORIES.items():
        at = [i for i, name in enumerate(data.datasets) if any(name == n or (n.endswith("/") and name.startswith(n)) for n in names)]
        readings_of[category] = [read_pi(heads, data.embeddings[i]) for i in random.choice(at, PROMPTS, replace=False)]
    clip = heads["clip"]
    ability = lambda row, category: float(np.mean([row["theta"] + clip * np.tanh(pi @ np.array(row["u"]) / clip) * (1 - strange) for pi, strange in readings_of[category]]))
    for category in CATEGORIES:
        current = [row for row in rows.values() if "scores" in row.get("evidence", [])]
        served = [ability(row, category) for row in current]
        print(f"{category:11s} order against general ability {spearmanr(served, [row['theta'] for row in current])[0]:.3f}, text moves by sd {np.std(np.array(served) - [row['theta'] for row in current]):.2f} logits, n {len(current)}")
    for category, operator, name, pattern, tasks in TARGETS:
        models = {}
        for (model, effort), value in target_of(readings, pattern, tasks).items():
            models.setdefault(model, {})[effort] = value
        pairs = {"default": [], "best": []}
        for model, values in models.items():
            row = by_name.get(unpacked(profile_id(model, facts.get(model)))) or by_name.get(unpacked(model))
            if row is not None:
                pairs["default"].append((ability(row, category), values[default_arm(model, set(values))]))
                pairs["best"].append((ability(row, category), max(values.values())))
        print(f"{category:11s} {name:26s}", *(f"{mode} {spearmanr(*zip(*found))[0]:.3f}" for mode, found in pairs.items()), "n", len(pairs["best"]))


if __name__ == "__main__":
    main()
