"""Writes ../heads/vocab.json, and the reference ids against which the TypeScript tokenizer is tested."""

import argparse
import json
import pathlib

from everyday import everyday_rows
from texts import encode_ids, load_tokenizer

# Written for this test: scripts, marks, controls and shapes that tokenizers get wrong.
ODD = [
    "", " ", "\n\t\r", "a", "Hello, World!", "HELLO WORLD", "don't can't won't", "e-mail: first.last+tag@example.co.uk", "https://example.com/a/b?c=d&e=f#g",
    "C:\\Users\\name\\file.txt", "/usr/local/bin:/usr/bin", "x = y ** 2 + z // 3", "if (a && b || !c) { return d?.e ?? f; }", "<div class=\"a\">text</div>", "SELECT * FROM t WHERE id = 'x';",
    "$E = mc^2$", "\\frac{a}{b} \\leq \\sum_{i=1}^{n} x_i", "1,234,567.89", "3.14159265358979", "0xDEADBEEF", "1e-10", "€100 £20 ¥3000 ₹500", "50% off!!!", "...", "?!?!?!",
    "café naïve résumé", "Ångström über Straße", "ÀÉÎÕÜ", "İstanbul ılık", "Σίσυφος ΟΔΥΣΣΕΥΣ ς", "Привет, мир", "Съешь ещё этих мягких французских булок", "שלום עולם", "مرحبا بالعالم", "नमस्ते दुनिया",
    "สวัสดีชาวโลก", "你好,世界", "日本語のテキスト", "カタカナとひらがな", "한국어 텍스트", "中文mixed英文123", "㐀㐁", "\U00020000\U00020001", "豈更", "🙂", "👩‍👩‍👧‍👦 family", "🇨🇭🇩🇪", "flag:🏳️‍🌈!", "a\u200bb\u200cc\u200dd",
    "soft\u00adhyphen", "no\u00a0break\u202fspace\u3000wide", "line\u2028sep\u2029para", "bom\ufeffhere", "nul\x00byte", "bell\x07 esc\x1b[31mred\x1b[0m", "del\x7f", "\x85next", "private\ue000use", "replacement\ufffdchar",
    "ﬁ ligature ﬀ", "fullwidth ＡＢＣ１２３", "①②③", "½ ¾ ²", "™®©", "“quoted” ‘single’ «guillemets»", "em—dash en–dash ‑nb", "bullet • point · middle", "math ∑∏∫√∞≈≠≤≥±×÷", "arrows → ← ↑ ↓ ⇒",
    "ẞ ß ŉ ǰ", "a\u0301 e\u0308 o\u0302 (combining)", "Zalgo h\u0337e\u0334l\u0335p", "[CLS] [SEP] [MASK] [UNK] [PAD]", "text[SEP]text", "[cls]", "##ing", "unaffable", "antidisestablishmentarianism", "supercalifragilisticexpialidocious",
    "a" * 99, "a" * 100, "a" * 101, "x" * 300, "word " * 300, "tail matters " + "filler " * 400 + "the very last words", "no_spaces_" * 400, "日" * 1000, "🙂" * 1500, "a🙂" * 900, "\n" * 3000, "-" * 500,
    "def f(x):\n    return [i for i in range(x) if i % 2 == 0]\n", "fn main() { println!(\"{}\", 1); }", "{\"key\": [1, 2, {\"nested\": null}]}", "| a | b |\n|---|---|\n| 1 | 2 |", "# Title\n\n- item\n- item", "aGVsbG8gd29ybGQ=",
    "camelCaseIdentifier snake_case_identifier kebab-case-identifier", "ALLCAPS_WITH_UNDERSCORES", "v1.2.3-beta+exp.sha.5114f85", "2026-11-23T17:30:00Z", "+41 44 123 45 67", "Ⅷ ⅷ", "ǅ ǆ", "ﷺ", "ͅ", "ªº", "ʰʷ", "ᾳ ᾼ",
]

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("vocabulary", "tokenizer", "out"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    out = pathlib.Path(arguments.out)
    words = pathlib.Path(arguments.vocabulary).read_text(encoding="utf-8").rstrip("\n")
    (out.parent / "heads" / "vocab.json").write_text(json.dumps({"words": words}, ensure_ascii=False), encoding="utf-8")
    tokenizer = load_tokenizer(arguments.tokenizer)
    texts = ODD + [row[4] for row in everyday_rows()]
    cases = [{"text": text, "ids": encode_ids(tokenizer, text)} for text in texts]
    note = "Texts written for this project (train/build_vocabulary.py, train/everyday.py); ids by the Python package tokenizers 0.23.3 with all-MiniLM-L6-v2's tokenizer.json, cut as train/texts.py cuts."
    (out.parent / "heads" / "word-piece-cases.json").write_text(json.dumps({"provenance": note, "cases": cases}, separators=(",", ":")) + "\n")
