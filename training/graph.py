"""Writes the cross-encoder as an ONNX graph of ONNX Runtime's own fused operators, in fp32 or int8.

ONNX Runtime's BERT optimizer finds its patterns in an exported graph if it was exported just so; here nothing has to be
found. A layer is

    fp32   Attention, MatMul, Add + LayerNormalization, MatMul, Gelu, MatMul, Add + LayerNormalization
    int8   the same with DynamicQuantizeLinear + QAttention for Attention, DynamicQuantizeMatMul for MatMul

so that a layer quantises its activations four times and dequantises in the products themselves. SkipLayerNormalization
and BiasGelu are left out on purpose: on the CPU they take two to four times as long as Add + LayerNormalization and
as Gelu after a product that adds the bias (ONNX Runtime 1.30). The head compares the query's tokens with all, by a
slice, where the model compares all with all.
"""
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from model import CLS, EPSILON, HEADS, HIDDEN, SEP, WEIGHT_MOST, of_state

FUSED = "com.microsoft"
OPSET = 17


class Builder:
    """Nodes and initializers of one graph; each method returns the name of what it computes."""

    def __init__(self):
        self.nodes, self.initializers, self.names = [], [], {}

    def fresh(self, name):
        self.names[name] = self.names.get(name, 0) + 1
        return f"{name}_{self.names[name]}"

    def constant(self, name, array):
        name = self.fresh(name)
        self.initializers.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def node(self, kind, inputs, outputs=1, domain="", **attributes):
        names = [self.fresh(kind) for _ in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, names[0], domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def ints(self, *values):
        return self.constant("ints", np.array(values, dtype=np.int64))

    def number(self, value):
        return self.constant("number", np.array(value, dtype=np.float32))


def int8_columns(weight):
    """Symmetric int8 of a [in, out] matrix with one scale a column: values up to WEIGHT_MOST, scales, zero points."""
    scale = np.maximum(np.abs(weight).max(0), 1e-8) / WEIGHT_MOST
    return np.rint(weight / scale).clip(-WEIGHT_MOST, WEIGHT_MOST).astype(np.int8), scale.astype(np.float32), \
        np.zeros(weight.shape[1], np.int8)


def int8_rows(table):
    """Symmetric int8 of an embedding table with one scale a row: values, scales [rows, 1]."""
    scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-8) / 127
    return np.rint(table / scale).astype(np.int8), scale.astype(np.float32)


class CrossEncoderGraph:
    def __init__(self, state, int8):
        self.w = {n: t.detach().float().cpu().numpy() for n, t in state.items()}
        self.int8, self.b = int8, Builder()
        self.layers = 1 + max(int(n.split(".")[2]) for n in self.w if n.startswith("bert.layers."))

    def model(self):
        mask = self.b.node("Cast", ["attention_mask"], to=TensorProto.INT32)
        hidden = self._embeddings()
        for i in range(self.layers):
            hidden = self._layer(hidden, mask, f"bert.layers.{i}")
        logits = self._head(hidden)
        self.b.nodes.append(helper.make_node("Identity", [logits], ["logits"], "logits"))
        tensor = lambda name, kind, *shape: helper.make_tensor_value_info(name, kind, shape)
        inputs = [tensor(n, TensorProto.INT64, "batch_size", "sequence_length")
                  for n in ("input_ids", "attention_mask", "token_type_ids")]
        graph = helper.make_graph(self.b.nodes, "cross-encoder", inputs,
                                  [tensor("logits", TensorProto.FLOAT, "batch_size", 1)], self.b.initializers)
        made = helper.make_model(graph, producer_name="tandem-training", ir_version=9, opset_imports=[
            helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)])
        onnx.checker.check_model(made)
        return made

    def _embeddings(self):
        b = self.b
        length = b.node("Slice", [b.node("Shape", ["input_ids"]), b.ints(1), b.ints(2)])
        places = b.node("Slice", [self._weight("bert.places.weight"), b.ints(0), length, b.ints(0)])
        kinds = b.node("Gather", [self._weight("bert.kinds.weight"), "token_type_ids"])
        rest = b.node("Add", [kinds, places])
        return self._normed(self._words(), rest, "bert.norm")

    def _words(self):
        b, name = self.b, "bert.words"
        if not self.int8:
            return b.node("Gather", [self._weight(f"{name}.weight"), "input_ids"])
        values, scale = int8_rows(self.w[f"{name}.weight"])
        row = b.node("Gather", [b.constant(f"{name}.weight", values), "input_ids"])
        return b.node("Mul", [b.node("Cast", [row], to=TensorProto.FLOAT),
                              b.node("Gather", [b.constant(f"{name}.scale", scale), "input_ids"])])

    def _weight(self, name):
        """As it is. Its name is how `state_of` finds it again."""
        return self.b.constant(name, self.w[name])

    def _norm(self, name):
        return [self._weight(f"{name}.{part}") for part in ("weight", "bias")]

    def _layer(self, x, mask, name):
        b = self.b
        heads = self._attention(x, mask, f"{name}.qkv")
        x = self._normed(x, self._linear(heads, f"{name}.out"), f"{name}.norm1")
        inner = b.node("Gelu", [self._linear(x, f"{name}.up")], domain=FUSED)
        return self._normed(x, self._linear(inner, f"{name}.down"), f"{name}.norm2")

    def _normed(self, x, y, name):
        return self.b.node("LayerNormalization", [self.b.node("Add", [x, y]), *self._norm(name)], axis=-1,
                           epsilon=EPSILON)

    def _bias(self, name):
        return self._weight(f"{name}.bias")

    def _attention(self, x, mask, name):
        b, weight = self.b, self.w[f"{name}.weight"].T
        if not self.int8:
            return b.node("Attention", [x, b.constant(f"{name}.weight", weight), self._bias(name), mask], domain=FUSED,
                          num_heads=HEADS)
        values, scale, zero = int8_columns(weight)
        x, x_scale, x_zero = b.node("DynamicQuantizeLinear", [x], outputs=3)
        return b.node("QAttention", [x, b.constant(f"{name}.weight", values), self._bias(name), x_scale,
                                     b.constant(f"{name}.scale", scale), mask, x_zero,
                                     b.constant(f"{name}.zero", zero)], domain=FUSED, num_heads=HEADS)

    def _linear(self, x, name):
        b, weight = self.b, self.w[f"{name}.weight"].T
        if not self.int8:
            return b.node("Add", [b.node("MatMul", [x, b.constant(f"{name}.weight", weight)]), self._bias(name)])
        values, scale, zero = int8_columns(weight)
        return b.node("DynamicQuantizeMatMul", [x, b.constant(f"{name}.weight", values), b.constant(f"{name}.scale", scale),
                                                b.constant(f"{name}.zero", zero), self._bias(name)], domain=FUSED)

    def _head(self, hidden):
        b = self.b
        mask = b.node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
        kind = b.node("Cast", ["token_type_ids"], to=TensorProto.FLOAT)
        special = b.node("Or", [b.node("Equal", ["input_ids", b.ints(SEP)]),
                                b.node("Equal", ["input_ids", b.ints(CLS)])])
        inner = b.node("Mul", [mask, b.node("Cast", [b.node("Not", [special])], to=TensorProto.FLOAT)])
        passage = b.node("Mul", [inner, kind])
        query = b.node("Sub", [inner, passage])
        # The first segment is [CLS] query [SEP]; what is cut here holds all of it.
        first = b.node("Sub", [mask, b.node("Mul", [mask, kind])])
        most = b.node("ReduceMax", [b.node("ReduceSum", [first, b.ints(1)], keepdims=0)], keepdims=1, axes=[0])
        most = b.node("Cast", [most], to=TensorProto.INT64)
        cut = lambda x: b.node("Slice", [x, b.ints(0), most, b.ints(1)])
        query, ones = cut(query), b.ints(1)
        rows = b.node("Unsqueeze", [query, ones]), b.node("Unsqueeze", [passage, ones])
        means = [b.node("MatMul", pair) for pair in zip(rows, (cut(hidden), hidden))]
        cosine = b.node("ReduceSum", [b.node("Mul", [self._unit(m) for m in means]), b.ints(1, 2)], keepdims=0)
        z = self._unit(self._linear(hidden, "proj"))
        alike = b.node("MatMul", [cut(z), b.node("Transpose", [z], perm=[0, 2, 1])])
        away = b.node("Mul", [b.node("Sub", [rows[1], b.number(1.0)]), b.number(4.0)])
        best = b.node("ReduceMax", [b.node("Add", [alike, away])], axes=[2], keepdims=0)
        late = b.node("Div", [b.node("ReduceSum", [b.node("Mul", [best, query]), ones], keepdims=0),
                              b.node("Max", [b.node("ReduceSum", [query, ones], keepdims=0), b.number(1.0)])])
        cls = b.node("Gather", [hidden, b.constant("zero", np.array(0, np.int64))], axis=1)
        cls = b.node("Gemm", [cls, self._weight("cls.weight"), self._bias("cls")], transB=1)
        both = b.node("Add", [b.node("Mul", [cosine, self._weight("a")]),
                              b.node("Mul", [late, self._weight("b")])])
        return b.node("Add", [b.node("Unsqueeze", [both, ones]), cls])

    def _unit(self, x):
        """To length 1. A mean needs no division by its count before that."""
        b = self.b
        length = b.node("ReduceL2", [x], axes=[-1], keepdims=1)
        return b.node("Div", [x, b.node("Max", [length, b.number(1e-12)])])


def fused(state, int8):
    """The graph of a trained model's weights."""
    return CrossEncoderGraph(state, int8).model()


def state_of(path):
    """The weights in a graph that `fused` made; what was quantised is multiplied by its scale again."""
    arrays = {i.name.rsplit("_", 1)[0]: numpy_helper.to_array(i) for i in onnx.load(path).graph.initializer}
    state = {}
    for name, array in arrays.items():
        array = array * arrays.get(name.removesuffix("weight") + "scale", np.float32(1))
        product = array.ndim == 2 and name.startswith(("bert.layers.", "proj."))
        state[name] = torch.tensor(array.T.copy() if product else array)
    if "bert.layers.0.qkv.weight" not in state:
        raise ValueError(f"{path}: not a graph that export.py wrote with --precision int8 or fp32")
    return {n: t for n, t in state.items() if n in ("a", "b") or n.endswith((".weight", ".bias"))}


def weights_of(path):
    """A model with the weights of a run (`best.pt`), or of a graph that `fused` made."""
    if str(path).endswith(".onnx"):
        return of_state(state_of(path))
    return of_state(torch.load(path, map_location="cpu"))
