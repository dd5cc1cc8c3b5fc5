"""Writes golden.txt, the golden values of the conformance kit, with PyTorch in float64.

    pip install torch numpy
    python golden.py ../main/resources/io/dendra/tck/golden.txt

A line is: case/name, lengths of the dimensions separated by commas ("-" for none), values.
"""

import sys

import numpy as np
import torch
import torch.nn.functional as F

torch.manual_seed(20261120)
torch.set_default_dtype(torch.float64)

lines = []


def emit(case, **arrays):
    for name, array in arrays.items():
        a = array.detach().contiguous() if torch.is_tensor(array) else torch.as_tensor(array)
        dims = ",".join(str(d) for d in a.shape) or "-"
        values = " ".join(repr(float(v)) for v in a.reshape(-1))
        lines.append(f"{case}/{name} {dims} {values}")


def number(*shape):
    """Three decimals, so that the file stays small; results keep all digits."""
    return (torch.randn(*shape) * 1000).round() / 1000


def leaf(*shape):
    return number(*shape).requires_grad_()


def gradients(case, outputs, inputs):
    """Random gradients of the outputs, and what they give for the inputs."""
    gs = {f"g_{name}": number(*y.shape) for name, y in outputs.items()}
    loss = sum((y * gs[f"g_{name}"]).sum() for name, y in outputs.items())
    found = torch.autograd.grad(loss, list(inputs.values()))
    emit(case, **inputs, **outputs, **gs, **{f"d_{n}": d for n, d in zip(inputs, found)})


# ---- convolution

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


def conv(case, x, w, **how):
    x, w = leaf(*x), leaf(*w)
    gradients(case, {"y": CONV[x.dim() - 2](x, w, **how)}, {"x": x, "w": w})


conv("conv1d", (2, 3, 7), (4, 3, 3), stride=2, padding=1)
conv("conv2d", (2, 2, 5, 6), (3, 2, 3, 2))
conv("conv2d_stride_padding", (1, 2, 6, 5), (2, 2, 3, 3), stride=(2, 1), padding=(1, 2))
conv("conv2d_dilation", (1, 2, 6, 7), (2, 2, 2, 3), dilation=(3, 2), padding=1)
conv("conv2d_groups", (2, 4, 4, 4), (6, 2, 3, 3), groups=2, padding=1)
conv("conv2d_depthwise", (1, 3, 4, 5), (3, 1, 3, 3), groups=3, stride=2)
conv("conv3d", (1, 2, 3, 4, 4), (2, 2, 2, 3, 2), stride=(1, 2, 1), padding=(1, 1, 0),
     dilation=(1, 1, 2))

x, w = leaf(1, 1, 4, 4), leaf(2, 1, 2, 3)
gradients("conv2d_uneven_padding", {"y": F.conv2d(F.pad(x, (0, 2, 1, 0)), w)}, {"x": x, "w": w})

# ---- pooling


def pool(case, f, shape, **how):
    x = leaf(*shape)
    gradients(case, {"y": f(x, **how)}, {"x": x})


pool("max_pool1d", F.max_pool1d, (2, 2, 8), kernel_size=3, stride=2, padding=1)
pool("max_pool2d", F.max_pool2d, (2, 2, 5, 4), kernel_size=2)
pool("max_pool2d_overlapping", F.max_pool2d, (1, 2, 5, 5), kernel_size=3, stride=1, padding=1)
pool("max_pool3d", F.max_pool3d, (1, 2, 4, 3, 4), kernel_size=2, stride=(2, 1, 2))
pool("avg_pool1d", F.avg_pool1d, (2, 2, 7), kernel_size=3, stride=2, padding=1,
     count_include_pad=False)
pool("avg_pool2d", F.avg_pool2d, (2, 2, 5, 4), kernel_size=2)
pool("avg_pool2d_padding", F.avg_pool2d, (1, 2, 5, 5), kernel_size=3, stride=2, padding=1,
     count_include_pad=False)
pool("avg_pool3d", F.avg_pool3d, (1, 2, 4, 3, 4), kernel_size=2, stride=(2, 1, 2))

# ---- LSTM: PyTorch's gates i, f, g, o are Keras' input, forget, cell, output; kernels transposed,
# the two biases summed.

B, T, IN, H = 2, 4, 3, 2
x, kernel, recurrent, bias = leaf(B, T, IN), leaf(IN, 4 * H), leaf(H, 4 * H), leaf(4 * H)
h0, c0 = leaf(B, H), leaf(B, H)
sequence, h, c = torch.lstm(
    x, (h0[None], c0[None]), [kernel.t(), recurrent.t(), bias, torch.zeros(4 * H)],
    True, 1, 0.0, False, False, True)
gradients("lstm", {"sequence": sequence, "h": h[0], "c": c[0]},
          {"x": x, "kernel": kernel, "recurrent": recurrent, "bias": bias, "h0": h0, "c0": c0})

# ---- normalisation

x, gamma, beta = leaf(3, 2, 2, 2), leaf(2), leaf(2)
mean, variance = torch.zeros(2), torch.zeros(2)
y = F.batch_norm(x, mean, variance, gamma, beta, training=True, momentum=1.0, eps=1e-3)
gradients("batch_norm", {"y": y}, {"x": x, "gamma": gamma, "beta": beta})
n = x.numel() // 2
emit("batch_norm", mean=mean, biased_variance=variance * (n - 1) / n)
# The running statistics of PyTorch, the variance unbiased, and inference with them.
running_mean, running_variance = number(2), number(2).abs() + 0.5
emit("batch_norm_inference", mean=running_mean, variance=running_variance)
y = F.batch_norm(x, running_mean, running_variance, gamma, beta, training=False, eps=1e-3)
gradients("batch_norm_inference", {"y": y}, {"x": x, "gamma": gamma, "beta": beta})

x, gamma, beta = leaf(3, 5), leaf(5), leaf(5)
gradients("layer_norm", {"y": F.layer_norm(x, (5,), gamma, beta, eps=1e-3)},
          {"x": x, "gamma": gamma, "beta": beta})

# ---- classification, activations, attention

logits, labels = leaf(4, 5), torch.tensor([0, 4, 2, 2])
gradients("softmax_cross_entropy", {"y": F.cross_entropy(logits, labels, reduction="none")},
          {"logits": logits})
emit("softmax_cross_entropy", labels=labels)
x = leaf(3, 4)
gradients("softmax", {"y": F.softmax(x, 1)}, {"x": x})
x = leaf(3, 4)
gradients("log_softmax", {"y": F.log_softmax(x, 0)}, {"x": x})
for form in ("none", "tanh"):
    x = leaf(12)
    gradients(f"gelu_{form}", {"y": F.gelu(x, approximate=form)}, {"x": x})
for op in ("erf", "expm1", "log1p", "atan", "sinh", "tan", "sigmoid", "tanh", "exp"):
    x = (number(6) / 3).clamp(-0.9, 0.9).requires_grad_()
    gradients(op, {"y": getattr(torch, op)(x)}, {"x": x})
x = leaf(6)
gradients("softplus", {"y": F.softplus(x)}, {"x": x})

q, k, v = leaf(1, 2, 3, 4), leaf(1, 2, 5, 4), leaf(1, 2, 5, 3)
gradients("attention", {"y": F.scaled_dot_product_attention(q, k, v, scale=0.4)},
          {"q": q, "k": k, "v": v})
mask = torch.rand(1, 1, 3, 5) < 0.6
mask[..., 0] = True
q, k, v = leaf(1, 2, 3, 4), leaf(1, 2, 5, 4), leaf(1, 2, 5, 3)
gradients("attention_masked", {"y": F.scaled_dot_product_attention(q, k, v, mask, scale=0.4)},
          {"q": q, "k": k, "v": v})
emit("attention_masked", mask=mask)

table, ids = leaf(5, 3), torch.tensor([[0, 3, 3], [4, 0, 3]])
gradients("embedding", {"y": F.embedding(ids, table)}, {"table": table})
emit("embedding", ids=ids)

# ---- optimizers: three steps with given gradients


def optimizer(case, make):
    p = torch.nn.Parameter(number(6))
    emit(case, p0=p)
    steps = make([p])
    for step in range(1, 4):
        p.grad = number(6)
        emit(case, **{f"g{step}": p.grad})
        steps.step()
        emit(case, **{f"p{step}": p})


optimizer("adam", lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.9, 0.99), eps=1e-3))
optimizer("adamw", lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.9, 0.99), eps=1e-3,
                                               weight_decay=0.1))
optimizer("sgd", lambda p: torch.optim.SGD(p, lr=0.1))
optimizer("sgd_momentum", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9))
optimizer("sgd_nesterov", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True))

# ---- five steps of a small network; its random numbers are those of Philox4x32-10 by the
# definition of RandomOp and RandomKey, written again here

M64 = (1 << 64) - 1


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M64
    return z ^ (z >> 31)


def fold(key, number):
    return mix(key ^ mix((number + 0x9E3779B97F4A7C15) & M64))


def philox(key, block):
    c = [block & 0xFFFFFFFF, block >> 32, 0, 0]
    k = [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def words(key, count):
    return [w for block in range((count + 3) // 4) for w in philox(key, block)][:count]


def uniform64(key, *shape):
    w = words(key, 2 * int(np.prod(shape)))
    draws = [((w[i] << 32 | w[i + 1]) >> 11) * 2.0**-53 for i in range(0, len(w), 2)]
    return torch.tensor(draws).reshape(shape)


def uniform32(key, *shape):
    return torch.tensor([(w >> 8) * 2.0**-24 for w in words(key, int(np.prod(shape)))]).reshape(shape)


seed = mix(5)
x = uniform64(fold(seed, 0), 8, 1, 8, 8)
labels = torch.tensor([(3 * i + 1) % 5 for i in range(8)])
shapes = [(4, 1, 3, 3), (4,), (4,), (4,), (6, 4, 3, 3), (6,), (6, 5), (5,)]
p = [(uniform64(fold(seed, i + 1), *s) - 0.5).requires_grad_() for i, s in enumerate(shapes)]
steps = torch.optim.SGD(p, lr=0.1, momentum=0.9)
losses = []
for step in range(5):
    y = F.conv2d(x, p[0], p[1], padding=1)
    y = F.relu(F.batch_norm(y, None, None, p[2], p[3], training=True, eps=1e-3))
    y = F.max_pool2d(y, 2)
    y = torch.tanh(F.conv2d(y, p[4], p[5]))
    y = F.avg_pool2d(y, 2).reshape(8, 6)
    y = torch.where(uniform32(fold(seed, 100 + step), 8, 6) >= 0.25, y / 0.75, 0.0)
    loss = F.cross_entropy(y @ p[6] + p[7], labels)
    steps.zero_grad()
    loss.backward()
    steps.step()
    losses.append(float(loss.detach()))
emit("training", losses=torch.tensor(losses))

# ---- GRU: PyTorch has the reset gate before the update gate and transposed kernels; its two biases
# are Keras' with reset_after.


def torch_order(keras, axis=0):
    update, reset, candidate = keras.chunk(3, axis)
    return torch.cat([reset, update, candidate], axis)


x, kernel, recurrent, bias = leaf(B, T, IN), leaf(IN, 3 * H), leaf(H, 3 * H), leaf(2, 3 * H)
h0 = leaf(B, H)
sequence, h = torch.gru(
    x, h0[None],
    [torch_order(kernel.t()), torch_order(recurrent.t()), torch_order(bias[0]), torch_order(bias[1])],
    True, 1, 0.0, False, False, True)
gradients("gru", {"sequence": sequence, "h": h[0]},
          {"x": x, "kernel": kernel, "recurrent": recurrent, "bias": bias, "h0": h0})

with open(sys.argv[1], "w", encoding="utf-8") as file:
    python = ".".join(str(v) for v in sys.version_info[:3])
    file.write("# Golden values of the conformance kit, written by src/golden/golden.py with\n")
    file.write(f"# torch {torch.__version__}, numpy {np.__version__}, Python {python}.\n")
    file.write("\n".join(lines) + "\n")
