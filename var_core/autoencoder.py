"""The convolutional encoder and decoder around the quantiser.

The network is VQGAN's (Esser et al. 2021), which VAR keeps (§3.2, "Implementation details"): residual blocks
of GroupNorm → SiLU → 3×3 convolution, stride-2 or nearest-2× between levels, self-attention at the coarsest
level only. Pictures are in [−1, 1] here, as they were in training; everywhere else in the library in [0, 1].
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from var_core.config import TokenizerConfig

NORM_EPS = 1e-6


class ResidualBlock(nn.Module):
    """x + conv(SiLU(norm(conv(SiLU(norm(x)))))), with a 1×1 shortcut where the channels change."""

    def __init__(self, in_channels: int, out_channels: int, groups: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, in_channels, eps=NORM_EPS)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups, out_channels, eps=NORM_EPS)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.shortcut = nn.Conv2d(in_channels, out_channels, 1) if in_channels != out_channels else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        hidden: Tensor = self.conv1(F.silu(self.norm1(x)))  # (B, out, H, W)
        hidden = self.conv2(F.silu(self.norm2(hidden)))  # (B, out, H, W)
        x = self.shortcut(x)
        return x + hidden


class SpatialAttention(nn.Module):
    """Single-head softmax attention over all H·W positions, scale C^−½, added to the input."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=NORM_EPS)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.proj = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        qkv = self.qkv(self.norm(x)).reshape(batch, 3, channels, height * width)  # (B, 3, C, N)
        q, k, v = qkv.transpose(2, 3).unbind(1)  # each (B, N, C)
        mixed: Tensor = F.scaled_dot_product_attention(q, k, v)  # (B, N, C)
        mixed = self.proj(mixed.transpose(1, 2).reshape(batch, channels, height, width))  # (B, C, H, W)
        return x + mixed


class Level(nn.Module):
    """The residual blocks of one resolution, each followed by attention at the coarsest level."""

    def __init__(self, in_channels: int, channels: int, count: int, groups: int, attention: bool) -> None:
        super().__init__()
        widths = [in_channels] + [channels] * (count - 1)
        self.blocks = nn.ModuleList(ResidualBlock(width, channels, groups) for width in widths)
        self.attentions = nn.ModuleList(SpatialAttention(channels, groups) for _ in widths if attention)
        self.resample: nn.Module = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        for index, block in enumerate(self.blocks):
            x = block(x)  # (B, C, H, W)
            if self.attentions:
                x = self.attentions[index](x)
        x = self.resample(x)
        return x


class Downsample(nn.Module):
    """Stride-2 3×3 convolution on input padded by one zero column at the right and one zero row below."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(F.pad(x, (0, 1, 0, 1)))  # (B, C, H/2, W/2)
        return x


class Upsample(nn.Module):
    """Nearest-neighbour 2×, then a 3×3 convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))  # (B, C, 2H, 2W)
        return x


class Middle(nn.Module):
    """Residual block, attention, residual block at the coarsest resolution."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.block1 = ResidualBlock(channels, channels, groups)
        self.attention = SpatialAttention(channels, groups)
        self.block2 = ResidualBlock(channels, channels, groups)

    def forward(self, x: Tensor) -> Tensor:
        x = self.block2(self.attention(self.block1(x)))  # (B, C, H, W)
        return x


class Encoder(nn.Module):
    """Pictures (B, 3, H, W) in [−1, 1] → features (B, code_dim, H/f, W/f), f the downsampling."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        widths = [config.channels * multiplier for multiplier in config.multipliers]
        groups, last = config.norm_groups, len(widths) - 1
        self.conv_in = nn.Conv2d(3, config.channels, 3, padding=1)
        self.levels = nn.ModuleList()
        incoming = config.channels
        for index, width in enumerate(widths):
            level = Level(incoming, width, config.num_residual_blocks, groups, attention=index == last)
            if index != last:
                level.resample = Downsample(width)
            self.levels.append(level)
            incoming = width
        self.mid = Middle(incoming, groups)
        self.norm_out = nn.GroupNorm(groups, incoming, eps=NORM_EPS)
        self.conv_out = nn.Conv2d(incoming, config.code_dim, 3, padding=1)

    def forward(self, images: Tensor) -> Tensor:
        x: Tensor = self.conv_in(images)  # (B, ch, H, W)
        for level in self.levels:
            x = level(x)
        x = self.mid(x)  # (B, C, H/f, W/f)
        x = self.conv_out(F.silu(self.norm_out(x)))  # (B, code_dim, H/f, W/f)
        return x


class Decoder(nn.Module):
    """Latents (B, code_dim, h, w) → pictures (B, 3, f·h, f·w), unclamped, nominally in [−1, 1].

    ``levels[0]`` is the full resolution, as in the encoder; ``forward`` walks them from the last to the first.
    """

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        widths = [config.channels * multiplier for multiplier in config.multipliers]
        groups, last = config.norm_groups, len(widths) - 1
        self.conv_in = nn.Conv2d(config.code_dim, widths[-1], 3, padding=1)
        self.mid = Middle(widths[-1], groups)
        self.levels = nn.ModuleList()
        for index, width in enumerate(widths):
            incoming = widths[min(index + 1, last)]
            level = Level(incoming, width, config.num_residual_blocks + 1, groups, attention=index == last)
            if index != 0:
                level.resample = Upsample(width)
            self.levels.append(level)
        self.norm_out = nn.GroupNorm(groups, widths[0], eps=NORM_EPS)
        self.conv_out = nn.Conv2d(widths[0], 3, 3, padding=1)

    def forward(self, latent: Tensor) -> Tensor:
        x: Tensor = self.mid(self.conv_in(latent))  # (B, C, h, w)
        for level in reversed(self.levels):
            x = level(x)
        x = self.conv_out(F.silu(self.norm_out(x)))  # (B, 3, f·h, f·w)
        return x
