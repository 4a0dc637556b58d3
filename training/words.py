"""What model.json says of a tokenizer, so that the product need not read it at a start."""
import hashlib
import json
import pathlib

# Those that decide how text becomes token ids, in the order of the product's fingerprint.
PARTS = ("normalizer", "pre_tokenizer", "model", "added_tokens")


def stated(path):
    """Fingerprint and largest id of a WordPiece or BPE tokenizer.json."""
    whole = json.loads(pathlib.Path(path).read_text(encoding="utf8"))
    digest = hashlib.sha256()
    for part in PARTS:
        compact = json.dumps(whole[part], ensure_ascii=False, separators=(",", ":")) if part in whole else ""
        digest.update(part.encode() + compact.encode() + b"\n")
    largest = max([*whole["model"]["vocab"].values(), *(t["id"] for t in whole.get("added_tokens") or [])])
    return {"fingerprint": digest.hexdigest(), "largestId": largest}
