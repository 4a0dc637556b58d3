#!/usr/bin/env python3
"""Writes rankings.jsonl: random rankings with graded judgements, and what trec_eval says of them.

Usage: make_rankings.py path/to/trec_eval

trec_eval (github.com/usnistgov/trec_eval, 10.0-rc3) prints four decimals; build it with
`sed -i 's/%6\\.4f/%.17g/' meas_print_single.c` to get them all. Measures: ndcg_cut.10, recip_rank
over the first ten of each ranking (-M 10), recall.100.

trec_eval sorts by score and breaks ties by document id. Our rankings are lists that are sorted
already, so each rank gets a score of its own here and no tie is left for trec_eval to break.
"""

import json
import random
import subprocess
import sys
import tempfile

QUERIES = 50
PASSAGES = 300


def queries(rng):
    for number in range(1, QUERIES + 1):
        passages = [f"p{i}" for i in range(PASSAGES)]
        judged = rng.sample(passages, rng.choice([1, 2, 5, 20, 60]))
        grades = {p: rng.choice([0, 0, 1, 1, 2, 3]) for p in judged}
        # trec_eval leaves out queries without a relevant passage.
        grades[judged[0]] = rng.randint(1, 3)
        # Longer and shorter than both cuts; judged passages come early more often than by chance.
        length = rng.choice([3, 10, 50, 100, 150])
        rng.shuffle(passages)
        passages.sort(key=lambda p: rng.random() * (0.1 if grades.get(p, 0) > 0 else 1))
        yield {"query": f"q{number}", "ranking": passages[:length], "grades": grades}


def evaluate(trec_eval, rows, *arguments):
    with tempfile.NamedTemporaryFile("w") as qrels, tempfile.NamedTemporaryFile("w") as run:
        for row in rows:
            for passage, grade in row["grades"].items():
                print(row["query"], 0, passage, grade, file=qrels)
            for rank, passage in enumerate(row["ranking"], 1):
                print(row["query"], "Q0", passage, rank, -rank, "run", file=run)
        qrels.flush()
        run.flush()
        out = subprocess.run(
            [trec_eval, "-q", *arguments, qrels.name, run.name],
            check=True, capture_output=True, text=True).stdout
    values = {}
    for line in out.splitlines():
        _, query, value = line.split()
        values[query] = float(value)
    return values


def main():
    rows = list(queries(random.Random(20261122)))
    ndcg = evaluate(sys.argv[1], rows, "-m", "ndcg_cut.10")
    reciprocal_rank = evaluate(sys.argv[1], rows, "-M", "10", "-m", "recip_rank")
    recall = evaluate(sys.argv[1], rows, "-m", "recall.100")
    with open("rankings.jsonl", "w") as out:
        for row in rows:
            query = row["query"]
            row["ndcg10"] = ndcg[query]
            row["reciprocalRank10"] = reciprocal_rank[query]
            row["recall100"] = recall[query]
            print(json.dumps(row, separators=(",", ":")), file=out)


main()
