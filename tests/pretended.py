"""An accelerator for machines that have none: it computes on the CPU, and refuses what Apple's MPS refuses.

`with pretended_accelerator() as device:` tensors can be moved to `device`. They say that they are there, they are
refused in float64 there, as numpy arrays, beside tensors of the CPU, and with the CPU's generators.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from unittest import mock

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

DEVICE = torch.device("mps:0")
NO_FLOAT64 = "Cannot convert a MPS Tensor to float64 dtype as it does not support float64."
MOVES = ("aten::_to_copy", "aten::copy_", "aten::item", "aten::_local_scalar_dense")


class There(torch.Tensor):
    """A tensor on the pretended device. Its numbers lie in `inner`, on the CPU.

    To torch it is on "meta", where nothing computes, so that only what `_Accelerator` lets through is computed.
    """

    __torch_function__ = torch._C._disabled_torch_function_impl
    is_meta = False

    @staticmethod
    def __new__(cls, inner: torch.Tensor):
        if inner.dtype == torch.float64:
            raise TypeError(NO_FLOAT64)
        layout = {"strides": inner.stride(), "storage_offset": inner.storage_offset()}
        return torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype, device="meta", **layout)

    def __init__(self, inner: torch.Tensor) -> None:
        self.inner = inner

    @property
    def device(self) -> torch.device:
        return DEVICE

    def __tensor_flatten__(self):
        return ["inner"], None

    @staticmethod
    def __tensor_unflatten__(parts, *_):
        return There(parts["inner"])

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        with _Accelerator():
            return function(*args, **(kwargs or {}))


class Generator(torch.Generator):
    """`torch.Generator` for the CPU and for the pretended device. There its state is shorter, as MPS has it."""

    def __new__(cls, device="cpu"):
        return super().__new__(cls)

    def __init__(self, device="cpu") -> None:
        self.there = torch.device(device).type == DEVICE.type

    @property
    def device(self) -> torch.device:
        return DEVICE if self.there else torch.device("cpu")

    def get_state(self) -> torch.Tensor:
        state = super().get_state()
        return torch.cat([state, state[:8]]) if self.there else state

    def set_state(self, state: torch.Tensor) -> torch.Generator:
        whole = len(self.get_state())
        if state.shape != (whole,):
            raise RuntimeError("RNG state is wrong size")
        return super().set_state(state[: len(state) - 8 * self.there].clone())


class _Accelerator(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        target, name = kwargs.get("device"), function._schema.name
        there = any(isinstance(tensor, There) for tensor in tensors)
        if name not in MOVES and not name.startswith("aten::index") and there:
            strangers = [tensor for tensor in tensors if not isinstance(tensor, There) and tensor.ndim]
            if strangers:
                raise RuntimeError(f"Expected all tensors to be on the same device, {DEVICE} or the CPU, in {name}")
        if target is not None:
            there = torch.device(target).type in (DEVICE.type, "meta")

        def here(leaf):
            if isinstance(leaf, There):
                return leaf.inner
            return torch.device("cpu") if isinstance(leaf, torch.device) else leaf

        found = function(*tree_map(here, list(args)), **tree_map(here, dict(kwargs)))
        if function._schema.is_mutable:
            return args[0] if found is not None else None
        if not there or name.endswith("_local_scalar_dense"):
            return found
        return tree_map(lambda leaf: There(leaf) if isinstance(leaf, torch.Tensor) else leaf, found)


class _OwnGenerators(TorchFunctionMode):
    """Torch refuses a generator of another device; below this level it is no longer known of which it was."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        generator, device = kwargs.get("generator"), torch.device(kwargs.get("device") or "cpu")
        if isinstance(generator, Generator) and generator.device.type != device.type:
            raise RuntimeError(f"Expected a generator of {device.type}, not of {generator.device.type}")
        return function(*args, **kwargs)


@contextlib.contextmanager
def pretended_accelerator() -> Iterator[torch.device]:
    """Within it, in this thread, torch has that device."""
    with _OwnGenerators(), _Accelerator(), mock.patch.object(torch, "Generator", Generator):
        yield DEVICE
