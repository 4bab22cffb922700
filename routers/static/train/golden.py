"""Reads ../weights/table.json back and writes what it makes of a few prompts: golden.json, for golden.test.ts."""

import argparse
import json
import pathlib

import numpy as np
from distil import ALPHABET, MIDDLE, cut_ids
from teach import load_tokenizer
from texts import cut_text

LONG = "Summarise the minutes below in three bullet points, then list every action item with its owner. " + "The budget was discussed again and nobody agreed. " * 60

PROMPTS = [
    "Translate 'good morning' to French", "Prove that there are infinitely many primes congruent to 3 modulo 4.", "Write a Python function that checks whether a string is a palindrome.",
    "What is the capital of Australia?", "Hi", "", "Fix the grammar: me and him goes to school every days", "SELECT name, COUNT(*) FROM orders GROUP BY name HAVING COUNT(*) > 3; -- why is this slow?",
    "日本語で詩を書いて 🙂", "Ein Zug fährt um 8:15 Uhr los und kommt um 11:40 Uhr an. Wie lange dauert die Fahrt?", "def f(x):\n    return [i for i in range(x) if i % 2 == 0]\n", LONG,
]


def read_table(path):
    stored = json.loads(path.read_text())
    values = np.array([ALPHABET.index(chr(unit)) - MIDDLE if chr(unit) in ALPHABET else 0 for unit in range(0x80)])
    rows = values[np.frombuffer(stored["rows"].encode("ascii"), np.uint8)].reshape(-1, stored["dims"])
    return rows, np.array(stored["projection"]), np.array(stored["bias"])


def embed(table, ids):
    rows, projection, bias = table
    moved = projection @ (rows[ids].sum(0) / max(len(ids), 1)) + bias
    return moved / np.linalg.norm(moved)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("heads", "out"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    out = pathlib.Path(arguments.out)
    tokenizer, _ = load_tokenizer(pathlib.Path(arguments.heads))
    table = read_table(out / "weights" / "table.json")
    cases = []
    for prompt in PROMPTS:
        embedding = embed(table, cut_ids(tokenizer.encode(cut_text(prompt)).ids))
        cases.append({"prompt": prompt, "embedding": [round(float(value), 5) for value in embedding]})
    (out / "golden.json").write_text(json.dumps({"tolerance": 2e-5, "cases": cases}, ensure_ascii=False, indent=0) + "\n")
