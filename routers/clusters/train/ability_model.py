"""One Gaussian model of every reading, its variances learned from the readings themselves.

    logit(score) = level_gt + loading_t * ( x_a . omega + vendor + line + model + arm + sum_s share_ts * skill_ms
                                            + operator_om + task_tm ) + noise_t

`level` belongs to a task of one table, `loading` and `noise` to the task. What an operator gets wrong about a model in
all its tables (`operator_om`) and what a task does (`task_tm`, over all releases) are kept apart from what the model can do:
twenty tasks of one operator are not twenty witnesses. Skills have a common part for how long an arm thinks (`rho`).
"""

import numpy as np
from scipy import sparse
from scipy.linalg.lapack import dpotrf, dpotri

# Where the variances start; all but the first two are learned (`learn`).
START_SD = {
    "level": 3.0, "omega": 1.0, "rho": 0.15, "vendor": 0.3, "line": 0.2, "model": 0.4, "arm": 0.25, "skill": 0.35, "operator": 0.3, "task": 0.4, "aside": 1.0,
}
FIXED = ("level", "omega", "rho", "aside")
# What BullshitBench and Vectara measure has little to do with ability: a wide effect of its own takes most of it.
ASIDE = ("pushback", "grounding")
# A variance is drawn to its start with the weight of so many effects; a noise, of so many readings.
SD_WEIGHT, NOISE_WEIGHT, START_NOISE = 20.0, 10.0, 0.5
# Operators that measured one model on one task several times (releases, modes, submissions).
REPEATED = ("livebench", "bfcl", "tau2")
LOADING_SD, DEGREES = 0.35, 4.0


class Columns:
    """Names of the parameters and their places, block by block."""

    def __init__(self):
        self.place, self.block = {}, []

    def at(self, block, *name):
        key = (block, *name)
        if key not in self.place:
            self.place[key] = len(self.block)
            self.block.append(block)
        return self.place[key]


class Fitted:
    """The posterior over every effect, and what it says of an arm."""

    def __init__(self, columns, z, covariance, sds, loading, noise):
        self.columns, self.z, self.covariance = columns, z, covariance
        self.sds, self.loading, self.noise = sds, loading, noise

    def mean(self, terms):
        """The mean of a sum of effects; those never fitted are 0."""
        return float(sum(share * self.z[self.columns.place[key]] for key, share in terms if key in self.columns.place))

    def row(self, terms):
        """(design row, variance of the terms that were never fitted)."""
        row, unseen = np.zeros(len(self.z)), 0.0
        for key, share in terms:
            at = self.columns.place.get(key)
            if at is None:
                unseen += (share * self.sds[key[0]]) ** 2
            else:
                row[at] += share
        return row, unseen

    def read(self, terms):
        """(mean, sd) of a sum of effects."""
        row, unseen = self.row(terms)
        at = np.flatnonzero(row)
        return float(row[at] @ self.z[at]), float(np.sqrt(row[at] @ self.covariance[np.ix_(at, at)] @ row[at] + unseen))


def general_terms(arm):
    """What an arm can do whatever the task: facts, vendor, line, the model and the arm itself."""
    terms = [(("omega", i), x) for i, x in enumerate(arm["x"])]
    return terms + [(("vendor", arm["vendor"]), 1), (("line", arm["line"]), 1), (("model", arm["model"]), 1), (("arm", arm["model"], arm["effort"]), 1)]


def skill_terms(arm, skill, share=1.0):
    block = "skill" if skill not in ASIDE else "aside"
    return [((block, arm["model"], skill), share), (("rho", skill), share * arm["think"])]


def fit_abilities(readings, arms, rounds=9, settings=()):
    """`arms[model, effort]`: x (facts, no constant), think, vendor, line, model, effort. Expectation-maximisation."""
    on = {"loading": True, "operator": True, "task": True, "family": True, "learn": True, **dict(settings)}
    columns, rows = Columns(), []
    for r in readings:
        arm = arms[r.model, r.effort]
        terms = [term for term in general_terms(arm) if on["family"] or term[0][0] not in ("vendor", "line")]
        for skill, share in r.skills.items():
            terms += skill_terms(arm, skill, share)
        if on["operator"]:
            terms.append((("operator", r.operator, r.model), 1))
        if on["task"] and r.operator in REPEATED:
            terms.append((("task", r.operator, r.task, r.model), 1))
        rows.append([(columns.at(*key), share) for key, share in terms])
    levels = [columns.at("level", r.group, r.task) for r in readings]
    count, size = len(readings), len(columns.block)
    ability = sparse.csr_matrix(
        ([s for row in rows for _, s in row], ([i for i, row in enumerate(rows) for _ in row], [c for row in rows for c, _ in row])), (count, size))
    level = sparse.csr_matrix((np.ones(count), (range(count), levels)), (count, size))
    value = np.array([r.value for r in readings])
    kinds = sorted({(r.operator, r.task) for r in readings})
    kind = np.array([kinds.index((r.operator, r.task)) for r in readings])
    blocks = np.array(columns.block)
    sds, loading, noise, trust = dict(START_SD), np.ones(len(kinds)), np.full(len(kinds), START_NOISE), np.ones(count)
    for step in range(rounds):
        design = level + sparse.diags(loading[kind]) @ ability
        weight = trust / noise[kind] ** 2
        precision = (design.T @ sparse.diags(weight) @ design).toarray()
        precision[np.diag_indices(size)] += 1 / np.array([sds[b] for b in blocks]) ** 2
        covariance, _ = dpotri(dpotrf(precision, lower=1, overwrite_a=1)[0], lower=1, overwrite_c=1)
        covariance = np.tril(covariance) + np.tril(covariance, -1).T
        z = covariance @ (design.T @ (weight * value))
        if step == rounds - 1:
            break
        spread = np.asarray(ability.multiply(ability @ covariance).sum(1)).ravel()
        held, base = ability @ z, level @ z
        miss = value - base - loading[kind] * held
        trust = (DEGREES + 1) / (DEGREES + miss**2 / noise[kind] ** 2)
        if not on["learn"]:
            continue
        squares = trust * (miss**2 + loading[kind] ** 2 * spread)
        noise = np.sqrt((np.bincount(kind, squares, len(kinds)) + NOISE_WEIGHT * START_NOISE**2) / (np.bincount(kind, minlength=len(kinds)) + NOISE_WEIGHT))
        if on["loading"]:
            w = trust / noise[kind] ** 2
            top = np.bincount(kind, w * ((value - base) * held), len(kinds)) + 1 / LOADING_SD**2
            bottom = np.bincount(kind, w * (held**2 + spread), len(kinds)) + 1 / LOADING_SD**2
            loading = np.clip(top / bottom, 0.05, 3)
        second = z**2 + np.diag(covariance)
        for name in set(blocks) - set(FIXED):
            at = blocks == name
            sds[name] = float(np.sqrt((second[at].sum() + SD_WEIGHT * START_SD[name] ** 2) / (at.sum() + SD_WEIGHT)))
    return Fitted(columns, z, covariance, sds, dict(zip(kinds, loading)), dict(zip(kinds, noise)))
