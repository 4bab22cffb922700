"""Abilities of current models from published scores and catalogue facts (router.md §4.4, rungs 3 and 4).

One linear Gaussian model over all readings, each benchmark of each comparability group with its own level:

    logit(score) = gamma_gb + theta_a + sum_s skill_bs * r_as + noise
    theta_a = x_a . omega + g_model + h_arm

An arm is (model, effort). `x` are catalogue facts, so a model without any score still gets a (wide) prior.
"""

import csv
import gzip
import math
import pathlib
import re

import numpy as np
from skills import SKILLS, benchmark_skills

GROUPS = ("livebench-", "aider-polyglot", "bfcl-v4", "tau2-bench/")
NOISE = {"livebench": 0.45, "aider": 0.6, "bfcl": 0.8, "tau2": 0.6}
DEGREES = 3.0
SD = {"gamma": 3.0, "omega": 1.0, "model": 0.45, "arm": 0.3, "rho": 0.7, "skill": 0.4, "tool": 0.9}
MEAN_YEAR = 2025.7  # for a model whose release date is unknown
FIRST_PARTY = ["openai", "anthropic", "google", "mistral", "deepseek", "xai", "moonshotai", "alibaba", "llama", "cohere", "zai", "minimax", "xiaomi", "stepfun"]
ELSEWHERE = ["groq", "togetherai", "fireworks-ai", "deepinfra", "nebius", "openrouter", "vercel", "amazon-bedrock", "novita-ai", "nvidia", "azure"]
NOT_CHAT = re.compile(r"image|tts|embed|audio|realtime|whisper|guard|safeguard|transcri|live|ocr|asr|omni|qwen-mt|translate|veo|imagen|lyria|moderation|rerank|deep-research|customtools|voxtral|vision|computer-use|robotics|-vl-|qvq|arabic|native")
ALWAYS_THINKS = re.compile(r"/o[134](-|$)|/grok-4(-0709)?$|-r1(-|$)|thinking|reasoner|qwq|magistral|-reasoning-2")
EFFORT_LEVEL = {"none": 0, "minimal": 0.15, "low": 0.5, "medium": 1, "high": 1.4, "xhigh": 1.8, "max": 2}


def table(folder, name):
    with gzip.open(pathlib.Path(folder) / "scores" / name, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_facts(folder):
    """First-party facts of each model, else those of an open-weights host; prices from the best priced row."""
    rank = {provider: i for i, provider in enumerate(FIRST_PARTY + ELSEWHERE)}
    facts = {}
    for row in table(folder, "facts.csv.gz"):
        entry = facts.setdefault(row["model"], {"rows": []})
        entry["rows"].append(row)
    for entry in facts.values():
        rows = sorted(entry["rows"], key=lambda row: rank.get(row["provider"], 99))
        pick = lambda name: next((row[name] for row in rows if row[name] not in ("", None)), None)
        number = lambda text: float(text) if text not in (None, "") else None
        entry.update(
            released=pick("release_date"), price_out=number(pick("price_out")), price_in=number(pick("price_in")),
            params_b=number(pick("params_b")), reasoning=pick("reasoning") == "true", open_weights=pick("open_weights") == "true",
            raw=[(row["provider"], row["raw_model"]) for row in rows if row["provider"] in FIRST_PARTY],
        )
        entry["price_out"] = entry["price_out"] or None
    return facts


def small_word(name):
    """How small a model's name says that it is: a family's own ladder is the most reliable size there is."""
    match = re.search(r"(\d+(?:\.\d+)?)b(?:-|$)", name)
    if re.search(r"nano|micro|tiny|\b1b\b", name):
        return 1.0
    if match and float(match.group(1)) <= 14 and not re.search(r"x\d+b|a\d+b", name):
        return 0.9
    if re.search(r"flash-lite|-lite|ministral|gpt-4o-mini", name):
        return 0.8
    if re.search(r"mini(?!max)|haiku|flash|air|small|nemo", name):
        return 0.5
    return 0.0


def year_of(released):
    if not released:
        return None
    parts = [int(part) for part in released.split("-")]
    return parts[0] + (parts[1] - 1) / 12 if len(parts) > 1 else parts[0] + 0.5


def metadata(name, facts, thinking):
    """[1, log price, years since 2025, thinking, small]; the same numbers stand in ../metadata-prior.ts."""
    price = facts.get("price_out") if facts else None
    year = (year_of(facts.get("released")) if facts else None) or MEAN_YEAR
    return np.array([
        1.0, math.log2(min(max(price, 0.02), 200) / 2) if price else 0.0, year - 2025, thinking, small_word(name),
    ])


def thinking_of(model, effort, facts, efforts):
    """How long an arm thinks, 1 = a reasoning model at medium effort; blank is the provider's default."""
    words = [word.strip() for word in effort.split(";") if word.strip()]
    levels = [EFFORT_LEVEL[word] for word in words if word in EFFORT_LEVEL]
    thinks = any(word.startswith(("thinking", "enabled", "default")) for word in words)
    if model.startswith("anthropic/claude-opus-4.5") and not thinks:
        return 0.0
    if levels:
        return levels[0] if not thinks else max(levels[0], 1.0)
    if thinks:
        return 1.2
    if ALWAYS_THINKS.search(model):
        return 1.0
    if not facts or not facts["reasoning"]:
        return 0.0
    if re.search(r"anthropic/claude-(opus|sonnet|haiku)-[34](\.[0-5])?$|gpt-5\.[1-4](-mini|-nano)?$|gpt-[45](\.\d)?-chat|gpt-5\.\d-chat|flash-lite$", model):
        return 0.0
    if any("thinking" in other or other in ("high", "enabled") for other in efforts) and not model.startswith(("openai/", "google/")):
        return 0.0
    return 1.0


def default_arm(model, efforts):
    """The arm a request gets that says nothing about effort: the provider's default, else the nearest arm published."""
    if model.startswith("openai/"):
        order = ["", "none", "low", "medium", "high"] if re.search(r"gpt-5\.[1-4](-mini|-nano)?$", model) else ["", "medium", "high", "low"]
    elif model.startswith("anthropic/"):
        order = ["", "none", "high", "medium", "high; thinking", "medium; thinking"]
    elif model.startswith("google/"):
        order = ["", "default", "medium", "high", "low"]
    elif re.search(r"thinking|reasoner|qwq|magistral|kimi-k2\.[56]", model):
        order = ["", "thinking", "enabled", "high"]
    else:
        order = ["", "none", "default", "thinking", "enabled", "high", "medium", "low"]
    return next((effort for effort in order if effort in efforts), sorted(efforts)[0])


def fit_priors(folder):
    facts = read_facts(folder)
    readings, arms = [], {}
    for row in table(folder, "scores.csv.gz"):
        skills = benchmark_skills(row["benchmark"])
        if not row["comparability_group"].startswith(GROUPS) or skills is None or row["unit"] not in ("percent", "fraction", ""):
            continue
        score = float(row["score"]) / (100 if row["unit"] != "fraction" else 1)
        # LiveBench's agentic zeros may be failures of the harness.
        if score == 0 and "agentic" in skills:
            continue
        arm = (row["model"], row["reasoning_effort"])
        arms.setdefault(arm, len(arms))
        readings.append((arm, row["comparability_group"], row["benchmark"], skills, min(max(score, 0.05), 0.95), row["date"]))
    models = sorted({model for model, _ in arms})
    efforts = {model: sorted(e for m, e in arms if m == model) for model in models}
    think = {arm: thinking_of(arm[0], arm[1], facts.get(arm[0]), efforts[arm[0]]) for arm in arms}
    benches = sorted({(group, bench) for _, group, bench, *_ in readings})
    bench_at = {key: i for i, key in enumerate(benches)}
    model_at = {model: i for i, model in enumerate(models)}
    X = np.array([metadata(model, facts.get(model), min(think[model, effort], 1.4)) for model, effort in arms])
    P, S, A = X.shape[1], len(SKILLS), len(arms)
    base = np.cumsum([0, len(benches), P, len(models), A, S, A * S])
    design, target, noise = np.zeros((len(readings), base[-1])), [], []
    for i, (arm, group, bench, skills, score, _) in enumerate(readings):
        a = arms[arm]
        design[i, base[0] + bench_at[group, bench]] = 1
        # The constant is not identified beside the benches' own levels.
        design[i, base[1] + 1 : base[2]] = X[a, 1:]
        design[i, base[2] + model_at[arm[0]]] = 1
        design[i, base[3] + a] = 1
        for skill, share in skills.items():
            s = SKILLS.index(skill)
            design[i, base[4] + s] = share * min(think[arm], 1.4)
            design[i, base[5] + a * S + s] = share
        target.append(math.log(score / (1 - score)))
        noise.append(next(value for key, value in NOISE.items() if group.startswith(key)))
    prior = np.concatenate([np.full(n, SD[name]) for name, n in zip(("gamma", "omega", "model", "arm", "rho", "skill"), np.diff(base))])
    # Function-calling fine-tunes excel at that alone, so that a BFCL score says less of everything else.
    prior[base[5] + SKILLS.index("tool") :: S] = SD["tool"]
    target, noise = np.array(target), np.array(noise)
    trust = np.ones(len(target))
    # Student-t noise by reweighting: a harness that timed out on one task must not sink a model.
    for _ in range(4):
        weighted = design * (np.sqrt(trust) / noise)[:, None]
        covariance = np.linalg.inv(weighted.T @ weighted + np.diag(1 / prior**2))
        z = covariance @ (weighted.T @ (target * np.sqrt(trust) / noise))
        trust = (DEGREES + 1) / (DEGREES + ((target - design @ z) / noise) ** 2)
    omega, rho = z[base[1] : base[2]], z[base[4] : base[5]]

    result, dates = {}, {}
    for arm, _, _, _, _, date in readings:
        dates.setdefault(arm, []).append(date)
    for arm, a in arms.items():
        row = np.zeros(base[-1])
        row[base[1] + 1 : base[2]], row[base[2] + model_at[arm[0]]], row[base[3] + a] = X[a, 1:], 1, 1
        result[arm] = {
            "theta": float(row @ z), "sd": float(np.sqrt(row @ covariance @ row)), "thinking": think[arm],
            "skills": z[base[5] + a * S : base[5] + (a + 1) * S] + rho * min(think[arm], 1.4),
            "readings": sum(1 for reading in readings if reading[0] == arm), "date": max(dates[arm]),
        }
    # What facts alone say of a model they were not fitted on, model by model.
    misses = []
    for model in models:
        rest = [i for i, (arm_model, _) in enumerate(arms) if arm_model != model]
        own = [i for i, (arm_model, _) in enumerate(arms) if arm_model == model]
        theta = np.array([result[arm]["theta"] for arm in arms])
        gram = X[rest].T @ X[rest] + np.diag([1e-3] + [0.5] * (P - 1))
        guess = np.linalg.solve(gram, X[rest].T @ theta[rest])
        misses += list(theta[own] - X[own] @ guess)
    theta = np.array([result[arm]["theta"] for arm in arms])
    gram = X.T @ X + np.diag([1e-3] + [0.5] * (P - 1))
    omega = np.linalg.solve(gram, X.T @ theta)
    return {"arms": result, "efforts": efforts, "facts": facts, "omega": omega, "rho": rho, "metadata_sd": float(np.std(misses)), "readings": len(readings), "mean_year": MEAN_YEAR}


if __name__ == "__main__":
    import sys

    fitted = fit_priors(sys.argv[1])
    print("readings", fitted["readings"], "arms", len(fitted["arms"]), "metadata sd", fitted["metadata_sd"], "omega", fitted["omega"])
    print("thinking by skill", dict(zip(SKILLS, fitted["rho"].round(2))))
    for (model, effort), entry in sorted(fitted["arms"].items(), key=lambda item: -item[1]["theta"]):
        star = "*" if default_arm(model, fitted["efforts"][model]) == effort else " "
        print(f"{star} {entry['theta']:+.2f} ±{entry['sd']:.2f} t{entry['thinking']:.1f} n{entry['readings']:3d} {model} [{effort}]", dict(zip(SKILLS, entry["skills"].round(1))))
