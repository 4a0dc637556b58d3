"""Mined queries -> groups of one answer and some mistakes -> padded batches."""
import json
import math
import pathlib
import random
from collections import Counter
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from model import CLS, SEP

# Copies of each query in a round: small collections are seen more often, the two made from passages alone less.
REPEATS = {"squad-dev": 1.0, "medquad": 0.7, "selqa-test": 2.0, "scifact-train": 3.0, "cosqa": 4.0,
           "cosqa-docstrings": 0.6, "scifact-titles": 0.5}


def tokenizer_of(path):
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def token_ids(tokenizer, texts):
    """Ids without special tokens."""
    return [e.ids for e in tokenizer.encode_batch(texts, add_special_tokens=False)]


@dataclass(frozen=True)
class Passage:
    title: list
    text: list


class Source:
    """What mine.py wrote of one collection, in token ids."""

    def __init__(self, path, tokenizer, most=None):
        path = pathlib.Path(path)
        self.name = path.name.split(".")[0]
        with open(path, encoding="utf8") as lines:
            self.rows = [json.loads(line) for line in lines][:most]
        used = {p for row in self.rows for part in ("relevant", "dense", "bm25") for p in row[part]}
        with open(path.with_suffix(".passages.jsonl"), encoding="utf8") as lines:
            passages = [p for p in map(json.loads, lines) if p["_id"] in used]
        titles = token_ids(tokenizer, [p["title"].strip() for p in passages])
        texts = token_ids(tokenizer, [p["text"] for p in passages])
        self.passages = {p["_id"]: Passage(t, x) for p, t, x in zip(passages, titles, texts)}
        self.queries = token_ids(tokenizer, [row["query"] for row in self.rows])
        found = Counter(t for p in self.passages.values() for t in set(p.text))
        self.rarity = {t: math.log(1 + len(self.passages) / n) for t, n in found.items()}


def head(query, passage, room):
    """The first tokens of title and text, as the product reads a passage."""
    return (passage.title + passage.text)[:room]


def window(query, passage, room, rarity):
    """The title and that stretch of the text which has most of the query's words, rare ones above all."""
    title = passage.title[:room // 2]
    room -= len(title)
    if len(passage.text) <= room:
        return title + passage.text
    wanted = set(query)
    step, best, at = max(1, room // 3), -1.0, 0
    for start in [*range(0, len(passage.text) - room, step), len(passage.text) - room]:
        worth = sum(rarity.get(t, 0) for t in wanted.intersection(passage.text[start:start + room]))
        if worth > best:
            best, at = worth, start
    return title + passage.text[at:at + room]


def pair(query, passage, length, rarity=None):
    """ids and the place where the passage begins; a query keeps at most half of the length."""
    query = query[:length // 2]
    room = length - len(query) - 3
    part = head(query, passage, room) if rarity is None else window(query, passage, room, rarity)
    return [CLS, *query, SEP, *part, SEP], len(query) + 2


def padded(pairs, device="cpu"):
    """input_ids, attention_mask, token_type_ids: int64 [pairs, longest]."""
    width = max(len(ids) for ids, _ in pairs)
    rows = torch.zeros(3, len(pairs), width, dtype=torch.long)
    for i, (ids, begin) in enumerate(pairs):
        rows[0, i, :len(ids)] = torch.tensor(ids)
        rows[1, i, :len(ids)] = 1
        rows[2, i, begin:len(ids)] = 1
    return tuple(rows.to(device))


@dataclass(frozen=True)
class Shape:
    """Batches of one length: how many groups, tokens a pair, and whether passages are windows or heads."""
    groups: int
    length: int
    windows: bool


SHORT, LONG = Shape(6, 128, True), Shape(3, 256, False)


class Groups:
    """An endless run of batches. Its state is small and goes into checkpoints, so that a run can be taken up again."""

    def __init__(self, sources, negatives, seed, long_share=0.25, shapes=(SHORT, LONG)):
        self.sources, self.negatives, self.long_share, self.shapes = sources, negatives, long_share, shapes
        self.random = random.Random(seed)
        self.order, self.ready = [], []

    def state(self):
        return {"random": self.random.getstate(), "order": list(self.order), "ready": list(self.ready)}

    def restore(self, state):
        self.random.setstate(state["random"])
        self.order, self.ready = list(state["order"]), list(state["ready"])

    def __iter__(self):
        return self

    def __next__(self):
        """Pairs, [group 0's answer, its negatives, group 1's answer, ...]."""
        if not self.ready:
            self.ready = self._some()
        picked, long = self.ready.pop()
        shape = self.shapes[long]
        return [p for s, i in picked for p in self._group(self.sources[s], i, shape)]

    def _some(self):
        """Eight batches' worth of queries of one shape, the likes in length together."""
        long = self.random.random() < self.long_share
        groups = self.shapes[long].groups
        while len(self.order) < 8 * groups:
            self.order = self._round() + self.order
        some, self.order = self.order[-8 * groups:], self.order[:-8 * groups]
        some.sort(key=lambda at: self._length(*at))
        batches = [(some[i:i + groups], long) for i in range(0, len(some), groups)]
        self.random.shuffle(batches)
        return batches

    def _round(self):
        order = []
        for s, source in enumerate(self.sources):
            copies = REPEATS.get(source.name, 1.0)
            for i in range(len(source.rows)):
                order += [(s, i)] * (int(copies) + (self.random.random() < copies % 1))
        self.random.shuffle(order)
        return order

    def _length(self, s, i):
        source = self.sources[s]
        answer = source.passages[source.rows[i]["relevant"][0]]
        return len(source.queries[i]) + len(answer.title) + len(answer.text)

    def _group(self, source, i, shape):
        row, query = source.rows[i], source.queries[i]
        passages = [self.random.choice(row["relevant"]), *self._mistakes(row)]
        rarity = source.rarity if shape.windows else None
        return [pair(query, source.passages[p], shape.length, rarity) for p in passages]

    def _mistakes(self, row):
        """Two thirds of the bi-encoder's, the others of BM25's; where there are too few, some twice."""
        most = min(len(row["dense"]), self.negatives - self.negatives // 3)
        chosen = self.random.sample(row["dense"], most)
        words = [p for p in row["bm25"] if p not in chosen]
        chosen += self.random.sample(words, min(len(words), self.negatives - len(chosen)))
        while len(chosen) < self.negatives:
            chosen.append(self.random.choice(row["dense"]))
        return chosen
