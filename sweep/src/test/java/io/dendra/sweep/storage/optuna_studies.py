"""The oracle of the storage: studies that go from Optuna to Dendra and back.

    python optuna_studies.py make FILE.sql
        makes a study with Optuna in a SQLite file and writes it as SQL text: OptunaStudyTest
        resumes it.
    python optuna_studies.py check FILE.db
        opens a database made by Dendra (by the class MadeByDendra beside this script) with
        Optuna's own tools, checks what they read, and goes on with the study.

Made with Optuna 5.0.0, SQLAlchemy 2.1.1. Not needed by the build.
"""

import json
import math
import os
import sqlite3
import sys
import tempfile

import optuna
import sqlalchemy
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState


def make(path):
    folder = tempfile.mkdtemp()
    file = os.path.join(folder, "optuna.db")
    study = optuna.create_study(
        study_name="from-optuna",
        storage="sqlite:///" + file,
        directions=["minimize", "maximize"],
        sampler=optuna.samplers.RandomSampler(seed=1),
    )
    study.set_user_attr("note", {"a": [1, None, True, math.nan, math.inf]})

    def objective(trial):
        x = trial.suggest_float("x", 1e-5, 1.0, log=True)
        d = trial.suggest_float("d", 0, 1, step=0.25)
        n = trial.suggest_int("n", 1, 9, step=2)
        c = trial.suggest_categorical("c", ["relu", None, True, 1.5])
        trial.set_user_attr("number", trial.number)
        return (math.inf if trial.number == 1 else x), d + n + (c is None)

    study.optimize(objective, n_trials=3)
    study.enqueue_trial({"x": 0.5, "d": 0.25, "n": 3, "c": None})

    single = optuna.create_study(study_name="reports", storage="sqlite:///" + file)

    def reporting(trial):
        x = trial.suggest_float("x", -1, 1)
        for step, value in enumerate([x, math.nan, math.inf, -math.inf]):
            trial.report(value, step)
        if trial.number == 1:
            raise optuna.TrialPruned()
        return x

    single.optimize(reporting, n_trials=2)
    database = sqlite3.connect(file)
    # As Optuna before 3 named them.
    old = json.dumps({"name": "UniformDistribution", "attributes": {"low": -1.0, "high": 1.0}})
    with database:
        database.execute(
            "UPDATE trial_params SET distribution_json = ? WHERE trial_id ="
            " (SELECT max(trial_id) FROM trials)",
            (old,),
        )
    with open(path, "w", encoding="utf-8") as text:
        for line in database.iterdump():
            text.write(line + "\n")


def check(file):
    url = "sqlite:///" + file
    study = optuna.load_study(study_name="from-dendra", storage=url)
    trials = study.get_trials()
    assert [t.number for t in trials] == list(range(len(trials))), "numbers"
    complete = [t for t in trials if t.state == TrialState.COMPLETE]
    assert len(complete) >= 20, len(complete)
    assert {t.state for t in trials} == {
        TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL, TrialState.WAITING
    }, {t.state for t in trials}
    for t in complete:
        x, n, c = t.params["x"], t.params["n"], t.params["c"]
        assert t.value == x * n + (1 if c == "tanh" else 0), t
        assert t.distributions["x"] == FloatDistribution(1e-3, 1.0, log=True)
        assert t.distributions["n"] == IntDistribution(1, 9, step=2)
        assert t.distributions["c"] == CategoricalDistribution(("relu", "tanh", None))
        assert t.intermediate_values[0] == x
        assert math.isnan(t.intermediate_values[1])
        assert t.intermediate_values[2] == math.inf
        assert t.user_attrs["note"] == {"é": [1, 1.5, None, True]}
        assert t.datetime_complete >= t.datetime_start
    print("best", study.best_trial.number, study.best_value, study.best_params)
    from optuna.importance import get_param_importances
    from optuna.visualization._edf import _get_edf_info
    from optuna.visualization._intermediate_values import _get_intermediate_plot_info
    from optuna.visualization._optimization_history import _get_optimization_history_info_list
    from optuna.visualization._parallel_coordinate import _get_parallel_coordinate_info
    from optuna.visualization._slice import _get_slice_plot_info
    from optuna.visualization._timeline import _get_timeline_info

    _get_optimization_history_info_list(study, None, "Objective Value", False)
    info = _get_intermediate_plot_info(study)
    assert len(info.trial_infos) >= len(complete)
    _get_parallel_coordinate_info(study)
    _get_slice_plot_info(study, None, None, "Objective Value")
    _get_edf_info(study)
    _get_timeline_info(study, None)
    two = optuna.load_study(study_name="two-objectives", storage=url)
    from optuna.visualization._pareto_front import _get_pareto_front_info

    front = _get_pareto_front_info(two)
    assert len(front.best_trials_with_values) >= 1
    assert [d.name for d in two.directions] == ["MINIMIZE", "MAXIMIZE"]
    before = len(trials)

    def objective(trial):
        x = trial.suggest_float("x", 1e-3, 1.0, log=True)
        n = trial.suggest_int("n", 1, 9, step=2)
        c = trial.suggest_categorical("c", ["relu", "tanh", None])
        trial.report(x, 0)
        return x * n + (1 if c == "tanh" else 0)

    study.sampler = optuna.samplers.TPESampler(seed=1)
    study.optimize(objective, n_trials=5)
    after = study.get_trials()
    # One of them was waiting.
    assert len(after) == before + 4, (before, len(after))
    assert all(t.state.is_finished() for t in after)
    try:
        print("importances", get_param_importances(
            study, evaluator=optuna.importance.PedAnovaImportanceEvaluator()))
    except ImportError as e:
        print("importances not checked:", e)
    print("ok: optuna", optuna.__version__, "sqlalchemy", sqlalchemy.__version__, "sqlite",
          sqlite3.sqlite_version, "python", sys.version.split()[0])


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](sys.argv[2])
