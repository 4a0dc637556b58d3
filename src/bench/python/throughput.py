"""Scores pairs in the way of sentence-transformers' CrossEncoder.predict with its ONNX backend.

    pip install onnxruntime tokenizers numpy

A child of the benchmark Throughput, which writes JSON lines: first the files and the texts, then
an empty object for each time that all pairs are to be scored. Pairs are sorted by their characters,
the longest first, and run in batches of 32 that are padded to their longest.
"""
import json
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

BATCH = 32


class Scorer:
    def __init__(self, graph, tokenizer, maxSequenceLength, saturates, query, passages):
        options = onnxruntime.SessionOptions()
        if saturates:
            options.add_session_config_entry("session.x64quantprecision", "1")
        self.session = onnxruntime.InferenceSession(graph, options, ["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(tokenizer)
        self.tokenizer.enable_truncation(maxSequenceLength)
        self.tokenizer.enable_padding()
        self.pairs = [(query, passage) for passage in passages]

    def score(self):
        longest_first = np.argsort([-sum(map(len, pair)) for pair in self.pairs])
        logits, tokens, padded = [], 0, 0
        for start in range(0, len(self.pairs), BATCH):
            batch = self.tokenizer.encode_batch([self.pairs[i] for i in longest_first[start : start + BATCH]])
            mask = np.array([e.attention_mask for e in batch], dtype=np.int64)
            feeds = {
                "input_ids": np.array([e.ids for e in batch], dtype=np.int64),
                "attention_mask": mask,
                "token_type_ids": np.array([e.type_ids for e in batch], dtype=np.int64),
            }
            logits.append(self.session.run(None, feeds)[0][:, 0])
            tokens, padded = tokens + int(mask.sum()), padded + mask.size
        in_order = np.concatenate(logits)[np.argsort(longest_first)]
        return {"logits": in_order.tolist(), "tokens": tokens, "paddedTokens": padded}


def answer(**values):
    print(json.dumps(values), flush=True)


scorer = Scorer(**json.loads(sys.stdin.readline()))
answer()
for _ in sys.stdin:
    answer(**scorer.score())
