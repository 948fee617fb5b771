"""The device that a training runs on: which one, what it is called, and what it multiplies in."""

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
    """CUDA when it is available, else another accelerator, else the CPU; or the device of that name.

    Takes one step on an accelerator first. Where that fails, auto returns the CPU, and calls `say` with a sentence that
    has the reason; a device that was named raises ValueError, as does one that torch does not know or this machine does
    not have. own: returns a process's own device of that kind, before the step is taken.
    """

    def step_down(error: Exception) -> torch.device:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].split(". ")[0].rstrip(".")
        if name != "auto":
            raise ValueError(f"device {name!r} cannot be used here: {reason}") from error
        say(f"The accelerator of this machine cannot be used ({reason}), so the CPU is used.")
        return CPU

    try:
        device = _accelerator() if name == "auto" else torch.device(name)
    except Exception as error:  # a driver, a library and a build of torch can fail to fit in many ways
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
    """Draws numbers, multiplies them, and takes a step of the optimiser, as a training does.

    Raises what the device raises.
    """
    torch.zeros(1, device=device).item()
    generator = torch.Generator(device).manual_seed(0)
    weight = torch.randn(16, 16, generator=generator, device=device).requires_grad_()
    optimiser = adam([weight])
    (weight @ weight).sum().backward()
    optimiser.step()
    weight.sum().item()  # a GPU reports its errors late


def describe_device(device: torch.device, precision: str = "float32") -> str:
    """`cuda (NVIDIA H100)`, `cpu (2 threads)`, `cpu (2 threads, bfloat16)`."""
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
    """What `models.multiply_in` is to be told for one of config.PRECISIONS.

    A CPU with instructions for it multiplies in bfloat16 twice as fast; weights, codes, sums and losses stay in float32.
    """
    native = device.type == "cpu" and any(_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16"))
    return torch.bfloat16 if precision == "bfloat16" or (precision == "auto" and native) else None


def _capabilities() -> dict:
    return getattr(torch.cpu, "get_capabilities", dict)()  # which torch 2.11 does not have


def in_double(tensor: Tensor) -> Tensor:
    """The same in float64, on the CPU: MPS has no float64."""
    return tensor.cpu().double()
