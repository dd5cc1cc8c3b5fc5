"""Optuna's samplers on the functions of StandardFunctions.java: the best value of each study, as SamplerComparison.java
prints it; and with "front" as the sampler what ParetoComparison.java prints. sampler_statistics.py compares the two.

usage: python optuna_samplers.py [seeds [first seed [sampler [functions with commas]]]] > optuna.txt
(with optuna, numpy and, for CMA-ES, cmaes)
"""
import math
import sys
import warnings

import numpy
import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
TRIALS = 100
A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [[0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
     [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381]]
ALPHA = [1.0, 1.2, 3.0, 3.2]


def point(t, n, low, high):
    return [t.suggest_float(f"x{i}", low, high) for i in range(n)]


def branin(t):
    x, y = t.suggest_float("x", -5, 10), t.suggest_float("y", 0, 15)
    ridge = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return ridge**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann(t):
    x = point(t, 6, 0, 1)
    return -sum(ALPHA[i] * math.exp(-sum(A[i][j] * (x[j] - P[i][j]) ** 2 for j in range(6))) for i in range(4))


def rosenbrock(t):
    x = point(t, 5, -5, 10)
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(4))


def mixed(t):
    optimizer = t.suggest_categorical("optimizer", ["sgd", "momentum", "adam"])
    rate = math.log10(t.suggest_float("rate", 1e-5, 1, log=True))
    units = math.log2(t.suggest_int("units", 8, 1024, log=True))
    layers = t.suggest_int("layers", 1, 8)
    dropout = t.suggest_float("dropout", 0, 0.8, step=0.05)
    norm = t.suggest_categorical("norm", [False, True])
    best = {"adam": -3, "momentum": -2, "sgd": -1}[optimizer]
    offset = {"adam": 0, "momentum": 0.1, "sgd": 0.3}[optimizer]
    depth = layers - (5 if norm else 2)
    return (offset + 0.3 * (rate - best) ** 2 + 0.05 * (units - 7.5) ** 2 + 0.04 * depth**2
            + (0 if norm else 0.15) + 2 * (dropout - 0.05 * (units - 4)) ** 2)


def ackley(t):
    x = point(t, 10, -20, 32.768)
    return (-20 * math.exp(-0.2 * math.sqrt(sum(v * v for v in x) / 10))
            - math.exp(sum(math.cos(2 * math.pi * v) for v in x) / 10) + 20 + math.e)


def styblinski(t):
    return sum((x**4 - 16 * x * x + 5 * x) / 2 for x in point(t, 4, -5, 5))


def levy(t):
    w = [1 + (x - 1) / 4 for x in point(t, 6, -10, 10)]
    middle = sum((v - 1) ** 2 * (1 + 10 * math.sin(math.pi * v + 1) ** 2) for v in w[:-1])
    return math.sin(math.pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)


def rastrigin(t):
    return sum(10 + x * x - 10 * math.cos(2 * math.pi * x) for x in point(t, 5, -4, 5.12))


FUNCTIONS = {"branin": branin, "hartmann-6": hartmann, "rosenbrock-5": rosenbrock, "mixed": mixed,
             "ackley-10": ackley, "styblinski-4": styblinski, "levy-6": levy, "rastrigin-5": rastrigin}
SAMPLERS = {
    "random": lambda s: optuna.samplers.RandomSampler(seed=s),
    "tpe": lambda s: optuna.samplers.TPESampler(seed=s),
    "tpe-independent": lambda s: optuna.samplers.TPESampler(seed=s, multivariate=False),
    "cma-es": lambda s: optuna.samplers.CmaEsSampler(seed=s, warn_independent_sampling=False),
    "sobol": lambda s: optuna.samplers.QMCSampler(seed=s, scramble=True, warn_independent_sampling=False),
}


def zdt(power):
    def objective(t):
        x = point(t, 10, 0, 1)
        g = 1 + 9 * sum(x[1:]) / 9
        return x[0], g * (1 - (math.sqrt(x[0] / g) if power == 1 else (x[0] / g) ** 2))
    return objective


SEVERAL = {
    "default": lambda s: optuna.samplers.NSGAIISampler(seed=s),
    "tpe": lambda s: optuna.samplers.TPESampler(seed=s, multivariate=True),
    "tpe-independent": lambda s: optuna.samplers.TPESampler(seed=s),
    "nsga-ii": lambda s: optuna.samplers.NSGAIISampler(seed=s),
}


def fronts(seeds, first):
    from optuna._hypervolume import compute_hypervolume

    for name, sampler in SEVERAL.items():
        for power in (1, 2):
            for seed in range(first, first + seeds):
                study = optuna.create_study(sampler=sampler(seed), directions=["minimize"] * 2)
                study.optimize(zdt(power), n_trials=2 * TRIALS)
                best = numpy.array([t.values for t in study.best_trials])
                print(f"zdt{power}", name, seed, repr(-float(compute_hypervolume(best, numpy.array([1.0, 10.0])))), flush=True)


def main():
    given = dict(enumerate(sys.argv[1:]))
    seeds, first = int(given.get(0, 20)), int(given.get(1, 0))
    if given.get(2) == "front":
        fronts(seeds, first)
    chosen = given[3].split(",") if 3 in given else list(FUNCTIONS)
    for name, sampler in SAMPLERS.items():
        if given.get(2, name) != name:
            continue
        for function in chosen:
            for seed in range(first, first + seeds):
                study = optuna.create_study(sampler=sampler(seed))
                study.optimize(FUNCTIONS[function], n_trials=TRIALS)
                print(function, name, seed, repr(float(study.best_value)), flush=True)


if __name__ == "__main__":
    main()
