"""How one knows that memory ran out."""

from __future__ import annotations

import torch

# What allocators say without a class of their own: the processor's (on Linux, on Windows), MPS, CUDA's driver, cuBLAS.
MEMORY_SIGNS = ("can't allocate memory", "not enough memory", "out of memory", "alloc_failed")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, on any device: only CUDA's caching allocator has a class of its own for that."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error).lower() for sign in MEMORY_SIGNS)
