"""One process or many: how accelerate is started, and the few things that processes tell each other.

Plain data parallelism only (one process, several GPUs, several machines); every process holds the whole model.
Several CPU processes are tested here; several GPUs and several machines follow accelerate's own paths and are
untested in this project.
"""

from __future__ import annotations

import contextlib
import datetime
import warnings
from collections.abc import Iterator
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs, DistributedType, InitProcessGroupKwargs
from torch import Tensor

from var_core.errors import TrainingError
from var_core.locking import held

LOCK_FILE = ".lock"  # in the folder of a run
# Encoding a large data set and saving a large model take longer than the ten minutes that NCCL would wait.
PATIENCE = datetime.timedelta(hours=6)
_PLAIN = ("NO", "MULTI_CPU", "MULTI_GPU", "MULTI_XPU", "MULTI_NPU", "MULTI_MLU", "MULTI_MUSA", "MULTI_SDAA")


def start_accelerator(mixed_precision: str, *, cpu: bool = False, unused_parameters: bool = False) -> Accelerator:
    """Joins the processes that ``accelerate launch`` or ``torchrun`` started, or is the only one.

    Args:
        mixed_precision: "no", "bf16" or "fp16".
        cpu: use no GPU even if there is one.
        unused_parameters: some steps do not use every weight.

    Raises:
        TrainingError: if this machine cannot do that, or accelerate is configured for sharded training.
    """
    cpu = cpu or not (torch.cuda.is_available() or torch.backends.mps.is_available())
    if mixed_precision == "fp16" and cpu:
        raise TrainingError("fp16 needs a GPU; use --precision bf16 or no.")
    handlers = [
        InitProcessGroupKwargs(timeout=PATIENCE),
        DistributedDataParallelKwargs(find_unused_parameters=unused_parameters),
    ]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            accelerator = Accelerator(mixed_precision=mixed_precision, cpu=cpu, kwargs_handlers=handlers)
    except (ValueError, RuntimeError, ImportError) as error:
        raise TrainingError(f"accelerate cannot start ({error}); look at `accelerate env`.") from error
    if accelerator.distributed_type not in [getattr(DistributedType, name, None) for name in _PLAIN]:
        raise TrainingError(
            f"accelerate is configured for {accelerator.distributed_type.value}; this training knows plain data "
            "parallelism only. Run `accelerate config` again without it."
        )
    return accelerator


def any_process(accelerator: Accelerator, flag: bool) -> bool:
    """Whether any process says yes; the same answer in all of them."""
    if accelerator.num_processes == 1:
        return flag
    votes: Tensor = accelerator.reduce(torch.tensor(float(flag), device=accelerator.device), "sum")
    return bool(votes > 0)


@contextlib.contextmanager
def only_run(out: Path, accelerator: Accelerator) -> Iterator[None]:
    """Keeps the folder of a run from every other command, whose checkpoints and logs would mix with this one's.

    The first process holds the lock for all of them; what it refuses, all refuse.

    Raises:
        TrainingError: if another command is at work in the folder, or it cannot be written.
    """
    with contextlib.ExitStack() as stack:
        refusal = ""
        if accelerator.is_main_process:
            try:
                out.mkdir(parents=True, exist_ok=True)
                stack.enter_context(held(out / LOCK_FILE))
            except TimeoutError:
                refusal = f"{out} is being trained by another process; wait for it or give another --out."
            except OSError as error:
                refusal = f"{out} cannot be written ({error.strerror or error}); set it right or give another --out."
        if any_process(accelerator, bool(refusal)):
            raise TrainingError(refusal or f"{out} was refused by the first process, which says why.")
        yield


def mean_over_processes(accelerator: Accelerator, tensor: Tensor) -> Tensor:
    """Mean of a tensor over all processes."""
    if accelerator.num_processes == 1:
        return tensor
    mean: Tensor = accelerator.reduce(tensor, "mean")
    return mean


def sum_over_processes(accelerator: Accelerator, tensor: Tensor) -> Tensor:
    """Sum of a tensor over all processes."""
    if accelerator.num_processes == 1:
        return tensor
    total: Tensor = accelerator.reduce(tensor, "sum")
    return total


def rows_of_all(accelerator: Accelerator, tensor: Tensor) -> Tensor:
    """Tensors (B, …) of all processes, one after the other in their order."""
    if accelerator.num_processes == 1:
        return tensor
    rows: Tensor = accelerator.gather(tensor.contiguous())
    return rows


def agreed_step(accelerator: Accelerator, step: int) -> None:
    """Makes sure that all processes resume from the same step.

    Raises:
        TrainingError: if they do not see the same folder.
    """
    steps = rows_of_all(accelerator, torch.tensor([step], device=accelerator.device)).tolist()
    if len(set(steps)) > 1:
        raise TrainingError(f"The processes found checkpoints of steps {steps}; --out must be a disk that all share.")
