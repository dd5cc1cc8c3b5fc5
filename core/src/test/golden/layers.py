"""Writes what Keras computes for small layers to src/test/resources/io/dendra/nn/layers/layers.txt.

Inputs, weights, outputs, moving statistics after a training step, and the gradients of
sum(output * upstream) by inputs and weights. Run from the module's directory, with keras and jax:

    python src/test/golden/layers.py
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import layers

jax.config.update("jax_default_matmul_precision", "highest")

RANDOM = np.random.default_rng(7)
OUT = open("src/test/resources/io/dendra/nn/layers/layers.txt", "w", encoding="utf-8", newline="\n")


def sample(*shape):
    """Numbers of a few digits, which are the same in float32 and in text."""
    return (RANDOM.integers(-96, 97, size=shape) / 64).astype(np.float32)


def number(value):
    return f"{value:.8g}" if value != int(value) else str(int(value))


def write(kind, name, value):
    value = np.asarray(value)
    shape = ",".join(str(n) for n in value.shape)
    dtype = {"b": "bool", "i": "int32", "f": "float32"}[value.dtype.kind]
    numbers = " ".join(number(float(v)) for v in value.ravel())
    OUT.write(f"{kind} {name} {dtype} {shape}\n{numbers}\n")


def local_name(variable):
    """The path within the layer, as Dendra has it."""
    return variable.path.split("/", 1)[1].replace("lstm_cell/", "").replace("gru_cell/", "")


def case(name, layer, *inputs, training=False, arrange=lambda *given: (given, {}), shapes=None):
    """arrange turns the inputs into the positional and named arguments of Keras' call."""
    layer.build(*(shapes or [inputs[0].shape]))
    variables = [v for v in layer.variables if "seed" not in v.path]
    for variable in variables:
        values = sample(*variable.shape)
        variable.assign(np.abs(values) + 0.5 if variable.name == "moving_variance" else values)
    trained = [v.value for v in layer.trainable_variables]
    kept = [v.value for v in layer.non_trainable_variables]

    def run(trained, floats):
        given = [floats.get(place, value) for place, value in enumerate(inputs)]
        positional, named = arrange(*given)
        if training:
            named["training"] = True
        outputs, kept_after = layer.stateless_call(trained, kept, *positional, **named)
        return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs], kept_after

    floats = {i: jnp.asarray(v) for i, v in enumerate(inputs) if v.dtype.kind == "f"}
    outputs, kept_after = run(trained, floats)
    upstream = [sample(*o.shape) for o in outputs]

    def loss(trained, floats):
        results, _ = run(trained, floats)
        return sum(jnp.sum(o * u) for o, u in zip(results, upstream))

    by_weights, by_inputs = jax.grad(loss, argnums=(0, 1))(trained, floats)
    OUT.write(f"case {name} {'training' if training else 'inference'}\n")
    for i, value in enumerate(inputs):
        write("input", i, value)
    for variable in variables:
        write("weight", local_name(variable), variable.value)
    for i, (output, up) in enumerate(zip(outputs, upstream)):
        write("output", i, output)
        write("upstream", i, up)
    for i, gradient in by_inputs.items():
        write("input_gradient", i, gradient)
    for variable, gradient in zip(layer.trainable_variables, by_weights):
        write("weight_gradient", local_name(variable), gradient)
    for variable, value in zip(layer.non_trainable_variables, kept_after):
        if "seed" not in variable.path:
            write("update", local_name(variable), value)


OUT.write(f"# keras {keras.__version__} on jax {jax.__version__}, written by src/test/golden/layers.py\n")

case("dense", layers.Dense(3, activation="tanh"), sample(2, 4))
case("dense_sequence", layers.Dense(3, activation="gelu"), sample(2, 3, 4))

case("conv2d", layers.Conv2D(3, 3, activation="relu"), sample(2, 5, 6, 2))
case("conv2d_same", layers.Conv2D(2, (2, 3), strides=2, padding="same"), sample(2, 5, 6, 2))
case("conv2d_same_even", layers.Conv2D(2, 4, padding="same", activation="elu"), sample(1, 5, 4, 2))
case("conv2d_same_stride_3", layers.Conv2D(2, 2, strides=3, padding="same"), sample(1, 7, 8, 1))
case("conv2d_dilated", layers.Conv2D(2, 2, dilation_rate=2, padding="same"), sample(1, 5, 6, 2))
case("conv2d_groups", layers.Conv2D(4, 3, groups=2, use_bias=False), sample(1, 4, 5, 4))
case("conv2d_softmax", layers.Conv2D(3, 1, activation="softmax"), sample(1, 2, 2, 2))

case("max_pooling", layers.MaxPooling2D(2), RANDOM.permutation(70).reshape(1, 5, 7, 2).astype(np.float32) / 8)
case("max_pooling_same", layers.MaxPooling2D(3, strides=2, padding="same"), RANDOM.permutation(60).reshape(1, 5, 6, 2).astype(np.float32) / 8 - 5)
case("average_pooling", layers.AveragePooling2D((2, 3), strides=1), sample(1, 4, 5, 2))
case("average_pooling_same", layers.AveragePooling2D(3, strides=2, padding="same"), sample(1, 5, 6, 2))
case("global_average_pooling", layers.GlobalAveragePooling2D(), sample(2, 3, 4, 3))

case("batch_norm_training", layers.BatchNormalization(), sample(3, 2, 2, 3), training=True)
case("batch_norm_inference", layers.BatchNormalization(), sample(2, 2, 2, 3))
case("batch_norm_rows", layers.BatchNormalization(momentum=0.9, epsilon=0.01), sample(6, 3), training=True)
case("batch_norm_plain", layers.BatchNormalization(center=False, scale=False), sample(4, 3, 2), training=True)
case("batch_norm_axis_1", layers.BatchNormalization(axis=1), sample(3, 2, 2, 3), training=True)
case("batch_norm_video", layers.BatchNormalization(), sample(2, 2, 2, 2, 2), training=True)

case("layer_norm", layers.LayerNormalization(), sample(3, 5))
case("layer_norm_images", layers.LayerNormalization(epsilon=0.01), sample(2, 2, 2, 4))
case("layer_norm_axis_1", layers.LayerNormalization(axis=1), sample(2, 4, 3))
case("layer_norm_plain", layers.LayerNormalization(center=False, scale=False), sample(3, 5))

case("embedding", layers.Embedding(6, 3), np.array([[1, 5, 1], [0, 2, 1]], np.int32))

case("lstm", layers.LSTM(3), sample(2, 4, 2))
case("lstm_sequences", layers.LSTM(3, return_sequences=True, return_state=True), sample(2, 4, 2))
case("lstm_backwards", layers.LSTM(2, return_sequences=True, go_backwards=True, use_bias=False), sample(2, 3, 2))
case("lstm_relu", layers.LSTM(2, activation="relu", recurrent_activation="hard_sigmoid"), sample(2, 3, 2))
case(
    "lstm_states",
    layers.LSTM(3),
    sample(2, 3, 2),
    sample(2, 3),
    sample(2, 3),
    arrange=lambda x, h, c: ((x,), {"initial_state": [h, c]}),
)

shape = (2, 3, 4)
case(
    "attention_self",
    layers.MultiHeadAttention(2, 3),
    sample(*shape),
    arrange=lambda x: ((x, x), {}),
    shapes=[shape, shape, shape],
)
case(
    "attention_causal",
    layers.MultiHeadAttention(2, 2, use_bias=False),
    sample(*shape),
    arrange=lambda x: ((x, x), {"use_causal_mask": True}),
    shapes=[shape, shape, shape],
)
case(
    "attention_values",
    # The dropout does nothing in inference, but takes Keras past a jax kernel that wants equal sizes.
    layers.MultiHeadAttention(2, 3, value_dim=2, output_shape=5, dropout=0.1),
    sample(*shape),
    sample(2, 4, 3),
    sample(2, 4, 2),
    arrange=lambda query, value, key: ((query, value, key), {}),
    shapes=[shape, (2, 4, 3), (2, 4, 2)],
)
case(
    "attention_mask",
    layers.MultiHeadAttention(2, 3),
    sample(*shape),
    sample(2, 4, 4),
    np.array([[[1, 1, 0, 1], [0, 1, 0, 0], [1, 1, 1, 1]], [[0, 0, 1, 1], [1, 0, 0, 0], [1, 0, 1, 0]]], bool),
    arrange=lambda query, value, mask: ((query, value), {"attention_mask": mask}),
    shapes=[shape, (2, 4, 4)],
)

case("add", layers.Add(), sample(2, 3), sample(2, 3), arrange=lambda *x: ((list(x),), {}), shapes=[[(2, 3), (2, 3)]])
case(
    "concatenate",
    layers.Concatenate(axis=1),
    sample(2, 3, 2),
    sample(2, 1, 2),
    arrange=lambda *x: ((list(x),), {}),
    shapes=[[(2, 3, 2), (2, 1, 2)]],
)
case("rescaling", layers.Rescaling(1 / 127.5, offset=-1), sample(2, 3))

for name in (
    "relu leaky_relu relu6 elu selu gelu silu mish tanh sigmoid hard_sigmoid softplus softsign exponential softmax"
    " log_softmax linear"
).split():
    case("activation_" + name, layers.Activation(name), np.append(sample(2, 5) * 4, [[20], [-20]], axis=1).astype(np.float32))

case("gru", layers.GRU(3), sample(2, 4, 2))
case("gru_sequences", layers.GRU(3, return_sequences=True, return_state=True), sample(2, 4, 2))
case("gru_backwards", layers.GRU(2, return_sequences=True, go_backwards=True, use_bias=False), sample(2, 3, 2))
case("gru_relu", layers.GRU(2, activation="relu", recurrent_activation="hard_sigmoid"), sample(2, 3, 2))
case("gru_reset_before", layers.GRU(3, reset_after=False), sample(2, 4, 2))
case(
    "gru_reset_before_plain",
    layers.GRU(2, reset_after=False, use_bias=False, activation="relu", return_sequences=True),
    sample(2, 3, 2),
)
for name, after in ("gru_states", True), ("gru_reset_before_states", False):
    case(
        name,
        layers.GRU(3, reset_after=after, return_sequences=True),
        sample(2, 3, 2),
        sample(2, 3),
        arrange=lambda x, h: ((x,), {"initial_state": h}),
    )

OUT.close()
