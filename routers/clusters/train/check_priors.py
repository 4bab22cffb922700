"""How well abilities fitted without an operator order the models in that operator's own tables.

    python check_priors.py --data DATA [--only code,tool] [--variants "fitted,plain"] [--forward 2026-02-01]

Each operator is left out in turn; the rest are fitted; Spearman's rank correlation is taken over the models in common.
`own`: every arm the operator measured, at its own effort. `plain`: what we ship for a model's bare name, against the
operator's reading of the default arm (the nearest it has). `best`: the same against the operator's best arm. `default`:
our default arm alone against the operator's.
"""

import argparse
import collections

import numpy as np
from ability_model import fit_abilities, general_terms, skill_terms
from priors import arm_of, default_arm, plain_arms, prepare
from score_tables import NO_ABILITY, read_scores
from profile_rows import SKILL_TRUST
from scipy.stats import rankdata, spearmanr

# category, operator, name, (group pattern, benchmarks whose mean is the target)
TARGETS = [
    ("code", "aider", "Aider polyglot", "aider", ["Aider polyglot (225 ex, pass@2)"]),
    ("code", "aa", "AA coding index", "openrouter", ["Artificial Analysis Coding Index"]),
    ("code", "scale", "Scale SWE-Bench Pro", "scale", ["SWE-Bench Pro"]),
    ("code", "livebench", "LiveBench coding", "livebench-2026", ["LiveBench Coding"]),
    ("code", "livebench", "LiveBench agentic coding", "livebench-2026", ["LiveBench Agentic Coding"]),
    ("tool", "bfcl", "BFCL v4, function calling", "bfcl-v4-2025-12-16/FC", ["BFCL v4 multi-turn", "BFCL v4 memory", "BFCL v4 web search"]),
    ("tool", "bfcl", "BFCL v4, prompted", "bfcl-v4-2025-12-16/prompt", ["BFCL v4 multi-turn", "BFCL v4 memory", "BFCL v4 web search"]),
    ("tool", "tau2", "tau2 banking", "tau2-bench/banking", ["tau-bench banking_knowledge pass^1"]),
    ("tool", "tau2", "tau2, other domains", "Sierra", ["tau-bench airline pass^1", "tau-bench retail pass^1", "tau-bench telecom pass^1"]),
    ("reasoning", "livebench", "LiveBench reasoning", "livebench-2026", ["LiveBench Reasoning"]),
    ("reasoning", "bullshit", "BullshitBench", "bullshit", ["BullshitBench v2 green rate"]),
    ("math", "livebench", "LiveBench mathematics", "livebench-2026", ["LiveBench Mathematics"]),
    ("instruction", "livebench", "LiveBench instructions", "livebench-2026", ["LiveBench IF"]),
    ("language", "livebench", "LiveBench language", "livebench-2026", ["LiveBench Language"]),
]
MODES = ("own", "plain", "best", "default")
VARIANTS = {
    "fitted": {}, "no loadings": {"loading": False}, "no operator effects": {"operator": False, "task": False}, "no family": {"family": False},
    "nothing learned": {"learn": False}, "plain": {"learn": False, "loading": False, "operator": False, "task": False, "family": False},
}


def target_of(readings, pattern, tasks):
    """arm ▶ the operator's reading: mean over its tasks, only of arms that have all of them in one table."""
    found = collections.defaultdict(dict)
    for r in readings:
        if pattern in r.group and r.task in tasks:
            found[r.model, r.effort, r.group if len(tasks) > 1 and "tau" not in r.task else "", ][r.task] = r.value
    target = {}
    for (model, effort, _), values in found.items():
        if len(values) == len(tasks):
            target[model, effort] = float(np.mean(list(values.values())))
    return target


def ability(fitted, arms, category, trust=SKILL_TRUST, facts=False):
    """What is predicted of a prompt of this category: the general ability, and half of what the skill would add."""
    value = 0.0
    for arm in arms:
        terms = [term for term in general_terms(arm) if not facts or term[0][0] not in ("model", "arm")]
        terms += [(key, trust * share) for key, share in skill_terms(arm, category) if not facts or key[0] == "rho"]
        value += fitted.mean(terms) / len(arms)
    return value


def mean_rank(readings):
    """The mean percentile of a model over the tables that hold it: the naive alternative."""
    tables, ranks = collections.defaultdict(list), collections.defaultdict(list)
    for r in readings:
        tables[r.group, r.task].append((r.model, r.value))
    for rows in tables.values():
        for (model, _), rank in zip(rows, rankdata([value for _, value in rows])):
            ranks[model].append((rank - 0.5) / len(rows))
    return {model: float(np.mean(values)) for model, values in ranks.items()}


def interval(x, y, draws=1000, seed=1):
    random, values = np.random.default_rng(seed), []
    for _ in range(draws):
        at = random.integers(0, len(x), len(x))
        if len(set(x[at])) > 2:
            values.append(spearmanr(x[at], y[at])[0])
    return np.percentile(values, [2.5, 97.5])


def pairs_of(fitted, target, known, facts, mode):
    """[(left-out reading, our arms)] over models that the rest of the tables know."""
    models = collections.defaultdict(dict)
    for (model, effort), value in target.items():
        if model in known:
            models[model][effort] = value
    pairs = []
    for model, values in sorted(models.items()):
        efforts = known[model]
        if mode == "own":
            pairs += [(value, [arm_of(model, effort, facts.get(model), efforts | set(values))]) for effort, value in sorted(values.items())]
        else:
            value = max(values.values()) if mode == "best" else values[default_arm(model, set(values))]
            default = [arm_of(model, default_arm(model, efforts), facts.get(model), efforts)]
            pairs.append((value, default if mode == "default" else plain_arms(fitted, model, efforts, facts.get(model))))
    return pairs


def check_forward(data, date, rounds):
    """Models released from `date` on, ordered by what older ones, facts, vendor and line say of them."""
    facts, *_ = prepare(data)
    is_new = lambda model: ((facts.get(model) or {}).get("released") or "") >= date
    _, readings, efforts, arms = prepare(data, lambda r: r.operator not in NO_ABILITY and not is_new(r.model))
    fitted = fit_abilities(readings, arms, rounds)
    everything = read_scores(data)
    for category, _, name, pattern, tasks in TARGETS:
        target = {arm: value for arm, value in target_of(everything, pattern, tasks).items() if is_new(arm[0])}
        if len(target) < 12:
            continue
        guess = [ability(fitted, [arm_of(model, effort, facts.get(model), {effort})], category, facts=True) for model, effort in target]
        low, high = interval(np.array(guess), np.array(list(target.values())))
        print(f"released from {date} {name:26s} {spearmanr(guess, list(target.values()))[0]:.3f} [{low:.2f}, {high:.2f}] n {len(target)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--variants", default="fitted")
    parser.add_argument("--without", default=",".join(NO_ABILITY), help="operators that are never fitted")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--forward", metavar="DATE", help="instead: hide every model released from this date on")
    arguments = parser.parse_args()
    if arguments.forward:
        return check_forward(arguments.data, arguments.forward, arguments.rounds)
    wanted = [t for t in TARGETS if not arguments.only or t[0] in arguments.only.split(",") or t[1] in arguments.only.split(",")]
    everything, without = read_scores(arguments.data), arguments.without.split(",")
    # The same models whatever is fitted.
    comparable = [r for r in everything if r.operator not in NO_ABILITY]
    lines = collections.defaultdict(dict)
    for variant in arguments.variants.split(","):
        for operator in dict.fromkeys(t[1] for t in wanted):
            facts, readings, known, arms = prepare(arguments.data, lambda r: r.operator != operator and r.operator not in without)
            fitted = fit_abilities(readings, arms, arguments.rounds, VARIANTS[variant])
            ranks = mean_rank(readings)
            for category, _, name, pattern, tasks in (t for t in wanted if t[1] == operator):
                common = {r.model for r in comparable if r.operator != operator}
                target = {arm: value for arm, value in target_of(everything, pattern, tasks).items() if arm[0] in common}
                for mode in MODES:
                    pairs = pairs_of(fitted, target, known, facts, mode)
                    y = np.array([value for value, _ in pairs])
                    guess = {
                        variant: [ability(fitted, arms, category) for _, arms in pairs],
                        f"{variant}, general ability alone": [ability(fitted, arms, category, trust=0) for _, arms in pairs],
                        f"{variant}, whole skills": [ability(fitted, arms, category, trust=1) for _, arms in pairs],
                        f"{variant}, facts and family": [ability(fitted, arms, category, facts=True) for _, arms in pairs],
                        "mean rank": [ranks[arms[0]["model"]] for _, arms in pairs],
                    }
                    for key, x in guess.items():
                        x = np.array(x)
                        low, high = interval(x, y)
                        lines[key][category, name, mode] = (float(spearmanr(x, y)[0]), low, high, len(y))
    for key, cells in lines.items():
        print(f"\n{key}")
        for mode in MODES:
            for category, name in dict.fromkeys((c, n) for c, n, _ in cells):
                rho, low, high, count = cells[category, name, mode]
                print(f"  {mode:5s} {category:11s} {name:26s} {rho:.3f} [{low:.2f}, {high:.2f}] n {count}")
            by = collections.defaultdict(list)
            for (category, _, m), (rho, *_) in cells.items():
                if m == mode:
                    by[category].append(rho)
            print(f"  {mode:5s} mean", {category: round(float(np.mean(values)), 3) for category, values in by.items()}, "all %.3f" % np.mean([v for vs in by.values() for v in vs]))


if __name__ == "__main__":
    main()
