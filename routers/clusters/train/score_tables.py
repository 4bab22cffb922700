"""The readings of scores.csv.gz that say how good answers are: who measured, which task, which abilities it asks for.

An operator is whoever ran the benchmark: tables are compared within one comparability group only, and what an operator
gets wrong it may get wrong in every table of its own.
"""

import csv
import gzip
import math
import pathlib
import re
from collections import namedtuple

from skills import benchmark_skills

Reading = namedtuple("Reading", "model effort operator group task label skills value date")

LEAST, MOST = 0.03, 0.97
# What these measure (pushing back on nonsense, faithful summaries) orders models by something else than ability: with
# BullshitBench the tables left out are met worse, Vectara's loading on ability is 0.05 (check_priors.py).
NO_ABILITY = ("bullshit", "vectara")
# Second-hand copies of a table that stands here at first hand.
COPIED = re.compile(r"^models\.dev/aider\.chat/")
# One model under two names.
RENAMED = {"alibaba/qwen3-max-2025-09-23": "alibaba/qwen3-max", "arcee/arcee-trinity-large-preview": "arcee/trinity-large-preview"}
LABELS = {
    "livebench": "LiveBench", "bfcl": "BFCL v4", "tau2": "tau2", "aider": "Aider polyglot", "aa": "Artificial Analysis",
    "scale": "Scale SWE-Bench Pro", "vendor": "vendor reports", "bullshit": "BullshitBench", "vectara": "Vectara",
}


def table(folder, name):
    with gzip.open(pathlib.Path(folder) / "scores" / name, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def operator_of(group):
    if not group.startswith("models.dev/"):
        return re.match(r"livebench|bfcl|tau2|aider|bullshit|vectara", group).group(0)
    if re.search(r"artificialanalysis|openrouter", group):
        return "aa"
    return "scale" if "scale.com" in group else "vendor"


def effort_of(row):
    """`default` is what a blank says too; a harness is no effort."""
    effort = row["reasoning_effort"]
    return "" if effort in ("default", "Claude Code", "Terminus-2") else effort


def part_of(operator, task):
    """LiveBench's own categories: its tasks of one category are one witness."""
    return task.split(" / ")[0] if operator == "livebench" else task


def read_scores(folder):
    """All usable readings, in logits about the mean of their table's task; rows of one arm and part become their mean."""
    rows = []
    for row in table(folder, "scores.csv.gz"):
        group, task = row["comparability_group"], row["benchmark"]
        skills = benchmark_skills(task)
        if COPIED.search(group) or skills is None:
            continue
        score = float(row["score"]) / (1 if row["unit"] == "fraction" else 100)
        # LiveBench's agentic zeros may be failures of the harness.
        if score == 0 and "agentic" in skills:
            continue
        score = min(max(score, LEAST), MOST)
        rows.append((RENAMED.get(row["model"], row["model"]), effort_of(row), group, task, math.log(score / (1 - score)), row["date"]))
    tables, merged = {}, {}
    for _, _, group, task, value, _ in rows:
        tables.setdefault((group, task), []).append(value)
    for model, effort, group, task, value, date in rows:
        values = tables[group, task]
        part = part_of(operator_of(group), task)
        merged.setdefault((model, effort, group, part), []).append((value - sum(values) / len(values), date))
    readings = []
    for (model, effort, group, part), found in merged.items():
        operator, mean = operator_of(group), sum(value for value, _ in found) / len(found)
        readings.append(Reading(model, effort, operator, group, part, LABELS[operator], benchmark_skills(part), mean, max(date for _, date in found)))
    return readings
