"""nDCG@10 and MRR@10 of stage 1, of the cross-encoder alone and of the blend, on the testing splits.

python evaluate.py --data DATA --bi-encoder MODELS/bge-small-en-v1.5 --work WORK --model OUT/tandem-l6 --queries 100

Stage 1 is exact here; the product's graph finds nearly the same. With two --model the second one is compared with the
first, query by query, each blended by its own card: so is what int8 loses against fp32.
"""
import argparse
import json
import pathlib
import time

import numpy as np

import data as collections
from measures import interval, mrr, ndcg
from retrieval import BiEncoder, candidates, open_split
from scoring import Scored, Scorer


def ranked(ids, strengths):
    return [ids[i] for i in np.argsort(-np.asarray(strengths), kind="stable")]


def blended(blend, logits, cosines):
    return blend["logit"] * np.asarray(logits) + blend["similarity"] * np.asarray(cosines)


def spread(change):
    """Mean and its 95 %."""
    return {"change": float(np.mean(change)), "interval": interval(change)}


class Figures:
    """One collection's queries under several rankings."""

    def __init__(self, collection):
        self.collection, self.queries, self.ndcg, self.mrr = collection, [], {}, {}

    def add(self, query, rankings):
        self.queries.append(query)
        grades = self.collection.grades[query]
        for name, ids in rankings.items():
            self.ndcg.setdefault(name, []).append(ndcg(ids, grades))
            self.mrr.setdefault(name, []).append(mrr(ids, grades))

    def change(self, name, against):
        return np.array(self.ndcg[name]) - np.array(self.ndcg[against])

    def falls(self, name, against, most=5):
        """The queries that lose most, with what stood first before and after."""
        change = self.change(name, against)
        return [(self.queries[i], float(change[i])) for i in np.argsort(change)[:most] if change[i] < 0]

    def summary(self):
        out = {"queries": len(self.queries)}
        for name in self.ndcg:
            row = {"ndcg": float(np.mean(self.ndcg[name])), "mrr": float(np.mean(self.mrr[name]))}
            if name != "stage 1":
                change = self.change(name, "stage 1")
                row |= spread(change) | {"rises": int((change > 0).sum()), "falls": int((change < 0).sum())}
            out[name] = row
        return out


def rankings_of(card, ids, logits, cosines):
    """By a model alone, and blended by the weights in its own card if it has some."""
    rankings = {f"{card['name']} alone": ranked(ids, logits)}
    if "blend" in card:
        rankings[f"{card['name']} blended"] = ranked(ids, blended(card["blend"], logits, cosines))
    return rankings


def evaluate(retriever, scorers, queries, depth, work):
    collection = retriever.collection
    keys = collections.evenly(collection.queries, queries)
    found = candidates(retriever, keys, depth)
    scored = [Scored(work, s, collection, found) for s in scorers]
    figures = Figures(collection)
    for q in keys:
        ids, cosines = found[q]
        rankings = {"stage 1": ids}
        for s, of in zip(scorers, scored):
            rankings |= rankings_of(s.card, ids, of.of(q), cosines)
        figures.add(q, rankings)
    return figures


def apart(cards, figures):
    """What the second model has more than the first, query by query, for each way in which both rank."""
    first, second = (card["name"] for card in cards)
    return {part: figures.change(f"{second} {part}", f"{first} {part}") for part in ("alone", "blended")
            if f"{first} {part}" in figures.ndcg and f"{second} {part}" in figures.ndcg}


def falls(figures, name):
    """Lines about queries that lose, for a reader to judge."""
    collection = figures.collection
    for query, change in figures.falls(name, "stage 1"):
        answers = [collection.full_text(collection.at[p])[:90].replace("\n", ": ")
                   for p in collection.grades[query] if p in collection.at]
        yield {"query": collection.queries[query], "change": round(change, 3), "answer": (answers or ["?"])[0]}


def table(summaries):
    names = [n for n in next(iter(summaries.values())) if n != "queries"]
    yield "| collection | queries | " + " | ".join(f"{n} nDCG@10 | MRR@10" for n in names) + " |"
    yield "|---" * (2 + 2 * len(names)) + "|"
    for collection, s in summaries.items():
        cells = []
        for n in names:
            change = f" ({s[n]['change']:+.3f}, {s[n]['interval'][0]:+.3f} to {s[n]['interval'][1]:+.3f})" \
                if "change" in s[n] else ""
            cells += [f"{s[n]['ndcg']:.4f}{change}", f"{s[n]['mrr']:.4f}"]
        yield f"| {collection} | {s['queries']} | " + " | ".join(cells) + " |"
    for n in names[1:]:
        yield f"mean change of {n}: {np.mean([s[n]['change'] for s in summaries.values()]):+.4f}"


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", type=pathlib.Path, required=True)
    a.add_argument("--bi-encoder", type=pathlib.Path, required=True)
    a.add_argument("--work", type=pathlib.Path, required=True)
    a.add_argument("--model", type=pathlib.Path, action="append", required=True)
    a.add_argument("--collections", default=",".join(collections.TESTING))
    a.add_argument("--queries", type=int, default=None, help="of each collection, evenly spread; all if not said")
    a.add_argument("--depth", type=int, default=100)
    a.add_argument("--workers", type=int, default=2)
    a.add_argument("--out", type=pathlib.Path, help="figures as JSON")
    o = a.parse_args()
    encoder = BiEncoder(o.bi_encoder, o.workers)
    scorers = [Scorer(m, o.workers) for m in o.model]
    summaries, report, changes = {}, {}, {}
    for name in o.collections.split(","):
        start = time.time()
        retriever = open_split(o.data, name, "testing", encoder, o.work / "vectors")
        figures = evaluate(retriever, scorers, o.queries, o.depth, o.work)
        summaries[name] = figures.summary()
        report[name] = {**summaries[name], "losers": {n: list(falls(figures, n)) for n in figures.ndcg}}
        if len(scorers) == 2:
            for part, change in apart([s.card for s in scorers], figures).items():
                report[name][f"second {part}"] = spread(change)
                changes.setdefault(part, []).append(change)
        print(f"{name}: {time.time() - start:.0f} s", flush=True)
        if o.out:
            o.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    print("\n".join(table(summaries)))
    for part, of_collections in changes.items():
        over_all = spread(np.concatenate(of_collections))
        low, high = over_all["interval"]
        print(f"second model {part} against the first, all questions: {over_all['change']:+.4f} ({low:+.4f} to {high:+.4f})")


if __name__ == "__main__":
    main()
