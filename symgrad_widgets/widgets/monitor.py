"""Train a network and watch it learn."""

import traitlets

from .. import plots
from ..errors import DataError
from ..formula.expressions import evaluate
from .controls import Controls
from .guard import DescribedBox
from .panel import Panel
from .worker import Worker

__all__ = ["TrainingMonitor"]

_BUTTONS = (
    ("train", "Train", "Train a network anew"),
    ("stop", "Stop", "Stop, and keep the best weights so far"),
)


class TrainingMonitor(DescribedBox):
    """Buttons Train and Stop for an experiment, its live loss curve, and the latent it ends with.

    Training runs in a thread of its own. Stopped, it keeps the weights of the best validation loss. After
    it the latent is drawn against the concept, where the experiment knows it: training never does.

    >>> monitor = sg.TrainingMonitor(sg.experiments["oscillator"], seed=1)
    >>> monitor.train()  # or press Train
    >>> monitor.run.floor

    Parameters
    ----------
    experiment : Experiment, or a TrainingResult to start from
    seed, preset, variant, **settings
        As in `Experiment.train`.
    hidden : bool
        Keep the concept back: no floor, no picture of the latent against it.

    Attributes
    ----------
    hidden : may be assigned
    run : TrainingResult of the last training, or None
        May be observed: other views follow it.
    history : dict of lists, as far as training has come

    """

    run = traitlets.Any(allow_none=True, read_only=True)
    _worker = None  # as long as nothing can be trained
    hidden = traitlets.Bool()

    def __init__(self, experiment, seed=0, preset="default", variant="default", *, hidden=False, **settings):
        run, experiment = (
            (experiment, experiment.experiment) if hasattr(experiment, "history") else (None, experiment)
        )
        if not callable(getattr(experiment, "sample", None)):
            raise DataError(
                f"TrainingMonitor trains an Experiment, got {type(experiment).__name__}: "
                'take one of sg.experiments, such as sg.experiments["oscillator"]'
            )
        from ..network.training.settings import chosen_settings  # torch: only when something is to be trained

        self.experiment = experiment
        self._options = {"seed": seed, "preset": preset, "variant": variant} | settings
        self._epochs = chosen_settings(experiment, preset, settings).epochs
        self.history = {"epoch": [], "loss": [], "validation": []} if run is None else run.history
        self._worker = Worker(self._changed)
        self._controls = Controls("symgrad-line", label="Training", buttons=list(map(list, _BUTTONS)))
        self._curve, self._latent = Panel(), Panel()
        super().__init__([self._controls, self._curve, self._latent])
        self.hidden = hidden
        self._controls.on_msg(self._asked)
        self._set(run)
        self.observe(lambda _: self._set(self.run), "hidden")

    def train(self):
        """Train in this thread, to the end; returns the TrainingResult."""
        self._worker.stop()
        self._worker.halted.clear()
        self._train()
        self._leave()
        return self.run

    def start(self):
        """Start training in the background; does nothing while one is running."""
        self._worker.start(self._train)

    def stop(self):
        """Stop the training in the background, and wait until its epoch has ended."""
        self._worker.stop()

    def close(self):
        """End the training in the background, and close the view."""
        if self._worker is not None:
            self._worker.halted.set()
        super().close()

    def _asked(self, _, message, __):
        if message.get("do") == "train":
            self.start()
        elif message.get("do") == "stop":
            self._worker.halted.set()

    def _changed(self, running, error):
        with self._controls.hold_sync():
            self._controls.running = running
            self._controls.error = error and f"Training failed: {error}"

    def _train(self):
        self._controls.status = "Drawing the data."
        self._set(self.experiment.train(progress=False, callback=self._follow, **self._options))

    def _follow(self, history):
        self.history = history
        with self._controls.hold_sync():
            self._controls.progress = len(history["epoch"]) / self._epochs
            self._controls.status = _so_far(history)
        self._curve.show(self.pictures()[0])
        return self._worker.halted.is_set()

    def _set(self, run):
        """Show a run that has ended, or none."""
        if run is not None:
            self.history = run.history
        self.set_trait("run", run)
        curve, *latent = self.pictures()
        self._curve.show(curve)
        self._latent.layout.display = "" if latent else "none"
        for picture in latent:
            self._latent.show(picture)
        self._controls.status = "Not trained yet." if run is None else self._summary(run)

    def _summary(self, run):
        ended = f"Ended ({run.ending}) in {run.seconds:.1f} s. {_so_far(run.history)}"
        if self.hidden or run.floor is None:
            return ended
        return f"{ended} Floor {run.floor:.2g}: how far the network is from the true concept."

    def pictures(self):
        """The loss curve and, if the concept is known, the latent against it after training."""
        curve = plots.history_picture(self.history)
        if self.run is None or self.hidden or not self.experiment.concepts:
            return [curve]
        concept = self.experiment.concepts[0]
        values, _ = evaluate(concept, self.run.names, self.run.x)
        return [
            curve,
            plots.phi_picture(
                values, self.run.latents[:, 0], what=str(concept), title="Latent against concept"
            ),
        ]

    @property
    def words(self):
        """What is shown, in words."""
        return f"{self._controls.status} {self._curve.words}"


def _so_far(history):
    return f"Epoch {history['epoch'][-1]}, validation loss {history['validation'][-1]:.3g}."
