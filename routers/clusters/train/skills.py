"""Which abilities a data set asks for, and what a person would call it."""

import re

SKILLS = ["math", "code", "reasoning", "knowledge", "instruction", "tool", "language", "data", "agentic"]

# data set ▶ (label, skills)
DATASETS = {
    "gsm8k": ("grade-school maths", {"math": 0.7, "reasoning": 0.3}),
    "agentverse-mgsm": ("grade-school maths, several languages", {"math": 0.6, "language": 0.2, "reasoning": 0.2}),
    "math": ("school competition maths", {"math": 0.8, "reasoning": 0.2}),
    "math_level5": ("competition maths", {"math": 0.8, "reasoning": 0.2}),
    "cruxeval_o": ("predicting a program's output", {"code": 0.5, "reasoning": 0.5}),
    "numersense-v2": ("common-sense numbers", {"knowledge": 0.7, "language": 0.3}),
    "trivia_qa": ("trivia", {"knowledge": 1}), "natural_qa": ("factual questions", {"knowledge": 1}),
    "commonsense_qa": ("common sense", {"knowledge": 0.5, "reasoning": 0.5}),
    "openbook_qa": ("elementary science", {"knowledge": 0.7, "reasoning": 0.3}),
    "arc_challenge": ("school science", {"knowledge": 0.7, "reasoning": 0.3}),
    "arc-challenge": ("school science", {"knowledge": 0.7, "reasoning": 0.3}),
    "winogrande": ("who is meant (pronouns)", {"reasoning": 0.6, "language": 0.4}),
    "mbpp": ("short Python functions", {"code": 1}), "human_eval": ("short Python functions", {"code": 1}),
    "livecodebench": ("competitive programming", {"code": 0.6, "reasoning": 0.4}),
    "bfcl/call": ("calling functions", {"tool": 1}), "bfcl/relevance": ("calling functions", {"tool": 1}),
    "commongen": ("sentences from given words", {"instruction": 0.5, "language": 0.5}),
    "agentverse-logicgrid": ("logic grids", {"reasoning": 1}),
    "ifeval": ("following exact instructions", {"instruction": 1}),
    "mmlu": ("general knowledge exams", {"knowledge": 0.8, "reasoning": 0.2}),
}

MMLU_PRO = {
    "math": ("university maths", {"math": 0.7, "reasoning": 0.3}),
    "physics": ("physics", {"math": 0.35, "reasoning": 0.35, "knowledge": 0.3}),
    "chemistry": ("chemistry", {"math": 0.3, "reasoning": 0.35, "knowledge": 0.35}),
    "engineering": ("engineering", {"math": 0.35, "reasoning": 0.35, "knowledge": 0.3}),
    "computer science": ("computer science", {"code": 0.3, "reasoning": 0.4, "knowledge": 0.3}),
    "biology": ("biology", {"knowledge": 0.7, "reasoning": 0.3}), "health": ("medicine", {"knowledge": 0.8, "reasoning": 0.2}),
    "law": ("law", {"knowledge": 0.6, "reasoning": 0.4}), "history": ("history", {"knowledge": 0.8, "reasoning": 0.2}),
    "business": ("business calculations", {"math": 0.4, "reasoning": 0.3, "knowledge": 0.3}),
    "economics": ("economics", {"knowledge": 0.6, "reasoning": 0.4}), "philosophy": ("philosophy", {"knowledge": 0.7, "reasoning": 0.3}),
    "psychology": ("psychology", {"knowledge": 0.8, "reasoning": 0.2}), "other": ("general knowledge exams", {"knowledge": 0.8, "reasoning": 0.2}),
}
LANGUAGE_BBH = {"disambiguation_qa", "hyperbaton", "snarks", "salient_translation_error_detection", "movie_recommendation", "ruin_names"}


def describe(name):
    """(label, skills) of a data-set name as fit.dataset_name writes it."""
    if name.startswith("mmlu_pro/"):
        return MMLU_PRO.get(name.split("/", 1)[1], MMLU_PRO["other"])
    if name.startswith("bbh/"):
        task = name.split("/", 1)[1]
        skills = {"language": 0.6, "reasoning": 0.4} if task in LANGUAGE_BBH else {"reasoning": 1}
        return "puzzles: " + task.replace("_", " "), skills
    return DATASETS.get(name, ("general knowledge exams", {"knowledge": 0.8, "reasoning": 0.2}))


# LiveBench category ▶ skills
LIVEBENCH = {
    "Mathematics": {"math": 1}, "Coding": {"code": 1}, "Language": {"language": 1}, "Data Analysis": {"data": 1},
    "Agentic Coding": {"agentic": 1}, "Reasoning": {"reasoning": 1}, "IF": {"instruction": 1},
}


# Other benchmarks ▶ skills. Composites of rows that stand beside them (BFCL overall, an index of the three) are left out.
BENCHMARKS = {
    "Artificial Analysis Coding Index": {"code": 0.6, "agentic": 0.4},
    "Artificial Analysis Coding Agent Index": {"agentic": 1},
    "SWE-Bench Pro": {"agentic": 1}, "SWE-Bench Verified": {"agentic": 1},
    "BullshitBench v2 green rate": {"pushback": 1},
    "Vectara factual consistency (summarisation)": {"grounding": 1},
}


def benchmark_skills(benchmark):
    """Skills of one benchmark of scores.csv.gz, or None when it says nothing about answer quality."""
    if benchmark.startswith("LiveBench "):
        return LIVEBENCH.get(benchmark[len("LiveBench ") :].split(" / ")[0])
    if benchmark.startswith("BFCL v4"):
        if re.search(r"overall|relevance", benchmark):
            return None
        return {"agentic": 0.5, "tool": 0.5} if re.search(r"web search|memory", benchmark) else {"tool": 1}
    if benchmark.startswith("Aider polyglot ("):
        return {"code": 0.6, "agentic": 0.4}
    if benchmark.startswith("tau-bench"):
        return {"tool": 0.6, "agentic": 0.4} if benchmark.endswith("pass^1") else None
    return BENCHMARKS.get(benchmark)
