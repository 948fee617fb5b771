"""CUDA graphs. A training step launches some hundred small kernels, one after the other from Python; a graph launches
them all at once. On a fast GPU a step then takes a tenth of the time, with the same numbers.

(CUDA C++ Programming Guide, "CUDA Graphs"; PyTorch's notes on CUDA semantics, "CUDA Graphs".)
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

import torch

from explorer.reasons import reason

_one_at_a_time = threading.Lock()  # trainings of one process capture one after the other


class Replay:
    """Calls a function without a result. On CUDA its second call with the same arguments is captured, then replayed.

    The function works on tensors that keep their places, and calls with the same arguments launch the same kernels. Its
    first call prepares what a capture cannot: libraries, and the optimisers' moments. Where a capture fails, the
    function is called as usual from then on.
    """

    def __init__(
        self,
        function: Callable[..., None],
        device: torch.device,
        generators: list[torch.Generator],
        say: Callable[[str], None],
        possible: bool = True,
    ) -> None:
        """generators: all that the function draws from; say: receives a sentence if a capture fails.

        possible: False calls the function as usual, also on CUDA.
        """
        self.function, self.device, self.generators, self.say = function, device, generators, say
        self.possible = possible and device.type == "cuda"
        # a capture is not possible on the default stream, and autograd remembers the stream of the first call
        self.stream = torch.cuda.Stream(device) if self.possible else None
        self.graphs: dict[tuple[Hashable, ...], torch.cuda.CUDAGraph | None] = {}  # None: called once

    def __call__(self, *arguments: Hashable) -> None:
        if not self.possible:
            return self.function(*arguments)
        with torch.cuda.device(self.device):
            if arguments not in self.graphs:
                self._call_on_the_stream(arguments)
                self.graphs[arguments] = None
                return None
            graph = self.graphs[arguments] or self._captured(arguments)
            if graph is None:
                return self.function(*arguments)
            self.graphs[arguments] = graph
            return graph.replay()

    def forget(self) -> None:
        """Drops the graphs. The function's next calls are captured again."""
        self.graphs.clear()

    def _call_on_the_stream(self, arguments: tuple[Hashable, ...]) -> None:
        outside = torch.cuda.current_stream()
        self.stream.wait_stream(outside)
        with torch.cuda.stream(self.stream):
            self.function(*arguments)
        outside.wait_stream(self.stream)

    def _captured(self, arguments: tuple[Hashable, ...]) -> torch.cuda.CUDAGraph | None:
        """The graph of a call, which is not run. None, and a sentence, if the call cannot be captured."""
        generators = [*self.generators, torch.cuda.default_generators[torch.cuda.current_device()]]
        states = [generator.get_state() for generator in generators]
        graph = torch.cuda.CUDAGraph()
        for generator in self.generators:
            graph.register_generator_state(generator)
        try:
            # thread_local: other threads, which train too, may allocate meanwhile
            with (
                _one_at_a_time,
                torch.cuda.graph(graph, stream=self.stream, capture_error_mode="thread_local"),
            ):
                self.function(*arguments)
        except Exception as error:  # a step of a new sibling may do anything
            self.possible = False
            self.graphs.clear()
            for generator, state in zip(generators, states):  # a capture that fails leaves them of no use
                fresh = torch.Generator(self.device)
                fresh.set_state(state)
                generator.graphsafe_set_state(fresh.graphsafe_get_state())
            self.say(
                f"The training step cannot be captured in a CUDA graph ({reason(error)}): the training goes on without "
                "it, several times slower."
            )
            return None
        return graph
