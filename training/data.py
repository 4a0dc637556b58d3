"""The collections and who may see what of them.

A collection is a folder in BEIR's layout: corpus.jsonl (_id, title, text), queries.jsonl (_id, text) and
qrels.tsv (header; query, passage, grade). Each query belongs to one split:

training     what weights are fitted on
development  early stopping and the blend's weights
testing      what figures are reported on; no step but evaluate.py reads it

python data.py --data DATA --collection squad-dev --out squad-testing     # a split's queries and judgements
"""
import argparse
import hashlib
import json
import pathlib
from dataclasses import dataclass, field

SQUAD_TESTING = frozenset(
    "Super_Bowl_50 Oxygen Normans Computational_complexity_theory Rhine Sky_(United_Kingdom) Martin_Luther "
    "Imperialism Immune_system Victoria_(Australia) Kenya Chloroplast".split())


@dataclass(frozen=True)
class Source:
    """Where the passages and the judgements of a collection lie, and under which licence."""
    name: str
    corpus: str
    judged: str
    licence: str
    trainable: bool


SOURCES = {s.name: s for s in [
    Source("squad-dev", "squad-dev", "squad-dev", "CC BY-SA 4.0", True),
    Source("medquad", "medquad", "medquad", "CC BY 4.0", True),
    Source("selqa-test", "selqa-test", "selqa-test", "Apache-2.0", True),
    Source("scifact-train", "scifact", "scifact-train", "CC BY 4.0, abstracts ODC-By 1.0", True),
    Source("cosqa", "cosqa", "cosqa", "C-UDA", True),
    Source("scifact", "scifact", "scifact", "CC BY 4.0, abstracts ODC-By 1.0", False),
    Source("selqa-dev", "selqa-dev", "selqa-dev", "Apache-2.0", False),
    Source("pubmedqa", "pubmedqa", "pubmedqa", "MIT", False),
    Source("cranfield", "cranfield", "cranfield", "none stated: evaluated on, never trained on", False),
    Source("msmarco-mini", "msmarco-mini", "msmarco-mini",
           "non-commercial research: evaluated on, never trained on", False),
]}

TRAINING = ["squad-dev", "medquad", "selqa-test", "scifact-train", "cosqa"]
TESTING = ["scifact", "cranfield", "cosqa", "squad-dev", "selqa-dev", "pubmedqa", "msmarco-mini", "medquad"]


def share(key, salt):
    """A number in [0, 1) that depends on the two texts alone."""
    digest = hashlib.sha256(f"{salt}\n{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


@dataclass
class Collection:
    """Passages, queries and grades, restricted to what is asked for."""
    name: str
    ids: list
    titles: list
    texts: list
    queries: dict
    grades: dict
    at: dict = field(default_factory=dict)

    def __post_init__(self):
        self.at = {passage: i for i, passage in enumerate(self.ids)}

    def full_text(self, i):
        """What both models read in the product: the title on a line of its own, then the text."""
        return f"{self.titles[i]}\n{self.texts[i]}" if self.titles[i].strip() else self.texts[i]


def load(data, name):
    """All of a collection, whatever the split."""
    source, data = SOURCES[name], pathlib.Path(data)
    with open(data / source.corpus / "corpus.jsonl", encoding="utf8") as lines:
        passages = [json.loads(line) for line in lines]
    with open(data / source.judged / "queries.jsonl", encoding="utf8") as lines:
        texts = {q["_id"]: q["text"] for q in map(json.loads, lines)}
    grades = {}
    with open(data / source.judged / "qrels.tsv", encoding="utf8") as lines:
        next(lines)
        for line in lines:
            query, passage, grade = line.rstrip("\n").split("\t")
            if int(grade) > 0 and query in texts:
                grades.setdefault(query, {})[passage] = int(grade)
    return Collection(name, [p["_id"] for p in passages], [p.get("title") or "" for p in passages],
                      [p["text"] for p in passages], {q: texts[q] for q in grades}, grades)


def split_of(collection, query):
    """training, development or testing."""
    source = SOURCES[collection.name]
    if not source.trainable:
        return "testing"
    passages = list(collection.grades[query])
    if collection.name == "squad-dev":
        articles = {p.split("#")[0] for p in passages}
        if articles & SQUAD_TESTING:
            return "testing"
        return "development" if min(share(a, "squad article") for a in articles) < 0.08 else "training"
    if collection.name == "medquad":
        # By focus (the disease or drug asked about), so that no split knows another one's answers.
        at = min(share(focus(collection, p), "medquad focus") for p in passages)
        return "testing" if at < 0.10 else "development" if at < 0.15 else "training"
    if collection.name == "cosqa":
        at = share(query, "cosqa query")
        return "testing" if at < 0.40 else "development" if at < 0.52 else "training"
    return "development" if share(query, f"{collection.name} query") < 0.10 else "training"


def focus(collection, passage):
    return collection.titles[collection.at[passage]].strip().lower()


def of_split(collection, split):
    """The same passages with the queries of one split. MedQuAD's passages are cut to the split's own."""
    queries = {q: t for q, t in collection.queries.items() if split_of(collection, q) == split}
    grades = {q: collection.grades[q] for q in queries}
    keep = range(len(collection.ids))
    if collection.name == "medquad":
        foci = {focus(collection, p) for passages in grades.values() for p in passages}
        keep = [i for i in keep if collection.titles[i].strip().lower() in foci]
    return Collection(collection.name, [collection.ids[i] for i in keep], [collection.titles[i] for i in keep],
                      [collection.texts[i] for i in keep], queries, grades)


def evenly(keys, most):
    """At most so many of the keys, spread evenly over them."""
    keys = list(keys)
    if most is None or len(keys) <= most:
        return keys
    return [keys[i * len(keys) // most] for i in range(most)]


def hashes(data):
    """SHA-256 of every file that a step reads, by its path in the data folder."""
    out = {}
    for path in sorted(pathlib.Path(data).rglob("*")):
        if path.suffix in (".jsonl", ".tsv"):
            out[str(path.relative_to(data))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return out


def write(collection, folder):
    """Queries and judgements in BEIR's layout, for `./tandem evaluate` and the benchmarks."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "queries.jsonl", "w", encoding="utf8") as f:
        f.writelines(json.dumps({"_id": q, "text": t}) + "\n" for q, t in collection.queries.items())
    with open(folder / "qrels.tsv", "w", encoding="utf8") as f:
        f.write("query-id\tcorpus-id\tscore\n")
        f.writelines(f"{q}\t{p}\t{grade}\n" for q, of in collection.grades.items() for p, grade in of.items())


def main():
    a = argparse.ArgumentParser(description="Writes the queries and judgements of a collection's split.")
    a.add_argument("--data", type=pathlib.Path, required=True)
    a.add_argument("--collection", choices=TESTING, required=True)
    a.add_argument("--split", default="testing")
    a.add_argument("--out", type=pathlib.Path, required=True)
    o = a.parse_args()
    write(of_split(load(o.data, o.collection), o.split), o.out)


if __name__ == "__main__":
    main()
