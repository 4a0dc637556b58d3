"""Trains the six-layer cross-encoder.

python train.py --work WORK --base all-minilm-l6-v2.onnx --tokenizer tokenizer.json --out WORK/l6
"""
import argparse
import pathlib

import torch
import torch.nn.functional as F

import loop
from model import from_bi_encoder


def listwise(logits, _):
    """The answer against its mistakes, and a little of each pair on its own, which keeps logits on one scale."""
    first = torch.zeros(len(logits), dtype=torch.long, device=logits.device)
    wanted = torch.zeros_like(logits)
    wanted[:, 0] = 1
    return F.cross_entropy(logits, first) + 0.1 * F.binary_cross_entropy_with_logits(logits, wanted)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    loop.arguments(a)
    a.add_argument("--base", type=pathlib.Path, required=True, help="the bi-encoder's fp32 ONNX")
    a.add_argument("--layers", type=int, default=6)
    a.add_argument("--frozen", type=int, default=1, help="first layers that stay as they are, beside the embeddings")
    o = a.parse_args()
    model = from_bi_encoder(o.base, o.layers)
    model.bert.freeze(o.frozen)
    loop.Run(o, model, listwise).train()


if __name__ == "__main__":
    main()
