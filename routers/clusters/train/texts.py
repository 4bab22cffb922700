"""The text a router is trained on, cut exactly as serving cuts it (src/core/word-piece.ts), and its token ids."""

import gzip
import json
import pathlib

from tokenizers import Tokenizer

MAX_TOKENS, HEAD_TOKENS = 128, 84  # [CLS] and [SEP] included in the first
MAX_UNITS, HEAD_UNITS = 2400, 1600  # UTF-16 units, as JavaScript counts

TRAINED = ["mmlu_pro", "open_llm_leaderboard_v2", "zeroeval", "ulab_llmrouter", "bfcl", "livecodebench", "routerbench_subset"]


def cut_text(text):
    """Head and tail of a long text, never through a surrogate pair."""
    units = text.encode("utf-16-le", "surrogatepass")
    count = len(units) // 2
    if count <= MAX_UNITS:
        return text

    def unit(index):
        return int.from_bytes(units[2 * index : 2 * index + 2], "little")

    head, tail = HEAD_UNITS, count - (MAX_UNITS - HEAD_UNITS)
    if 0xD800 <= unit(head - 1) < 0xDC00:
        head -= 1
    if 0xDC00 <= unit(tail) < 0xE000:
        tail += 1
    decode = lambda part: part.decode("utf-16-le", "surrogatepass")
    return decode(units[: 2 * head]) + "\n" + decode(units[2 * tail :])


def load_tokenizer(path):
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def encode_ids(tokenizer, text):
    ids = tokenizer.encode(cut_text(text)).ids
    if len(ids) <= MAX_TOKENS:
        return ids
    return ids[: HEAD_TOKENS + 1] + ids[-(MAX_TOKENS - HEAD_TOKENS - 1) :]


def read_prompts(data, source):
    path = pathlib.Path(data) / "routing" / source / "prompts.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [row for row in rows if row["prompt"] is not None]
