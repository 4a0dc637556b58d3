"""Weights -> a model folder in the product's format.

python export.py --weights WORK/l6/best.pt --tokenizer tokenizer.json --name tandem-l6 --out OUT/tandem-l6 [--blend b.json]

Writes model_quantized.onnx (fused, int8), model.json (checksums, canary pairs; weights of the blend if they are known)
and tokenizer.json, and refuses to if the graphs do not say what the weights say. With --precision fp32 or plain the
graph is the fused one in fp32, or what torch exports; those are for comparison.
"""
import argparse
import copy
import hashlib
import json
import pathlib
import shutil
import tempfile

import numpy as np
import onnx
import torch

from graph import OPSET, fused, weights_of
from scoring import Scorer
from words import stated

CANARIES = [
    ("How many people live in Berlin?",
     "Berlin has a population of 3,520,031 registered inhabitants in an area of 891.82 square kilometers."),
    ("How many people live in Berlin?", "New York City is famous for the Metropolitan Museum of Art."),
]
# Kinds of CPU add floats in another order, and what falls on the other side of a rounding is carried on: noise of a millionth in
# one layer moved a canary of tandem-minilm-l6 by 0.3.
TOLERANCE = 0.7
MAX_SEQUENCE_LENGTH = 256
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
FILES = {"int8": "model_quantized.onnx", "fp32": "model.onnx", "plain": "model_plain.onnx"}
# Largest difference of logits from the weights' in torch. int8's is a mean, from weights that round alike: sums of floats in
# another order fall on the other side of a rounding here and there, and the next layers carry that on.
PARITY = {"fp32": 2e-3, "plain": 2e-3, "int8": 0.35}


class Column(torch.nn.Module):
    """Logits as the product wants them, [batch, 1]."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, *inputs):
        return self.model(*inputs).unsqueeze(-1)


def example():
    """Two pairs, the second one padded."""
    ids = torch.tensor([[101, 2129, 2116, 102, 3000, 3001, 102], [101, 2129, 102, 3000, 3001, 102, 0]])
    kinds = torch.tensor([[0, 0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1, 0]])
    return ids, (ids != 0).long(), kinds


def plain(model, path):
    axes = {n: {0: "batch_size", 1: "sequence_length"} for n in INPUTS} | {"logits": {0: "batch_size"}}
    torch.onnx.export(Column(model), example(), str(path), input_names=INPUTS, output_names=["logits"],
                      dynamic_axes=axes, opset_version=OPSET, dynamo=False, do_constant_folding=True)


def write_graph(model, precision, path):
    if precision == "plain":
        plain(model, path)
    else:
        onnx.save(fused(model.state_dict(), precision == "int8"), str(path))


def random_pairs(count, seed=11, longest=256):
    """Token ids of made-up pairs, and where their passages begin."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        query, passage = random.integers(3, 24), random.integers(8, longest - 27)
        words = random.integers(1996, 29000, query + passage).tolist()
        yield [101, *words[:query], 102, *words[query:], 102], int(query) + 2


def difference(model, scorer, pairs):
    """Absolute differences of logits between the weights in torch and the graph."""
    out = []
    for ids, begin in pairs:
        row = torch.tensor([ids])
        kinds = torch.zeros_like(row)
        kinds[:, begin:] = 1
        with torch.no_grad():
            out.append(abs(model(row, torch.ones_like(row), kinds).item() - scorer.run(ids, begin)))
    return np.array(out)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def folder(model, precision, out, name, tokenizer, blend, source):
    """The folder with a checked graph. Returns the differences from torch."""
    out.mkdir(parents=True, exist_ok=True)
    graph, words = out / FILES[precision], out / "tokenizer.json"
    write_graph(model, precision, graph)
    if tokenizer.resolve() != words.resolve():
        shutil.copyfile(tokenizer, words)
        words.chmod(0o644)
    card = {"name": name, "licence": "Apache-2.0", "source": source, "model": graph.name,
            "sha256": {f.name: sha256(f) for f in (graph, words)},
            "maxSequenceLength": MAX_SEQUENCE_LENGTH, "activation": "sigmoid"}
    if blend:
        card["blend"] = blend
    card |= {"canary": [], "tokenizer": stated(words)}
    write_card(out, card)
    scorer = Scorer(out, workers=1)
    apart = difference(copy.deepcopy(model).bear_int8() if precision == "int8" else model, scorer, random_pairs(40))
    if (apart.mean() if precision == "int8" else apart.max()) > PARITY[precision]:
        raise SystemExit(f"{graph}: logits are {apart.mean():.4f} (at most {apart.max():.4f}) from the weights'; "
                         f"expected {PARITY[precision]}")
    card["canary"] = [{"query": q, "passage": p, "logit": round(scorer.texts(q, [p])[0], 3), "tolerance": TOLERANCE}
                      for q, p in CANARIES]
    write_card(out, card)
    return apart


def write_card(out, card):
    with tempfile.NamedTemporaryFile("w", dir=out, delete=False, encoding="utf8") as part:
        part.write(json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    pathlib.Path(part.name).chmod(0o644)
    pathlib.Path(part.name).rename(out / "model.json")


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--weights", type=pathlib.Path, required=True, help="best.pt, or an ONNX file of export.py")
    a.add_argument("--tokenizer", type=pathlib.Path, required=True)
    a.add_argument("--name", required=True)
    a.add_argument("--out", type=pathlib.Path, required=True)
    a.add_argument("--precision", choices=list(FILES), default="int8")
    a.add_argument("--blend", type=pathlib.Path, help="what blend.py wrote, or a card that has it")
    a.add_argument("--source", default="trained for Tandem from sentence-transformers/all-MiniLM-L6-v2; see README.md")
    o = a.parse_args()
    model = weights_of(o.weights)
    blend = json.loads(o.blend.read_text())["blend"] if o.blend else None
    apart = folder(model, o.precision, o.out, o.name, o.tokenizer, blend, o.source)
    size = (o.out / FILES[o.precision]).stat().st_size
    print(f"{o.out}: {size:,} bytes; logits {apart.mean():.4f} (at most {apart.max():.4f}) from the weights'")


if __name__ == "__main__":
    main()
