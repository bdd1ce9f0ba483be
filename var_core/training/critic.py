"""The adversarial term of tokenizer training: a patch critic, hinge losses and the adaptive weight of VQGAN.

Source: Esser et al. 2021, §3.1 and eq. 7; the critic is pix2pix's "70×70 PatchGAN". Deviation: GroupNorm instead of
BatchNorm, so that a picture's verdict depends neither on its batch nor on the number of processes.
"""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MAX_ADAPTIVE_WEIGHT = 1e4


class PatchCritic(nn.Module):
    """Pictures (B, 3, H, W) in [−1, 1] → a map of verdicts (B, 1, h, w), one per overlapping patch.

    Args:
        channels: of the first layer; doubled by each further one, up to eight times.
        layers: stride-2 layers.
    """

    def __init__(self, channels: int = 64, layers: int = 3) -> None:
        super().__init__()
        parts: list[nn.Module] = [nn.Conv2d(3, channels, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        width = channels
        for layer in range(1, layers + 1):
            wider = channels * min(2**layer, 8)
            stride = 2 if layer < layers else 1
            parts += [
                nn.Conv2d(width, wider, 4, stride=stride, padding=1, bias=False),
                nn.GroupNorm(8, wider),
                nn.LeakyReLU(0.2),
            ]
            width = wider
        parts.append(nn.Conv2d(width, 1, 4, padding=1))
        self.layers = nn.Sequential(*parts)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.normal_(module.weight, 0.0, 0.02)

    def forward(self, images: Tensor) -> Tensor:
        x: Tensor = self.layers(images)
        return x.float()


def generator_loss(critic: nn.Module, output: Tensor, weights: Tensor) -> Tensor:
    """−mean verdict on the decoder's pictures, which the critic itself does not learn from.

    Args:
        output: (B, 3, H, W).
        weights: (B,) that sum to 1 over the batch in hand: an unfinished sum is no picture to judge.
    """
    frozen = {name: tensor.detach() for name, tensor in critic.named_parameters()}
    verdicts = cast(Tensor, torch.func.functional_call(critic, frozen, (output,)))
    return -(verdicts.mean((1, 2, 3)) * weights).sum()


def critic_loss(critic: nn.Module, output: Tensor, images: Tensor, weights: Tensor) -> Tensor:
    """Hinge loss of the critic on the decoder's pictures against real ones; arguments as above."""
    verdicts = critic(torch.cat([images, output.detach()]))  # one pass: data-parallel wrappers allow no two
    real, made = verdicts.chunk(2)
    hinge = F.relu(1 - real).mean((1, 2, 3)) + F.relu(1 + made).mean((1, 2, 3))
    return 0.5 * (hinge * weights).sum()


def last_layer_gradient(loss: Tensor, weight: Tensor) -> Tensor:
    """∂loss/∂weight of the decoder's last layer; the graph stays."""
    (gradient,) = torch.autograd.grad(loss, weight, retain_graph=True)
    return gradient.detach()


def adaptive_weight(reconstruction: Tensor, adversarial: Tensor) -> Tensor:
    """λ = ‖∇reconstruction‖ / ‖∇adversarial‖ from the gradients at the last layer: neither term drowns the other."""
    ratio: Tensor = reconstruction.norm() / (adversarial.norm() + 1e-4)
    return ratio.clamp(0, MAX_ADAPTIVE_WEIGHT)
