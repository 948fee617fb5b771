"""The datasets: digits and their fixed split, the content of torchvision's files, and all their faults."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.server
import os
import re
import struct
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import train
from explorer.data import datasets

ROOT = Path(__file__).resolve().parent.parent
RAW_FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def idx_contents(n_train: int = 12, n_test: int = 5, side: int = 28) -> dict[str, bytes]:
    """Small files in the idx format (magic: 0, 0, 8 for bytes, number of dimensions; then sizes; then data)."""
    rng, contents = np.random.default_rng(0), {}
    for stem, n in (("train", n_train), ("t10k", n_test)):
        images, labels = rng.integers(0, 256, (n, side, side), np.uint8), rng.integers(0, 10, n, np.uint8)
        contents[f"{stem}-images-idx3-ubyte"] = struct.pack(">4B3I", 0, 0, 8, 3, n, side, side) + images.tobytes()
        contents[f"{stem}-labels-idx1-ubyte"] = struct.pack(">4BI", 0, 0, 8, 1, n) + labels.tobytes()
    return contents


def put(data_dir: Path, contents: dict[str, bytes], folder: str = "MNIST") -> Path:
    raw = data_dir / folder / "raw"
    raw.mkdir(parents=True)
    for name, content in contents.items():
        (raw / name).write_bytes(content)
    return raw


def assert_helpful(message: str, data_dir: Path, dataset: str = "mnist", folder: str = "MNIST") -> None:
    """It names the dataset, the folder to put which files into, and the way out; in one paragraph."""
    assert f"Dataset {dataset} " in message and str(data_dir / folder / "raw") in message
    assert "by hand" in message and "--dataset digits" in message
    assert all(name in message for name in RAW_FILES)
    assert "\n" not in message.strip()


# Digits.


def test_digits_are_split_once_and_for_all():
    train_set, test_set = datasets.load("digits", "train"), datasets.load("digits", "test")
    for split, n in ((train_set, 1437), (test_set, 360)):
        assert split.images.shape == (n, 64) and split.images.dtype == np.uint8
        assert split.labels.shape == (n,) and split.labels.dtype == np.uint8
        assert split.images.min() == 0 and split.images.max() == 255
        pixels = split.pixels()
        assert pixels.shape == (n, 64) and pixels.dtype == np.float32
        assert pixels.min() == 0 and pixels.max() == 1
        np.testing.assert_allclose(pixels * 255, split.images, atol=1e-4)
    # Every shipped number on digits was measured on this split: a change here voids them.
    digests = [
        hashlib.sha256(split.images.tobytes() + split.labels.tobytes()).hexdigest()[:16]
        for split in (train_set, test_set)
    ]
    assert digests == ["955e04d6cf1a9c6b", "50633b623f555b34"]


def test_the_digits_splits_are_scikit_learns_images_each_once():
    from sklearn.datasets import load_digits

    everything = load_digits()
    assert everything.data.max() == 16
    expected = np.round(everything.data / 16 * 255).astype(np.uint8)
    train_set, test_set = datasets.load("digits", "train"), datasets.load("digits", "test")
    together = np.concatenate([train_set.images, test_set.images])
    np.testing.assert_array_equal(together[np.lexsort(together.T)], expected[np.lexsort(expected.T)])
    by_image = {image.tobytes(): label for image, label in zip(expected, everything.target)}
    assert len(by_image) == 1797  # no two are equal, so that the next lines say that the splits are disjoint
    assert not {image.tobytes() for image in train_set.images} & {image.tobytes() for image in test_set.images}
    for split in (train_set, test_set):
        assert [by_image[image.tobytes()] for image in split.images] == split.labels.tolist()


def test_the_digits_split_is_stratified():
    train_set, test_set = datasets.load("digits", "train"), datasets.load("digits", "test")
    in_test = np.bincount(test_set.labels)
    in_all = in_test + np.bincount(train_set.labels)
    assert len(in_all) == 10
    assert np.abs(in_test - in_all * 360 / 1797).max() < 1


# torchvision's. Whoever runs the tests may have them, or not.


@pytest.mark.needs_dataset("mnist")
def test_a_test_reads_only_datasets_that_it_is_marked_to_need(data_dir):
    assert datasets.is_present("mnist", data_dir("mnist"))
    with pytest.raises(pytest.fail.Exception, match=r"@pytest.mark.needs_dataset"):
        data_dir("fashion-mnist")


def test_a_test_without_the_mark_reads_no_dataset(data_dir):
    with pytest.raises(pytest.fail.Exception, match=r"@pytest.mark.needs_dataset"):
        data_dir("mnist")


@pytest.mark.needs_dataset("mnist")
def test_mnist(data_dir):
    folder = data_dir("mnist")
    train_set, test_set = (datasets.load("mnist", split, folder) for split in ("train", "test"))
    assert train_set.images.shape == (60_000, 784) and test_set.images.shape == (10_000, 784)
    assert train_set.images.dtype == train_set.labels.dtype == np.uint8
    assert train_set.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test_set.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(test_set.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert train_set.images.mean() / 255 == pytest.approx(0.1307, abs=5e-5)  # the mean that everybody normalises with
    assert train_set.images.flags.writeable  # training makes a tensor of it without a copy


@pytest.mark.needs_dataset("fashion-mnist")
def test_fashion_mnist(data_dir):
    folder = data_dir("fashion-mnist")
    train_set, test_set = (datasets.load("fashion-mnist", split, folder) for split in ("train", "test"))
    assert np.bincount(train_set.labels).tolist() == [6000] * 10
    assert np.bincount(test_set.labels).tolist() == [1000] * 10
    assert train_set.images.mean() / 255 == pytest.approx(0.2860, abs=5e-5)
    assert len(datasets.CLASS_NAMES["fashion-mnist"]) == 10


@pytest.mark.parametrize("dataset, folder", datasets.TORCHVISION_CLASSES.items())
def test_images_and_labels_arrive_in_the_files_order(tmp_path, dataset, folder):
    contents = idx_contents()
    put(tmp_path, contents, folder)
    split = datasets.load(dataset, "test", tmp_path)
    assert split.images.tobytes() == contents["t10k-images-idx3-ubyte"][16:]
    assert split.labels.tobytes() == contents["t10k-labels-idx1-ubyte"][8:]
    assert datasets.load(dataset, "train", tmp_path).images.shape == (12, 784)


def test_names_and_splits_that_do_not_exist(tmp_path):
    with pytest.raises(ValueError, match="dataset 'cifar' is unknown; there are mnist, "):
        datasets.load("cifar", "train", tmp_path)
    with pytest.raises(ValueError, match="split 'validation' is unknown; there are train, test"):
        datasets.load("digits", "validation", tmp_path)


def test_a_split_without_images(tmp_path):
    put(tmp_path, idx_contents(n_test=0))
    with pytest.raises(datasets.DatasetError, match=r"cannot be read \(\(0, 28, 28\) images, but \(0,\) labels\)"):
        datasets.load("mnist", "test", tmp_path)


@pytest.mark.parametrize("missing", [*RAW_FILES, None])
def test_missing_files(tmp_path, missing):
    raw = put(tmp_path, idx_contents() if missing else {})
    if missing:
        (raw / missing).unlink()
    assert not datasets.is_present("mnist", tmp_path)
    with pytest.raises(datasets.DatasetError, match="Dataset mnist is not in") as error:
        datasets.load("mnist", "test", tmp_path)
    assert_helpful(str(error.value), tmp_path)
    assert not (tmp_path / "FashionMNIST").exists()


@pytest.mark.parametrize(
    "file, damage",
    [
        pytest.param("t10k-images-idx3-ubyte", lambda content: content[:-100], id="truncated images"),
        pytest.param("t10k-images-idx3-ubyte", lambda content: content[:16], id="no image left"),
        pytest.param("t10k-images-idx3-ubyte", lambda content: content[:10], id="truncated header"),
        pytest.param("t10k-images-idx3-ubyte", lambda content: b"", id="empty"),
        pytest.param("t10k-images-idx3-ubyte", lambda content: content + b"12", id="too long"),
        pytest.param("t10k-images-idx3-ubyte", lambda content: b"<html>please log in</html>" * 50, id="a web page"),
        pytest.param("t10k-images-idx3-ubyte", lambda content: content[:2] + b"\x0a" + content[3:], id="unknown type"),
        pytest.param("t10k-images-idx3-ubyte", lambda content: content[:2] + b"\x09" + content[3:], id="signed bytes"),
        pytest.param(
            "t10k-images-idx3-ubyte", lambda content: idx_contents(side=32)["t10k-images-idx3-ubyte"], id="another size"
        ),
        pytest.param(
            "t10k-images-idx3-ubyte", lambda content: idx_contents(n_test=0)["t10k-images-idx3-ubyte"], id="no images"
        ),
        pytest.param("t10k-labels-idx1-ubyte", lambda content: b"\0\0\x08\0\0", id="a single label"),
        pytest.param("t10k-labels-idx1-ubyte", lambda content: content[:-1], id="truncated labels"),
        pytest.param("t10k-labels-idx1-ubyte", lambda content: content[:-1] + b"\x0a", id="a label beyond the classes"),
        pytest.param("t10k-images-idx3-ubyte", lambda content: gzip.compress(content)[:-20], id="truncated, packed"),
        pytest.param("t10k-images-idx3-ubyte", lambda content: gzip.compress(content)[:-8] + bytes(8), id="bad pack"),
        pytest.param("t10k-images-idx3-ubyte", lambda content: b"\x1f\x8b" + content, id="no gzip file"),
        pytest.param("t10k-images-idx3-ubyte", lambda content: gzip.compress(bytes(65 * 2**20)), id="a bomb"),
        pytest.param(
            "t10k-labels-idx1-ubyte",
            lambda content: idx_contents()["train-labels-idx1-ubyte"],
            id="another split's labels",
        ),
    ],
)
def test_damaged_files(tmp_path, file, damage):
    raw = put(tmp_path, idx_contents())
    (raw / file).write_bytes(damage((raw / file).read_bytes()))
    assert datasets.is_present("mnist", tmp_path)
    expected = r"Dataset mnist in .* cannot be read \(.+\): remove the damaged file and run again"
    with pytest.raises(datasets.DatasetError, match=expected) as error:
        datasets.load("mnist", "test", tmp_path)
    assert_helpful(str(error.value), tmp_path)
    assert "--dataset" not in error.value.for_page and error.value.for_page.endswith("): fetch it again.")
    assert not datasets.is_readable("mnist", tmp_path) and datasets.is_readable("mnist", tmp_path, ("train",))
    assert len(datasets.load("mnist", "train", tmp_path).images) == 12  # the other split is as it was


# Importing torchvision.


def import_in_a_fresh_process(folder: Path, registrations: str) -> subprocess.CompletedProcess:
    """What `import_torchvision` does where torchvision's registrations run this code."""
    package = folder / "torchvision"
    package.mkdir()
    imports = "import torchvision._meta_registrations, torchvision.datasets\n"
    (package / "__init__.py").write_text(imports, encoding="utf-8")
    (package / "_meta_registrations.py").write_text(registrations + "\n", encoding="utf-8")
    (package / "datasets.py").write_text("MNIST = object\n", encoding="utf-8")
    program = (
        "import sys; from explorer.data.datasets import import_torchvision\n"
        "module = import_torchvision()\n"
        "assert module is sys.modules['torchvision'] is import_torchvision() and module.datasets.MNIST is object\n"
        "print(hasattr(sys.modules['torchvision._meta_registrations'], 'REAL'), module.__file__)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, cwd=folder)


def test_a_healthy_torchvision_is_left_alone(tmp_path):
    done = import_in_a_fresh_process(tmp_path, "REAL = True")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True", str(tmp_path / "torchvision" / "__init__.py")]


def test_a_torchvision_without_its_operators_is_imported_without_them(tmp_path):
    done = import_in_a_fresh_process(tmp_path, "raise RuntimeError('operator torchvision::nms does not exist')")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == "False"


def test_another_failure_of_torchvision_is_not_hidden(tmp_path):
    done = import_in_a_fresh_process(tmp_path, "raise RuntimeError('built for another torch')")
    assert done.returncode == 1
    assert done.stderr.strip().endswith("RuntimeError: built for another torch")


def test_the_installed_torchvision_can_be_imported_first_thing():
    program = (
        "from explorer.data.datasets import import_torchvision; print(import_torchvision().datasets.KMNIST.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", cwd=ROOT)
    assert (done.returncode, done.stdout.strip()) == (0, "KMNIST"), done.stderr


def test_looking_whether_a_dataset_is_there_imports_nothing_heavy():
    program = (
        "import sys; from explorer.data import datasets\n"
        "datasets.is_present('mnist', '.'); datasets.is_present('digits')\n"
        "print(sorted({'torch', 'torchvision', 'sklearn'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("label, seen", [(9, True), (10, False), (200, False)])
def test_labels_beyond_the_classes_are_refused(tmp_path, label, seen):
    raw = put(tmp_path, idx_contents())
    file = raw / "train-labels-idx1-ubyte"
    file.write_bytes(file.read_bytes()[:-1] + bytes([label]))
    if seen:
        assert datasets.load("mnist", "train", tmp_path).labels[-1] == label
    else:
        refusal = rf"train-labels-idx1-ubyte: labels must be below 10, but one is {label}\)"
        with pytest.raises(datasets.DatasetError, match=refusal):
            datasets.load("mnist", "train", tmp_path)


# Brought by hand, in the forms in which the files are passed around.


FORMS = {
    "unpacked": lambda stem, content: (stem, content),
    "packed": lambda stem, content: (f"{stem}.gz", gzip.compress(content)),
    "dotted": lambda stem, content: (stem.replace("-idx", ".idx"), content),
    "dotted, packed": lambda stem, content: (f"{stem.replace('-idx', '.idx')}.gz", gzip.compress(content)),
    "unpacked by a browser that keeps the name": lambda stem, content: (f"{stem}.gz", content),
    "packed without an ending": lambda stem, content: (stem, gzip.compress(content)),
}


def bring(folder: Path, form: str, stems: tuple[str, ...] = RAW_FILES) -> dict[Path, bytes]:
    """Puts MNIST's files there in one of FORMS. Returns what each holds."""
    folder.mkdir(parents=True, exist_ok=True)
    named = dict(FORMS[form](stem, content) for stem, content in idx_contents().items() if stem in stems)
    for name, content in named.items():
        (folder / name).write_bytes(content)
    return {folder / name: content for name, content in named.items()}


def contents_below(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", ["MNIST/raw", "MNIST", "mnist"])
def test_files_brought_by_hand_are_used(tmp_path, place, form, monkeypatch):
    brought = bring(tmp_path / place, form)
    monkeypatch.setattr(datasets, "_download", lambda *arguments: pytest.fail("it was there"))
    assert datasets.is_present("mnist", tmp_path) and not datasets.is_present("fashion-mnist", tmp_path)
    for split, part in (("train", "train"), ("test", "t10k")):
        found = datasets.load("mnist", split, tmp_path, download=True)
        assert found.images.tobytes() == idx_contents()[f"{part}-images-idx3-ubyte"][16:]
        assert found.labels.tobytes() == idx_contents()[f"{part}-labels-idx1-ubyte"][8:]
        assert found.images.flags.writeable
    assert contents_below(tmp_path) == brought


@pytest.mark.parametrize("form", FORMS)
def test_three_of_four_are_not_the_dataset(tmp_path, form):
    bring(tmp_path / "MNIST" / "raw", form, RAW_FILES[:3])
    assert not datasets.is_present("mnist", tmp_path)
    with pytest.raises(datasets.DatasetError, match="Dataset mnist is not in"):
        datasets.load("mnist", "train", tmp_path)


# Downloads, from a server on this machine.

ARCHIVES = {f"/{name}.gz": gzip.compress(content, mtime=0) for name, content in idx_contents().items()}


@pytest.fixture
def mirror(monkeypatch):
    """A web server as MNIST's only mirror. `mirror.answer` handles a request; `mirror.paths` lists them."""
    over = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            server.paths.append(self.path)
            with contextlib.suppress(OSError):  # the client may be gone
                server.answer(self)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.paths, server.answer, server.over = True, [], serve, over
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    mnist = datasets.import_torchvision().datasets.MNIST
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(mnist, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    checksums = [(path.removeprefix("/"), hashlib.md5(content).hexdigest()) for path, content in ARCHIVES.items()]
    monkeypatch.setattr(mnist, "resources", checksums)
    monkeypatch.setattr(datasets, "STALL_SECONDS", 0.4)
    yield server
    over.set()
    server.shutdown()
    server.server_close()


def serve(request, content: bytes | None = None, announced: int | None = None) -> None:
    content = ARCHIVES[request.path] if content is None else content
    request.send_response(200)
    request.send_header("Content-Length", str(len(content) if announced is None else announced))
    request.end_headers()
    request.wfile.write(content)
    request.wfile.flush()


def refuse(request):
    request.send_error(404)


def hang_up(request):
    request.connection.close()


def stall_before_the_answer(request):
    request.server.over.wait(10)


def stall_within_the_file(request):
    serve(request, ARCHIVES[request.path][:20], announced=len(ARCHIVES[request.path]))
    request.server.over.wait(10)


def truncate(request):
    serve(request, ARCHIVES[request.path][:-20], announced=len(ARCHIVES[request.path]))


def truncate_a_chunk(request):
    request.protocol_version = "HTTP/1.1"
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    request.wfile.write(b"5000\r\nabc")


def send_another_file(request):
    serve(request, gzip.compress(b"please log in"))


def speak_another_protocol(request):
    request.wfile.write(b"SSH-2.0 hello\r\n\r\n")


def fail_at_the_third_file(request):
    (serve if "train" in request.path else refuse)(request)


FAILURES = {
    refuse: "404",
    hang_up: ".",
    stall_before_the_answer: "timed out",
    stall_within_the_file: "timed out",
    truncate: "corrupted",
    truncate_a_chunk: "IncompleteRead",
    send_another_file: "corrupted",
    speak_another_protocol: "SSH",
    fail_at_the_third_file: "404",
}


@pytest.mark.parametrize("answer, reason", [pytest.param(*item, id=item[0].__name__) for item in FAILURES.items()])
def test_a_download_that_fails_says_why_and_leaves_nothing_half_written(tmp_path, mirror, answer, reason):
    mirror.answer = answer
    raw = put(tmp_path, {"train-images-idx3-ubyte": b"somebody's own"})  # not all four: a download is tried
    with pytest.raises(datasets.DatasetError, match="Dataset mnist could not be downloaded: ") as error:
        datasets.load("mnist", "test", tmp_path, download=True)
    assert re.search(reason, str(error.value).split("by hand")[0].split("downloaded:")[1])
    assert_helpful(str(error.value), tmp_path)
    assert mirror.paths
    assert [file.relative_to(raw).as_posix() for file in raw.iterdir()] == ["train-images-idx3-ubyte"]
    assert list(tmp_path.iterdir()) == [tmp_path / "MNIST"]


def test_a_closed_port(tmp_path, mirror):
    mirror.shutdown()
    mirror.server_close()
    with pytest.raises(datasets.DatasetError, match=r"Dataset mnist could not be downloaded: .*refused") as error:
        datasets.load("mnist", "test", tmp_path / "data", download=True)
    assert_helpful(str(error.value), tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path, mirror):
    (tmp_path / "data").write_text("a file stands there", encoding="utf-8")
    with pytest.raises(datasets.DatasetError, match=r"Dataset mnist could not be downloaded: .*exists"):
        datasets.load("mnist", "test", tmp_path / "data", download=True)
    assert (tmp_path / "data").read_text(encoding="utf-8") == "a file stands there"


def test_nothing_is_downloaded_unasked(tmp_path, mirror):
    with pytest.raises(datasets.DatasetError, match="Dataset mnist is not in"):
        datasets.load("mnist", "test", tmp_path)
    assert mirror.paths == [] and list(tmp_path.iterdir()) == []


def test_a_download_that_works_is_done_once(tmp_path, mirror, capsys):
    put(tmp_path, {"train-images-idx3-ubyte": b"left by an older download"})
    split = datasets.load("mnist", "test", tmp_path, download=True)
    assert split.images.tobytes() == idx_contents()["t10k-images-idx3-ubyte"][16:]
    assert [path.name for path in tmp_path.iterdir()] == ["MNIST"]
    assert set(mirror.paths) == set(ARCHIVES)
    assert capsys.readouterr().out == ""  # progress is no result
    mirror.paths.clear()
    assert len(datasets.load("mnist", "train", tmp_path, download=True).images) == 12
    assert mirror.paths == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", ["MNIST/raw", "MNIST", "mnist"])
def test_a_download_keeps_what_somebody_brought(tmp_path, mirror, place, form):
    brought = bring(tmp_path / place, form, RAW_FILES[1:])
    (tmp_path / place / "notes.txt").write_bytes(b"where I found them")
    assert datasets.load("mnist", "test", tmp_path, download=True).images.shape == (5, 784)
    kept = contents_below(tmp_path)
    assert kept.pop(tmp_path / place / "notes.txt") == b"where I found them"
    for file, content in brought.items():  # one in the very place of a downloaded one, but packed, has another name now
        assert content in (kept[file], kept.get(file.with_name(f"{file.name}.old")))


def test_a_folder_in_the_place_of_a_file_is_kept(tmp_path, mirror):
    raw, name = tmp_path / "MNIST" / "raw", RAW_FILES[0]
    [content] = bring(raw / name, "unpacked", (name,)).values()
    assert datasets.load("mnist", "test", tmp_path, download=True).images.shape == (5, 784)
    assert (raw / f"{name}.old" / name).read_bytes() == content


def test_a_download_removes_the_halves_of_files_that_a_killed_one_left(tmp_path, mirror):
    raw = put(tmp_path, {f"{RAW_FILES[0]}x1.part": b"half"})
    datasets.load("mnist", "test", tmp_path, download=True)
    assert sorted(file.name for file in raw.iterdir()) == sorted(RAW_FILES)


# Through the command line.


@pytest.mark.parametrize("answer", [refuse, stall_before_the_answer, truncate, speak_another_protocol])
def test_the_command_line_says_in_one_paragraph_what_to_do(tmp_path, mirror, capsys, answer):
    mirror.answer = answer
    assert (
        train.main(
            [
                "--dataset",
                "mnist",
                "--data-dir",
                str(tmp_path / "data"),
                "--out",
                str(tmp_path / "out"),
                "--device",
                "cpu",
            ]
        )
        == 2
    )
    errors = capsys.readouterr().err
    *progress, message = errors.strip().splitlines()
    assert "Traceback" not in errors and all("%" in line or "B/s" in line or not line for line in progress)
    assert "could not be downloaded" in message and FAILURES[answer] in message
    assert_helpful(message, tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == [] and not (tmp_path / "out").exists()


def test_the_command_line_on_damaged_files(tmp_path, mirror, capsys):
    raw = put(tmp_path, idx_contents())
    (raw / RAW_FILES[0]).write_bytes(b"\0")
    assert train.main(["--data-dir", str(tmp_path), "--out", str(tmp_path / "out"), "--device", "cpu"]) == 2
    errors = capsys.readouterr().err
    assert errors.count("\n") == 1 and "cannot be read" in errors
    assert_helpful(errors, tmp_path)
    assert mirror.paths == []  # what is there is not replaced unasked
