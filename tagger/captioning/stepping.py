"""The decoder's step graph as one step for the searches. What a photo's rows share is handed on by photo, not by row.

State that the graph passes on as it came, such as an attention's keys and values, is found by trying it once on
noise, and from then on neither asked of the graph nor gathered with the rows. Knows no rule of searching.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.captioning.session import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagger.captioning.sampler import State, Step

STATE, NEXT = "state.", "next.state."
_PHOTO = "photo"  # of a row; the name is no state's
_WORTH_KEEPING = 0.6  # so many rows of those laid out must be alive; below, the rest is laid out anew


def following(outputs: "dict[str, NDArray[np.float32]]") -> "State":
    """The state for the next step."""
    return {name.removeprefix("next."): value for name, value in outputs.items() if name.startswith(NEXT)}


class Stepping:
    """Makes steps for searches. Raises BundleError where the graph cannot be run."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._constant: frozenset[str] | None = None

    def begin(self, started: "State") -> "tuple[Step, State]":
        """The step, and the state that it begins with, for photos whose state ``started`` (N rows) is."""
        if self._constant is None:
            self._constant = self._unchanging(started)
        constant = {name: started[name] for name in started if name in self._constant}
        state: dict[str, NDArray[Any]] = {name: started[name] for name in started if name not in self._constant}
        if not constant:
            return self._plain, state
        photos = len(next(iter(constant.values())))
        changing = tuple(name for name in self._graph.outputs if name.startswith(NEXT) and name[5:] in state)
        return _Steps(self._graph, constant, ("logits", *changing)), state | {_PHOTO: np.arange(photos)}

    def _plain(self, token_ids: "NDArray[np.int64]", state: "State") -> "tuple[NDArray[np.float32], State]":
        outputs = self._graph.run({"input_ids": token_ids, **state})
        return outputs["logits"], following(outputs)

    def _unchanging(self, started: "State") -> frozenset[str]:
        """The names of state that comes out as it went in, whatever it is."""
        rng = np.random.default_rng(0)
        noise = {
            name: rng.random((2, *values.shape[1:]), dtype=np.float32) if values.dtype == np.float32 else values[:1]
            for name, values in started.items()
        }
        if any(len(values) != 2 for values in noise.values()):  # positions: not for noise
            return frozenset()
        outputs = self._graph.run({"input_ids": np.zeros(2, np.int64), **noise})
        return frozenset(name for name in noise if np.array_equal(noise[name], outputs[f"next.{name}"]))


class _Steps:
    """The steps of one search. Rows that ended keep their places until there are many of them: copying costs more."""

    def __init__(self, graph: Graph, constant: "dict[str, NDArray[np.float32]]", outputs: tuple[str, ...]) -> None:
        self._graph, self._constant, self._outputs = graph, constant, outputs
        self._photos = len(next(iter(constant.values())))
        self._laid = np.zeros(0, np.int64)  # the photo of each place
        self._held: dict[str, NDArray[np.float32]] = {}
        self._room: dict[str, NDArray[np.float32]] = {}  # fresh memory costs more than what is put into it

    def __call__(self, token_ids: "NDArray[np.int64]", state: "State") -> "tuple[NDArray[np.float32], State]":
        photo = state[_PHOTO]
        places = self._places(photo)
        rows = {name: values for name, values in state.items() if name != _PHOTO} | {"input_ids": token_ids}
        if places is not None:
            rows = {name: _spread(values, places, len(self._laid)) for name, values in rows.items()}
        outputs = self._graph.run({**rows, **self._held}, self._outputs)
        if places is not None:
            outputs = {name: values[places] for name, values in outputs.items()}
        return outputs["logits"], {**following(outputs), _PHOTO: photo}

    def _places(self, photo: "NDArray[np.int64]") -> "NDArray[np.int64] | None":
        """The place of each row among those laid out; None where they are the same."""
        wanted = np.bincount(photo, minlength=self._photos)
        there = np.bincount(self._laid, minlength=self._photos)
        if (wanted > there).any() or len(photo) < _WORTH_KEEPING * len(self._laid):
            self._laid = photo
            alone = len(photo) == self._photos and (photo == np.arange(self._photos)).all()
            self._held = self._constant if alone else self._lay_out(photo)
            return None
        if len(photo) == len(self._laid) and (photo == self._laid).all():
            return None
        order, laid = np.argsort(photo, kind="stable"), np.argsort(self._laid, kind="stable")
        rank = np.arange(len(photo)) - np.searchsorted(photo[order], photo[order])
        places = np.empty(len(photo), np.int64)
        places[order] = laid[np.searchsorted(self._laid[laid], photo[order]) + rank]
        return places

    def _lay_out(self, photo: "NDArray[np.int64]") -> "dict[str, NDArray[np.float32]]":
        """What the rows of these photos share, row by row."""
        count = len(photo)
        if any(len(room) < count for room in self._room.values()) or not self._room:
            shapes = {name: (count, *values.shape[1:]) for name, values in self._constant.items()}
            self._room = {name: np.empty(shape, np.float32) for name, shape in shapes.items()}
        for name, values in self._constant.items():
            np.take(values, photo, axis=0, out=self._room[name][:count], mode="clip")
        return {name: room[:count] for name, room in self._room.items()}


def _spread(values: "NDArray[Any]", places: "NDArray[np.int64]", count: int) -> "NDArray[Any]":
    spread = np.zeros((count, *values.shape[1:]), values.dtype)
    spread[places] = values
    return spread
