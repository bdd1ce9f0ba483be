"""Pictures encoded once: the tokenizer is frozen while the transformer learns, so its work is kept.

The cache is a folder of small parts, each written whole or not at all: a kill loses one part, and several processes
share the work. Its name carries a fingerprint of the tokenizer and of the pictures, so a stale one is never read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor

from var_core.errors import TrainingError
from var_core.scales import ScaleSchedule
from var_core.tokenizer import Tokenizer
from var_core.training.data import Pictures
from var_core.training.durable import load_state, save_state
from var_core.training.order import Batch, Draws, PictureBatches, prepared
from var_core.training.processes import any_process
from var_core.training.stopping import Stopped

PART = 256


class EncodedPictures:
    """Token maps as a ``Source`` of (B, L) ids.

    Args:
        token_ids: (views, N, L) int16 or int32; visit v of a picture is view v modulo their number.
        labels: (N,) int64 class rows.
    """

    def __init__(self, token_ids: Tensor, labels: Tensor) -> None:
        self.token_ids, self.labels = token_ids, labels

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, places: Sequence[tuple[int, int]]) -> Batch:
        """See ``Source.batch``."""
        index = torch.tensor([index for index, _ in places])
        view = torch.tensor([visit % len(self.token_ids) for _, visit in places])
        return self.token_ids[view, index], self.labels[index]


def encode(tokenizer: Tokenizer, images: Tensor) -> Tensor:
    """Pictures (B, 3, H, W) uint8 → token ids of all scales (B, L) int64; always in float32."""
    with torch.no_grad(), torch.autocast(images.device.type, enabled=False):
        return torch.cat([ids.flatten(1) for ids in tokenizer.encode(images.float().div(255))], 1)


def encode_pictures(
    tokenizer: Tokenizer,
    pictures: Pictures,
    folder: Path,
    *,
    views: int = 1,
    batch: int = 16,
    workers: int = 1,
    accelerator: Accelerator | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    wanted: Callable[[], bool] = lambda: False,
) -> EncodedPictures:
    """All pictures as token ids, from the cache under ``folder`` as far as it is there.

    Args:
        tokenizer: on the device to encode on.
        pictures: each is encoded on visits 0 … ``views`` − 1, which are other crops of a photograph.
        accelerator: shares the parts among its processes; None is one process.
        progress: told how many of how many this process has encoded.
        wanted: whether a stop is wanted, as of ``StopRequest``; asked before each part.

    Raises:
        Stopped: if a stop was wanted in any process.
        TrainingError: if a picture cannot be read, or a part cannot be read back.
        CheckpointError: if the disk refuses. Parts that were written stay, whatever is raised.
    """
    device = next(tokenizer.parameters()).device
    cache = folder / f"tokens-{_fingerprint(tokenizer, pictures, views)}"
    total = views * len(pictures)
    parts = [range(first, min(first + PART, total)) for first in range(0, total, PART)]
    process, processes = (accelerator.process_index, accelerator.num_processes) if accelerator else (0, 1)
    missing = [n for n in range(process, len(parts), processes) if not _part(cache, n).exists()]
    batches = [list(parts[n][first : first + batch]) for n in missing for first in range(0, len(parts[n]), batch)]
    narrow = torch.int16 if len(tokenizer.quantizer.codebook) <= 2**15 else torch.int32
    # Items view·N + index: unshuffled draw numbers are just that.
    draws = Draws(PictureBatches(pictures), seed=0, shuffle=False)
    done, due, stopped = 0, sum(len(parts[n]) for n in missing), False
    with prepared(draws, batches, workers) as supply:
        for n in missing:
            stopped = wanted()
            if stopped:
                break
            ids: list[Tensor] = []
            labels: list[Tensor] = []
            while sum(len(rows) for rows in labels) < len(parts[n]):
                images, rows = next(supply)
                ids.append(encode(tokenizer, images.to(device)).to("cpu", narrow))
                labels.append(rows)
                done += len(rows)
                progress(done, due)
            save_state(_part(cache, n), {"token_ids": torch.cat(ids), "labels": torch.cat(labels)})
    if accelerator:
        accelerator.wait_for_everyone()
        stopped = any_process(accelerator, stopped)
    if stopped:
        kept = sum(_part(cache, n).exists() for n in range(len(parts)))
        raise Stopped(
            f"Stopped while pictures were encoded; {kept} of {len(parts)} parts are kept in {cache}, and the same "
            "command goes on."
        )
    loaded = [_load(_part(cache, n), len(part)) for n, part in enumerate(parts)]
    token_ids = torch.cat([state["token_ids"] for state in loaded]).view(views, len(pictures), -1)
    return EncodedPictures(token_ids, torch.cat([state["labels"] for state in loaded])[: len(pictures)])


def encoding_digest(tokenizer: Tokenizer) -> str:
    """What decides the tokens of a picture, as 64 hexadecimal digits: all of the tokenizer but its decoder."""
    digest = hashlib.sha256(str(tokenizer.schedule.sides).encode())
    for name, tensor in tokenizer.state_dict().items():
        if not name.startswith(("decoder", "post_quantizer")):
            digest.update(name.encode() + tensor.cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def split_maps(token_ids: Tensor, schedule: ScaleSchedule) -> list[Tensor]:
    """(B, L) → K maps (B, s_k, s_k) int64."""
    return [
        token_ids[:, schedule.slice(scale)].long().view(-1, side, side) for scale, side in enumerate(schedule.sides)
    ]


def _part(cache: Path, number: int) -> Path:
    return cache / f"part-{number:06d}.pt"


def _load(path: Path, count: int) -> dict[str, Tensor]:
    try:
        state = load_state(path)
        if len(state["token_ids"]) == len(state["labels"]) == count:
            return state
    except FileNotFoundError as error:  # written a moment ago, but by a process that writes elsewhere
        raise TrainingError(
            f"{path} is not there, though every part was encoded; --out must be a disk that all processes share."
        ) from error
    except Exception as error:  # a damaged file can raise anything
        raise TrainingError(f"{path} is damaged ({type(error).__name__}); remove it and run again.") from error
    raise TrainingError(f"{path} holds another number of pictures than {count}; remove its folder and run again.")


def _fingerprint(tokenizer: Tokenizer, pictures: Pictures, views: int) -> str:
    text = f"{encoding_digest(tokenizer)} {views} {pictures.fingerprint()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
