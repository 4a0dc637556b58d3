"""python -m unittest -v        (in training/; needs neither data nor a trained model)"""
import copy
import json
import pathlib
import random
import tempfile
import types
import unittest

import numpy as np
import onnx
import torch
from onnx import numpy_helper

import batches
import blend
import card
import data as collections
import distil
import evaluate
import graph
import measures
import mine
import words
from batches import Groups, Passage, Shape
from export import INPUTS, plain
from model import CLS, HIDDEN, SEP, CrossEncoder, Product, of_state, rounded_activations, \
    rounded_rows, WEIGHT_MOST
from retrieval import saturates, session
from scoring import pair_of


def some_model(layers=2, inner=128, seed=3):
    """Random weights of a trained model's size, and a head that uses all of its parts."""
    torch.manual_seed(seed)
    model = CrossEncoder(layers, inner).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() == 2:
                weight.normal_(0, 0.05)
            elif name.endswith("bias"):
                weight.normal_(0, 0.02)
        model.proj.weight.add_(torch.eye(HIDDEN))
    return model


def some_pairs(lengths, seed=5):
    """Pairs of random words, the query a fifth of each."""
    random_words, out = np.random.default_rng(seed), []
    for length in lengths:
        words = random_words.integers(1996, 29000, length - 3).tolist()
        cut = max(1, length // 5)
        out.append(([CLS, *words[:cut], SEP, *words[cut:], SEP], cut + 2))
    return out


def run(path, pairs):
    feeds = dict(zip(INPUTS, (t.numpy() for t in batches.padded(pairs))))
    return session(path).run(None, feeds)[0]


class GraphTest(unittest.TestCase):
    """Every graph says what the weights say."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.model = some_model()
        cls.files = {}
        for name in ("plain", "fp32", "int8"):
            cls.files[name] = pathlib.Path(cls.folder.name) / f"{name}.onnx"
        plain(cls.model, cls.files["plain"])
        onnx.save(graph.fused(cls.model.state_dict(), False), str(cls.files["fp32"]))
        onnx.save(graph.fused(cls.model.state_dict(), True), str(cls.files["int8"]))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def expected(self, pairs):
        with torch.no_grad():
            return self.model(*batches.padded(pairs)).numpy()

    def test_one_pair_of_any_length_scores_as_in_torch(self):
        for pairs in ([p] for p in some_pairs([5, 6, 31, 128, 256, 512])):
            for name in ("plain", "fp32"):
                logits = run(self.files[name], pairs)
                self.assertEqual(logits.shape, (1, 1))
                np.testing.assert_allclose(logits[:, 0], self.expected(pairs), atol=1e-3)

    def test_a_padded_batch_scores_as_its_pairs_alone(self):
        pairs = some_pairs([12, 90, 40, 7])
        alone = np.concatenate([self.expected([p]) for p in pairs])
        for name in ("plain", "fp32"):
            np.testing.assert_allclose(run(self.files[name], pairs)[:, 0], alone, atol=1e-3)

    def test_int8_is_near(self):
        pairs = some_pairs([9, 25, 60, 120, 200, 256])
        apart = [abs(run(self.files["int8"], [p])[0, 0] - self.expected([p])[0]) for p in pairs]
        self.assertLess(max(apart), 0.2)

    def test_int8_is_a_quarter_of_fp32(self):
        small, large = (self.files[n].stat().st_size for n in ("int8", "fp32"))
        self.assertLess(small, 0.27 * large)

    def test_weights_of_products_have_7_bits(self):
        """So that no x86 needs slower sums; see model.WEIGHT_MOST."""
        weights = [numpy_helper.to_array(i) for i in onnx.load(self.files["int8"]).graph.initializer
                   if i.data_type == onnx.TensorProto.INT8 and len(i.dims) == 2 and not i.name.startswith("bert.words")]
        self.assertEqual(len(weights), 2 * 4 + 1)
        self.assertEqual({int(np.abs(w.astype(int)).max()) for w in weights}, {63})

    def test_every_product_of_the_encoder_is_quantised(self):
        kinds = [n.op_type for n in onnx.load(self.files["int8"]).graph.node]
        self.assertEqual(kinds.count("QAttention"), 2)
        self.assertEqual(kinds.count("DynamicQuantizeMatMul"), 2 * 3 + 1)
        self.assertNotIn("DequantizeLinear", kinds)

    def test_weights_make_a_model_of_their_size(self):
        again = of_state(self.model.state_dict())
        self.assertEqual((len(again.bert.layers), again.bert.layers[0].up.out_features), (2, 128))


class QuantisationTest(unittest.TestCase):
    def test_a_graph_gives_its_weights_back(self):
        model = some_model()
        with tempfile.TemporaryDirectory() as folder:
            for int8 in (False, True):
                path = pathlib.Path(folder, f"{int8}.onnx")
                onnx.save(graph.fused(model.state_dict(), int8), str(path))
                got = graph.weights_of(path).state_dict()
                for name, wanted in model.state_dict().items():
                    # Half a step, of which the coarsest row or column has 63 up to its largest value.
                    most = wanted.abs().max().item() / 126 + 1e-6 if int8 and wanted.dim() == 2 else 0
                    self.assertLessEqual((got[name] - wanted).abs().max().item(), most, name)

    def test_another_graph_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "plain.onnx")
            plain(some_model(), path)
            with self.assertRaisesRegex(ValueError, "plain.onnx: not a graph that export.py wrote"):
                graph.weights_of(path)

    def test_columns_come_back_within_half_a_step(self):
        weight = np.random.default_rng(1).normal(size=(50, 7)).astype(np.float32)
        values, scale, zero = graph.int8_columns(weight)
        self.assertLessEqual(np.abs(values * scale - weight).max(), scale.max() / 2 + 1e-6)
        self.assertFalse(zero.any())

    def test_rows_come_back_within_half_a_step(self):
        table = np.random.default_rng(2).normal(size=(9, 40)).astype(np.float32)
        values, scale = graph.int8_rows(table)
        self.assertTrue((np.abs(values * scale - table) <= scale / 2 + 1e-6).all())

    def test_rounding_in_training_has_256_levels_a_pair_and_a_gradient_of_one(self):
        x = torch.randn(2, 30, 40, requires_grad=True)
        y = rounded_activations(x)
        y.sum().backward()
        self.assertTrue(all(len(row.detach().unique()) <= 257 for row in y))
        self.assertTrue(torch.equal(x.grad, torch.ones_like(x)))

    def test_rounding_in_training_is_that_of_the_graph(self):
        weight = torch.randn(7, 50)
        values, scale, _ = graph.int8_columns(weight.T.numpy())
        np.testing.assert_allclose(rounded_rows(weight, WEIGHT_MOST).T, values * scale, atol=1e-6)
        values, scale = graph.int8_rows(weight.numpy())
        np.testing.assert_allclose(rounded_rows(weight, 127), values * scale, atol=1e-6)

    def test_the_int8_graph_is_the_model_that_rounds(self):
        model, pairs = some_model(), some_pairs([9, 25, 60, 120, 200, 256])
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            path = pathlib.Path(folder, "int8.onnx")
            onnx.save(graph.fused(model.state_dict(), True), str(path))
            logits = np.array([run(path, [p])[0, 0] for p in pairs])
            exact, rounding = (np.array([m(*batches.padded([p])).item() for p in pairs])
                               for m in (model, copy.deepcopy(model).bear_int8()))
        self.assertGreater(np.abs(logits - exact).mean(), 0)
        self.assertLess(np.abs(logits - rounding).mean(), 0.25 * np.abs(logits - exact).mean())


class RankingsTest(unittest.TestCase):

    def test_each_model_is_blended_by_its_own_card(self):
        of_logit = {"name": "a", "blend": {"logit": 1, "similarity": 0, "bias": 0}}
        of_similarity = {"name": "b", "blend": {"logit": 0, "similarity": 1, "bias": 0}}
        ids, logits, cosines = ["p", "q"], np.array([1.0, 2.0]), np.array([0.9, 0.1])
        both = [evaluate.rankings_of(c, ids, logits, cosines) for c in (of_logit, of_similarity, {"name": "c"})]
        self.assertEqual(both, [{"a alone": ["q", "p"], "a blended": ["q", "p"]},
                                {"b alone": ["q", "p"], "b blended": ["p", "q"]}, {"c alone": ["q", "p"]}])


class FiguresTest(unittest.TestCase):

    def test_the_second_model_is_compared_where_both_rank(self):
        figures = evaluate.Figures(types.SimpleNamespace(grades={"1": {"p": 1}, "2": {"p": 1}}))
        best, worse = ["p", "q"], ["q", "p"]
        figures.add("1", {"stage 1": best, "a alone": worse, "b alone": best, "b blended": worse})
        figures.add("2", {"stage 1": best, "a alone": best, "b alone": best, "b blended": worse})
        apart = evaluate.apart([{"name": "a"}, {"name": "b"}], figures)
        self.assertEqual(list(apart), ["alone"])
        np.testing.assert_allclose(apart["alone"], [1 - 1 / np.log2(3), 0])


class TeacherLossTest(unittest.TestCase):

    def test_student_with_softened_logits_has_learnt_all(self):
        wanted = torch.tensor([[4.0, -6.0, -9.0], [8.0, 2.0, -10.0]])
        loss = distil.TeacherLoss(lambda batch: batch, 2)
        self.assertAlmostEqual(loss(wanted / 2, [wanted]).item(), 0, places=6)
        self.assertGreater(loss(wanted, [wanted]).item(), 1)


class HostTest(unittest.TestCase):
    def test_x86_without_vnni_saturates(self):
        self.assertTrue(saturates("processor : 0\nflags\t\t: fpu avx2", "x86_64"))
        self.assertFalse(saturates("flags : avx2 avx_vnni", "x86_64"))
        self.assertFalse(saturates("Features : asimd", "aarch64"))


class WordsTest(unittest.TestCase):
    def test_a_fingerprint_has_what_decides_ids_without_white_space(self):
        parts = {"normalizer": None, "pre_tokenizer": {"type": "x"}, "model": {"vocab": {"a": 0, "\u00e9": 7}},
                 "added_tokens": [{"id": 9}]}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "tokenizer.json")
            path.write_text(json.dumps(parts | {"padding": 1}, indent=2))
            loose = words.stated(path)
            path.write_text(json.dumps(parts, ensure_ascii=False), encoding="utf8")
            self.assertEqual(words.stated(path), loose)
            self.assertEqual(loose["largestId"], 9)
            parts["model"]["vocab"]["b"] = 8
            path.write_text(json.dumps(parts))
            self.assertNotEqual(words.stated(path), loose)


class PairTest(unittest.TestCase):
    def test_a_pair_is_cut_at_the_passage_end(self):
        ids, begin = batches.pair([1, 2], Passage([], list(range(10, 40))), 12)
        self.assertEqual(ids, [CLS, 1, 2, SEP, 10, 11, 12, 13, 14, 15, 16, SEP])
        self.assertEqual(begin, 4)

    def test_a_window_keeps_the_title_and_has_the_querys_words(self):
        passage = Passage([7], [*range(100, 160), 5, 6, *range(200, 230)])
        window = batches.window([5, 6], passage, 11, {5: 3.0, 6: 3.0})
        self.assertEqual(window[0], 7)
        self.assertEqual(len(window), 11)
        self.assertLessEqual({5, 6}, set(window))

    def test_padding_has_no_mask_and_no_kind(self):
        ids, mask, kinds = batches.padded([([CLS, 1, SEP, 2, SEP], 3), ([CLS, 1, SEP, 2, 3, 4, SEP], 3)])
        self.assertEqual(mask.tolist()[0], [1, 1, 1, 1, 1, 0, 0])
        self.assertEqual(kinds.tolist()[0], [0, 0, 0, 1, 1, 0, 0])

    def test_what_is_scored_is_what_the_product_reads(self):
        ids, begin = pair_of([1, 2], list(range(10, 300)), 16)
        self.assertEqual(ids, [CLS, 1, 2, SEP, *range(10, 21), SEP])
        self.assertEqual(begin, 4)

    def test_a_long_query_is_kept_whole_in_scoring(self):
        ids, begin = pair_of(list(range(1, 21)), list(range(30, 99)), 32)
        self.assertEqual((len(ids), begin), (32, 22))


class MeasureTest(unittest.TestCase):
    def test_ndcg_has_the_grades_for_gains(self):
        self.assertAlmostEqual(measures.ndcg(["x", "b", "a"], {"a": 3, "b": 1}),
                               (1 / np.log2(3) + 3 / np.log2(4)) / (3 + 1 / np.log2(3)))

    def test_mrr_ends_at_its_depth(self):
        self.assertEqual(measures.mrr(list("abc"), {"c": 1}), 1 / 3)
        self.assertEqual(measures.mrr(list("abc"), {"c": 1}, k=2), 0)

    def test_an_interval_holds_the_mean(self):
        low, high = measures.interval(np.random.default_rng(0).normal(0.1, 0.3, 400))
        self.assertLess(low, 0.1)
        self.assertGreater(high, 0.1)


class BlendTest(unittest.TestCase):
    def test_the_largest_ratio_of_a_plateau_is_chosen(self):
        means = [0.5] * len(blend.RATIOS)
        means[3:7] = [0.7, 0.702, 0.7, 0.699]
        self.assertEqual(blend.chosen(means, 0.003), blend.RATIOS[6])

    def test_the_logistic_fit_finds_what_made_the_labels(self):
        chance = np.random.default_rng(4)
        x = chance.normal(3, 2, 40_000)
        y = (chance.random(x.size) < 1 / (1 + np.exp(-(1.5 * x - 4)))).astype(float)
        slope, bias = blend.logistic(x, y, np.ones_like(x))
        self.assertAlmostEqual(slope, 1.5, delta=0.1)
        self.assertAlmostEqual(bias, -4, delta=0.3)


class CardTest(unittest.TestCase):
    def test_options_that_are_paths_lose_their_folders(self):
        event = {"event": "start", "options": {"work": "/some/where/work", "steps": "12"}}
        self.assertEqual({"work": "work", "steps": "12"}, card.without_folders(event)["options"])
        self.assertEqual({"step": 1}, card.without_folders({"step": 1}))


class DataTest(unittest.TestCase):
    """A small collection in each layout, split as the large ones are."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def collection(self, name, passages, queries):
        path = pathlib.Path(self.folder.name) / name
        path.mkdir()
        (path / "corpus.jsonl").write_text("".join(json.dumps(p) + "\n" for p in passages))
        (path / "queries.jsonl").write_text("".join(json.dumps({"_id": q, "text": t}) + "\n" for q, t, _ in queries))
        (path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n"
                                        + "".join(f"{q}\t{p}\t1\n" for q, _, p in queries))
        return collections.load(self.folder.name, name)

    def test_no_focus_is_in_two_splits(self):
        passages = [{"_id": f"m{i}", "title": f"Disease {i // 4}", "text": "x"} for i in range(800)]
        loaded = self.collection("medquad", passages, [(f"q{i}", f"Question {i}", f"m{i}") for i in range(800)])
        parts = [collections.of_split(loaded, s) for s in ("training", "development", "testing")]
        self.assertEqual(sum(len(p.queries) for p in parts), 800)
        foci = [{t for t in p.titles} for p in parts]
        self.assertTrue(all(foci) and not foci[0] & foci[1] and not foci[0] & foci[2] and not foci[1] & foci[2])

    def test_what_is_written_of_a_split_is_read_again(self):
        loaded = self.collection("pubmedqa", [{"_id": "a", "title": "", "text": "x"}, {"_id": "b", "text": "y"}],
                                 [("q", "Wörter?", "a"), ("r", "Why?", "b")])
        folder = pathlib.Path(self.folder.name) / "pubmedqa"
        for name in ("queries.jsonl", "qrels.tsv"):
            (folder / name).unlink()
        collections.write(loaded, folder)
        again = collections.load(self.folder.name, "pubmedqa")
        self.assertEqual((again.queries, again.grades), (loaded.queries, loaded.grades))

    def test_squads_testing_articles_are_for_testing(self):
        passages = [{"_id": f"{a}#{i}", "title": a, "text": "x"} for a in ("Rhine", "Pharmacy") for i in range(3)]
        loaded = self.collection("squad-dev", passages, [(p["_id"], "?", p["_id"]) for p in passages])
        self.assertEqual({collections.split_of(loaded, q) for q in loaded.queries if q.startswith("Rhine")},
                         {"testing"})
        self.assertNotIn("testing", {collections.split_of(loaded, q) for q in loaded.queries if q.startswith("Ph")})

    def test_every_query_of_a_testing_collection_is_for_testing(self):
        loaded = self.collection("cranfield", [{"_id": "1", "title": "", "text": "x"}], [("1", "?", "1")])
        self.assertEqual(len(collections.of_split(loaded, "testing").queries), 1)

    def test_what_a_testing_split_asks_or_answers_is_barred(self):
        loaded = self.collection("selqa-test", [{"_id": "a", "title": "", "text": "seen"},
                                                {"_id": "b", "title": "", "text": "new"}],
                                 [("1", "Asked before?", "b"), ("2", "Fresh?", "a"), ("3", "Fine?", "b")])
        kept = mine.without_barred(loaded, {"asked before?"}, {"seen"})
        self.assertEqual(list(kept.queries), ["3"])

    def test_a_docstring_leaves_its_function(self):
        doc, code = mine.without_docstring('def f(x):\n    """Doubles a number. Twice."""\n    return 2 * x')
        self.assertEqual(doc, "Doubles a number")
        self.assertNotIn("Doubles", code)
        self.assertIn("return 2 * x", code)
        self.assertIsNone(mine.without_docstring("def f(x): return x"))
        self.assertIsNone(mine.without_docstring("print 'two'"))


class GroupsTest(unittest.TestCase):
    """Batches of a made-up source."""

    def source(self):
        words = random.Random(1)
        source = batches.Source.__new__(batches.Source)
        source.name = "cosqa"
        names = [f"p{i}" for i in range(30)]
        source.passages = {p: Passage([], [words.randrange(2000, 9000) for _ in range(20)]) for p in names}
        source.rows = [{"query": "?", "relevant": [names[i]], "dense": names[10:18], "bm25": names[16:25]}
                       for i in range(10)]
        source.queries = [[words.randrange(2000, 9000) for _ in range(5)] for _ in range(10)]
        source.rarity = {}
        return source

    def groups(self):
        return Groups([self.source()], 5, seed=2, shapes=(Shape(4, 32, True), Shape(2, 64, False)))

    def test_a_group_begins_with_its_answer_and_has_no_mistake_twice(self):
        pairs = next(self.groups())
        self.assertEqual(len(pairs) % 6, 0)
        answers = {tuple(p.text) for n, p in self.source().passages.items() if int(n[1:]) < 10}
        for i in range(0, len(pairs), 6):
            texts = [tuple(ids[begin:-1]) for ids, begin in pairs[i:i + 6]]
            self.assertIn(texts[0], answers)
            self.assertEqual(len(set(texts)), 6)

    def test_a_run_taken_up_again_goes_on_with_the_same_batches(self):
        first, second = self.groups(), self.groups()
        for _ in range(7):
            next(first)
        second.restore(first.state())
        self.assertEqual([next(first) for _ in range(20)], [next(second) for _ in range(20)])


if __name__ == "__main__":
    unittest.main()
