"""Compares the best values that SamplerComparison.java and optuna_samplers.py print, function by function.

Medians with bootstrap intervals of 95 %, how often a study of ours ends better than one of Optuna's (0.5 where they are
alike), and the two-sided p-value of Mann and Whitney's test of that.

usage: python sampler_statistics.py ours.txt optuna.txt   (with numpy)
"""
import math
import sys
from collections import defaultdict

import numpy as np

RESAMPLES = 10_000


def read(path):
    found = defaultdict(dict)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            function, sampler, seed, value = line.split()
            found[function, sampler][int(seed)] = float(value)
    return found


def interval(values, rng):
    medians = np.median(rng.choice(values, (RESAMPLES, len(values))), axis=1)
    return np.quantile(medians, [0.025, 0.975])


def mann_whitney(ours, theirs):
    """How often ours is the smaller one, ties counted half, and the p-value of the normal approximation."""
    n, m = len(ours), len(theirs)
    _, inverse, ties = np.unique(np.concatenate([ours, theirs]), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[inverse]
    larger = ranks[:n].sum() - n * (n + 1) / 2
    total = n + m
    deviation = math.sqrt(n * m / 12 * (total + 1 - (ties**3 - ties).sum() / (total * (total - 1))))
    z = (abs(larger - n * m / 2) - 0.5) / deviation
    return 1 - larger / (n * m), min(math.erfc(max(z, 0) / math.sqrt(2)), 1)


def main():
    ours, theirs = read(sys.argv[1]), read(sys.argv[2])
    print("| Sampler | Function | Seeds | Dendra | Optuna | Ours is better | p |")
    print("|---|---|---|---|---|---|---|")
    for function, sampler in ours:
        if (function, sampler) not in theirs:
            continue
        sides = [np.array(list(side[function, sampler].values())) for side in (ours, theirs)]
        rng = np.random.default_rng(0)
        cells = []
        for values in sides:
            low, high = interval(values, rng)
            cells.append(f"{np.median(values):.4g} ({low:.4g} to {high:.4g})")
        better, p = mann_whitney(*sides)
        seeds = " / ".join(str(len(values)) for values in sides)
        print(f"| {sampler} | {function} | {seeds} | {cells[0]} | {cells[1]} | {better:.1%} | {p:.2g} |")


if __name__ == "__main__":
    main()
