"""What each way of quantising and optimising costs and gives: size, distance from fp32, nDCG@10, time a pair.

python compare_int8.py --work WORK --weights WORK/l6/best.pt --tokenizer tokenizer.json

The pairs are the development split's, one answer among the bi-encoder's mistakes. All graphs take turns, one thread.
"""
import argparse
import logging
import pathlib
import tempfile
import time

import numpy as np
import onnx
import torch
from onnxruntime.quantization import (CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic,
                                      quantize_static)

from batches import padded, tokenizer_of
from export import INPUTS, plain
from graph import fused, weights_of
from loop import Development, gain
from model import of_state
from retrieval import session


def feeds(pair):
    return dict(zip(INPUTS, (t.numpy() for t in padded([pair]))))


class Calibration(CalibrationDataReader):
    def __init__(self, pairs):
        self.rows = iter([feeds(p) for p in pairs])

    def get_next(self):
        return next(self.rows, None)


def graphs(state, folder, calibration):
    """Name -> file, made one after another."""
    out = {"plain fp32": folder / "plain.onnx"}
    plain(of_state(state), out["plain fp32"])
    yield "plain fp32", out["plain fp32"]
    path = folder / "plain_dynamic.onnx"
    quantize_dynamic(out["plain fp32"], path, per_channel=True, weight_type=QuantType.QInt8,
                     op_types_to_quantize=["MatMul", "Gather"], extra_options={"MatMulConstBOnly": True})
    yield "plain int8 dynamic", path
    path = folder / "plain_static.onnx"
    quantize_static(out["plain fp32"], path, Calibration(calibration), quant_format=QuantFormat.QDQ, per_channel=True,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"],
                    extra_options={"MatMulConstBOnly": True})
    yield "plain int8 static", path
    for name, int8 in (("fused fp32", False), ("fused int8 dynamic", True)):
        path = folder / f"fused_{int8}.onnx"
        onnx.save(fused(state, int8), str(path))
        yield name, path


def measured(groups, made, rounds):
    """Logits of all pairs by each graph, and milliseconds of CPU a pair (medians of the rounds)."""
    sessions = {name: session(path) for name, path in made.items()}
    rows = [[feeds(p) for p in group] for group in groups]
    logits = {name: np.array([[s.run(None, f)[0].item() for f in row] for row in rows])
              for name, s in sessions.items()}
    sample = [f for row in rows for f in row[::4]][:60]
    times = {name: [] for name in sessions}
    for _ in range(rounds):
        for name, s in sessions.items():
            start = time.process_time()
            for f in sample:
                s.run(None, f)
            times[name].append((time.process_time() - start) / len(sample) * 1000)
    return logits, {name: float(np.median(t)) for name, t in times.items()}


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--work", type=pathlib.Path, required=True)
    a.add_argument("--weights", type=pathlib.Path, required=True, help="best.pt, or an ONNX file of export.py")
    a.add_argument("--tokenizer", type=pathlib.Path, required=True)
    a.add_argument("--queries", type=int, default=20, help="of each source")
    a.add_argument("--rounds", type=int, default=9)
    o = a.parse_args()
    logging.getLogger().setLevel(logging.ERROR)
    state = weights_of(o.weights).state_dict()
    tokenizer = tokenizer_of(o.tokenizer)
    development = Development(o.work, tokenizer, 2 * o.queries)
    groups = [g for of in development.pairs.values() for g in of[::2]]
    calibration = [g[i % len(g)] for of in development.pairs.values() for i, g in enumerate(of[1::2])]
    with tempfile.TemporaryDirectory() as folder:
        made = dict(graphs(state, pathlib.Path(folder), calibration))
        logits, times = measured(groups, made, o.rounds)
        sizes = {name: path.stat().st_size for name, path in made.items()}
    exact = logits["plain fp32"]
    print(f"{len(groups)} queries, {exact.size} pairs")
    print("| graph | bytes | mean distance of logits | largest | nDCG@10 | ms a pair |\n|---|---|---|---|---|---|")
    for name in made:
        apart = np.abs(logits[name] - exact)
        quality = np.mean([gain(row.tolist()) for row in logits[name]])
        print(f"| {name} | {sizes[name]:,} | {apart.mean():.3f} | {apart.max():.3f} | {quality:.4f} | "
              f"{times[name]:.2f} |")


if __name__ == "__main__":
    main()
