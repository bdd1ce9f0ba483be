"""What the averaged tokenizer makes of held-out pictures: figures, and a sheet to look at."""

from __future__ import annotations

from pathlib import Path

import torch
from accelerate import Accelerator

from var_core.images import contact_sheet, save_png, to_pixels
from var_core.tokenizer import Tokenizer
from var_core.training.code_usage import code_counts
from var_core.training.data import NO_CLASS, Pictures
from var_core.training.losses import psnr_by_picture
from var_core.training.processes import sum_over_processes

SHOWN_PICTURES, SHOWN_SCALES = 6, 4


@torch.no_grad()
def validate_tokenizer(
    tokenizer: Tokenizer, pictures: Pictures, limit: int, accelerator: Accelerator
) -> dict[str, float]:
    """PSNR in dB of finished reconstructions, of pictures and of textures apart, and the share of codes used.

    Each process looks at its part; the figures are of all.
    """
    count = min(limit, len(pictures))
    sums = torch.zeros(4, device=accelerator.device, dtype=torch.float32)  # dB and number, with and without a class
    used = torch.zeros(len(tokenizer.quantizer.codebook), device=accelerator.device, dtype=torch.float32)
    for index in range(accelerator.process_index, count, accelerator.num_processes):
        picture, row = pictures.view(index, 0)
        image = picture[None].to(accelerator.device).float().div(255)
        with accelerator.autocast():
            features = tokenizer.features(image)
        scales = list(tokenizer.quantizer.quantize(features.float()))
        with accelerator.autocast():
            output = tokenizer.decode_signed(scales[-1].latent)
        place = 2 if row == NO_CLASS else 0
        sums[place] += psnr_by_picture(output.float(), image * 2 - 1)[0]
        sums[place + 1] += 1
        used += code_counts([scale.token_ids for scale in scales], len(used)).sum(0)
    sums, used = sum_over_processes(accelerator, sums), sum_over_processes(accelerator, used)
    figures = {"validation_codes": float((used > 0).float().mean())}
    for name, total, number in (("validation_psnr", 0, 1), ("validation_psnr_textures", 2, 3)):
        if sums[number] > 0:
            figures[name] = float(sums[total] / sums[number])
    return figures


@torch.no_grad()
def draw_reconstructions(tokenizer: Tokenizer, pictures: Pictures, path: Path) -> None:
    """Writes a sheet: one row a picture, the picture itself and then some scales from coarse to fine."""
    device = next(tokenizer.parameters()).device
    count = min(SHOWN_PICTURES, len(pictures))
    images = torch.stack([pictures.view(index, 0)[0] for index in range(count)]).to(device).float().div(255)
    latents = [scale.latent for scale in tokenizer.quantizer.quantize(tokenizer.features(images).float())]
    last = len(latents) - 1
    chosen = sorted({round(last * part / (SHOWN_SCALES - 1)) for part in range(SHOWN_SCALES)})
    columns = [images, *(tokenizer.decode(latents[scale]) for scale in chosen)]
    path.parent.mkdir(parents=True, exist_ok=True)
    save_png(path, contact_sheet(to_pixels(torch.stack(columns, 1).flatten(0, 1)), columns=len(columns)))
