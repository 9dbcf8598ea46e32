"""Train a network and watch it learn."""

import traitlets

from .. import plots
from ..errors import DataError
from ..formula.expressions import evaluate
from ..words import words
from .controls import Controls
from .guard import DescribedBox
from .panel import Panel
from .worker import Worker

__all__ = ["TrainingMonitor"]


class TrainingMonitor(DescribedBox):
    """Buttons to train and stop, an experiment's live loss curve, and the latent that its network learns.

    Training runs in its own thread. If you stop the training, the weights with the best validation loss so
    far are kept. After training, the monitor plots the latent against the concept, if the experiment has one.
    Training never sees the concept.

    >>> monitor = sg.TrainingMonitor(sg.experiments["oscillator"], seed=1)
    >>> monitor.train()  # or press Train
    >>> monitor.run.floor

    Parameters
    ----------
    experiment : Experiment, or a TrainingResult to start from
    seed, preset, variant, **settings
        As in `Experiment.train`.
    hidden : bool
        Hide the concept: show no floor, and no picture of the latent against the concept.
    language : "en" or "de", the language of all words

    Attributes
    ----------
    hidden : can be assigned
    run : TrainingResult of the last training, or None
        Can be observed: other views follow it.
    history : dict of lists, up to the current epoch

    """

    run = traitlets.Any(allow_none=True, read_only=True)
    _worker = None  # None until something can be trained
    hidden = traitlets.Bool()

    def __init__(
        self,
        experiment,
        seed=0,
        preset="default",
        variant="default",
        *,
        hidden=False,
        language="en",
        **settings,
    ):
        run, experiment = (
            (experiment, experiment.experiment) if hasattr(experiment, "history") else (None, experiment)
        )
        if not callable(getattr(experiment, "sample", None)):
            raise DataError(
                f"TrainingMonitor trains an Experiment, got {type(experiment).__name__}: "
                'take one of sg.experiments, such as sg.experiments["oscillator"]'
            )
        from ..network.training.settings import chosen_settings  # loads torch, so only to train

        self.experiment, self._says = experiment, words(language)
        self._options = {"seed": seed, "preset": preset, "variant": variant} | settings
        self._epochs = chosen_settings(experiment, preset, settings).epochs
        self.history = {"epoch": [], "loss": [], "validation": []} if run is None else run.history
        self._worker = Worker(self._changed)
        buttons = [
            [name, *(self._says(f"training.{name}{more}") for more in ("", "Title"))]
            for name in ("train", "stop")
        ]
        self._controls = Controls("symgrad-line", label=self._says("training.label"), buttons=buttons)
        self._curve, self._latent = Panel(say=self._says), Panel(say=self._says)
        super().__init__([self._controls, self._curve, self._latent], self._says)
        self.hidden = hidden
        self._controls.on_msg(self._asked)
        self._set(run)
        self.observe(lambda _: self._set(self.run), "hidden")

    def train(self):
        """Train to the end in this thread, and return the TrainingResult."""
        self._worker.stop()
        self._worker.halted.clear()
        self._train()
        self._leave()
        return self.run

    def start(self):
        """Start training in the background; do nothing if training is already running."""
        self._worker.start(self._train)

    def stop(self):
        """Stop the training in the background, and wait until the present epoch has ended."""
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
            self._controls.error = error and self._says("training.failed", error=error)

    def _train(self):
        self._controls.status = self._says("training.drawing")
        self._set(self.experiment.train(progress=False, callback=self._follow, **self._options))

    def _follow(self, history):
        self.history = history
        with self._controls.hold_sync():
            self._controls.progress = len(history["epoch"]) / self._epochs
            self._controls.status = self._so_far(history)
        self._curve.show(self.pictures()[0])
        return self._worker.halted.is_set()

    def _set(self, run):
        """Show a run that has ended, or no run."""
        if run is not None:
            self.history = run.history
        self.set_trait("run", run)
        curve, *latent = self.pictures()
        self._curve.show(curve)
        self._latent.layout.display = "" if latent else "none"
        for picture in latent:
            self._latent.show(picture)
        self._controls.status = self._says("training.untrained") if run is None else self._summary(run)

    def _summary(self, run):
        say = self._says
        ending, so_far = say(f"training.{run.ending}"), self._so_far(run.history)
        ended = say("training.ended", ending=ending, seconds=run.seconds, soFar=so_far)
        if self.hidden or run.floor is None:
            return ended
        return f"{ended} {say('training.floor', floor=run.floor)}"

    def _so_far(self, history):
        return self._says("training.soFar", epoch=history["epoch"][-1], loss=history["validation"][-1])

    def pictures(self):
        """Return the loss curve and, after training, the latent against the concept, if that is known."""
        curve = plots.history_picture(self.history, self._says)
        if self.run is None or self.hidden or not self.experiment.concepts:
            return [curve]
        concept = self.experiment.concepts[0]
        values, _ = evaluate(concept, self.run.names, self.run.x)
        title = self._says("training.latent")
        latents = self.run.latents[:, 0]
        return [
            curve,
            plots.phi_picture(values, latents, what=str(concept), title=title, say=self._says),
        ]

    @property
    def words(self):
        """Description of the view, in words."""
        return f"{self._controls.status} {self._curve.words}"
