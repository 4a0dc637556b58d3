"""Distils the two-layer cross-encoder from the six-layer one.

python distil.py --work WORK --teacher WORK/l6/best.pt --tokenizer tokenizer.json --out WORK/l2

The student starts as some of the teacher's layers with the inner neurons that do most, and its head.
"""
import argparse
import pathlib

import torch
import torch.nn.functional as F

import loop
from batches import Groups, Source, padded, tokenizer_of
from graph import weights_of
from model import CrossEncoder


def activity(teacher, batches):
    """How much each inner neuron adds to the hidden state: mean activation x length of its outgoing weights."""
    sums = [torch.zeros(layer.up.out_features) for layer in teacher.bert.layers]

    def hook(i):
        def add(_, __, output):
            sums[i] += F.gelu(output).abs().mean((0, 1)).float().cpu()
        return add

    hooks = [layer.up.register_forward_hook(hook(i)) for i, layer in enumerate(teacher.bert.layers)]
    with torch.no_grad():
        for batch in batches:
            teacher(*batch)
    for h in hooks:
        h.remove()
    return [s * layer.down.weight.norm(dim=0).cpu() for s, layer in zip(sums, teacher.bert.layers)]


def student_of(teacher, layers, inner, active):
    """The chosen layers, each with its most active inner neurons."""
    student = CrossEncoder(len(layers), inner)
    state = {n: t for n, t in teacher.state_dict().items() if not n.startswith("bert.layers.")}
    for to, at in enumerate(layers):
        kept = active[at].topk(inner).indices.sort().values
        for name, t in teacher.bert.layers[at].state_dict().items():
            if name.startswith("up."):
                t = t[kept]
            elif name == "down.weight":
                t = t[:, kept]
            state[f"bert.layers.{to}.{name}"] = t
    student.load_state_dict(state)
    return student


class TeacherLoss:
    """The teacher's order of a group (Kullback-Leibler), and its logits, so that a number means the same from group to group.

    Both by logits divided by `temperature`. The longer a teacher was trained the further its logits spread: it is so
    sure of its first that nothing is told of the others, and two thirds of the loss are the distance of the last ones.
    """

    def __init__(self, teacher, temperature):
        self.teacher = teacher
        self.temperature = temperature

    def __call__(self, logits, batch):
        with torch.no_grad(), loop.low_precision(logits.device.type):
            wanted = self.teacher(*batch).float().view_as(logits) / self.temperature
        order = F.kl_div(F.log_softmax(logits, 1), F.log_softmax(wanted, 1), log_target=True, reduction="batchmean")
        return order + 0.1 * F.mse_loss(logits, wanted)


def some_batches(o, count=8):
    """Batches of the training data to see by which neurons work."""
    tokenizer = tokenizer_of(o.tokenizer)
    mined = [p for p in sorted((o.work / "mined").glob("*.jsonl"))
             if ".development" not in p.name and ".passages" not in p.name]
    groups = Groups([Source(p, tokenizer, 50) for p in mined], o.negatives, o.seed)
    return [padded(next(groups)) for _ in range(count)]


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    loop.arguments(a)
    a.add_argument("--teacher", type=pathlib.Path, required=True, help="best.pt, or an ONNX file of export.py")
    a.add_argument("--layers", default="0,5", help="the teacher's layers to begin with")
    a.add_argument("--inner", type=int, default=768, help="neurons between the two products of a layer")
    a.add_argument("--temperature", type=float, default=2, help="what the teacher's logits are divided by")
    o = a.parse_args()
    torch.manual_seed(o.seed)
    teacher = weights_of(o.teacher)
    student = student_of(teacher, [int(i) for i in o.layers.split(",")], o.inner,
                         activity(teacher, some_batches(o)))
    student.bert.freeze(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    loop.Run(o, student, TeacherLoss(teacher.to(device).requires_grad_(False), o.temperature)).train()


if __name__ == "__main__":
    main()
