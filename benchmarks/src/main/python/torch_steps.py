#!/usr/bin/env python3
"""Trains the networks of DeviceNetwork.java with PyTorch and prints a line of JSON for each.

usage: torch_steps.py NETWORK DEVICE PRECISION WARMUP STEPS
PRECISION: float32, tf32, mixed_bfloat16 or mixed_float16 (autocast; float16 with a gradient scaler).
A step goes from the batch in page-locked host memory to the loss on the host, as in Dendra's fit; beside it
"device_ms" is the median between CUDA events of steps that do not read the loss.
"""
import json
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

CLASSES = 10


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, CLASSES))


class Convolved(nn.Sequential):
    def __init__(self, inputs, filters, kernel, stride, relu):
        layers = [nn.Conv2d(inputs, filters, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(filters)]
        super().__init__(*(layers + [nn.ReLU()] if relu else layers))


class Residual(nn.Module):
    def __init__(self, inputs, filters, stride, projected):
        super().__init__()
        self.first = Convolved(inputs, filters, 3, stride, True)
        self.second = Convolved(filters, filters, 3, 1, False)
        self.past = Convolved(inputs, filters, 1, stride, False) if projected else nn.Identity()

    def forward(self, x):
        return F.relu(self.second(self.first(x)) + self.past(x))


def resnet18():
    blocks, inputs = [], 64
    for stage in range(4):
        filters = 64 << stage
        blocks += [Residual(inputs, filters, 1 if stage == 0 else 2, stage > 0), Residual(filters, filters, 1, False)]
        inputs = filters
    return nn.Sequential(
        Convolved(3, 64, 3, 1, True), *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, CLASSES))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(64, 256, batch_first=True)
        self.out = nn.Linear(256, CLASSES)

    def forward(self, x):
        return self.out(self.lstm(x)[0][:, -1])


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        block = lambda: nn.TransformerEncoderLayer(512, 8, 2048, dropout=0.0, batch_first=True)
        self.blocks = nn.Sequential(*[block() for _ in range(4)])
        self.out = nn.Linear(512, CLASSES)

    def forward(self, x):
        return self.out(self.blocks(x).mean(1))


NETWORKS = {
    "mlp": (lambda: nn.Sequential(nn.Linear(784, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(),
                                  nn.Linear(1024, CLASSES)), (256, 784)),
    "lenet_64": (lenet, (64, 1, 28, 28)),
    "lenet_1024": (lenet, (1024, 1, 28, 28)),
    "resnet18": (resnet18, (256, 3, 32, 32)),
    "lstm_256": (Recurrent, (128, 64, 64)),
    "transformer": (Encoder, (32, 256, 512)),
}


def main(network, device, precision, warmup, steps):
    torch.manual_seed(0)
    tf32 = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    make, shape = NETWORKS[network]
    model = make().to(device).train()
    images = len(shape) == 4
    if images:
        model = model.to(memory_format=torch.channels_last)
    x_host, y_host = torch.rand(shape) * 2 - 1, torch.randint(CLASSES, shape[:1])
    if images:
        x_host = x_host.contiguous(memory_format=torch.channels_last)
    cuda = device.startswith("cuda")
    if cuda:
        x_host, y_host = x_host.pin_memory(), y_host.pin_memory()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    half = {"mixed_bfloat16": torch.bfloat16, "mixed_float16": torch.float16}.get(precision)
    scaler = torch.amp.GradScaler(device, enabled=precision == "mixed_float16")

    def step():
        x, y = x_host.to(device, non_blocking=True), y_host.to(device, non_blocking=True)
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.split(":")[0], dtype=half, enabled=half is not None):
            loss = F.cross_entropy(model(x), y)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        return loss

    for _ in range(warmup):
        loss = step().item()
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        loss = step().item()
        times.append((time.perf_counter() - start) * 1e3)
    result = {"network": network, "device": device, "precision": precision, "steps": steps,
              "median_ms": statistics.median(times), "fastest_ms": min(times), "last_loss": loss,
              "torch": torch.__version__}
    if cuda:
        events = [torch.cuda.Event(enable_timing=True) for _ in range(steps + 1)]
        events[0].record()
        for event in events[1:]:
            step()
            event.record()
        torch.cuda.synchronize()
        result["device_ms"] = statistics.median(a.elapsed_time(b) for a, b in zip(events, events[1:]))
        result["peak_bytes"] = torch.cuda.max_memory_allocated()
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
