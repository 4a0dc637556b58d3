"""nDCG, MRR and what they are known to: paired bootstrap."""
import numpy as np


def ndcg(ranked, grades, k=10):
    """Gains are the grades themselves, as in trec_eval and in the product's evaluation."""
    discount = lambda r: np.log2(r + 2)
    got = sum(grades.get(p, 0) / discount(r) for r, p in enumerate(ranked[:k]))
    best = sum(g / discount(r) for r, g in enumerate(sorted(grades.values(), reverse=True)[:k]))
    return got / best if best else 0.0


def mrr(ranked, grades, k=10):
    return next((1 / (r + 1) for r, p in enumerate(ranked[:k]) if grades.get(p, 0) > 0), 0.0)


def interval(differences, seed=11, rounds=10_000):
    """95 % of the means of resampled queries."""
    differences = np.asarray(differences)
    picks = np.random.default_rng(seed).integers(0, len(differences), (rounds, len(differences)))
    means = differences[picks].mean(1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))
