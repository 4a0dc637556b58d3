"""What Tandem's numbers are compared with: the same ONNX files in Python's onnxruntime.

    pip install onnxruntime tokenizers numpy
    python reference.py stage1 DATA/scifact            exact search: nDCG@10, MRR@10, recall@100
    python reference.py pairs DATA/scifact > pairs.jsonl   200 pairs with their logits

Run from the top of the repository after a build. One text a run and one thread a run on both
sides: with dynamic int8 the scale is taken over the batch, so batches give other numbers.
"""
import json
import math
import pathlib
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

THREADS = 2
PREFIX = "Represent this sentence for searching relevant passages: "


class Model:
    def __init__(self, name, strategy):
        folder = pathlib.Path("models") / name
        card = json.loads((folder / "model.json").read_text())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.x64quantprecision", "1")
        self.session = onnxruntime.InferenceSession(str(folder / "model_quantized.onnx"), options, ["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(card["maxSequenceLength"], strategy=strategy)

    def run(self, *texts):
        e = self.tokenizer.encode(*texts)
        feeds = {"input_ids": e.ids, "attention_mask": e.attention_mask, "token_type_ids": e.type_ids}
        return self.session.run(None, {k: np.array([v], dtype=np.int64) for k, v in feeds.items()})[0]


def rows(path):
    return [json.loads(line) for line in open(path, encoding="utf8")]


def full_text(passage):
    return passage["title"] + "\n" + passage["text"] if passage.get("title", "").strip() else passage["text"]


def vectors(texts):
    model = Model("bge-small-en-v1.5", "longest_first")

    def encode(text):
        v = model.run(text)[0, 0].astype(np.float64)
        return v / np.linalg.norm(v)

    with ThreadPoolExecutor(THREADS) as pool:
        return np.array(list(pool.map(encode, texts)))


def qrels(folder):
    grades = {}
    for line in open(folder / "qrels.tsv", encoding="utf8").read().splitlines()[1:]:
        query, passage, grade = line.split("\t")
        grades.setdefault(query, {})[passage] = int(grade)
    return grades


def stage1(folder):
    corpus, grades = rows(folder / "corpus.jsonl"), qrels(folder)
    queries = [q for q in rows(folder / "queries.jsonl") if any(g > 0 for g in grades.get(q["_id"], {}).values())]
    ids = [p["_id"] for p in corpus]
    scores = vectors([PREFIX + q["text"] for q in queries]) @ vectors([full_text(p) for p in corpus]).T
    ndcg, mrr, recall = [], [], []
    for query, row in zip(queries, scores):
        its = grades[query["_id"]]
        ranking = [ids[i] for i in np.argsort(-row, kind="stable")[:100]]
        gain = lambda gs: sum(max(0, g) / math.log2(i + 2) for i, g in enumerate(gs[:10]))
        ndcg.append(gain([its.get(i, 0) for i in ranking]) / gain(sorted(its.values(), reverse=True)))
        mrr.append(next((1 / (i + 1) for i, p in enumerate(ranking[:10]) if its.get(p, 0) > 0), 0))
        relevant = [p for p, g in its.items() if g > 0]
        recall.append(sum(p in ranking for p in relevant) / len(relevant))
    print(json.dumps({"queries": len(queries), "ndcg10": np.mean(ndcg), "mrr10": np.mean(mrr), "recall100": np.mean(recall)}))


def pairs(folder):
    model = Model("tandem-minilm-l6", "only_second")
    corpus, queries = rows(folder / "corpus.jsonl"), rows(folder / "queries.jsonl")
    for i in range(200):
        query, passage = queries[i * 7 % len(queries)]["text"], full_text(corpus[i * 131 % len(corpus)])
        print(json.dumps({"query": query, "passage": passage, "logit": float(model.run(query, passage)[0, 0])}))


{"stage1": stage1, "pairs": pairs}[sys.argv[1]](pathlib.Path(sys.argv[2]))
