"""Abilities of current models from published scores and catalogue facts (router.md §4.4, rungs 3 and 4).

An arm is (model, effort). Facts give every model a wide prior, readings of other operators sharpen it; the model of the
readings is ability_model.py.
"""

import json
import math
import pathlib
import re

import numpy as np
from ability_model import fit_abilities, general_terms, skill_terms
from score_tables import NO_ABILITY, read_scores, table
from skills import SKILLS

CATALOGUE = pathlib.Path(__file__).resolve().parents[3] / "catalog" / "models.json"
MEAN_YEAR = 2025.7  # for a model whose release date is unknown
FIRST_PARTY = ["openai", "anthropic", "google", "mistral", "deepseek", "xai", "moonshotai", "alibaba", "llama", "cohere", "zai", "minimax", "xiaomi", "stepfun"]
ELSEWHERE = ["groq", "togetherai", "fireworks-ai", "deepinfra", "nebius", "openrouter", "vercel", "amazon-bedrock", "novita-ai", "nvidia", "azure"]
NOT_CHAT = re.compile(r"image|tts|embed|audio|realtime|whisper|guard|safeguard|transcri|live|ocr|asr|omni|qwen-mt|translate|veo|imagen|lyria|moderation|rerank|deep-research|customtools|voxtral|vision|computer-use|robotics|-vl-|qvq|arabic|native")
ALWAYS_THINKS = re.compile(r"/o[134](-|$)|/grok-4(-0709)?$|-r1(-|$)|thinking|reasoner|qwq|magistral|-reasoning-2")
EFFORT_LEVEL = {"none": 0, "minimal": 0.15, "low": 0.5, "medium": 1, "high": 1.4, "xhigh": 1.8, "max": 2}


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


def unpacked(name):
    """A name without its packaging but with its date: two dates are two models."""
    return re.sub(r"(-(instruct|it|hf|latest|preview))+$", "", re.sub(r"[._:@ ]+", "-", name.lower()))


def catalogue_facts():
    """Models that the gateway's catalogue lists, in the shape of `read_facts`; those served by others stand under their own name."""
    entries = [entry for entry in json.loads(CATALOGUE.read_text())["models"] if "of" not in entry]
    return {
        entry["id"]: {
            "released": entry["facts"].get("released"), "price_out": entry["facts"].get("price_out"), "params_b": entry["facts"].get("params_b"),
            "reasoning": entry["facts"].get("reasoning"), "raw": [tuple(entry["id"].split("/", 1))], "rows": [],
        } for entry in entries
    }


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
        return 1.0 if not facts and any(re.search(r"high|max|thinking", other) for other in efforts) else 0.0
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


def line_of(name):
    """A model's line without its versions: the same rules stand in ../../heads/family.ts."""
    words = re.sub(r"[._:@ ]+", "-", name.split("/")[-1].lower()).split("-")
    packaging = {"latest", "preview", "instruct", "it", "chat", "instant", "versatile", "turbo", "fp8"}
    words = [re.sub(r"^([a-z]*?)[vk]?\d+(?:p\d+)?$", r"\1", word) for word in words]
    return "-".join(word for word in words if word and word not in packaging)


def arm_of(model, effort, facts, efforts):
    think = min(thinking_of(model, effort, facts, efforts), 1.4)
    return {
        "model": model, "effort": effort, "think": think, "x": metadata(model, facts, think)[1:],
        "vendor": model.split("/")[0], "line": line_of(model),
    }


def prepare(folder, keep=lambda reading: reading.operator not in NO_ABILITY):
    """Facts, readings, the efforts each model was measured at, and an arm for each."""
    facts = read_facts(folder)
    readings = [reading for reading in read_scores(folder) if keep(reading)]
    # The facts end before the newest models do; the gateway's catalogue has those.
    listed = {unpacked(name): entry for name, entry in catalogue_facts().items()}
    for model in {reading.model for reading in readings} - set(facts):
        if unpacked(model) in listed:
            facts[model] = listed[unpacked(model)]
    efforts = {}
    for reading in readings:
        efforts.setdefault(reading.model, set()).add(reading.effort)
    arms = {(model, effort): arm_of(model, effort, facts.get(model), efforts[model]) for model in sorted(efforts) for effort in sorted(efforts[model])}
    return facts, readings, efforts, arms


def plain_arms(fitted, model, efforts, facts):
    """A model by its bare name: nobody knows the effort, so half its default arm and half its best published one.

    Tables that were left out are met better so than by the default alone, whichever arm they hold (README.md). Where only
    high efforts were published, the default is what the readings say of the effort it stands for.
    """
    effort = default_arm(model, efforts)
    default = arm_of(model, effort, facts, efforts)
    if "" not in efforts and re.search(r"high|max", effort):
        default = arm_of(model, "", facts or {"reasoning": True}, {""})
    arms = [arm_of(model, effort, facts, efforts) for effort in sorted(efforts)]
    return [default, max(arms, key=lambda arm: fitted.mean(general_terms(arm)))]


class Priors:
    """What the readings and the facts say of any model."""

    def __init__(self, folder, rounds=9):
        self.facts, self.readings, self.efforts, self.arm_table = prepare(folder)
        self.fitted = fit_abilities(self.readings, self.arm_table, rounds)
        self.mean_year = MEAN_YEAR
        self.skill_sd = self.fitted.sds["skill"]
        self.of_model = {}
        for reading in self.readings:
            self.of_model.setdefault(reading.model, []).append(reading)
        self.newest = {}
        for model in sorted(self.efforts, key=lambda model: (self.facts.get(model) or {}).get("released") or ""):
            self.newest[line_of(model)] = self.newest[model.split("/")[0]] = model
        self.fit_metadata()

    def describe(self, arms):
        """The mean of some arms of one model: ability with its error, skills, thinking."""
        general = [(key, share / len(arms)) for arm in arms for key, share in general_terms(arm)]
        theta, sd = self.fitted.read(general)
        skills = [self.fitted.read([(key, share / len(arms)) for arm in arms for key, share in skill_terms(arm, skill)])[0] for skill in SKILLS]
        return {"theta": theta, "sd": sd, "skills": np.array(skills), "thinking": float(np.mean([arm["think"] for arm in arms]))}

    def arm(self, model, effort):
        return self.describe([self.arm_table[model, effort]])

    def plain(self, model):
        return self.describe(plain_arms(self.fitted, model, self.efforts[model], self.facts.get(model)))

    def relative(self, model):
        """The newest measured model of the same line, else of the same vendor."""
        return self.newest.get(line_of(model)) or self.newest.get(model.split("/")[0])

    def unmeasured(self, model, facts, thinks):
        """What facts, vendor and line say of a model that nobody measured."""
        if facts and not facts["released"] and self.relative(model):
            facts = {**facts, "released": (self.facts.get(self.relative(model)) or {}).get("released")}
        arm = {"model": model, "effort": "", "think": thinks, "x": metadata(model, facts, thinks)[1:], "vendor": model.split("/")[0], "line": line_of(model)}
        relatives = [key for key in (("vendor", arm["vendor"]), ("line", arm["line"])) if key in self.fitted.columns.place]
        return {**self.describe([arm]), "relatives": bool(relatives)}

    def sources(self, model, effort=None):
        """Tables that measured a model and the newest date in each, newest first."""
        newest = {}
        for reading in self.of_model[model]:
            if effort is None or reading.effort == effort:
                newest[reading.label] = max(newest.get(reading.label, ""), reading.date)
        rows = [{"benchmark": label, "date": date[:7]} if date else {"benchmark": label} for label, date in newest.items()]
        return sorted(rows, key=lambda row: (row.get("date", ""), row["benchmark"]), reverse=True)

    def fit_metadata(self):
        """Weights of the facts alone (../../heads/metadata-prior.ts), and by how much they miss a model left out."""
        plain = {model: self.plain(model) for model in self.efforts}
        x = np.array([metadata(model, self.facts.get(model), row["thinking"]) for model, row in plain.items()])
        y = np.array([row["theta"] for row in plain.values()])
        ridge = np.diag([1e-3] + [0.5] * (x.shape[1] - 1))
        self.omega = np.linalg.solve(x.T @ x + ridge, x.T @ y)
        hat = np.einsum("ij,jk,ik->i", x, np.linalg.inv(x.T @ x + ridge), x)
        self.metadata_sd = float(np.std((y - x @ self.omega) / (1 - hat)))
        self.rho = np.array([self.fitted.read([(("rho", skill), 1)])[0] for skill in SKILLS])


if __name__ == "__main__":
    import sys

    priors = Priors(sys.argv[1])
    print(len(priors.readings), "readings", len(priors.arm_table), "arms", len(priors.efforts), "models; facts miss by", round(priors.metadata_sd, 3))
    print("omega", priors.omega.round(3), "rho", dict(zip(SKILLS, priors.rho.round(2))))
    print("learned sd", {name: round(sd, 2) for name, sd in priors.fitted.sds.items()})
    for key, loading in sorted(priors.fitted.loading.items()):
        print(f"  loading {loading:.2f} noise {priors.fitted.noise[key]:.2f}", *key)
    for model in sorted(priors.efforts, key=lambda model: -priors.plain(model)["theta"]):
        row = priors.plain(model)
        print(f"{row['theta']:+.2f} ±{row['sd']:.2f} t{row['thinking']:.1f} {model}", dict(zip(SKILLS, row["skills"].round(1))), {effort: round(priors.arm(model, effort)["theta"], 2) for effort in sorted(priors.efforts[model])})
