"""Maps of codes of more than two dimensions."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from explorer import projection


def clusters(n: int = 60, dimensions: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Three clusters that lie 20 standard deviations apart: codes (3 n, dimensions) float32, and which is which."""
    rng = np.random.default_rng(0)
    centres = 20 * np.eye(3, dimensions)
    which = np.repeat(np.arange(3), n)
    return (centres[which] + rng.standard_normal((3 * n, dimensions))).astype(np.float32), which


class Fake:
    """In UMAP's place: notes what it was asked for."""

    asked: ClassVar[list[dict]] = []

    def __init__(self, **settings):
        self.asked.append(settings)

    def fit_transform(self, codes):
        return np.asfortranarray(codes[:, :2], dtype=np.float64)


def test_what_umap_is_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", types.SimpleNamespace(UMAP=Fake))
    monkeypatch.setattr(Fake, "asked", [])
    codes, _ = clusters(n=6)
    found = projection.umap(codes)
    assert found.dtype == np.float32 and found.flags.c_contiguous  # as a bundle stores it
    np.testing.assert_array_equal(found, codes[:, :2])
    projection.umap(codes, seed=3, neighbours=7, min_distance=0.5)
    defaults, chosen = Fake.asked
    assert (defaults["random_state"], defaults["n_neighbors"], defaults["min_dist"]) == (0, 15, 0.1)
    assert (chosen["random_state"], chosen["n_neighbors"], chosen["min_dist"]) == (3, 7, 0.5)
    assert all(settings["n_jobs"] == 1 for settings in Fake.asked)  # more would not repeat, and a seed forbids them
    assert defaults["n_epochs"] is None  # as many as umap-learn finds right for so few
    index, distance, _ = chosen["precomputed_knn"]
    apart = np.linalg.norm(codes[:, None].astype(float) - codes[None], axis=-1)
    np.testing.assert_array_equal(index, apart.argsort(1)[:, :7])  # exact, and a code is its own first neighbour
    np.testing.assert_allclose(distance, np.sort(apart, 1)[:, :7], atol=1e-4)


def test_a_set_smaller_than_its_neighbours_and_a_large_one(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", types.SimpleNamespace(UMAP=Fake))
    monkeypatch.setattr(Fake, "asked", [])
    projection.umap(np.eye(5, dtype=np.float32), neighbours=50)
    projection.umap(np.random.default_rng(0).standard_normal((projection.LARGE, 2), np.float32), neighbours=3)
    assert [(settings["n_neighbors"], settings["n_epochs"]) for settings in Fake.asked] == [
        (4, None),
        (3, projection.EPOCHS),
    ]


def test_progress_is_the_share_of_the_layout(monkeypatch):
    class Slow(Fake):
        def fit_transform(self, codes):
            settings = self.asked[-1]["tqdm_kwds"]
            for text in ("", "\r0/200", "\r50/200", "warning", "\r200/200", "\n"):
                settings["file"].write(text)
            return super().fit_transform(codes)

    monkeypatch.setitem(sys.modules, "umap", types.SimpleNamespace(UMAP=Slow))
    shares: list[float] = []
    projection.umap(clusters(n=4)[0], progress=shares.append)
    assert shares == [0, 0.25, 1]


def test_where_umap_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ImportError):
        projection.umap(clusters(n=4)[0])


PACKAGE = """
import numba
import numpy as np

@numba.njit(cache=True)
def double(x):
    return 2 * x

class UMAP:
    def __init__(self, **settings): pass
    def fit_transform(self, points): return np.full((len(points), 2), double(2.0))
"""
PROGRAM = """
import numpy as np, os
from explorer import projection
assert (projection.umap(np.eye(5, dtype=np.float32)) == 4).all()
print(os.environ["NUMBA_CACHE_DIR"])
"""


def test_where_numba_can_keep_nothing_a_temporary_folder_serves(tmp_path):
    """A small package in the place of umap-learn asks numba to keep a function. Numba can write neither beside it
    nor into the user's cache, even as root."""
    package, temporary = tmp_path / "umap", tmp_path / "temporary"
    package.mkdir(), temporary.mkdir()
    (package / "__init__.py").write_text(PACKAGE, encoding="utf-8")
    (package / "__pycache__").write_text("a file, so no folder can be made here", encoding="utf-8")
    root = Path(__file__).resolve().parent.parent
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment |= dict.fromkeys(("HOME", "XDG_CACHE_HOME"), "/dev/null/none")
    environment |= {"TMPDIR": str(temporary), "PYTHONPATH": f"{tmp_path}{os.pathsep}{root}"}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, cwd=root)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).parent == temporary
    assert list(temporary.iterdir()) == []  # the program took it away


@pytest.mark.slow  # it compiles for about a minute
def test_three_far_clusters_stay_apart_and_the_seed_says_where():
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    codes, which = clusters()
    before = codes.copy()
    found, same, other = (projection.umap(codes, seed=seed) for seed in (0, 0, 1))
    assert found.shape == (180, 2) and found.dtype == np.float32 and np.isfinite(found).all()
    np.testing.assert_array_equal(codes, before)
    left = torch.get_num_threads()
    torch.set_num_threads(threads)
    assert left == 1  # whoever trains next does so in as many threads as asked for
    shares: list[float] = []
    np.testing.assert_array_equal(projection.umap(codes, progress=shares.append), found)
    assert shares == sorted(shares) and shares[-1] == 1  # umap-learn's bar says what is read
    np.testing.assert_array_equal(found, same)
    assert np.abs(found - other).max() > 0.1
    for one in (found, other):
        distance = np.linalg.norm(one[:, None] - one[None], axis=-1)
        np.fill_diagonal(distance, np.inf)
        assert (which[distance.argsort(1)[:, :10]] == which[:, None]).all()  # the ten nearest are of one's own
        centres = np.stack([one[which == label].mean(0) for label in range(3)])
        spread = max(np.linalg.norm(one[which == label] - centres[label], axis=1).max() for label in range(3))
        gaps = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1)
        assert gaps.min() > 2 * spread  # no two of the discs around them touch
