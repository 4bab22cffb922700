"""Runs the transformer over the corpus, one text at a time as serving does, and keeps what it said."""

import argparse
import hashlib
import json
import pathlib
import sys

import numpy as np
import onnxruntime as ort
from corpus import everything  # puts ../../clusters/train on the path
from fit import features  # noqa: I001
from texts import encode_ids
from tokenizers import BertWordPieceTokenizer


def load_tokenizer(heads):
    """The tokenizer of the shared vocabulary, checked against the reference ids."""
    words = json.loads((heads / "vocab.json").read_text(encoding="utf-8"))["words"].split("\n")
    tokenizer = BertWordPieceTokenizer(vocab={word: at for at, word in enumerate(words)}, lowercase=True)
    for case in json.loads((heads / "word-piece-cases.json").read_text(encoding="utf-8"))["cases"]:
        if encode_ids(tokenizer, case["text"]) != case["ids"]:
            raise SystemExit(f"The tokenizer reads {case['text'][:40]!r} otherwise than word-piece-cases.json says.")
    return tokenizer, words


def open_teacher(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def embed(ids):
        given = np.array([ids], np.int64)
        return session.run(None, {"input_ids": given, "attention_mask": np.ones_like(given)})[0][0]

    return embed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "encoder", "heads", "wordnet", "out"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    tokenizer, words = load_tokenizer(pathlib.Path(arguments.heads))
    embed = open_teacher(arguments.encoder)
    rows = everything(arguments.data, arguments.wordnet)
    embeddings = np.zeros((len(rows), 384), np.float32)
    for at, (text, _, _) in enumerate(rows):
        embeddings[at] = embed(encode_ids(tokenizer, text))
        if at % 10_000 == 0:
            print(f"{at}/{len(rows)}", file=sys.stderr, flush=True)
    # Each word alone: where the table starts from, and stays for words that no text holds.
    alone = np.stack([embed([101, token, 102]) for token in range(len(words))])
    np.savez(
        arguments.out,
        texts=np.array([text for text, _, _ in rows], dtype=object), keys=np.array([key for _, key, _ in rows]),
        datasets=np.array([dataset for _, _, dataset in rows]), embeddings=embeddings, alone=alone,
        features=np.array([features(text) for text, _, _ in rows], np.float32),
        teacher=hashlib.sha256(pathlib.Path(arguments.encoder).read_bytes()).hexdigest(),
    )
