"""The images that train in a browser: both splits of a small dataset as one file."""

from __future__ import annotations

from safetensors.numpy import save as save_tensors

from explorer.data import datasets

IN_BROWSER = "digits"  # the dataset that is small enough to travel


def file_of(name: str) -> bytes | None:
    """safetensors: train.images, train.labels, test.images, test.labels, as uint8. None for another dataset."""
    if name != IN_BROWSER:
        return None
    splits = {part: datasets.load(name, part) for part in ("train", "test")}
    return save_tensors(
        {f"{part}.{field}": getattr(split, field) for part, split in splits.items() for field in split._fields}
    )
