"""Rounds the rows of ../weights/table.json more coarsely, the rarer their words, so that a Worker holds them: rows of rare words are
loud, and what is lost of them is a hundredth. Again on its own output it changes nothing."""

import argparse
import json
import pathlib
import re

ALPHABET = [chr(unit) for unit in range(0x20, 0x7F) if chr(unit) not in '"\\']
MIDDLE = (len(ALPHABET) - 1) // 2

# The vocabulary begins with its most frequent words.
STEPS = [(8_192, 3), (4_096, 2), (0, 1)]
# In the vocabulary and in no text.
NEVER_READ = re.compile(r"\[unused\d+\]")


def rounded(step):
    """What each character becomes."""
    most = MIDDLE // step * step
    nearest = [min(most, max(-most, (2 * abs(value) + step) // (2 * step) * step * (1 if value > 0 else -1))) for value in range(-MIDDLE, MIDDLE + 1)]
    return str.maketrans({character: ALPHABET[nearest[place] + MIDDLE] for place, character in enumerate(ALPHABET)})


def coarsened(rows, dims, words):
    tables = [(first, rounded(step)) for first, step in STEPS]
    for place, word in enumerate(words):
        if NEVER_READ.fullmatch(word):
            yield ALPHABET[MIDDLE] * dims
        else:
            table = next(table for first, table in tables if place >= first)
            yield rows[place * dims : (place + 1) * dims].translate(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("heads", "out"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    path = pathlib.Path(arguments.out) / "weights" / "table.json"
    text = path.read_text()
    stored = json.loads(text)
    words = json.loads((pathlib.Path(arguments.heads) / "vocab.json").read_text())["words"].split("\n")
    path.write_text(text.replace(stored["rows"], "".join(coarsened(stored["rows"], stored["dims"], words))))
