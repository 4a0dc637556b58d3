#!/usr/bin/env python3
"""Writes the small graphs and tokenizers beside it. Needs the Python packages onnx and numpy.

Each graph looks up a row for every token and adds the rows up, so that its numbers can be made by
hand: the row of token i is [i / 10, 1, i / 10, 1, ...].
"""

import json

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "how", "many", "people", "live", "in", "berlin",
         "cold", "start", "graph", "memory", "limit", "a"]
BERT = ("input_ids", "attention_mask", "token_type_ids")


def graph(name, inputs=BERT, rows=len(WORDS), width=1, summed=True, element=TensorProto.INT64,
          output=TensorProto.FLOAT):
    """A graph with these inputs; the output is [batch, width], or per token if not summed."""
    table = np.repeat(np.arange(rows, dtype=np.float32)[:, None] / 10, width, axis=1)
    table[:, 1::2] = 1
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["tokens"])]
    if summed:
        nodes.append(helper.make_node("ReduceSum", ["tokens", "axis"], ["sum"], keepdims=0))
    last = "sum" if summed else "tokens"
    nodes.append(helper.make_node("Cast", [last], ["output"], to=output))
    shape = ["batch", width] if summed else ["batch", "sequence", width]
    built = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(i, element, ["batch", "sequence"]) for i in inputs],
        [helper.make_tensor_value_info("output", output, shape)],
        [numpy_helper.from_array(table, "table"),
         numpy_helper.from_array(np.array([1], dtype=np.int64), "axis")])
    model = helper.make_model(built, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    save(model, name + ".onnx")


def tokenizer(name, words):
    """A tokenizer of whole words with BERT's special tokens."""
    special = words[:4]
    parts = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": i, "content": word, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False, "special": True} for i, word in enumerate(special)],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [part("[CLS]"), text("A", 0), part("[SEP]")],
            "pair": [part("[CLS]"), text("A", 0), part("[SEP]"), text("B", 1), part("[SEP]", 1)],
            "special_tokens": {
                word: {"id": word, "ids": [words.index(word)], "tokens": [word]}
                for word in ("[CLS]", "[SEP]")}},
        "decoder": None,
        "model": {"type": "WordLevel", "unk_token": "[UNK]",
                  "vocab": {word: i for i, word in enumerate(words)}}}
    with open(name + ".json", "w") as out:
        json.dump(parts, out, separators=(",", ":"))


def part(token, segment=0):
    return {"SpecialToken": {"id": token, "type_id": segment}}


def text(which, segment):
    return {"Sequence": {"id": which, "type_id": segment}}


graph("cross_encoder")
graph("missing_input", inputs=("input_ids",))
graph("additional_input", inputs=(*BERT, "position_ids"))
graph("int32_input", element=TensorProto.INT32)
graph("three_labels", width=3)
graph("int64_output", output=TensorProto.INT64)
graph("bi_encoder", width=4, summed=False)
graph("few_rows_cross_encoder", rows=8)
graph("few_rows_bi_encoder", rows=8, width=4, summed=False)
tokenizer("tokenizer", WORDS)
tokenizer("tokenizer_of_another_model", WORDS[:4] + WORDS[:3:-1])
tokenizer("tokenizer_with_more_tokens", WORDS + ["further", "words"])
