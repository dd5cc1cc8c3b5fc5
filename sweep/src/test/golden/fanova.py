"""Writes random studies and what Optuna's fANOVA says of them to
src/test/resources/io/dendra/sweep/importance/fanova.txt.

For each parameter the mean and the standard deviation of its share over ten seeds of the forest.
Optuna 5 takes logarithmic parameters by their plain values, so it is given their logarithms as
linear ones here. Run from the module's directory, with optuna 5.0 and scikit-learn:

    python src/test/golden/fanova.py
"""

import math
import random
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import FanovaImportanceEvaluator, get_param_importances

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore")
OUT = open(
    "src/test/resources/io/dendra/sweep/importance/fanova.txt", "w", encoding="utf-8", newline="\n"
)
SEEDS = 10

# name: parameters (kind, low, high), function of their values
STUDIES = {
    "quadratic": (
        {"x": ("float", -2, 3), "y": ("float", -1, 1), "z": ("float", 0, 5)},
        lambda p: (p["x"] - 1) ** 2 + 0.5 * p["y"] + 0.05 * p["z"],
    ),
    "interaction": (
        {"a": ("float", 0, 1), "b": ("float", 0, 1), "n": ("int", 1, 10)},
        lambda p: p["a"] * p["b"] + 0.03 * p["n"],
    ),
    "network": (
        {
            "rate": ("log", 1e-5, 1e-1),
            "units": ("logint", 16, 512),
            "layers": ("int", 1, 4),
            "dropout": ("float", 0.0, 0.5),
            "bias": ("bool", 0, 1),
        },
        lambda p: (math.log10(p["rate"]) + 3) ** 2 / 4
        + 0.1 * (9 - math.log2(p["units"]))
        + 0.1 * abs(p["layers"] - 2)
        + 0.2 * p["dropout"]
        + (0.15 if p["bias"] else 0),
    ),
}


def draw(rng, kind, low, high):
    if kind == "float":
        return rng.uniform(low, high)
    if kind == "int":
        return rng.randint(low, high)
    if kind == "log":
        return min(max(math.exp(rng.uniform(math.log(low), math.log(high))), low), high)
    if kind == "logint":
        return round(math.exp(rng.uniform(math.log(low), math.log(high))))
    return rng.random() < 0.5


def distribution(kind, low, high):
    if kind == "float":
        return FloatDistribution(low, high)
    if kind == "int":
        return IntDistribution(low, high)
    if kind in ("log", "logint"):
        return FloatDistribution(math.log(low), math.log(high))
    return CategoricalDistribution([False, True])


for name, (space, function) in STUDIES.items():
    rng = random.Random(name)
    study = optuna.create_study()
    print(f"study | {name}", file=OUT)
    for key, (kind, low, high) in space.items():
        print(f"parameter | {key} | {kind} | {low} | {high}", file=OUT)
    for _ in range(120):
        values = {key: draw(rng, *how) for key, how in space.items()}
        value = function(values) + rng.gauss(0, 0.02)
        print("trial | " + " | ".join(repr(v) for v in [value, *values.values()]), file=OUT)
        study.add_trial(
            optuna.trial.create_trial(
                value=value,
                params={
                    key: math.log(v) if space[key][0].startswith("log") else v
                    for key, v in values.items()
                },
                distributions={key: distribution(*how) for key, how in space.items()},
            )
        )
    shares = [
        get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=seed))
        for seed in range(SEEDS)
    ]
    for key in space:
        of = np.array([share[key] for share in shares])
        print(f"share | {key} | {of.mean():.6f} | {of.std(ddof=1):.6f}", file=OUT)
        print(f"{name} {key}: {of.mean():.4f} +- {of.std(ddof=1):.4f}")
OUT.close()
