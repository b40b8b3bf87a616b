"""A fitted network as an ONNX file that gouji can read, and the card beside it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from gouji.ocr.numbers import LINE_HEIGHT
from torch import Tensor, nn

from .network import NumberNet


class _Probabilities(nn.Module):
    def __init__(self, net: NumberNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, lines: Tensor) -> Tensor:
        return torch.exp(self.net(lines))


def export(net: NumberNet, path: Path, card: dict[str, Any]) -> None:
    """Write the network, (N, 1, 32, W) lines to (N, W / 4, classes) probabilities, and `path` with the ending .json."""
    model = _Probabilities(net.eval().to(memory_format=torch.contiguous_format)).eval()
    torch.onnx.export(
        model,
        (torch.zeros(2, 1, LINE_HEIGHT, 64),),
        str(path),
        input_names=["lines"],
        output_names=["probabilities"],
        dynamic_axes={"lines": {0: "n", 3: "w"}, "probabilities": {0: "n", 1: "frames"}},
        opset_version=17,
        dynamo=False,
    )
    card = card | {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(
        json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
