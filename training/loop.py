"""The training loop that train.py and distil.py share: steps, checkpoints, early stopping, cooling down.

The learning rate rises, stays, and falls to nothing over the last steps. That fall begins when --steps is near, when
the development split has not improved for --patience measurements, or when a file called `finish` appears in the run's
folder; from there on the model is also trained to bear int8. A run that was cut off is taken up again at its last
checkpoint.
"""
import json
import math
import os
import pathlib
import random
import time

import numpy as np
import torch

from batches import Groups, Source, padded, pair, tokenizer_of


def arguments(a):
    """What both have in common."""
    a.add_argument("--work", type=pathlib.Path, required=True, help="where mine.py wrote")
    a.add_argument("--tokenizer", type=pathlib.Path, required=True)
    a.add_argument("--out", type=pathlib.Path, required=True, help="the run's folder")
    a.add_argument("--steps", type=int, default=4500)
    a.add_argument("--cooldown", type=int, default=700, help="steps over which the rate falls")
    a.add_argument("--negatives", type=int, default=5)
    a.add_argument("--rate", type=float, default=5e-5)
    a.add_argument("--measure-every", type=int, default=500)
    a.add_argument("--save-every", type=int, default=200)
    a.add_argument("--patience", type=int, default=4, help="measurements without improvement")
    a.add_argument("--development", type=int, default=36, help="queries of each source to stop early by")
    a.add_argument("--most", type=int, default=None, help="queries of each source; all if not said")
    a.add_argument("--threads", type=int, default=2)
    a.add_argument("--seed", type=int, default=11)


class Development:
    """nDCG@10 of one answer among the bi-encoder's best mistakes, averaged over sources."""

    def __init__(self, work, tokenizer, most, mistakes=15, length=192):
        self.pairs = {}
        for path in sorted(pathlib.Path(work, "mined").glob("*.development.jsonl")):
            source = Source(path, tokenizer, most)
            self.pairs[source.name] = [
                [pair(query, source.passages[p], length) for p in [row["relevant"][0], *row["dense"][:mistakes]]]
                for row, query in zip(source.rows, source.queries)]

    def measure(self, model, device):
        model.eval()
        out = {name: float(np.mean([gain(scores(model, group, device)) for group in groups]))
               for name, groups in self.pairs.items()}
        model.train()
        return out


def gain(scored):
    rank = 1 + sum(s >= scored[0] for s in scored[1:])
    return 1 / math.log2(1 + rank) if rank <= 10 else 0.0


def low_precision(device):
    """bfloat16 where the device has it; a CPU without it would take several times as long as in fp32."""
    return torch.autocast(device, torch.bfloat16,
                          enabled=device != "cpu" or torch.ops.mkldnn._is_mkldnn_bf16_supported())


def scores(model, pairs, device):
    with torch.no_grad(), low_precision(device):
        return model(*padded(pairs, device)).float().tolist()


class Run:
    """One model in training, in its folder."""

    def __init__(self, options, model, loss):
        torch.manual_seed(options.seed), random.seed(options.seed)
        torch.set_num_threads(options.threads)
        self.options, self.loss = options, loss
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = model.to(self.device).train()
        tokenizer = tokenizer_of(options.tokenizer)
        mined = [p for p in sorted((options.work / "mined").glob("*.jsonl"))
                 if ".development" not in p.name and ".passages" not in p.name]
        self.sources = [Source(p, tokenizer, options.most) for p in mined]
        self.groups = Groups(self.sources, options.negatives, options.seed)
        self.development = Development(options.work, tokenizer, options.development)
        self.optimizer = self._optimizer()
        self.rates = [g["lr"] for g in self.optimizer.param_groups]
        self.state = {"step": 0, "pairs": 0, "seconds": 0.0, "best": 0.0, "since": 0, "cool_from": None}
        options.out.mkdir(parents=True, exist_ok=True)
        self.checkpoint = options.out / "checkpoint.pt"

    def _optimizer(self):
        m, rate = self.model, self.options.rate
        groups = [{"params": [p for p in m.bert.parameters() if p.requires_grad], "lr": rate},
                  {"params": [*m.cls.parameters(), *m.proj.parameters()], "lr": 4 * rate},
                  {"params": [m.a, m.b], "lr": 5e-3, "weight_decay": 0.0}]
        return torch.optim.AdamW(groups, weight_decay=0.01, fused=True)

    def train(self):
        """To the end; the best weights are in `best.pt`, the last in `last.pt`."""
        self._take_up()
        self._log({"event": "start", "queries": {s.name: len(s.rows) for s in self.sources},
                   "options": {k: str(v) for k, v in vars(self.options).items()}})
        mark, losses = time.process_time(), []
        while not self._done():
            losses.append(self._step())
            s = self.state
            s["seconds"] += time.process_time() - mark
            mark = time.process_time()
            if s["step"] % 50 == 0:
                self._log({"step": s["step"], "pairs": s["pairs"], "loss": round(float(np.mean(losses)), 4),
                           "pairs_per_cpu_second": round(s["pairs"] / s["seconds"], 1)})
                losses = []
            if s["step"] % self.options.measure_every == 0 or self._done():
                self._measure()
            if s["step"] % self.options.save_every == 0 or self._done():
                self._save()
        save(self.model.state_dict(), self.options.out / "last.pt")
        self._log({"event": "end", "step": self.state["step"], "pairs": self.state["pairs"],
                   "cpu_seconds": round(self.state["seconds"])})

    def _done(self):
        s, o = self.state, self.options
        return s["step"] >= o.steps or (s["cool_from"] is not None and s["step"] >= s["cool_from"] + o.cooldown)

    def _step(self):
        self._set_rate()
        pairs = next(self.groups)
        batch = padded(pairs, self.device)
        with low_precision(self.device):
            logits = self.model(*batch)
        loss = self.loss(logits.float().view(-1, 1 + self.options.negatives), batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.state["step"] += 1
        self.state["pairs"] += len(pairs)
        return loss.item()

    def _set_rate(self):
        s, o = self.state, self.options
        if s["cool_from"] is not None:
            self.model.bear_int8()
        else:
            told = (o.out / "finish").exists() or s["since"] >= o.patience
            if told or s["step"] >= o.steps - o.cooldown:
                s["cool_from"], s["best"] = s["step"], 0.0  # what int8 would spoil is no longer the best
                self._log({"event": "cooldown", "step": s["step"]})
        share = min(1.0, (s["step"] + 1) / (0.04 * o.steps))
        if s["cool_from"] is not None:
            share *= max(0.01, 1 - (s["step"] - s["cool_from"]) / o.cooldown)
        for group, rate in zip(self.optimizer.param_groups, self.rates):
            group["lr"] = rate * share

    def _measure(self):
        by_source, s = self.development.measure(self.model, self.device), self.state
        total = float(np.mean(list(by_source.values())))
        self._log({"step": s["step"], "development": round(total, 4),
                   **{n: round(v, 4) for n, v in by_source.items()}})
        if total > s["best"]:
            s["best"], s["since"] = total, 0
            save(self.model.state_dict(), self.options.out / "best.pt")
        else:
            s["since"] += 1

    def _save(self):
        save({"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), "state": self.state,
              "groups": self.groups.state(), "torch": torch.get_rng_state()}, self.checkpoint)

    def _take_up(self):
        if not self.checkpoint.exists():
            self._measure()
            return
        saved = torch.load(self.checkpoint, map_location=self.device, weights_only=False)
        self.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.state = saved["state"]
        self.groups.restore(saved["groups"])
        torch.set_rng_state(saved["torch"].cpu())

    def _log(self, entry):
        line = json.dumps(entry)
        print(line, flush=True)
        with open(self.options.out / "log.jsonl", "a", encoding="utf8") as out:
            out.write(line + "\n")


def save(what, path):
    """Whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(what, part)
    os.replace(part, path)
