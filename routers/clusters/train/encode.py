"""Encodes every training prompt once, one at a time as serving does: int8 activations are scaled per run."""

import argparse
import hashlib
import sys

import numpy as np
import onnxruntime as ort
from texts import TRAINED, encode_ids, load_tokenizer, read_prompts

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()

    tokenizer = load_tokenizer(arguments.tokenizer)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(arguments.encoder, options, providers=["CPUExecutionProvider"])

    texts = {}
    for source in TRAINED:
        for row in read_prompts(arguments.data, source):
            texts.setdefault(hashlib.sha256(row["prompt"].encode()).hexdigest()[:24], row["prompt"])
    digests = sorted(texts)
    embeddings = np.zeros((len(digests), 384), np.float32)
    for index, digest in enumerate(digests):
        ids = np.array([encode_ids(tokenizer, texts[digest])], np.int64)
        embeddings[index] = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        if index % 4000 == 0:
            print(f"{index}/{len(digests)}", file=sys.stderr)
    np.savez(arguments.out, digests=np.array(digests), embeddings=embeddings)
