"""The network fitted to crops, and its score."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from gouji.ocr.numbers import CHARACTERS, LINE_HEIGHT, to_line
from torch import Tensor, nn

from .crops import Example
from .distort import distort
from .network import FRAME_PX, NumberNet
from .strings import to_classes

log = logging.getLogger(__name__)

STEP_PX = 16
"""Widths of batches are multiples of this."""


@dataclass(frozen=True, slots=True)
class FitParams:
    """How long and how fast.

    Attributes:
        minutes: of training; the learning rate falls as a cosine over them.
        batch_px: width of all lines of a batch together, px.
        rate: highest learning rate.
        warm_up: batches until it is reached.
        clip: longest gradient.
    """

    minutes: float = 20.0
    batch_px: int = 128 * 80
    rate: float = 2e-3
    warm_up: int = 200
    clip: float = 2.0
    seed: int = 0


def fit(train: Sequence[Example], valid: Sequence[Example], params: FitParams) -> NumberNet:
    """A network fitted to `train`; its score on `valid` is logged after each round."""
    torch.manual_seed(params.seed)
    rng = np.random.default_rng(params.seed)
    net = NumberNet(len(CHARACTERS) + 1).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(net.parameters(), lr=params.rate, weight_decay=0.01)
    started, step, share = time.monotonic(), 0, 0.0
    with ThreadPoolExecutor(1) as pool:
        while share < 1:
            plan = plan_batches(train, params.batch_px, rng)
            ready = pool.submit(collate, [train[i] for i in plan[0]], rng)
            for k in range(len(plan)):
                lines, targets = ready.result()
                ready = pool.submit(collate, [train[i] for i in plan[(k + 1) % len(plan)]], rng)
                share = (time.monotonic() - started) / (60 * params.minutes)
                if share >= 1:
                    break
                rate = params.rate * min(1.0, (step + 1) / params.warm_up) * _cosine(share)
                loss = _step(net, optimizer, rate, params.clip, lines, targets)
                step += 1
                if step % 200 == 0:
                    log.info("%3.0f %%, batch %d, loss %.4f", 100 * share, step, loss)
            wrong, total = score(net, valid)
            log.info("%3.0f %%, %d of %d wrong", 100 * min(share, 1.0), wrong, total)
    return net


def _cosine(share: float) -> float:
    return 0.5 + 0.5 * math.cos(math.pi * min(share, 1.0))


def _step(
    net: NumberNet,
    optimizer: torch.optim.Optimizer,
    rate: float,
    clip: float,
    lines: Tensor,
    targets: list[list[int]],
) -> float:
    for group in optimizer.param_groups:
        group["lr"] = rate
    net.train()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logs = net(lines.contiguous(memory_format=torch.channels_last))
    loss = nn.functional.ctc_loss(
        logs.transpose(0, 1),
        torch.tensor([c for target in targets for c in target]),
        torch.full((len(targets),), lines.shape[3] // FRAME_PX),
        torch.tensor([len(target) for target in targets]),
        zero_infinity=True,
    )
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), clip)
    optimizer.step()
    return float(loss.detach())


def plan_batches(
    examples: Sequence[Example], most_px: int, rng: np.random.Generator | None
) -> list[list[int]]:
    """Indices of lines of about one width, at most `most_px` together; in random order with an `rng`."""
    widths = np.array([e.crop.shape[1] * LINE_HEIGHT / e.crop.shape[0] for e in examples])
    order = np.argsort(widths if rng is None else widths + rng.uniform(-8, 8, len(widths)))
    plan: list[list[int]] = [[]]
    for i in order:
        if plan[-1] and (len(plan[-1]) + 1) * (widths[i] + STEP_PX) > most_px:
            plan.append([])
        plan[-1].append(int(i))
    if rng is not None:
        rng.shuffle(plan)
    return plan


def collate(examples: Sequence[Example], rng: np.random.Generator | None) -> tuple[Tensor, list[list[int]]]:
    """(N, 1, 32, W) float32 lines, distorted with an `rng`, and their classes."""
    lines = [to_line(e.crop if rng is None else distort(e.crop, rng)) for e in examples]
    spare = 0 if rng is None else int(rng.integers(0, 3))
    width = (max(1, math.ceil(max(line.shape[1] for line in lines) / STEP_PX)) + 1 + spare) * STEP_PX
    tensor = np.zeros((len(lines), 1, LINE_HEIGHT, width), np.float32)
    for k, line in enumerate(lines):
        tensor[k, 0, :, : line.shape[1]] = line
    return torch.from_numpy(tensor), [to_classes(e.text) for e in examples]


def score(net: NumberNet, examples: Sequence[Example]) -> tuple[int, int]:
    """How many of the examples the best path reads wrong, and how many there are."""
    net.eval()
    wrong = 0
    with torch.no_grad():
        for indices in plan_batches(examples, 64 * 1024, None):
            lines, targets = collate([examples[i] for i in indices], None)
            best = net(lines).argmax(2).tolist()
            wrong += sum(_collapse(path) != target for path, target in zip(best, targets, strict=True))
    return wrong, len(examples)


def _collapse(path: list[int]) -> list[int]:
    return [c for k, c in enumerate(path) if c and (k == 0 or path[k - 1] != c)]
