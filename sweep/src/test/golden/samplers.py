"""Golden values of samplers, by Optuna 5.0.0, SciPy 1.17.1 and cmaes 0.13.1.

usage: python samplers.py > ../resources/io/dendra/sweep/samplers/golden.json
"""
import json

import cmaes
import numpy as np
from optuna._hypervolume.hssp import _solve_hssp
from optuna._hypervolume.wfg import compute_hypervolume
from optuna.distributions import CategoricalDistribution as Categorical
from optuna.distributions import FloatDistribution as Float
from optuna.distributions import IntDistribution as Int
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_weights
from optuna.study._multi_objective import _fast_non_domination_rank
from scipy.stats import norm, qmc

# Optuna leaves to chance which of equal observations has which neighbours; here the earlier one comes first.
unstable = np.argsort
np.argsort = lambda a, *args, **kwargs: unstable(a, *args, **{**kwargs, "kind": "stable"})
rng = np.random.RandomState(7)
SPACE = {
    "a": Float(-2, 3), "b": Float(1e-4, 1, log=True), "c": Float(0, 1, step=0.1),
    "d": Int(1, 20), "e": Int(1, 1000, log=True), "f": Int(0, 100, step=7), "g": Categorical(["x", "y", "z"]),
}


def columns(n):
    return {
        "a": rng.uniform(-2, 3, n), "b": np.exp(rng.uniform(np.log(1e-4), 0, n)),
        "c": np.round(rng.randint(0, 11, n) * 0.1, 10), "d": rng.randint(1, 21, n).astype(float),
        "e": np.round(np.exp(rng.uniform(0, np.log(1000), n))), "f": rng.randint(0, 15, n) * 7.0,
        "g": rng.randint(0, 3, n).astype(float),
    }


def parzen(n, clip, ends):
    seen, points = columns(n), columns(12)
    parameters = _ParzenEstimatorParameters(1.0, clip, ends, default_weights, True)
    densities = _ParzenEstimator(seen, SPACE, parameters).log_pdf(points)
    return {"magicClip": clip, "considerEndpoints": ends, "seen": {k: v.tolist() for k, v in seen.items()},
            "points": {k: v.tolist() for k, v in points.items()}, "logDensities": densities.tolist()}


def cma():
    es = cmaes.CMA(mean=np.array([0.4, 0.5, 0.6]), sigma=0.3, population_size=7)
    generations = []
    for _ in range(4):
        points = rng.uniform(0, 1, (7, 3))
        es.tell([(x, i) for i, x in enumerate(points)])
        generations.append({"points": points.tolist(), "mean": es._mean.tolist(), "size": float(es._sigma),
                            "covariance": es._C.tolist()})
    return generations


def fronts(objectives, n):
    losses = np.round(rng.uniform(0, 1, (n, objectives)), 2)
    reference = np.full(objectives, 1.1)
    ranks = _fast_non_domination_rank(losses)
    front = np.unique(losses[ranks == 0], axis=0)
    return {"losses": losses.tolist(), "ranks": ranks.tolist(), "reference": reference.tolist(),
            "volume": float(compute_hypervolume(losses, reference)), "front": front.tolist(),
            "chosen": _solve_hssp(front, np.arange(len(front)), 3, reference).tolist()}


sobol = qmc.Sobol(256, scramble=False).random(1024)
z = np.array([-37, -20, -8, -3.3, -1, -0.4, 0, 0.3, 0.66, 1, 2.5, 5.7, 7])
print(json.dumps({
    "parzen": [parzen(30, True, False), parzen(60, True, True), parzen(5, False, False), parzen(0, True, False),
               parzen(1, False, False)],
    "cma": cma(),
    "fronts": [fronts(2, 40), fronts(3, 60), fronts(4, 50)],
    "sobol": {"indices": [1, 2, 3, 10, 500, 1023], "dimensions": [0, 1, 2, 9, 63, 64, 255],
              "values": [[sobol[i][d] for d in [0, 1, 2, 9, 63, 64, 255]] for i in [1, 2, 3, 10, 500, 1023]]},
    "normal": {"x": z.tolist(), "logCumulative": norm.logcdf(z).tolist(), "cumulative": norm.cdf(z).tolist(),
               "p": [1e-300, 1e-20, 0.01, 0.07, 0.3, 0.5, 0.9, 0.99999],
               "quantile": norm.ppf([1e-300, 1e-20, 0.01, 0.07, 0.3, 0.5, 0.9, 0.99999]).tolist()},
}))
