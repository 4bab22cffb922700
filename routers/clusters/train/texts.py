"""The text a router is trained on, cut exactly as serving cuts it, and its token ids."""

import gzip
import json
import pathlib

from tokenizers import Tokenizer

MAX_TOKENS, HEAD_TOKENS = 128, 84  # [CLS] and [SEP] included in the first
MAX_UNITS, HEAD_UNITS = 2400, 1600  # UTF-16 units, as JavaScript counts
USER_HEAD, USER_TAIL = 1200, 600  # what src/classify/routing-text.ts keeps of a user turn

TRAINED = ["mmlu_pro", "open_llm_leaderboard_v2", "zeroeval", "ulab_llmrouter", "bfcl", "livecodebench", "routerbench_subset"]


def head_and_tail(text, head, tail_length):
    """The ends of a long text, never cut through a surrogate pair."""
    units = text.encode("utf-16-le", "surrogatepass")
    count = len(units) // 2
    if count <= head + tail_length:
        return text

    def unit(index):
        return int.from_bytes(units[2 * index : 2 * index + 2], "little")

    tail = count - tail_length
    if 0xD800 <= unit(head - 1) < 0xDC00:
        head -= 1
    if 0xDC00 <= unit(tail) < 0xE000:
        tail += 1
    decode = lambda part: part.decode("utf-16-le", "surrogatepass")
    return decode(units[: 2 * head]) + "\n" + decode(units[2 * tail :])


def routing_text(prompt):
    """A prompt as the only turn of a conversation, as the gateway hands it to a router."""
    return head_and_tail(prompt.strip(), USER_HEAD, USER_TAIL)


def cut_text(text):
    """What the tokenizer reads of any text it is given."""
    return head_and_tail(text, HEAD_UNITS, MAX_UNITS - HEAD_UNITS)


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
    return [{**row, "prompt": routing_text(row["prompt"])} for row in rows if row["prompt"] is not None]
