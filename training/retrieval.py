"""Stage 1 as the product has it (bge-small int8, exact instead of by graph), and BM25."""
import hashlib
import json
import pathlib
import platform
from concurrent.futures import ThreadPoolExecutor

import bm25s
import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

import data as collections

EXACT_ON_X86 = {"avx_vnni", "avx512_vnni", "amx_int8"}


def saturates(cpuinfo, machine):
    """Whether the fast int8 products lose digits here, as the product tells by the CPU's flags."""
    flags = next((line for line in cpuinfo.splitlines() if line.startswith("flags")), "")
    return machine in ("x86_64", "AMD64") and not EXACT_ON_X86.intersection(flags.split())


def session(path, threads=1):
    """A CPU session that the product would make: one thread a run, no arena (three places in docs/adr say why)."""
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.enable_cpu_mem_arena = False
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    if saturates(cpuinfo.read_text() if cpuinfo.exists() else "", platform.machine()):
        options.add_session_config_entry("session.x64quantprecision", "1")
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class BiEncoder:
    """A bi-encoder's folder: model.json says pooling, prefixes and length. One text a run, as many runs as workers."""

    def __init__(self, folder, workers=2):
        folder = pathlib.Path(folder)
        self.card = json.loads((folder / "model.json").read_text())
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(self.card["maxSequenceLength"])
        self.session = session(folder / self.card["model"])
        self.names = [i.name for i in self.session.get_inputs()]
        self.workers = workers

    def vectors(self, texts):
        with ThreadPoolExecutor(self.workers) as pool:
            rows = list(pool.map(self._vector, texts, chunksize=16))
        return np.stack(rows)

    def queries(self, texts):
        return self.vectors([self.card["queryPrefix"] + t for t in texts])

    def passages(self, texts):
        return self.vectors([self.card["passagePrefix"] + t for t in texts])

    def _vector(self, text):
        ids = np.array([self.tokenizer.encode(text).ids], dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        hidden = self.session.run(None, {n: feeds[n] for n in self.names})[0]
        if hidden.ndim == 2:
            vector = hidden[0]
        else:
            vector = hidden[0, 0] if self.card["pooling"] == "cls" else hidden[0].mean(0)
        return vector / np.linalg.norm(vector)


def cached(cache, key, texts, encode):
    """Vectors of texts, from a file named after what was encoded if it is there."""
    digest = hashlib.sha256("\0".join([key, *texts]).encode()).hexdigest()[:16]
    path = pathlib.Path(cache) / f"{key}-{digest}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        vectors = encode(texts).astype(np.float32)
        np.save(path.with_suffix(".part.npy"), vectors)
        path.with_suffix(".part.npy").rename(path)
    return np.load(path)


class Retriever:
    """The best passages of one collection for its queries, by both methods."""

    def __init__(self, collection, encoder, cache):
        self.collection, self.encoder, self.cache = collection, encoder, cache
        self.texts = [collection.full_text(i) for i in range(len(collection.ids))]

    def dense(self, texts, depth, name="queries"):
        """Ordinals and cosines, best first, [queries, depth]."""
        key = self.encoder.card["name"]  # not the collection's: scifact and scifact-train have the same passages
        passages = cached(self.cache, f"{key}-passages", self.texts, self.encoder.passages)
        queries = cached(self.cache, f"{key}-{name}", texts, self.encoder.queries)
        depth = min(depth, len(self.texts))
        best, cosines = [], []
        for start in range(0, len(texts), 512):
            similarity = queries[start:start + 512] @ passages.T
            order = np.argsort(-similarity, axis=1, kind="stable")[:, :depth]
            best.append(order)
            cosines.append(np.take_along_axis(similarity, order, 1))
        return np.concatenate(best), np.concatenate(cosines)

    def lexical(self, texts, depth):
        """Ordinals by BM25, best first, [queries, depth]."""
        index = bm25s.BM25(k1=0.9, b=0.4)
        index.index(bm25s.tokenize(self.texts, show_progress=False), show_progress=False)
        tokens = bm25s.tokenize(texts, show_progress=False)
        return index.retrieve(tokens, k=min(depth, len(self.texts)), show_progress=False)[0]


def candidates(retriever, queries, depth):
    """Stage 1's answer for each query: passage ids and cosines."""
    order, cosines = retriever.dense([retriever.collection.queries[q] for q in queries], depth)
    ids = retriever.collection.ids
    return {q: ([ids[i] for i in row], cos.tolist()) for q, row, cos in zip(queries, order, cosines)}


def open_split(data, name, split, encoder, cache):
    """A retriever over the queries of one split."""
    return Retriever(collections.of_split(collections.load(data, name), split), encoder, cache)
