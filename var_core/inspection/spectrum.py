"""Which spatial frequencies each scale adds: radially averaged power spectra of decoded pictures.

    P(f) = mean of |FFT(w·(luma − mean))|² / Σw² over the ring of radius f, w a Hann window

The window keeps the picture's edges, which do not meet, from showing as high frequencies; it blurs P by about one
cycle. Luma is Rec. 709 of the sRGB values. A grid of side s can carry s/2 cycles per picture in its tokens; that
neighbouring scales add to the same frequencies all the same is measured here as their overlap.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from var_core.errors import SamplingError

LUMA = (0.2126, 0.7152, 0.0722)
FLOOR = 1e-12  # power below which a decibel says nothing: rounding of float32 pictures


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """Spectra of n pictures.

    Attributes:
        frequencies: (F,) float32, 1 … side/2 cycles per picture; corners beyond side/2 are left out.
        power: (n, F) float32 ≥ 0, mean squared luma amplitude per coefficient of the ring.
    """

    frequencies: Tensor
    power: Tensor

    def decibels(self) -> Tensor:
        """(n, F): 10·log₁₀ of the power, not below −120."""
        return 10 * self.power.clamp_min(FLOOR).log10()


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Where each scale's change of the picture lies in frequency; all from differences of neighbouring pictures.

    Attributes:
        frequencies: (F,) cycles per picture.
        energy: (K, F), share of a scale's change at each frequency (whole rings); rows sum to 1, or to 0 where
            nothing changed.
        low, median, high: (K,) cycles per picture below which 10, 50 and 90 % of the change lies; 0 if no change.
        overlap: (K, K), Σ_f min(energy_i, energy_j): 1 the same band, 0 disjoint.
    """

    frequencies: Tensor
    energy: Tensor
    low: Tensor
    median: Tensor
    high: Tensor
    overlap: Tensor


def spectra(pictures: Tensor) -> Spectra:
    """Spectra of pictures (n, 3, S, S), in [0, 1] or differences of such, S ≥ 4.

    Raises:
        SamplingError: for another shape.
    """
    power, _ = _rings(pictures)
    return Spectra(_frequencies(pictures), power)


def bands(pictures: Tensor) -> Bands:
    """Bands of the changes from picture to picture, the first against a flat one.

    Args:
        pictures: (K, 3, S, S) in [0, 1], what the sums after scales 1 … K decode to.

    Raises:
        SamplingError: for another shape.
    """
    if pictures.dim() == 4:
        pictures = torch.diff(pictures.float(), dim=0, prepend=torch.zeros_like(pictures[:1]).float())
    power, counts = _rings(pictures)
    energy = power * counts
    total = energy.sum(1, keepdim=True)
    energy = torch.where(total > FLOOR, energy / total.clamp_min(FLOOR), 0)
    frequencies = _frequencies(pictures)
    low, median, high = (_below(energy, frequencies, share) for share in (0.1, 0.5, 0.9))
    overlap = torch.minimum(energy[:, None], energy[None]).sum(-1)
    return Bands(frequencies, energy, low, median, high, overlap)


def _frequencies(pictures: Tensor) -> Tensor:
    return torch.arange(1, pictures.shape[-1] // 2 + 1).float()


def _rings(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """(n, 3, S, S) → mean power of the rings of radius 1 … S/2, (n, F), and their numbers of coefficients (F,)."""
    side = pictures.shape[-1]
    if pictures.dim() != 4 or pictures.shape[1:] != (3, side, side) or side < 4:
        raise SamplingError(f"pictures must have shape (n, 3, S, S) with S of 4 or more, got {tuple(pictures.shape)}.")
    luma = torch.einsum("nchw,c->nhw", pictures.detach().float().cpu(), torch.tensor(LUMA))
    window = torch.hann_window(side)[:, None] * torch.hann_window(side)
    mean = (luma * window).sum((1, 2), keepdim=True) / window.sum()
    power = torch.fft.fft2((luma - mean) * window).abs().square() / window.square().sum()  # (n, S, S)
    steps = torch.fft.fftfreq(side, 1 / side)
    ring = (steps[:, None].square() + steps.square()).sqrt().round().long().flatten()
    counts = torch.bincount(ring)[1 : side // 2 + 1].float()
    sums = torch.zeros(len(power), int(ring.max()) + 1).index_add_(1, ring, power.flatten(1))
    return sums[:, 1 : side // 2 + 1] / counts, counts


def _below(energy: Tensor, frequencies: Tensor, share: float) -> Tensor:
    """The lowest frequency up to which ``share`` of each row's energy lies, (K,); 0 for rows without energy."""
    reached = energy.cumsum(1) >= share
    first = frequencies[reached.int().argmax(1)]
    return torch.where(reached.any(1), first, torch.zeros_like(first))
