"""The cross-encoder: BERT over the pair, then

logit = a cosine(mean query token, mean passage token) + b mean_q max_p cosine(W q, W p) + w [CLS] + c

With a = b = 10, W = 1, w = 0 it starts as good as the bi-encoder it is made of, which is what makes short training
work. Inputs are those of any BERT cross-encoder (input_ids, attention_mask, token_type_ids), output logits [batch].
"""
import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import numpy_helper

CLS, SEP = 101, 102
HIDDEN, HEADS, INNER, VOCABULARY, POSITIONS, EPSILON = 384, 12, 1536, 30522, 512, 1e-12
# The largest quantised weight. 7 bits: two products of it with an activation (at most 255) fit into 16 bits, so that x86
# without VNNI sums them exactly by its fast instructions. ONNX Runtime takes slower ones for weights beyond 64.
WEIGHT_MOST = 63


class Product(nn.Linear):
    """A linear map that can round as the quantised graph does: activations get 256 levels between the smallest and the
    largest of a pair, and each output's weights 127. Gradients pass as if nothing were rounded."""

    coarse = False

    def forward(self, x):
        if not self.coarse:
            return super().forward(x)
        return F.linear(rounded_activations(x), rounded_rows(self.weight, WEIGHT_MOST), self.bias)


class Words(nn.Embedding):
    """An embedding that can round as the quantised graph does: 255 levels a row."""

    coarse = False

    def forward(self, ids):
        rows = super().forward(ids)
        return rounded_rows(rows, 127) if self.coarse else rows


def rounded_activations(x):
    with torch.no_grad():
        flat = x.flatten(1)
        low, high = flat.amin(1).clamp(max=0), flat.amax(1).clamp(min=0)
        step = ((high - low) / 255).clamp(min=1e-8).view(-1, *[1] * (x.dim() - 1))
        apart = (x / step).round() * step - x
    return x + apart


def rounded_rows(x, most):
    """Of each vector along the last dimension, integers from -most to most times a step of its own."""
    with torch.no_grad():
        step = x.abs().amax(-1, keepdim=True).clamp(min=1e-8) / most
        apart = (x / step).round() * step - x
    return x + apart


class Layer(nn.Module):
    """One transformer block, normalised after each half as BERT does."""

    def __init__(self, inner=INNER):
        super().__init__()
        self.qkv, self.out = Product(HIDDEN, 3 * HIDDEN), Product(HIDDEN, HIDDEN)
        self.norm1, self.norm2 = nn.LayerNorm(HIDDEN, EPSILON), nn.LayerNorm(HIDDEN, EPSILON)
        self.up, self.down = Product(HIDDEN, inner), Product(inner, HIDDEN)

    def forward(self, x, seen):
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        x = self.norm1(x + self.out(heads.transpose(1, 2).reshape(batch, length, HIDDEN)))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class Bert(nn.Module):
    def __init__(self, layers, inner=INNER):
        super().__init__()
        self.words, self.places = Words(VOCABULARY, HIDDEN), nn.Embedding(POSITIONS, HIDDEN)
        self.kinds, self.norm = nn.Embedding(2, HIDDEN), nn.LayerNorm(HIDDEN, EPSILON)
        self.layers = nn.ModuleList(Layer(inner) for _ in range(layers))
        self.frozen = 0

    def freeze(self, layers):
        """Keeps embeddings and the first layers as they are; most of what they know is not about ranking."""
        self.frozen = layers
        for part in [self.words, self.places, self.kinds, self.norm, *self.layers[:layers]]:
            part.requires_grad_(False)

    def forward(self, ids, mask, kinds):
        seen = mask.bool()[:, None, None, :]
        with torch.set_grad_enabled(self.frozen == 0 and torch.is_grad_enabled()):
            places = torch.arange(ids.shape[1], device=ids.device)
            x = self.norm(self.words(ids) + self.kinds(kinds) + self.places(places))
            for layer in self.layers[:self.frozen]:
                x = layer(x, seen)
        for layer in self.layers[self.frozen:]:
            x = layer(x, seen)
        return x


class CrossEncoder(nn.Module):
    def __init__(self, layers, inner=INNER):
        super().__init__()
        self.bert = Bert(layers, inner)
        self.a, self.b = nn.Parameter(torch.tensor(10.0)), nn.Parameter(torch.tensor(10.0))
        self.cls, self.proj = nn.Linear(HIDDEN, 1), Product(HIDDEN, HIDDEN)
        nn.init.zeros_(self.cls.weight), nn.init.constant_(self.cls.bias, -10.0)
        nn.init.eye_(self.proj.weight), nn.init.zeros_(self.proj.bias)

    def bear_int8(self):
        """From here on, this rounds as the quantised graph does."""
        for part in self.modules():
            if isinstance(part, (Product, Words)):
                part.coarse = True
        return self

    def forward(self, input_ids, attention_mask, token_type_ids):
        hidden = self.bert(input_ids, attention_mask, token_type_ids)
        mask, kind = attention_mask.to(hidden.dtype), token_type_ids.to(hidden.dtype)
        inner = (input_ids != SEP).to(hidden.dtype) * (input_ids != CLS).to(hidden.dtype) * mask
        query, passage = inner * (1 - kind), inner * kind
        cosine = (F.normalize(mean(hidden, query), dim=-1) * F.normalize(mean(hidden, passage), dim=-1)).sum(-1)
        z = F.normalize(self.proj(hidden), dim=-1)
        best = (z @ z.transpose(1, 2) + (passage.unsqueeze(1) - 1.0) * 4.0).max(-1).values
        late = (best * query).sum(1) / query.sum(1).clamp(min=1)
        return self.a * cosine + self.b * late + self.cls(hidden[:, 0]).squeeze(-1)


def mean(hidden, weights):
    return (weights.unsqueeze(1) @ hidden).squeeze(1) / weights.sum(1, keepdim=True).clamp(min=1)


def of_state(state):
    """A model with these weights, as large as they are."""
    layers = 1 + max(int(n.split(".")[2]) for n in state if n.startswith("bert.layers."))
    model = CrossEncoder(layers, state["bert.layers.0.up.bias"].shape[0])
    model.load_state_dict(state)
    return model.eval()


def initializers(path):
    """A graph's weights by their names in torch. The export gives those of products numbers for names; the node says
    which they are."""
    graph = onnx.load(path).graph
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    for node in graph.node:
        if node.op_type == "MatMul":
            for weight in set(node.input) & set(arrays):
                arrays[".".join(node.name.strip("/").split("/")[:-1]) + ".weight"] = arrays[weight].T
    return arrays


def from_bi_encoder(path, layers=6):
    """all-MiniLM-L6-v2's fp32 ONNX -> a cross-encoder that scores about as the bi-encoder does."""
    arrays = initializers(path)
    take = lambda *names: torch.cat([torch.tensor(arrays[n].copy()) for n in names])
    state = {}
    for ours, theirs in {"words.weight": "word_embeddings.weight", "places.weight": "position_embeddings.weight",
                         "kinds.weight": "token_type_embeddings.weight", "norm.weight": "LayerNorm.weight",
                         "norm.bias": "LayerNorm.bias"}.items():
        state[f"bert.{ours}"] = take(f"embeddings.{theirs}")
    for i in range(layers):
        for part in ("weight", "bias"):
            theirs = f"encoder.layer.{i}."
            state[f"bert.layers.{i}.qkv.{part}"] = take(
                *(f"{theirs}attention.self.{n}.{part}" for n in ("query", "key", "value")))
            for ours, name in {"out": "attention.output.dense", "norm1": "attention.output.LayerNorm",
                               "up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm"}.items():
                state[f"bert.layers.{i}.{ours}.{part}"] = take(f"{theirs}{name}.{part}")
    model = CrossEncoder(layers)
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or {m.split(".")[0] for m in missing} - {"a", "b", "cls", "proj"}:
        raise ValueError(f"{path}: not the expected export; missing {missing}, unexpected {unexpected}")
    return model
