"""Arithmetic of the tokenizer's encoder and decoder, layer by layer from the configuration.

Counted: convolutions and the two products of attention, 2 FLOPs a multiply-add. Left out: norms, activations,
softmax, biases, resizing (together a few per mille at the published size).
"""

from __future__ import annotations

from var_core.config import TokenizerConfig


def decoder_flops(config: TokenizerConfig, side: int) -> int:
    """FLOPs of decoding one latent of ``side`` × ``side`` cells, with the convolution before the decoder."""
    widths = [config.channels * multiplier for multiplier in config.multipliers]
    last = len(widths) - 1
    total = _conv(side, config.code_dim, config.code_dim) + _conv(side, config.code_dim, widths[-1])
    total += _middle(side, widths[-1])
    for index in range(last, -1, -1):
        incoming = widths[min(index + 1, last)]
        total += _level(side, incoming, widths[index], config.num_residual_blocks + 1, attention=index == last)
        if index:
            side *= 2
            total += _conv(side, widths[index], widths[index])
    return total + _conv(side, widths[0], 3)


def encoder_flops(config: TokenizerConfig, side: int) -> int:
    """FLOPs of encoding one picture to ``side`` × ``side`` cells, with the convolution after the encoder.

    The code search is not in it.
    """
    widths = [config.channels * multiplier for multiplier in config.multipliers]
    last = len(widths) - 1
    pixels = side * config.downsampling
    total, incoming = _conv(pixels, 3, config.channels), config.channels
    for index, width in enumerate(widths):
        total += _level(pixels, incoming, width, config.num_residual_blocks, attention=index == last)
        if index != last:
            pixels //= 2
            total += _conv(pixels, width, width)
        incoming = width
    total += _middle(side, incoming) + _conv(side, incoming, config.code_dim)
    return total + _conv(side, config.code_dim, config.code_dim)


def _conv(side: int, incoming: int, outgoing: int, kernel: int = 3) -> int:
    """A convolution with ``side`` × ``side`` outputs."""
    return 2 * side * side * incoming * outgoing * kernel * kernel


def _residual(side: int, incoming: int, outgoing: int) -> int:
    shortcut = _conv(side, incoming, outgoing, 1) if incoming != outgoing else 0
    return _conv(side, incoming, outgoing) + _conv(side, outgoing, outgoing) + shortcut


def _attention(side: int, width: int) -> int:
    cells = side * side
    return _conv(side, width, 4 * width, 1) + 4 * cells * cells * width  # qkv and output; q·k and weights·v


def _middle(side: int, width: int) -> int:
    return 2 * _residual(side, width, width) + _attention(side, width)


def _level(side: int, incoming: int, width: int, count: int, *, attention: bool) -> int:
    total = _residual(side, incoming, width) + (count - 1) * _residual(side, width, width)
    return total + (count * _attention(side, width) if attention else 0)
