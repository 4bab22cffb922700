"""A profile row for each current model: published scores, outcomes and facts, put on the outcomes' scale.

The link is learned on the models that have both: theta_outcome = A + B theta_scores, and how far a skill moves a cluster.
"""

import math
import re

import numpy as np
from priors import FIRST_PARTY, NOT_CHAT, Priors, catalogue_facts, unpacked
from skills import SKILLS

SD_OUTCOME, SD_SKILL = 0.3, 0.35
# How far a skill moves its clusters before anything was learned: with half of it the tables left out are met best.
SKILL_TRUST, SD_SKILL_TRUST = 0.5, 0.15
LEAST_CELLS = 400
# Names under which a vendor has served different models over the years: old outcomes say nothing of today's.
UNDATED = re.compile(r"mistral-(small|medium|large|tiny)|codestral|command-r")
# Names under which a vendor serves a model, or one effort of it, that the tables list under another.
ALIASES = {
    "deepseek/deepseek-chat": ("deepseek/deepseek-v3.2", ""), "deepseek/deepseek-reasoner": ("deepseek/deepseek-v3.2", "thinking"),
    "xai/grok-4.20-0309-reasoning": ("xai/grok-4.20", "thinking"), "xai/grok-4.20-0309-non-reasoning": ("xai/grok-4.20", "none"),
    "nvidia/nemotron-3-super-120b-a12b": ("nvidia/nemotron-3-super", None), "nvidia/nemotron-3-ultra-550b-a55b": ("nvidia/nemotron-3-ultra", None),
    "meta/llama-4-maverick-17b-128e-instruct": ("meta/llama-4-maverick", None), "meta/llama-4-scout-17b-16e-instruct": ("meta/llama-4-scout", None),
}
VENDORS = {"llama": "meta", "zhipuai": "zai"}
NOT_SERVED = ("other/", "katanemo/", "bittensor/", "madeagents/", "team-ace/", "nanbeige/")
EFFORTS = {"none": "none", "minimal": "minimal", "low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh", "max": "max", "thinking": "thinking", "enabled": "thinking"}


def plain(name):
    """How names are compared: the same rules stand in src/core/model-name.ts."""
    name = re.sub(r"[._:@ ]+", "-", name.split("/")[-1].lower())
    name = re.sub(r"^(meta-|cerebras-|groq-)", "", name)
    while True:
        shorter = re.sub(r"-(latest|preview|instruct-turbo|instruct|it|instant|versatile|fp8|bf16|chat-hf|hf|free|cloud|\d{8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{4}|00\d|maas|v\d+-0|v1)$", "", name)
        if shorter == name:
            return name
        name = shorter


def index_plain(evidence):
    found = {}
    for name, entry in evidence.items():
        base, _, effort = name.partition(":")
        if effort in ("", "med", "medi"):
            found[plain(base)] = entry
    return found


class Link:
    """From the scale of the scores to that of the outcomes, learned on the models that stand in both."""

    def __init__(self, priors, evidence, mixes):
        self.by_plain, self.mixes = index_plain(evidence), mixes
        pairs = []
        # Under several names a model counts once; one that was only asked to call functions tells nothing of the rest.
        taken = set()
        for model in sorted(priors.efforts, key=lambda model: -len(priors.of_model[model])):
            outcome, row = self.outcome(model), priors.plain(model)
            if outcome is None or id(outcome) in taken or outcome["cells"] < LEAST_CELLS or outcome["sources"] == {"bfcl"} or len(priors.of_model[model]) < 2:
                continue
            taken.add(id(outcome))
            pairs.append((model, row, outcome))
        x, y = np.array([row["theta"] for _, row, _ in pairs]), np.array([outcome["theta"] for *_, outcome in pairs])
        design = np.stack([np.ones_like(x), x], 1)
        prior = np.diag([1e-3, 1 / 0.3**2])
        self.A, self.B = np.linalg.solve(design.T @ design / 0.5**2 + prior, design.T @ y / 0.5**2 + prior @ [0, 1])
        self.sd = float((y - design @ [self.A, self.B]).std())
        top, bottom = SKILL_TRUST / SD_SKILL_TRUST**2, 1 / SD_SKILL_TRUST**2
        for _, row, outcome in pairs:
            said, precision = mixes @ row["skills"], np.asarray(outcome["precision"])
            weight = precision / (1 + precision * SD_SKILL**2)
            top += float((weight * said * outcome["natural"] / np.maximum(precision, 1e-9)).sum())
            bottom += float((weight * said**2).sum())
        self.trust = top / bottom
        self.pairs = [(model, round(row["theta"], 2), round(outcome["theta"], 2)) for model, row, outcome in pairs]

    def outcome(self, model):
        return None if UNDATED.search(model) else self.by_plain.get(plain(model))

    def theta(self, row):
        """(mean, variance) on the outcomes' scale."""
        return self.A + self.B * row["theta"], (self.B * row["sd"]) ** 2 + self.sd**2

    def u(self, row):
        return self.trust * self.mixes @ row["skills"]


def profile_id(name, facts):
    """The catalogue's id: first-party provider and its own model name, the undated one where both exist."""
    raw = [(VENDORS.get(p, p), r) for p, r in facts["raw"]] if facts else []
    if not raw or all("reasoning" in r and "reasoning" not in name for _, r in raw):
        return name
    raw = [pair for pair in raw if plain(pair[1]) == plain(name)] or raw
    provider, model_name = min(raw, key=lambda pair: (len(pair[1]), pair[1]))
    return f"{provider}/{model_name.split('/')[-1]}"


def thinks_by_default(name, facts, priors):
    """0 or 1; where facts do not say, as its newest measured relative."""
    if facts and facts["reasoning"] is not None:
        return 1.0 if facts["reasoning"] and not re.search(r"gpt-5(\.\d)?-chat", name) and (facts["released"] or "2026") > "2025-06" else 0.0
    relative = priors.relative(name)
    return min(priors.plain(relative)["thinking"], 1.0) if relative else 0.0


def merge(theta, variance, u, outcome):
    """Scores or facts with outcomes, by precision."""
    natural, precision = theta / variance, 1 / variance
    u_precision = np.full(len(u), 1 / SD_SKILL**2)
    u_natural = u * u_precision
    if outcome is not None:
        natural, precision = natural + outcome["theta"] / SD_OUTCOME**2, precision + 1 / SD_OUTCOME**2
        u_natural, u_precision = u_natural + outcome["natural"], u_precision + outcome["precision"]
    return {"theta": natural / precision, "sd": math.sqrt(1 / precision), "u": u_natural / u_precision, "sd_u": float(np.sqrt(1 / u_precision).mean())}


def current_rows(priors, link):
    """One row a model, and one more for each effort that was measured by itself."""
    catalogue = catalogue_facts()
    listed = {name for name, facts in priors.facts.items() if any(row["provider"] in [*FIRST_PARTY, "groq", "togetherai", "nvidia"] for row in facts["rows"])}
    rows, by_id = [], {}
    for name in sorted(set(priors.efforts) | listed):
        if NOT_CHAT.search(name) or name.startswith(NOT_SERVED):
            continue
        row = row_of(name, priors.facts.get(name), priors, link)
        known = by_id.get(row["id"])
        if known is None or (row["readings"], row["cells"]) > (known["readings"], known["cells"]):
            by_id[row["id"]] = row
    twins = {unpacked(id): row for id, row in by_id.items()}
    for name, facts in sorted(catalogue.items()):
        twin = twins.get(unpacked(name))
        if name in ALIASES or (name not in by_id and twin is None):
            by_id[name] = row_of(name, facts, priors, link)
        elif name not in by_id:
            by_id[name] = {**by_id.pop(twin["id"]), "id": name}
    for key in sorted(by_id):
        row = by_id[key]
        rows += [row, *effort_rows(row, priors, link)]
    return rows


def row_of(name, facts, priors, link):
    model, effort = ALIASES.get(name, (name, None))
    measured = model in priors.efforts
    if measured:
        said = priors.plain(model) if effort is None else priors.arm(model, effort)
    else:
        said = priors.unmeasured(name, facts, thinks_by_default(name, facts, priors))
    outcome = link.outcome(name)
    evidence = ["scores"] if measured else ["facts", "family"] if said["relatives"] else ["facts"]
    sources = priors.sources(model, effort) if measured else []
    return {
        "id": name if name in ALIASES else profile_id(name, facts), "model": model, **merge(*link.theta(said), link.u(said), outcome), "thinking": said["thinking"],
        "verbosity": float(np.mean(outcome["v"])) if outcome and outcome["v"] else 0.0, "evidence": evidence + (["outcomes"] if outcome else []),
        "sources": sources, "date": sources[0].get("date") if sources else None, "readings": len(priors.of_model[model]) if measured else 0,
        "cells": outcome["cells"] if outcome else 0, "released": facts["released"] if facts else None, "price_out": facts["price_out"] if facts else None,
        "outcome": outcome, "effort": effort,
    }


def effort_rows(row, priors, link):
    """`openai/gpt-5.1:high`: the arms of a model that was measured at more than one effort; they share its clusters."""
    if row["effort"] is not None or row["model"] not in priors.efforts:
        return []
    found = {}
    for effort in sorted(priors.efforts[row["model"]]):
        words = [EFFORTS[word] for word in re.split(r"; |-\d+k?$", effort) if word in EFFORTS]
        if words:
            arm = priors.arm(row["model"], effort)
            merged = merge(*link.theta(arm), link.u(arm), row["outcome"])
            count = sum(reading.effort == effort for reading in priors.of_model[row["model"]])
            # `high; thinking` is how high is meant where thinking is a switch of its own.
            rank = ("thinking" in words, count)
            if words[0] not in found or rank > found[words[0]][0]:
                found[words[0]] = rank, {"id": f"{row['id']}:{words[0]}", "of": row["id"], "theta": merged["theta"], "sd": merged["sd"], "thinking": arm["thinking"], "sources": priors.sources(row["model"], effort)}
    if len(priors.efforts[row["model"]]) < 2:
        return []
    return [arm for _, arm in found.values()]


def rounded_row(row):
    """What is written of a row: three digits of ability, two of offsets, nothing that is empty."""
    kept = {"id": row["id"]}
    if "of" in row:
        kept["of"] = row["of"]
    if "theta" not in row:
        return kept
    kept["theta"], kept["sd"] = round(float(row["theta"]), 3), round(float(row["sd"]), 3)
    if "u" in row:
        kept["u"] = [round(float(x), 2) or 0 for x in row["u"]]
        kept["sd_u"] = round(row["sd_u"], 3)
    kept["thinking"] = round(row["thinking"], 2)
    if "u" in row:
        kept["verbosity"] = round(row["verbosity"], 2)
        kept["evidence"] = row["evidence"]
    for name in ("sources", "date", "readings", "cells", "released"):
        if row.get(name):
            kept[name] = row[name]
    return kept


def build_rows(folder, mixes, evidence):
    """(rows of current models, priors, link): all that assemble.py needs."""
    priors = Priors(folder)
    link = Link(priors, evidence, mixes)
    return current_rows(priors, link), priors, link
