"""Hard negatives for every training query, and candidates for every development query.

python mine.py --data DATA --bi-encoder MODELS/bge-small-en-v1.5 --work WORK

Writes WORK/mined/<source>.jsonl: one query a line with the ids of what answers it, and of what BM25 and the
bi-encoder find for it that does not. Two more sources are made from passages alone: a function's docstring asks for
its code, an abstract's title for its text.
"""
import argparse
import ast
import json
import pathlib
import random
import re
import textwrap
import time
import warnings

import numpy as np

import data as collections
from retrieval import BiEncoder, Retriever

# A passage this much more similar to the query than its answer is more likely an answer nobody judged than a mistake.
UNJUDGED_MARGIN = 0.05


def barred(data):
    """Texts that testing splits ask or answer with, of collections that overlap with a training one."""
    asked, answers = set(), set()
    for name in collections.TESTING:
        testing = collections.of_split(collections.load(data, name), "testing")
        asked |= {t.strip().lower() for t in testing.queries.values()}
        if name == "selqa-dev":  # shares half of its passages with selqa-test
            answers |= {t.strip() for t in testing.texts}
    return asked, answers


def without_barred(collection, asked, answers):
    keep = [q for q, t in collection.queries.items() if t.strip().lower() not in asked and not any(
        collection.texts[collection.at[p]].strip() in answers for p in collection.grades[q] if p in collection.at)]
    collection.queries = {q: collection.queries[q] for q in keep}
    collection.grades = {q: collection.grades[q] for q in keep}
    return collection


def sampled_foci(collection, fraction):
    """A fraction of MedQuAD's foci with all of their passages; the whole is 13,000 long answers of a few patterns."""
    low = {t.strip().lower() for t in collection.titles}
    foci = {f for f in low if collections.share(f, "medquad sample") < fraction}
    keep = [i for i, t in enumerate(collection.titles) if t.strip().lower() in foci]
    ids = {collection.ids[i] for i in keep}
    grades = {q: {p: g for p, g in of.items() if p in ids} for q, of in collection.grades.items()}
    grades = {q: of for q, of in grades.items() if of}
    return collections.Collection(collection.name, [collection.ids[i] for i in keep],
                                  [collection.titles[i] for i in keep], [collection.texts[i] for i in keep],
                                  {q: collection.queries[q] for q in grades}, grades)


def without_docstring(code):
    """A function's docstring (its first sentence) and the function without it; None if it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(textwrap.dedent(code))
        function = tree.body[0]
        doc = ast.get_docstring(function)
        if not doc or len(function.body) < 2:
            return None
        function.body = function.body[1:]
        sentence = re.split(r"(?<=[.!?])\s|\n\s*\n|:param|@param", doc.strip())[0]
        return " ".join(sentence.split()).rstrip("."), ast.unparse(function)
    except (SyntaxError, ValueError, IndexError, AttributeError, TypeError, RecursionError):
        return None


def docstrings(cosqa, answers, fraction=1.0):
    """Docstring -> code over functions that no testing or development query asks for."""
    rows = [(i, without_docstring(cosqa.texts[i])) for i in range(len(cosqa.ids))
            if cosqa.ids[i] not in answers and collections.share(cosqa.ids[i], "docstring") < fraction]
    rows = [(i, pair) for i, pair in rows if pair and 4 <= len(pair[0].split()) <= 30]
    ids = [cosqa.ids[i] for i, _ in rows]
    return collections.Collection("cosqa-docstrings", ids, [""] * len(rows), [pair[1] for _, pair in rows],
                                  {p: pair[0] for p, (_, pair) in zip(ids, rows)}, {p: {p: 1} for p in ids})


def titles(scifact, answers, fraction=1.0):
    """Title -> abstract over abstracts that no testing or development claim cites."""
    rows = [i for i in range(len(scifact.ids)) if scifact.ids[i] not in answers and scifact.titles[i].strip()
            and collections.share(scifact.ids[i], "title") < fraction]
    ids = [scifact.ids[i] for i in rows]
    return collections.Collection("scifact-titles", ids, [""] * len(rows), [scifact.texts[i] for i in rows],
                                  {scifact.ids[i]: scifact.titles[i] for i in rows}, {p: {p: 1} for p in ids})


def judged_elsewhere(data, name, splits):
    loaded = collections.load(data, name)
    return {p for q, of in loaded.grades.items() if collections.split_of(loaded, q) in splits for p in of}


def mined(retriever, depth, most, seed, lexical_only=False):
    """Queries with negatives of both methods, best first; of BM25 alone if no time is to be spent on vectors."""
    collection = retriever.collection
    queries = list(collection.queries)
    random.Random(seed).shuffle(queries)
    queries = queries[:most]
    texts = [collection.queries[q] for q in queries]
    same = {}
    for q, t in collection.queries.items():  # the same question asked twice has both answers
        same.setdefault(t.strip().lower(), set()).update(collection.grades[q])
    lexical = retriever.lexical(texts, depth)
    if lexical_only:
        dense, cosines = lexical, np.zeros(lexical.shape)
    else:
        dense, cosines = retriever.dense(texts, depth)
    for q, text, near, cos, words in zip(queries, texts, dense, cosines, lexical):
        relevant = same[text.strip().lower()]
        cos = dict(zip((collection.ids[i] for i in near), cos.tolist()))
        answer = max((cos.get(p, -1) for p in relevant), default=-1)
        limit = answer + UNJUDGED_MARGIN if answer > 0 else 2
        by_dense = [p for p, c in cos.items() if p not in relevant and c < limit]
        by_words = [p for p in (collection.ids[int(i)] for i in words)
                    if p not in relevant and cos.get(p, 0) < limit]
        if len(by_dense) >= 3:
            yield {"query": text, "relevant": sorted(p for p in collection.grades[q] if p in collection.at),
                   "dense": by_dense, "bm25": by_words}


def write(path, retriever, rows):
    """The mined queries and, beside them, the passages that they name."""
    collection, rows = retriever.collection, list(rows)
    with open(path, "w", encoding="utf8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    used = {p for row in rows for part in ("relevant", "dense", "bm25") for p in row[part]}
    with open(path.with_suffix(".passages.jsonl"), "w", encoding="utf8") as out:
        for i, passage in enumerate(collection.ids):
            if passage in used:
                out.write(json.dumps({"_id": passage, "title": collection.titles[i], "text": collection.texts[i]},
                                     ensure_ascii=False) + "\n")
    print(f"{path.name}: {len(rows)} queries, {len(used)} passages", flush=True)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", type=pathlib.Path, required=True)
    a.add_argument("--bi-encoder", type=pathlib.Path, required=True)
    a.add_argument("--work", type=pathlib.Path, required=True)
    a.add_argument("--sources", default=",".join(["cosqa", "selqa-test", "scifact-train", "squad-dev", "medquad",
                                                  "cosqa-docstrings", "scifact-titles"]))
    a.add_argument("--depth", type=int, default=24, help="candidates of each method")
    a.add_argument("--most", type=int, default=None, help="queries of a source; all if not said")
    a.add_argument("--medquad", type=float, default=0.3, help="fraction of MedQuAD's foci")
    a.add_argument("--made", type=float, default=1.0, help="fraction of the passages that are asked for by themselves")
    a.add_argument("--lexical", default="", help="sources whose negatives are BM25's alone, which takes no time")
    a.add_argument("--workers", type=int, default=2)
    a.add_argument("--seed", type=int, default=11)
    o = a.parse_args()
    encoder, cache, out = BiEncoder(o.bi_encoder, o.workers), o.work / "vectors", o.work / "mined"
    out.mkdir(parents=True, exist_ok=True)
    asked, answers = barred(o.data)

    def keep(name, collection, depth):
        r = Retriever(collection, encoder, cache)
        write(out / f"{name}.jsonl", r,
              mined(r, depth, o.most, o.seed, name.removesuffix(".development") in o.lexical.split(",")))

    for name in o.sources.split(","):
        start = time.time()
        if name == "cosqa-docstrings":
            made = docstrings(collections.load(o.data, "cosqa"),
                              judged_elsewhere(o.data, "cosqa", {"testing", "development"}), o.made)
            keep(name, made, o.depth)
        elif name == "scifact-titles":
            made = titles(collections.load(o.data, "scifact"),
                          judged_elsewhere(o.data, "scifact", {"testing"})
                          | judged_elsewhere(o.data, "scifact-train", {"development"}), o.made)
            keep(name, made, o.depth)
        else:
            loaded = collections.load(o.data, name)
            training = without_barred(collections.of_split(loaded, "training"), asked, answers)
            if name == "medquad":
                training = sampled_foci(training, o.medquad)
            keep(name, training, o.depth)
            development = without_barred(collections.of_split(loaded, "development"), asked, answers)
            keep(f"{name}.development", development, 100)
        print(f"{name}: {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
