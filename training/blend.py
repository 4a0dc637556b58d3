"""Fits the weights that blend logit and similarity, on the development split.

python blend.py --data DATA --bi-encoder MODELS/bge-small-en-v1.5 --work WORK --model OUT/tandem-l6 --out blend.json

Two steps. The ratio of the weights decides the order: of all whose mean nDCG@10 is within --plateau of the best, the
one with the most similarity is taken, because the cross-encoder has seen other queries of these very collections and
will be less sure of itself elsewhere. Then slope and bias are fitted as a logistic regression, so that a score is
about the chance of being relevant.
"""
import argparse
import json
import pathlib

import numpy as np

import data as collections
from evaluate import ranked
from export import write_card
from measures import ndcg
from mine import barred, without_barred
from retrieval import BiEncoder, Retriever, candidates
from scoring import Scored, Scorer

RATIOS = [0, 2, 5, 7.5, 10, 12.5, 15, 17.5, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 100, 130, 170, 250]


class Judged:
    """One query's candidates: ids, logits, cosines, grades."""

    def __init__(self, ids, logits, cosines, grades):
        self.ids, self.logits, self.cosines, self.grades = ids, np.array(logits), np.array(cosines), grades

    def gain(self, ratio):
        return ndcg(ranked(self.ids, self.logits + ratio * self.cosines), self.grades)

    def stage1(self):
        return ndcg(ranked(self.ids, self.cosines), self.grades)


def by_ratio(sources):
    """Mean over sources of nDCG@10 at each ratio, and each source's."""
    each = {name: [float(np.mean([j.gain(r) for j in judged])) for r in RATIOS] for name, judged in sources.items()}
    return np.mean(list(each.values()), 0), each


def chosen(means, plateau):
    """The largest ratio on the plateau around the best one."""
    at = best = int(np.argmax(means))
    while at + 1 < len(RATIOS) and means[at + 1] >= means[best] - plateau:
        at += 1
    return RATIOS[at]


def logistic(x, y, weights, rounds=50):
    """Slope and bias by Newton's method."""
    design, beta = np.stack([x, np.ones_like(x)], 1), np.zeros(2)
    center, scale = x.mean(), x.std()
    design[:, 0] = (x - center) / scale
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (weights * (y - p)) - 1e-6 * beta
        hessian = (design * (weights * p * (1 - p))[:, None]).T @ design + 1e-6 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return beta[0] / scale, beta[1] - beta[0] * center / scale


def fit(sources, ratio):
    x, y, weights = [], [], []
    for judged in sources.values():
        count = sum(len(j.ids) for j in judged)
        for j in judged:
            x.append(j.logits + ratio * j.cosines)
            y.append([j.grades.get(p, 0) > 0 for p in j.ids])
            weights.append(np.full(len(j.ids), 1 / count))
    return logistic(np.concatenate(x), np.concatenate(y).astype(float), np.concatenate(weights))


def judged_development(o, encoder, scorer):
    asked, answers = barred(o.data)
    out = {}
    for name in o.sources.split(","):
        split = collections.of_split(collections.load(o.data, name), "development")
        collection = without_barred(split, asked, answers)
        retriever = Retriever(collection, encoder, o.work / "vectors")
        found = candidates(retriever, list(collection.queries), o.depth)
        scored = Scored(o.work, scorer, collection, found)
        out[name] = [Judged(found[q][0], scored.of(q), found[q][1], collection.grades[q])
                     for q in collections.evenly(collection.queries, o.queries)]
        print(f"{name}: {len(out[name])} queries", flush=True)
    return out


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", type=pathlib.Path, required=True)
    a.add_argument("--bi-encoder", type=pathlib.Path, required=True)
    a.add_argument("--work", type=pathlib.Path, required=True)
    a.add_argument("--model", type=pathlib.Path, required=True, help="the folder; its model.json gets the weights")
    a.add_argument("--sources", default=",".join(collections.TRAINING))
    a.add_argument("--queries", type=int, default=60, help="of each source")
    a.add_argument("--depth", type=int, default=50)
    a.add_argument("--plateau", type=float, default=0.003)
    a.add_argument("--workers", type=int, default=2)
    a.add_argument("--out", type=pathlib.Path, help="the fit as JSON")
    o = a.parse_args()
    encoder, scorer = BiEncoder(o.bi_encoder, o.workers), Scorer(o.model, o.workers)
    sources = judged_development(o, encoder, scorer)
    means, each = by_ratio(sources)
    ratio = chosen(means, o.plateau)
    slope, bias = fit(sources, ratio)
    blend = {"logit": round(float(slope), 4), "similarity": round(float(slope * ratio), 4),
             "bias": round(float(bias), 4), "biEncoder": encoder.card["name"]}
    stage1 = {n: float(np.mean([j.stage1() for j in judged])) for n, judged in sources.items()}
    for r, m in zip(RATIOS, means):
        print(f"ratio {r:>5}: {m:.4f}{'  <- chosen' if r == ratio else ''}")
    print(f"stage 1: {np.mean(list(stage1.values())):.4f}")
    print(json.dumps(blend))
    scorer.card["blend"] = blend
    last = ["blend", "canary", "tokenizer"]
    keys = [k for k in scorer.card if k not in last] + [k for k in last if k in scorer.card]
    write_card(o.model, {k: scorer.card[k] for k in keys})
    if o.out:
        o.out.write_text(json.dumps({"blend": blend, "ratio": ratio, "ratios": RATIOS, "means": means.tolist(),
                                     "sources": each, "stage 1": stage1}, indent=1) + "\n")


if __name__ == "__main__":
    main()
