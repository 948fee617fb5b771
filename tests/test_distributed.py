"""Several processes come together to what one comes to; they write once, and end together."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import train
from explorer.data import datasets
from explorer.store import bundle
from explorer.training import batch, job
from explorer.training.distributed import ALONE, Processes, is_first, join, leads_its_machine, own_device
from tests.pictures import generate
from tests.quick_training import IMAGES, Command
from tests.test_train import checkpoints, files, home, interrupt_after  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent


def torchrun(
    home: Path, script: str, *arguments: str, nodes: tuple[str, ...] = ("--standalone",), processes: int = 2
) -> subprocess.Popen:
    """The script in several processes, in `home`. Each leaves its number in pid.<rank>."""
    note = "import os, pathlib\npathlib.Path('pid.' + os.environ['RANK']).write_bytes(str(os.getpid()).encode())\n"
    (home / "together.py").write_text(note + script, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        *nodes,
        f"--nproc-per-node={processes}",
        "together.py",
        *arguments,
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", cwd=home, env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )  # fmt: skip


def ended(process: subprocess.Popen, timeout: float = 400) -> tuple[int, str, str]:
    """Exit code, output and errors: the training's own, without torchrun's."""
    try:
        output, errors = process.communicate(timeout=timeout)
    finally:
        process.kill()
        process.wait()
    return process.returncode, output, errors


# Shares.


@pytest.mark.parametrize("size", [1, 2, 3, 8])
@pytest.mark.parametrize("batch", [1, 2, 7, 64])
def test_every_image_is_in_one_share_and_weighs_the_same(size, batch):
    images, weights = torch.arange(batch * 2.0).view(batch, 2), torch.zeros(batch)
    for rank in range(size):
        one = Processes(rank, size)
        start, stop = one._rows(batch)
        weights[start:stop] += 1
        assert stop - start in (batch // size, batch // size + 1)
        x, nothing, noise = one.share(images, None, images + 0.5)
        assert nothing is None and torch.equal(noise, x + 0.5)
        if start < stop:
            assert torch.equal(x, images[start:stop])
        else:
            assert len(x) == 1  # a mean over nothing would be NaN
    assert torch.equal(weights, torch.ones(batch))


def test_without_torchrun_there_is_one_process(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "4")  # as some job managers set them for every program
    monkeypatch.setenv("RANK", "3")
    device = torch.device("cpu")
    assert join() is ALONE and ALONE.on(device) is ALONE and own_device(device) == device
    assert is_first() and leads_its_machine()
    assert ALONE.from_first(lambda: 3) == 3 and ALONE.together(lambda: 4) == 4
    ALONE.agree(lambda: pytest.fail("there is nobody to agree with"))
    calls = []
    ALONE.in_turn(lambda: calls.append(1))
    means = [torch.ones(2)]
    assert calls == [1] and ALONE.average(means, 5) is means and ALONE.share(means[0])[0] is means[0]


@pytest.mark.parametrize(
    "name, here, gpus, message",
    [
        ("cuda", 2, 1, "2 processes on this machine need 2 GPUs, and --device cuda; it has 1"),
        ("cuda:1", 2, 4, "2 processes on this machine need 2 GPUs, and --device cuda; it has 4"),
        ("mps", 1, 0, "several processes train on the CPU or on CUDA, not on mps: name one with --device"),
        ("cuda", 2, 2, None),
        ("cuda:1", 1, 2, None),
        ("cpu", 2, 0, None),
    ],
)
def test_each_process_has_a_device_of_its_own(monkeypatch, name, here, gpus, message):
    taken = []
    for variable, value in {"TORCHELASTIC_RUN_ID": "x", "LOCAL_WORLD_SIZE": here, "LOCAL_RANK": here - 1}.items():
        monkeypatch.setenv(variable, str(value))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.cuda, "set_device", taken.append)
    if message:
        with pytest.raises(ValueError, match=f"^{message}$"):
            own_device(torch.device(name))
    else:
        expected = torch.device("cuda:1" if name.startswith("cuda") else name)
        assert own_device(torch.device(name)) == expected and taken == [expected] * (name != "cpu")


# Together they do what one does.

FITS = """
import dataclasses, hashlib, json, pathlib, time
import numpy as np, torch
from explorer.data import datasets
from explorer.training import fit as training
from explorer.config import Config, ModelConfig, TrainingConfig
from explorer.training.distributed import ALONE, is_shared, join

CPU = torch.device("cpu")
together = join().on(CPU)
train = datasets.load("digits", "train")
images, labels = train.images[:250], train.labels[:250]

def config(kind, batch_size=63, model={}, **changes):
    shape = ModelConfig(kind, image_side=8, hidden=(32,), discriminator_hidden=(16,), **model)
    return Config(shape, TrainingConfig("digits", 3, batch_size, lr=5e-3, adversarial_weight=0.5, **changes))

def state(report):
    return {name: weight.clone() for name, weight in report.model.state_dict().items()}

def fit(config, processes, resume=None):
    checkpoints = {}
    for report in training.fit(config, images, CPU, labels=labels, resume=resume, processes=processes):
        if report.checkpoint is not None and report.epoch == 1:
            one = report.checkpoint()
            tensors = {name: tensor.clone() for name, tensor in one.tensors.items()}
            checkpoints[1] = dataclasses.replace(one, tensors=tensors)
    return state(report), report.history, checkpoints.get(1)

def apart(one, other):
    histories = [[value for entry in each[1] for value in entry.values()] for each in (one, other)]
    return {"weights": max((one[0][name] - other[0][name]).abs().max().item() for name in one[0]),
            "losses": float(np.abs(np.divide(*histories) - 1).max())}

informed = {"prior": "mixture", "label_informed": True, "frequencies": 3}
configs = {"ae": config("ae"), "vae": config("vae"), "aae": config("aae"),
           "aae-textbook": config("aae-textbook"),
           "aae, labels, smoothed": config("aae", model=informed, smoothing=1.0),
           "vae, a last batch of one image": config("vae", 249)}
found = {}
for name, one in configs.items():
    ours, alone = fit(one, together), fit(one, ALONE)
    weights = b"".join(weight.numpy().tobytes() for weight in ours[0].values())
    found[name] = apart(ours, alone) | {"digest": hashlib.sha256(weights).hexdigest()}
    if name.startswith("aae, labels"):
        found["from one to two"] = apart(fit(one, together, alone[2]), alone)
        found["from two to one"] = apart(fit(one, ALONE, ours[2]), alone)

# what the first says
calls = pathlib.Path("calls")
def note():
    time.sleep(0.2 if together.rank == 0 else 0)
    with calls.open("a", encoding="utf-8") as file:
        file.write(f"{together.rank} ")
together.in_turn(note)
found["in turn"] = calls.read_text(encoding="utf-8")
found["from first"] = together.from_first(lambda: [together.rank, torch.ones(2).tolist()])
asked = {"first fails": (together.from_first, 0), "second fails": (together.in_turn, 1)}
asked |= {"first of all fails": (together.together, 0), "second of all fails": (together.together, 1)}
for name, (ask, teller) in asked.items():
    def fail():
        if together.rank == teller:
            raise ValueError(f"said by {teller}")
    try:
        ask(fail)
    except ValueError as error:
        found[name] = f"{error} {is_shared(error)}"
found["together"] = together.together(lambda: together.rank) - together.rank
together.agree(lambda: {"epochs": "3"})
try:
    together.agree(lambda: {"name": "x", "epochs": str(together.rank)})
except ValueError as error:
    found["differ"] = f"{error} {is_shared(error)}"
pathlib.Path(f"found.{together.rank}").write_text(json.dumps(found), encoding="utf-8")
together.leave()
"""


def test_two_processes_do_what_one_does(tmp_path):
    script = tmp_path / "together.py"
    script.write_text(FITS, encoding="utf-8")
    store = torch.distributed.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    common = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(store.port), "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
    # as torchrun sets them
    common |= {"TORCHELASTIC_RUN_ID": "x", "TORCHELASTIC_RESTART_COUNT": "0", "TORCHELASTIC_USE_AGENT_STORE": "True"}
    started = [
        Command(tmp_path, script=script, environment=common | {"RANK": rank, "LOCAL_RANK": rank}) for rank in ("0", "1")
    ]
    for process in started:
        code, _, errors = process.end()
        assert code == 0, errors
    first, second = (json.loads((tmp_path / f"found.{rank}").read_text(encoding="utf-8")) for rank in (0, 1))
    assert first == second  # the same weights to the bit
    compared = {name: found for name, found in first.items() if isinstance(found, dict)}
    assert len(compared) == 8
    for (
        name,
        found,
    ) in compared.items():  # rounding; losses that weighed two shares of unequal size alike are 1e-3 apart
        assert found["losses"] < 2e-5 and found["weights"] < 2e-4, (name, found)
    assert first["in turn"] == "0 1 " and first["from first"] == [0, [1, 1]]
    assert first["together"] == 0
    assert first["first fails"] == first["first of all fails"] == "said by 0 True"
    elsewhere = f"Process 2 of 2, on {socket.gethostname()}"
    assert first["second fails"] == first["second of all fails"] == f"{elsewhere}: said by 1 True"
    what = "differs from the first in its epochs (1 there, 0 here): all must have the same."
    assert first["differ"] == f"{elsewhere}, {what} True"


# The command line.

COMMAND = """
import sys
import train
from explorer.store import bundle
from explorer import steps
from explorer.training import batch, checkpoint, devices, distributed, job
from tests.quick_training import make_quick

def noted(module):
    def write(file, content, write=module.write_to_disk):
        print("written:", os.environ["RANK"], file.name.split(".")[0], file=sys.__stderr__)
        write(file, content)
    module.write_to_disk = write
noted(bundle), noted(checkpoint)
make_quick(pathlib.Path.cwd())
if __name__ == "__main__":
    train.signal.signal(train.signal.SIGTERM, train.signal.default_int_handler)
"""
GO = "    sys.exit(train.main())\n"
ARGUMENTS = ["--dataset", "digits", "--device", "cpu", "--out", "out"]


def assert_close(one: bundle.Bundle, other: bundle.Bundle) -> None:
    """Each epoch's losses, and the metrics at the end. An AAE's distances jump when a neighbour changes."""
    assert one.config == other.config
    for entry, expected in zip(one.history, other.history, strict=True):
        assert entry == pytest.approx(expected, rel=1e-3)
    for name in ("reconstruction", "negative_elbo", "negative_log_likelihood", "sliced_w2_squared"):
        assert one.metrics.get(name, 0) == pytest.approx(other.metrics.get(name, 0), rel=1e-2)


def written(errors: str) -> list[str]:
    return [line.removeprefix("written: ") for line in errors.splitlines() if line.startswith("written: ")]


def test_processes_come_together_before_data_is_read(home, monkeypatch):
    """One that waited for another one's data would give it up, and unlike ones would train apart."""
    seen, agreed = [], {}

    class Watched(Processes):
        def together(self, function):
            seen.append("together")
            return super().together(function)

        def agree(self, facts):
            seen.append("agree")
            agreed.update(facts())

        def in_turn(self, function):
            seen.append("in turn")
            super().in_turn(function)

    def watch(owner, name: str, event: str):
        monkeypatch.setattr(
            owner, name, lambda *given, real=getattr(owner, name), **named: seen.append(event) or real(*given, **named)
        )

    monkeypatch.setattr(batch, "join", lambda: seen.append("join") or Watched())
    watch(job, "prepare", "prepare")
    watch(datasets, "load", "read")
    watch(batch, "train_one", "train")
    assert train.main(["--dataset", "digits", "--model", "ae", "--device", "cpu", "--dry-run"]) == 0
    assert seen == ["join", "together", "prepare", "agree", "in turn", "read", "read", "agree", "train"]
    assert {"version of torch", "kind of device", "--seed", "configuration", "images of digits"} <= set(agreed)


def test_two_processes_go_on_where_one_was_killed_and_write_once(home, monkeypatch):
    arguments = [*ARGUMENTS, "--epochs", "3"]
    assert train.main([*arguments, "--out", "alone"]) == 0
    interrupt_after(monkeypatch, 2, [*arguments, "--model", "vae"])
    code, output, errors = ended(torchrun(home, COMMAND + GO, *arguments, "--resume", "--checkpoint-every", "0"))
    assert code == 0, errors
    assert (
        "Device: 2 x cpu (1 threads)" in output
        and f"digits-vae: 3 epochs on {IMAGES['train']} images, seed 0, going on after epoch 2\n" in output
    )
    epochs = [line.split(":")[0] for line in output.splitlines() if line.startswith("epoch ")]
    assert epochs == [f"epoch {epoch}/3" for epoch in (3, 1, 2, 3)]  # one of them speaks
    names = ["weights", "codes", "recording", "bundle"]
    assert written(errors) == [f"0 {name}" for name in ["digits-vae", *names, *3 * ["digits-aae"], *names]]
    for name in ("digits-vae", "digits-aae"):
        together = bundle.load_bundle(home / "out" / name)
        assert_close(together, bundle.load_bundle(home / "alone" / name))
        assert together.metrics["device"] == "2 x cpu (1 threads)"
    assert checkpoints(home) == [] and [file for file in files(home) if file.suffix == ".part"] == []


@pytest.mark.slow
def test_one_process_goes_on_where_three_were_interrupted(home, monkeypatch):
    arguments = [*ARGUMENTS, "--epochs", "4"]
    assert train.main([*arguments, "--out", "alone"]) == 0
    stop = (
        "    def offer(self, report, offer=batch.Checkpoints.offer):\n"
        "        offer(self, report)\n"
        "        if report.epoch == 2: raise KeyboardInterrupt\n"
        "    batch.Checkpoints.offer = offer\n"
    )
    code, _, errors = ended(torchrun(home, COMMAND + stop + GO, *arguments, "--checkpoint-every", "0", processes=3))
    assert code != 0 and len(checkpoints(home)) == 1, errors
    assert "Interrupted while training digits-vae" in errors
    assert train.main([*arguments, "--resume"]) == 0
    for name in ("digits-vae", "digits-aae"):
        assert_close(bundle.load_bundle(home / "out" / name), bundle.load_bundle(home / "alone" / name))


@pytest.mark.slow
def test_two_machines(home, monkeypatch):
    arguments = [*ARGUMENTS, "--epochs", "2", "--model", "vae"]
    assert train.main([*arguments, "--out", "alone"]) == 0
    others = home / "other machine"
    others.mkdir()
    nodes = [("--nnodes=2", f"--node-rank={rank}", "--master-addr=127.0.0.1", "--master-port=29517") for rank in (0, 1)]
    started = [
        torchrun(folder, COMMAND + GO, *arguments, nodes=node, processes=1)
        for folder, node in zip((home, others), nodes)
    ]
    (_, output, errors), (_other_code, other_output, other_errors) = map(ended, started)
    assert [process.returncode for process in started] == [0, 0], errors + other_errors
    assert "Device: 2 x cpu" in output and other_output == "" and written(other_errors) == []
    assert {file.name for file in files(others)} == {"together.py", "pid.1"}
    assert_close(bundle.load_bundle(home / "out" / "digits-vae"), bundle.load_bundle(home / "alone" / "digits-vae"))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


PICTURES = ["--dataset", "folder", "--model", "ae", "--epochs", "1", "--device", "cpu", "--side", "16", "--out", "out"]
OF_LAST = "    import torch\n    if os.environ['RANK'] == str(int(os.environ['WORLD_SIZE']) - 1): "
NO_DEVICE = "devices.choose_device = lambda *_: torch.device('meta')"
# What is other on the second machine: its script, its options, and what both say.
UNLIKE = {
    "a folder that is missing": ("", ["--data-dir", "missing"], "missing cannot be opened (No such file or directory)"),
    "other pictures": ("", ["--data-dir", "others"], "differs from the first in its pictures ("),
    "an option": ("", ["--epochs", "2"], "differs from the first in its --epochs (2 there, 1 here)"),
    "a program": (f"{OF_LAST}job.digest = lambda *parts: 'another'\n", [], "its version of this program ("),
    "a device": (f"{OF_LAST}{NO_DEVICE}\n", [], "its kind of device (meta there"),
    "less memory": (f"{OF_LAST}job.read_folder = lambda *_: [0] * 10**15\n", [], ": MemoryError"),
}


@pytest.mark.slow
@pytest.mark.parametrize("script, second, message", UNLIKE.values(), ids=UNLIKE)
def test_machines_that_do_not_fit_end_with_a_sentence_on_each(home, script, second, message):
    machines = [home / "first", home / "second"]
    for machine in machines:
        generate(machine / "pictures", 44, 16)
        generate(machine / "others", 44, 16, seed=1)
    port = f"--master-port={free_port()}"
    begun, started = time.monotonic(), []
    for rank, machine in enumerate(machines):
        node = ("--nnodes=2", f"--node-rank={rank}", "--master-addr=127.0.0.1", port)
        arguments = [*PICTURES, "--data-dir", "pictures", *(second if rank else [])]
        started.append(torchrun(machine, COMMAND + script + GO, *arguments, nodes=node, processes=2 - rank))
    found = [ended(process) for process in started]
    assert time.monotonic() - begun < 60 * patient()
    for code, output, errors in found:
        assert code != 0 and errors.count(message) == 1, errors
        assert "Process 3 of 3, on " in errors and "exitcode  : 2" in errors
        assert "epoch 1" not in output and 'Traceback (most recent call last):\n  File "together.py"' not in errors
    assert not bundle.find_bundles(machines[0] / "out")


@pytest.mark.slow
def test_a_machine_whose_command_is_not_understood_is_not_waited_for_long(home):
    patience = "    distributed.PATIENCE = distributed.timedelta(seconds=5)\n"
    machines, port = [home / "first", home / "second"], f"--master-port={free_port()}"
    started = []
    for rank, machine in enumerate(machines):
        machine.mkdir()
        node = ("--nnodes=2", f"--node-rank={rank}", "--master-addr=127.0.0.1", port)
        arguments = [*ARGUMENTS, *(["--nonsense"] if rank else [])]
        started.append(torchrun(machine, COMMAND + patience + GO, *arguments, nodes=node, processes=1))
    begun = time.monotonic()
    (code, _, errors), (other_code, _, other_errors) = map(ended, started)
    assert code != 0 and other_code != 0 and time.monotonic() - begun < 60 * patient()
    assert LOST in errors and 'File "together.py"' not in errors, errors
    assert "error: unrecognized arguments: --nonsense" in other_errors


@pytest.mark.slow
def test_a_process_that_fails_by_itself_says_why(home):
    """The second of two on one machine runs out of memory in the middle of a step."""
    script = f"{OF_LAST}steps.objectives.vae_loss = lambda *_: [0] * 10**15\n"
    code, _, errors = ended(torchrun(home, COMMAND + script + GO, *ARGUMENTS, "--epochs", "1", "--model", "vae"))
    assert code != 0 and errors.count("digits-vae: the training failed: there is not enough memory.") == 1, errors
    assert not bundle.find_bundles(home / "out")


@pytest.mark.slow
@pytest.mark.parametrize("arguments, message", [
    (["--lr", "-1"], "lr must be above 0, not -1.0"),
    (["--nonsense"], "train.py: error: unrecognized arguments: --nonsense"),
    (["--lr", "1e20"], "Nothing was written. A smaller --lr usually helps."),
    (["--out", "occupied"], "holds something that is no bundle"),
    (["--dataset", "mnist", "--data-dir", "together.py"], "Dataset mnist could not be downloaded: "),
])  # fmt: skip
def test_what_is_refused_is_said_once(home, arguments, message):
    (home / "occupied" / "digits-vae").mkdir(parents=True)
    (home / "occupied" / "digits-vae" / "notes.txt").write_text("precious", encoding="utf-8")
    code, _, errors = ended(torchrun(home, COMMAND + GO, *ARGUMENTS, "--epochs", "1", "--model", "vae", *arguments))
    assert code != 0 and errors.count(message) == 1, errors
    assert "digits-vae: Process" not in errors and not bundle.find_bundles(home / "out")


# How they end.


def wait_for(condition: Callable[[], object], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def patient() -> float:
    """How many times longer than on a quiet machine one waits."""
    return max(1.0, os.getloadavg()[0] / os.cpu_count())


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


LOST = "lost another one, which ended or cannot be reached ("
INTERRUPTED = (
    "Interrupted while training digits-vae: it was not written, and out/digits-vae is as it was. Bundles kept: none."
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "number, target, sentences",
    # what the first one says: it may find the second gone, or be ended by torchrun before it does
    [
        (signal.SIGINT, "torchrun", [INTERRUPTED]),
        (signal.SIGTERM, "torchrun", [INTERRUPTED]),
        (signal.SIGTERM, "0", [INTERRUPTED]),
        (signal.SIGTERM, "1", [LOST, INTERRUPTED]),
        (signal.SIGKILL, "0", [LOST]),
        (signal.SIGKILL, "1", [LOST, INTERRUPTED]),
        (signal.SIGSTOP, "1", [LOST]),
    ],
)
def test_when_one_ends_all_end_with_a_sentence(home, number, target, sentences):
    patience = "distributed.PATIENCE = distributed.timedelta(seconds=3)\n"
    arguments = [*ARGUMENTS, "--epochs", "100000", "--model", "vae", "--checkpoint-every", "0"]
    process = torchrun(home, COMMAND.replace("noted(bundle)", patience + "noted(bundle)") + GO, *arguments)
    wait_for(lambda: any(file.suffix != ".part" for file in checkpoints(home)) or process.poll() is not None)
    pids = [int((home / f"pid.{rank}").read_text(encoding="utf-8")) for rank in (0, 1)]
    os.kill(process.pid if target == "torchrun" else pids[int(target)], number)
    begun = time.monotonic()
    if (
        number == signal.SIGSTOP
    ):  # the one that waits ends by itself; torchrun then waits half a minute for the one that is stopped
        wait_for(lambda: not is_alive(pids[0]), 20 * patient())
        os.kill(pids[1], signal.SIGKILL)
    code, _output, errors = ended(process)
    assert code != 0 and time.monotonic() - begun < 25 * patient()
    assert not any(is_alive(pid) for pid in pids)
    assert any(sentence in errors for sentence in sentences), errors
    ours = [line for line in errors.splitlines() if "Traceback" in line and "[rank" in line]
    assert ours == [], errors
    assert bundle.find_bundles(home / "out") == [] and len(checkpoints(home)) == 1
    assert (
        train.main([*arguments[:5], *arguments[7:], "--epochs", "1"]) == 0
    )  # and the checkpoint of the other is left alone
