"""A small recognizer of numbers: convolutions over a line of print, and CTC on top.

CTC: Graves et al., 2006. The frames of a line as in CRNN (Shi et al., 2015), but without its recurrent layers: a number is a few
digits long, and no digit tells what the next one is.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

FRAME_PX = 4
"""Width of one output frame in px of the input."""


class NumberNet(nn.Module):
    """(N, 1, 32, W) of 0 on paper … 1 on ink, W a multiple of 4, to (N, W / 4, classes) log-probabilities, class 0 the blank."""

    def __init__(self, classes: int, width: int = 16) -> None:
        super().__init__()
        a, b, c, d = width, 2 * width, 4 * width, 5 * width
        self.body = nn.Sequential(
            _conv(1, a, stride=2),
            _conv(a, b),
            _Residual(b),
            nn.MaxPool2d(2),
            _conv(b, c),
            _Residual(c),
            nn.MaxPool2d((2, 1)),
            _conv(c, d),
            nn.Conv2d(d, d, (4, 1), bias=False),
            nn.BatchNorm2d(d),
            nn.ReLU(),
        )
        self.neck = nn.Sequential(_along(d), _along(d))
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Conv1d(d, classes, 1)

    def forward(self, lines: Tensor) -> Tensor:
        """(N, W / 4, classes) log-probabilities of (N, 1, 32, W) lines."""
        frames = self.body(lines).squeeze(2)
        frames = frames + self.neck(frames)
        return torch.log_softmax(self.head(self.dropout(frames)).transpose(1, 2).float(), dim=2)


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.step = _conv(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.step(x)


def _conv(before: int, after: int, stride: int = 1) -> nn.Sequential:
    side = 2 * stride + 1
    return nn.Sequential(
        nn.Conv2d(before, after, side, stride, stride, bias=False), nn.BatchNorm2d(after), nn.ReLU()
    )


def _along(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(channels, channels, 5, padding=2, bias=False), nn.BatchNorm1d(channels), nn.ReLU()
    )
