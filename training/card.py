"""Writes a model folder's README.md: what it is, of what it was made, how, and what it scores.

python card.py --data DATA --model OUT/tandem-l6 --run WORK/l6 --figures WORK/l6.json --commands WORK/commands.txt
"""
import argparse
import json
import pathlib

import data as collections
from export import sha256


def log_lines(run):
    with open(run / "log.jsonl", encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


def without_folders(event):
    """Of options that are paths, the last part: the rest is of nobody's concern."""
    options = event.get("options")
    return event if options is None else event | {"options": {k: v.split("/")[-1] for k, v in options.items()}}


def duration(log):
    """Steps, pairs and CPU seconds at the end, and the development split's figures on the way."""
    end = next(e for e in reversed(log) if e.get("event") == "end")
    measured = [(e["step"], e["development"]) for e in log if "development" in e]
    return end, measured


def files(model):
    for path in sorted(model.iterdir()):
        if path.suffix in (".onnx", ".json") and path.name != "model.json":
            yield f"{path.name} ({path.stat().st_size:,} bytes, sha256 {sha256(path)})"


def quality(figures):
    """One row a collection; names of rankings are the same in all."""
    names = [n for n, row in next(iter(figures.values())).items() if isinstance(row, dict) and "ndcg" in row]
    yield "| collection | queries | " + " | ".join(f"{n}, nDCG@10 (MRR@10)" for n in names) + " | change, 95 % |"
    yield "|---" * (len(names) + 3) + "|"
    for collection, row in figures.items():
        cells = [f"{row[n]['ndcg']:.4f} ({row[n]['mrr']:.4f})" for n in names]
        last = row[names[-1]]
        low, high = last["interval"]
        yield f"| {collection} | {row['queries']} | {' | '.join(cells)} | {last['change']:+.4f}, {low:+.4f} to {high:+.4f} |"
    changes = [row[names[-1]]["change"] for row in figures.values()]
    yield f"\nMean change of {names[-1]} over collections: {sum(changes) / len(changes):+.4f}."


def text(o):
    card = json.loads((o.model / "model.json").read_text())
    log = log_lines(o.run)
    end, measured = duration(log)
    started = next(e for e in log if e.get("event") == "start")
    trained = ", ".join(f"{n} {q}" for n, q in started["queries"].items())
    licences = "; ".join(f"{s.name}: {s.licence}" for s in map(collections.SOURCES.get, collections.TRAINING))
    yield f"# {card['name']}\n"
    yield f"A cross-encoder for English passages, {card['licence']}. Source: {card['source']}.\n"
    yield "| | |\n|---|---|"
    yield f"| files | {'; '.join(files(o.model))} |"
    yield "| inputs | int64 [batch, sequence]: input_ids, attention_mask, token_type_ids (0 = query part) |"
    yield "| output | logits float32 [batch, 1], unbounded; sigmoid gives 0..1 |"
    yield f"| length | {card['maxSequenceLength']} tokens; trained on 128 and 256 |"
    yield "| quantisation | dynamic, int8 of 7 bits per channel, embeddings int8 per row; trained to bear it |"
    yield "| operators | ONNX Runtime's own (com.microsoft): QAttention, DynamicQuantizeMatMul, Gelu |"
    yield f"| base | sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0) |"
    yield f"| licences of the training data | {licences} |"
    yield f"| queries trained on | {trained} |"
    yield f"| training | {end['step']} steps, {end['pairs']:,} pairs, {end['cpu_seconds']:,} s of CPU time, seed {started['options']['seed']} |"
    yield f"| development split, by step | {', '.join(f'{s}: {v:.4f}' for s, v in measured)} |"
    if "blend" in card:
        b = card["blend"]
        yield (f"| blend | sigmoid({b['logit']} logit + {b['similarity']} similarity + {b['bias']}), "
               f"similarities of {b['biEncoder']} |")
    if o.commands:
        yield f"\nMade by, in training/:\n\n```sh\n{o.commands.read_text().strip()}\n```"
    if o.figures:
        yield "\n## Quality\n\nTesting splits (training/README.md says which), the bi-encoder's best 100, int8:\n"
        yield from quality(json.loads(o.figures.read_text()))
    if o.notes:
        yield f"\n{o.notes.read_text().strip()}"
    yield "\n## Data\n\nSHA-256 of what was read:\n\n```"
    for name, digest in collections.hashes(o.data).items():
        if name.split("/")[0] in {s.corpus for s in collections.SOURCES.values()} | {"scifact-train"}:
            yield f"{digest}  {name}"
    yield "```\n\n## Log\n\n```"
    yield from (json.dumps(without_folders(e)) for e in log if "loss" not in e or e["step"] % 250 == 0)
    yield "```"


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", type=pathlib.Path, required=True)
    a.add_argument("--model", type=pathlib.Path, required=True)
    a.add_argument("--run", type=pathlib.Path, required=True)
    a.add_argument("--figures", type=pathlib.Path, help="what evaluate.py wrote for this model")
    a.add_argument("--commands", type=pathlib.Path, help="a file with the commands that made it")
    a.add_argument("--notes", type=pathlib.Path, help="further words, Markdown")
    o = a.parse_args()
    (o.model / "README.md").write_text("\n".join(text(o)) + "\n", encoding="utf8")
    print(o.model / "README.md")


if __name__ == "__main__":
    main()
