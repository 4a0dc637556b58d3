"""Cross-encoders' folders as the product reads them: one pair a run, one thread a run, cut where the card says."""
import hashlib
import json
import pathlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from batches import pair, Passage, token_ids, tokenizer_of
from retrieval import session

# The product keeps so many tokens for a passage, however long the query is.
PASSAGE_ROOM = 64


class Scorer:
    def __init__(self, folder, workers=2):
        self.folder = pathlib.Path(folder)
        self.card = json.loads((self.folder / "model.json").read_text())
        self.file = self.folder / self.card["model"]
        self.tokenizer = tokenizer_of(self.folder / "tokenizer.json")
        self.session = session(self.file)
        self.workers = workers
        self.id = hashlib.sha256(self.file.read_bytes()).hexdigest()[:12] + f"-{self.card['maxSequenceLength']}"

    def logits(self, query, passages):
        """Of token ids."""
        length = self.card["maxSequenceLength"]
        query = query[:length - PASSAGE_ROOM - 3]
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(lambda p: self.run(*pair_of(query, p, length)), passages))

    def texts(self, query, passages):
        ids = token_ids(self.tokenizer, [query, *passages])
        return self.logits(ids[0], ids[1:])

    def run(self, ids, begin):
        ids = np.array([ids], dtype=np.int64)
        kinds = np.zeros_like(ids)
        kinds[:, begin:] = 1
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": kinds}
        return float(self.session.run(None, feeds)[0].reshape(-1)[0])


def pair_of(query, passage, length):
    """A query is not cut here, unlike in training."""
    room = length - len(query) - 3
    ids, begin = pair(query, Passage([], passage), max(length, 2 * len(query)))
    return ([*ids[:begin], *passage[:room], ids[-1]], begin)


class Scored:
    """Logits of a collection's candidates, kept in a file so that a run which was cut off goes on."""

    def __init__(self, work, scorer, collection, candidates):
        self.path = pathlib.Path(work) / "scores" / f"{scorer.id}-{collection.name}.jsonl"
        self.scorer, self.collection, self.candidates = scorer, collection, candidates
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.known = {}
        if self.path.exists():
            with open(self.path, encoding="utf8") as lines:
                for query, ids, logits in map(json.loads, lines):
                    self.known.setdefault(query, {}).update(zip(ids, logits))
        self.tokens = {}

    def of(self, query):
        """Logits in the candidates' order."""
        ids, known = self.candidates[query][0], self.known.setdefault(query, {})
        missing = [p for p in ids if p not in known]
        if missing:
            words = token_ids(self.scorer.tokenizer, [self.collection.queries[query]])[0]
            logits = self.scorer.logits(words, [self._tokens(p) for p in missing])
            known.update(zip(missing, logits))
            with open(self.path, "a", encoding="utf8") as out:
                out.write(json.dumps([query, missing, logits]) + "\n")
        return [known[p] for p in ids]

    def _tokens(self, passage):
        if passage not in self.tokens:
            text = self.collection.full_text(self.collection.at[passage])
            self.tokens[passage] = token_ids(self.scorer.tokenizer, [text])[0]
        return self.tokens[passage]
