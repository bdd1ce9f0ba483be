"""A sheet of samples from a model in training: always the same classes and seeds, so that sheets can be compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from var_core.images import contact_sheet, save_png, to_pixels
from var_core.options import SamplingOptions
from var_core.sampler import sample_scales
from var_core.steps import SamplingRequest
from var_core.tokenizer import Tokenizer
from var_core.training.durable import write_file
from var_core.transformer import Transformer

MAX_SAMPLES = 16
CHUNK = 8


def draw_samples(transformer: Transformer, tokenizer: Tokenizer, guidance: float, path: Path) -> None:
    """Writes finished samples of up to 16 classes, spread over all there are; few classes come several times.

    Raises:
        CheckpointError: if the disk refuses; ``path`` is then as it was.
    """
    classes = transformer.config.num_classes
    if classes >= MAX_SAMPLES:
        labels = [index * classes // MAX_SAMPLES for index in range(MAX_SAMPLES)]
    else:
        labels = [index % classes for index in range(classes * max(1, MAX_SAMPLES // (2 * classes)))]
    size = len(tokenizer.quantizer.codebook)
    options = SamplingOptions(guidance=guidance, top_k=min(900, size), top_p=0.95)
    pixels = []
    for first in range(0, len(labels), CHUNK):
        part = labels[first : first + CHUNK]
        request = SamplingRequest(part, [first + place for place in range(len(part))], options)
        *_, last = sample_scales(transformer, tokenizer.quantizer, request)
        pixels += list(to_pixels(tokenizer.decode(last.latent)))
    sheet = contact_sheet(np.stack(pixels))
    write_file(path, lambda file: save_png(file, sheet))
