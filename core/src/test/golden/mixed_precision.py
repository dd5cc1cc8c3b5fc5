"""Writes what Keras computes under its dtype policies to src/test/resources/io/dendra/nn/mixed_precision.txt.

The loss scale, step counter, iterations and weight of LossScaleOptimizer over a sequence of finite
and other gradients; outputs and weight gradients of small networks under the mixed policies. Run
from the module's directory, with keras and jax:

    python src/test/golden/mixed_precision.py
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import layers

RANDOM = np.random.default_rng(11)
OUT = open("src/test/resources/io/dendra/nn/mixed_precision.txt", "w", encoding="utf-8", newline="\n")


def put(name, values):
    numbers = np.asarray(values).astype(np.float64).reshape(-1)
    words = " ".join(
        "NaN" if np.isnan(x) else repr(float(x)).replace("inf", "Infinity") for x in numbers
    )
    print(f"{name} | {words}", file=OUT)


def sample(*shape):
    """Numbers of a few digits, which are the same in all types."""
    return (RANDOM.integers(-96, 97, size=shape) / 64).astype(np.float32)


def loss_scale():
    optimizer = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(0.5, momentum=0.5), initial_scale=1024.0, dynamic_growth_steps=3
    )
    weight = keras.Variable(np.float32([1.0, -2.0]))
    optimizer.build([weight])
    for step, g in enumerate(
        [1, 2, np.inf, 1, -1, 3, 1, 1, np.nan, np.nan, 2, 1, 1, -np.inf, 1, 1, 1, 1, 1, 1]
    ):
        scale = float(optimizer.dynamic_scale.value)
        gradient = np.float32([0.25, g]) * np.float32(scale)
        values, state = optimizer.stateless_apply(
            [v.value for v in optimizer.variables], [jnp.asarray(gradient)], [weight.value]
        )
        weight.assign(values[0])
        for variable, value in zip(optimizer.variables, state):
            variable.assign(value)
        put(f"step {step} gradient", gradient)
        put(
            f"step {step} state",
            [
                float(optimizer.dynamic_scale.value),
                int(optimizer.step_counter.value),
                int(optimizer.inner_optimizer.iterations.value),
            ],
        )
        put(f"step {step} weight", weight.value)


def network(kind):
    if kind == "mlp":
        return [layers.Dense(6, activation="relu"), layers.LayerNormalization(), layers.Dense(3)]
    if kind == "cnn":
        return [
            layers.Conv2D(3, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    recurrent = layers.LSTM(4) if kind == "lstm" else layers.GRU(4)
    return [recurrent, layers.Dense(3, dtype="float32")]


def policies():
    for kind, shape in [("mlp", (4, 5)), ("cnn", (2, 6, 6, 2)), ("lstm", (3, 4, 5)), ("gru", (3, 4, 5))]:
        x = sample(*shape)
        put(f"{kind} x", x)
        weights = None
        for policy in ["float32", "mixed_bfloat16", "mixed_float16"]:
            keras.mixed_precision.set_global_policy(policy)
            model = keras.Sequential(network(kind))
            model.build(shape)
            kept = [v for v in model.variables if "seed" not in v.path]
            if weights is None:
                weights = [
                    np.asarray(v) if "moving" in v.path else sample(*v.shape) / 2 for v in kept
                ]
                for i, w in enumerate(weights):
                    put(f"{kind} weight {i}", w)
            for v, w in zip(kept, weights):
                v.assign(w)

            def loss(trainable):
                y, _ = model.stateless_call(
                    trainable, [v.value for v in model.non_trainable_variables], x, training=True
                )
                return jnp.sum(jnp.square(y.astype("float32"))), y

            trainable = [v.value for v in model.trainable_variables]
            gradients, y = jax.grad(loss, has_aux=True)(trainable)
            put(f"{kind} {policy} y", y)
            print(f"# {kind} {policy} {y.dtype} {model.variables[0].dtype}", file=OUT)
            for i, g in enumerate(gradients):
                put(f"{kind} {policy} gradient {i}", g)


loss_scale()
policies()
OUT.close()
