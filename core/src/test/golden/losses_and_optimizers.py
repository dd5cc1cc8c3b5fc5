"""Values of Keras for the tests of losses, metrics and optimizers.

    pip install keras torch
    KERAS_BACKEND=torch python core/src/test/golden/losses_and_optimizers.py

Writes losses.txt, metrics.txt and optimizers.txt beside the other test resources of their packages. A line is a name
and, after '|', the numbers, in row-major order. Everything is computed in float64: Keras' own float32 rounds
1 - beta ** step so coarsely that the first steps of Adam are off in the fifth digit. (With the torch backend means go
through float32 all the same, so losses and metrics that are means over an axis hold to seven digits.)
"""

import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402

keras.backend.set_floatx("float64")
RESOURCES = Path(__file__).parent.parent / "resources" / "io" / "dendra" / "nn"
VERSIONS = f"keras {keras.__version__}, torch {torch.__version__}, numpy {np.__version__}"


def line(name, values):
    flat = np.asarray(values, dtype=np.float64).reshape(-1)
    return name + " | " + " ".join(repr(float(v)) for v in flat)


def write(family, lines):
    path = RESOURCES / family / f"{family}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = [f"# Made by {Path(__file__).name} with {VERSIONS}."] + lines
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def array(seed, *shape):
    return np.round(np.random.default_rng(seed).normal(size=shape), 3)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return np.round(e / e.sum(-1, keepdims=True), 4)


# ---- losses

LOGITS = array(1, 4, 3) * 2
SEQUENCE = array(2, 2, 2, 3) * 2
LABELS = np.array([2, 0, 1, 1])
SEQUENCE_LABELS = np.array([[0, 2], [1, 1]])
ONE_HOT = np.eye(3)[LABELS]
SOFT = softmax(array(3, 4, 3))
CERTAIN = np.array([[1.0, 0, 0], [0, 1, 0], [0, 1, 0], [0.5, 0.5, 0]])
BITS = np.array([[1.0, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]])
ODDS = np.round(1 / (1 + np.exp(-LOGITS)), 4)
EXTREME = np.array([[50.0, -50, 0], [-50, 50, 1e-3], [200, -200, 3], [0, 0, 0]])
OTHER = array(4, 4, 3)

L = keras.losses
LOSSES = [
    ("sparse_probabilities", L.SparseCategoricalCrossentropy, {}, LABELS, softmax(LOGITS)),
    ("sparse_unnormalised", L.SparseCategoricalCrossentropy, {}, LABELS, softmax(LOGITS) * 1.7),
    ("sparse_certain", L.SparseCategoricalCrossentropy, {}, LABELS, CERTAIN),
    ("sparse_logits", L.SparseCategoricalCrossentropy, {"from_logits": True}, LABELS, LOGITS),
    ("sparse_extreme", L.SparseCategoricalCrossentropy, {"from_logits": True}, LABELS, EXTREME),
    ("sparse_sequence", L.SparseCategoricalCrossentropy, {}, SEQUENCE_LABELS, softmax(SEQUENCE)),
    ("sparse_sequence_logits", L.SparseCategoricalCrossentropy, {"from_logits": True}, SEQUENCE_LABELS, SEQUENCE),
    ("categorical_probabilities", L.CategoricalCrossentropy, {}, ONE_HOT, softmax(LOGITS)),
    ("categorical_certain", L.CategoricalCrossentropy, {}, ONE_HOT, CERTAIN),
    ("categorical_soft", L.CategoricalCrossentropy, {}, SOFT, softmax(LOGITS)),
    ("categorical_logits", L.CategoricalCrossentropy, {"from_logits": True}, ONE_HOT, LOGITS),
    ("categorical_smoothed", L.CategoricalCrossentropy, {"label_smoothing": 0.2}, ONE_HOT, softmax(LOGITS)),
    ("categorical_smoothed_logits", L.CategoricalCrossentropy, {"from_logits": True, "label_smoothing": 0.2}, ONE_HOT,
     LOGITS),
    ("binary_probabilities", L.BinaryCrossentropy, {}, BITS, ODDS),
    ("binary_certain", L.BinaryCrossentropy, {}, BITS, CERTAIN),
    ("binary_logits", L.BinaryCrossentropy, {"from_logits": True}, BITS, LOGITS),
    ("binary_extreme", L.BinaryCrossentropy, {"from_logits": True}, BITS, EXTREME),
    ("binary_smoothed", L.BinaryCrossentropy, {"label_smoothing": 0.2}, BITS, ODDS),
    ("binary_smoothed_logits", L.BinaryCrossentropy, {"from_logits": True, "label_smoothing": 0.2}, BITS, LOGITS),
    ("mean_squared_error", L.MeanSquaredError, {}, OTHER, LOGITS),
    ("mean_absolute_error", L.MeanAbsoluteError, {}, OTHER, LOGITS),
    ("huber", L.Huber, {}, OTHER, LOGITS),
    ("huber_narrow", L.Huber, {"delta": 0.3}, OTHER, LOGITS),
]


def losses():
    lines = []
    for name, make, settings, target, prediction in LOSSES:
        x = torch.tensor(prediction, dtype=torch.float64, device="cpu", requires_grad=True)
        t = torch.tensor(target, device="cpu")
        per_sample = make(reduction=None, **settings)(t, x)
        (gradient,) = torch.autograd.grad(per_sample.sum(), x)
        lines += [
            line(f"{name}.target", target),
            line(f"{name}.prediction", prediction),
            line(f"{name}.loss", per_sample.detach().numpy()),
            line(f"{name}.gradient", gradient.numpy()),
        ]
    write("losses", lines)


# ---- metrics

M = keras.metrics
TIES = np.array([[0.4, 0.4, 0.2], [0.1, 0.1, 0.8], [0.3, 0.3, 0.3], [0, 1, 0]])
METRICS = [
    ("binary_accuracy", M.BinaryAccuracy, {}, BITS, ODDS),
    ("binary_accuracy_threshold", M.BinaryAccuracy, {"threshold": 0.8}, BITS, ODDS),
    ("categorical_accuracy", M.CategoricalAccuracy, {}, ONE_HOT, softmax(LOGITS)),
    ("sparse_categorical_accuracy", M.SparseCategoricalAccuracy, {}, LABELS, softmax(LOGITS)),
    ("sparse_categorical_accuracy_ties", M.SparseCategoricalAccuracy, {}, LABELS, TIES),
    ("sparse_categorical_accuracy_sequence", M.SparseCategoricalAccuracy, {},
     np.concatenate([SEQUENCE_LABELS, SEQUENCE_LABELS[::-1]]), softmax(np.concatenate([SEQUENCE, SEQUENCE]))),
    ("mean_absolute_error", M.MeanAbsoluteError, {}, OTHER, LOGITS),
    ("mean_squared_error", M.MeanSquaredError, {}, OTHER, LOGITS),
]
WEIGHTS = np.array([0.5, 2.0, 0.0, 1.25])


def metrics():
    lines = [line("weights", WEIGHTS)]
    for name, make, settings, target, prediction in METRICS:
        plain, weighted = make(**settings), make(**settings)
        for rows in (slice(0, 3), slice(3, 4)):
            plain.update_state(target[rows], prediction[rows])
            weighted.update_state(target[rows], prediction[rows], WEIGHTS[rows])
        lines += [
            line(f"{name}.target", target),
            line(f"{name}.prediction", prediction),
            line(f"{name}.plain", plain.result().numpy()),
            line(f"{name}.weighted", weighted.result().numpy()),
        ]
    write("metrics", lines)


# ---- optimizers

O = keras.optimizers
OPTIMIZERS = [
    ("sgd", lambda: O.SGD()),
    ("sgd_momentum", lambda: O.SGD(0.05, momentum=0.9)),
    ("sgd_nesterov", lambda: O.SGD(0.05, momentum=0.9, nesterov=True)),
    ("sgd_decay", lambda: O.SGD(0.05, momentum=0.5, weight_decay=0.1)),
    ("sgd_clip_value", lambda: O.SGD(0.05, clipvalue=0.4)),
    ("sgd_clip_norm", lambda: O.SGD(0.05, clipnorm=0.8)),
    ("sgd_global_clip_norm", lambda: O.SGD(0.05, global_clipnorm=1.1)),
    ("sgd_exponential_decay",
     lambda: O.SGD(O.schedules.ExponentialDecay(0.1, decay_steps=3, decay_rate=0.7))),
    ("sgd_staircase",
     lambda: O.SGD(O.schedules.ExponentialDecay(0.1, decay_steps=3, decay_rate=0.7, staircase=True))),
    ("sgd_cosine_decay", lambda: O.SGD(O.schedules.CosineDecay(0.1, decay_steps=8, alpha=0.1))),
    ("sgd_warm_up",
     lambda: O.SGD(O.schedules.CosineDecay(0.01, decay_steps=5, warmup_target=0.2, warmup_steps=4))),
    ("rmsprop", lambda: O.RMSprop()),
    ("rmsprop_momentum", lambda: O.RMSprop(0.01, rho=0.8, momentum=0.9)),
    ("rmsprop_centered", lambda: O.RMSprop(0.01, centered=True, epsilon=1e-3)),
    ("rmsprop_all",
     lambda: O.RMSprop(0.01, rho=0.8, momentum=0.5, centered=True, weight_decay=0.1, global_clipnorm=1.1)),
    ("adam", lambda: O.Adam()),
    ("adam_betas", lambda: O.Adam(0.02, beta_1=0.8, beta_2=0.9, epsilon=1e-3)),
    ("adam_amsgrad", lambda: O.Adam(0.02, beta_2=0.6, amsgrad=True)),
    ("adam_decay", lambda: O.Adam(0.02, weight_decay=0.1)),
    ("adam_clip_norm", lambda: O.Adam(0.02, clipnorm=0.8)),
    ("adam_global_clip_norm", lambda: O.Adam(0.02, global_clipnorm=1.1)),
    ("adamw", lambda: O.AdamW(0.02)),
    ("adamw_amsgrad", lambda: O.AdamW(0.02, weight_decay=0.2, amsgrad=True)),
]
STEPS = 10
START = [array(10, 3), array(11, 2, 2)]


def gradient(step, weight, index):
    """Of fixed draws and of the weight, so that a wrong step shows in all later ones; some are zero."""
    return array(100 + 10 * step + index, *START[index].shape) * (2.0 if step % 3 else 0.1) + 0.5 * weight


def optimizers():
    lines = [line(f"start.{i}", w) for i, w in enumerate(START)]
    for step in range(STEPS):
        for i, w in enumerate(START):
            lines.append(line(f"draw.{step}.{i}", gradient(step, np.zeros_like(w), i)))
    for name, make in OPTIMIZERS:
        weights = [keras.Variable(w, dtype="float64") for w in START]
        optimizer = make()
        for step in range(STEPS):
            values = [w.value.detach().cpu().numpy() for w in weights]
            grads = [torch.tensor(gradient(step, v, i), device="cpu") for i, v in enumerate(values)]
            optimizer.apply(grads, weights)
            if step in (0, STEPS - 1):
                for i, w in enumerate(weights):
                    lines.append(line(f"{name}.{step + 1}.{i}", w.value.detach().cpu().numpy()))
    write("optimizers", lines)


if __name__ == "__main__":
    print(VERSIONS)
    losses()
    metrics()
    optimizers()
