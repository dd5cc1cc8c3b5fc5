"""Writes what Optuna's pruners decide to src/test/resources/io/dendra/sweep/pruners/decisions.txt.

Random studies: several trials run at once, report noisy curves (with NaN, gaps and plateaus), and
the pruner's answer to each report is kept. Run from the module's directory, with optuna 5.0:

    python src/test/golden/pruners.py
"""

import math
import random
import warnings

import optuna
from optuna.pruners import (
    HyperbandPruner,
    MedianPruner,
    PatientPruner,
    PercentilePruner,
    SuccessiveHalvingPruner,
    ThresholdPruner,
)
from optuna.trial import TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore")
OUT = open(
    "src/test/resources/io/dendra/sweep/pruners/decisions.txt", "w", encoding="utf-8", newline="\n"
)

# name: pruner, steps of a whole trial, whether trials may go on against advice, gaps between reports
CASES = {
    "median": (lambda: MedianPruner(), 9, True, 1),
    "median 2 3 2 4": (
        lambda: MedianPruner(n_startup_trials=2, n_warmup_steps=3, interval_steps=2, n_min_trials=4),
        12,
        True,
        3,
    ),
    "percentile 25 0 1 3 1": (lambda: PercentilePruner(25.0, 0, 1, 3), 10, True, 2),
    "percentile 80 3 0 1 2": (lambda: PercentilePruner(80.0, 3, n_min_trials=2), 8, True, 1),
    "percentile 0 1 0 1 1": (lambda: PercentilePruner(0.0, 1), 8, True, 1),
    "percentile 100 1 0 1 1": (lambda: PercentilePruner(100.0, 1), 8, True, 1),
    "halving": (lambda: SuccessiveHalvingPruner(), 20, False, 1),
    "halving 1 2 0 0": (lambda: SuccessiveHalvingPruner(1, 2), 17, False, 1),
    "halving 2 3 1 0": (lambda: SuccessiveHalvingPruner(2, 3, 1), 30, False, 1),
    "halving 1 4 0 3": (lambda: SuccessiveHalvingPruner(1, 4, 0, 3), 20, False, 1),
    "halving auto 250": (lambda: SuccessiveHalvingPruner(reduction_factor=3), 250, False, 1),
    "hyperband": (lambda: HyperbandPruner(), 20, False, 1),
    "hyperband 1 16 2 0": (lambda: HyperbandPruner(1, 16, 2), 16, False, 1),
    "hyperband 2 30 3 2": (lambda: HyperbandPruner(2, 30, 3, 2), 30, False, 1),
    "patient 2 0": (lambda: PatientPruner(None, 2), 12, True, 2),
    "patient 1 0.05 median": (lambda: PatientPruner(MedianPruner(), 1, 0.05), 12, True, 1),
    "patient 0 0 percentile": (lambda: PatientPruner(PercentilePruner(30.0), 0), 12, True, 1),
    "threshold -0.5 1.0 0 1": (lambda: ThresholdPruner(-0.5, 1.0), 8, True, 1),
    "threshold -Infinity 0.8 2 3": (lambda: ThresholdPruner(None, 0.8, 2, 3), 12, True, 2),
}

ALONE = ["halving", "halving auto 250", "hyperband"]


def put(trial, step, value, prune):
    word = "NaN" if math.isnan(value) else repr(value)
    print(f"{trial.number} | {step} | {word} | {'prune' if prune else 'go'}", file=OUT)


class Curve:
    """A learning curve: a start, an end, noise, and now and then NaN."""

    def __init__(self, rng, steps):
        self.rng, self.steps = rng, steps
        self.end, self.speed = rng.random(), 3 * rng.random()
        self.broken = rng.random() < 0.15

    def at(self, step):
        if self.broken and self.rng.random() < 0.3:
            return math.nan
        exact = self.end + math.exp(-self.speed * step) + self.rng.gauss(0, 0.05)
        return round(exact, 3)


def run(name, make, steps, disobeys, gap, direction, seed):
    rng = random.Random(f"{name}/{direction}/{seed}")
    sign = 1 if direction == "minimize" else -1
    # Brackets of Hyperband follow from the name, too.
    study = optuna.create_study(study_name="", direction=direction, pruner=make())
    print(f"case | {name} | {direction}", file=OUT)
    running = []
    started = 0
    advised = 0
    if name in ALONE:
        # Optuna leaves the first trials out of all rungs, as those are not known yet; Dendra counts
        # them. With nothing but NaN it is all the same.
        trial = study.ask()
        print("start | 0", file=OUT)
        for step in range(steps):
            trial.report(math.nan, step)
            put(trial, step, math.nan, trial.should_prune())
        study.tell(trial, 0.0)
        print("end | 0 | COMPLETE", file=OUT)
        started = 1
    while started < 25 or running:
        if started < 25 and len(running) < 3:
            trial = study.ask()
            print(f"start | {trial.number}", file=OUT)
            running.append([trial, Curve(rng, steps), 0, math.nan])
            started += 1
            continue
        entry = rng.choice(running)
        trial, curve, step, _ = entry
        value = sign * curve.at(step)
        trial.report(value, step)
        prune = trial.should_prune()
        advised += prune
        put(trial, step, value, prune)
        entry[2] += rng.randint(1, gap)
        if not math.isnan(value):
            entry[3] = value
        if prune and not (disobeys and rng.random() < 0.6):
            study.tell(trial, state=TrialState.PRUNED)
            print(f"end | {trial.number} | PRUNED", file=OUT)
            running.remove(entry)
        elif rng.random() < 0.004:
            study.tell(trial, state=TrialState.FAIL)
            print(f"end | {trial.number} | FAIL", file=OUT)
            running.remove(entry)
        elif entry[2] >= steps:
            value = 0.0 if math.isnan(entry[3]) else entry[3]
            study.tell(trial, value)
            print(f"end | {trial.number} | COMPLETE", file=OUT)
            running.remove(entry)
    return advised


for name, case in CASES.items():
    for direction in ["minimize", "maximize"]:
        advised = sum(run(name, *case, direction, seed) for seed in range(2))
        print(f"{name} {direction}: {advised} times pruned")
OUT.close()
