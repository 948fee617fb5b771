"""The device of a training: its choice, its name in words, and the precision of its matrix products."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from explorer.steps import adam

CPU = torch.device("cpu")


def choose_device(
    name: str = "auto",
    say: Callable[[str], None] = lambda sentence: None,
    own: Callable[[torch.device], torch.device] = lambda device: device,
) -> torch.device:
    """The device with this name. "auto": CUDA if it is available, otherwise another accelerator, otherwise the CPU.

    An accelerator is tested by one training step. If that fails, "auto" calls `say` with a sentence on the reason, and
    returns the CPU. own: maps the device to the process's own one of that type, before the test.
    Raises ValueError for a name other than "auto" if torch does not know it or the device cannot be used.
    """

    def step_down(error: Exception) -> torch.device:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].split(". ")[0].rstrip(".")
        if name != "auto":
            raise ValueError(f"device {name!r} cannot be used here: {reason}") from error
        say(f"The accelerator of this machine cannot be used ({reason}), so the CPU is used.")
        return CPU

    try:
        device = _accelerator() if name == "auto" else torch.device(name)
    except Exception as error:  # drivers, libraries and builds of torch can be incompatible in many ways
        return step_down(error)
    device = own(device)
    try:
        if device.type != "cpu":
            _take_one_step(device)
    except Exception as error:
        return step_down(error)
    return device


def _accelerator() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.accelerator.current_accelerator(check_available=True) or CPU


def _take_one_step(device: torch.device) -> None:
    """Draws random numbers, multiplies them and takes a step of the optimiser, as a training does.

    The device's errors propagate.
    """
    torch.zeros(1, device=device).item()
    generator = torch.Generator(device).manual_seed(0)
    weight = torch.randn(16, 16, generator=generator, device=device).requires_grad_()
    optimiser = adam([weight])
    (weight @ weight).sum().backward()
    optimiser.step()
    weight.sum().item()  # waits for the GPU, which reports errors late


def describe_device(device: torch.device, precision: str = "float32") -> str:
    """The device in words, such as `cuda (NVIDIA H100)`, `cpu (2 threads)` or `cpu (2 threads, bfloat16)`."""
    described = (
        [torch.cuda.get_device_name(device)]
        if device.type == "cuda"
        else [f"{torch.get_num_threads()} threads"]
        if device.type == "cpu"
        else []
    )
    described += ["bfloat16"] if products_in(precision, device) else []
    return f"{device.type} ({', '.join(described)})" if described else str(device)


def products_in(precision: str, device: torch.device) -> torch.dtype | None:
    """The argument of `models.multiply_in` for one of config.PRECISIONS; None: float32.

    A CPU with instructions for bfloat16 multiplies twice as fast in it. Weights, codes, sums and losses stay float32.
    """
    native = device.type == "cpu" and any(_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16"))
    return torch.bfloat16 if precision == "bfloat16" or (precision == "auto" and native) else None


def _capabilities() -> dict:
    return getattr(torch.cpu, "get_capabilities", dict)()  # torch 2.11 does not have it


def number_type(device: torch.device) -> torch.dtype:
    """The type of single numbers on a device, such as rates of learning: float64 on the CPU, elsewhere float32."""
    return torch.float64 if device.type == "cpu" else torch.float32


def in_double(tensor: Tensor) -> Tensor:
    """The tensor in float64 on the CPU, because MPS has no float64."""
    return tensor.cpu().double()
