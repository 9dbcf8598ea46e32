"""Run Adam once on rows of data, and keep the weights with the best validation loss."""

import math
import time
from copy import deepcopy
from dataclasses import replace

import torch

from ...errors import ModelError
from .settings import row

__all__ = ["SCHEDULES", "Trainer", "as_tensor"]

_WARM_UP = 0.1  # share of the steps in which the rate rises
_REFINING = 0.4  # share of the rate; with more, the last layers lose what they have learnt
_SLOWER = 1 / 8  # factor of this share each time that ...
_RISE = 1.0  # ... the refined loss has risen this far above its minimum


def as_tensor(array):
    """Return a float32 copy of an array; small networks train no better in double precision."""
    return torch.tensor(array, dtype=torch.float32)


class Trainer:
    """Runs Adam once, and keeps the weights with the best validation loss."""

    def __init__(self, model, loss, data, validation, settings, generator, keep=(), watch=None):
        self.model, self.settings, self.generator = model, settings, generator
        self.loss, self.trained_for = loss.value, loss.value
        self.refined = loss.refined if settings.latent == 1 else None
        self.rows = [as_tensor(array) for array in data]
        self.validation = [as_tensor(array) for array in validation]
        last = round(settings.epochs * settings.refined) if self.refined else 0
        self.first_refined, self.refining = settings.epochs - last + 1, _REFINING
        self._begin(settings.rate, settings.epochs - last)
        self.history = {name: [] for name in ("epoch", "loss", "validation", "rate", "seconds")}
        self.best, self.best_weights, self.best_epoch = math.inf, None, 0
        self.keep, self.kept, self.watch = keep, {}, watch

    def _begin(self, rate, epochs):
        """Start a schedule of `epochs` epochs."""
        if not epochs:
            return
        self.optimizer = torch.optim.Adam(
            self.model.parameters(), lr=rate, weight_decay=self.settings.weight_decay
        )
        schedule = row(SCHEDULES, self.settings.schedule, "schedule")
        settings = replace(self.settings, epochs=epochs)
        self.after_step, self.after_epoch = schedule(self.optimizer, settings, len(self._batches()))

    def run(self, bar, callback):
        """Train to the end, and return why it ended."""
        start = time.perf_counter()
        ending = "finished"
        try:
            self._keep(0)
            for epoch in range(1, self.settings.epochs + 1):
                if epoch == self.first_refined or self._rises():
                    self._refine(epoch)
                self._record(epoch, self._epoch(), time.perf_counter() - start)
                self._keep(epoch)
                if self.watch is not None:
                    self.watch(self.history, deepcopy(self.model))
                bar.set_postfix(
                    {name: self.history[name][-1] for name in ("loss", "validation")}, refresh=False
                )
                bar.update()
                ending = self._ending(callback)
                if ending != "finished":
                    break
        except KeyboardInterrupt:
            ending = "interrupted"
        except torch.linalg.LinAlgError:  # an infinite covariance, or a constant latent
            ending = "diverged"
        self._restore(ending)
        return ending

    def _keep(self, epoch):
        """Keep a copy of the network after an epoch, if requested."""
        if epoch in self.keep:
            self.kept[epoch] = deepcopy(self.model).eval()

    def _refine(self, epoch):
        """Continue with the refined loss, from the best weights so far; each new start has a lower rate."""
        self._restore("")
        self.trained_for, self.first_refined = self.refined, epoch
        self._begin(self.refining * self.settings.rate, self.settings.epochs - epoch + 1)
        self.refining *= _SLOWER

    def _rises(self):
        """Whether the refined loss has left its minimum, because steps are too large for the last layer."""
        losses = self.history["loss"][self.first_refined - 1 :]
        return bool(losses) and losses[-1] > min(losses) + _RISE

    def _batches(self):
        order = torch.randperm(len(self.rows[0]), generator=self.generator)
        return order.tensor_split(math.ceil(len(order) / self.settings.batch))  # equal up to one row

    def _epoch(self):
        self.model.train()
        total = 0.0
        for batch in self._batches():
            loss = self.trained_for(self.model, *(rows[batch] for rows in self.rows))
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.after_step()
            total += loss.item() * len(batch)
        return total / len(self.rows[0])

    def _record(self, epoch, loss, seconds):
        self.model.eval()
        with torch.no_grad():
            validation = self.loss(self.model, *self.validation).item()
        rate = self.optimizer.param_groups[0]["lr"]
        for name, value in zip(self.history, (epoch, loss, validation, rate, seconds), strict=True):
            self.history[name].append(value)
        self.after_epoch(validation)
        if validation < self.best:
            self.best, self.best_epoch = validation, epoch
            self.best_weights = {name: value.clone() for name, value in self.model.state_dict().items()}

    def _ending(self, callback):
        epoch, patience = self.history["epoch"][-1], self.settings.patience
        if not math.isfinite(self.history["validation"][-1]):
            return "diverged"
        if callback is not None and callback(self.history):
            return "callback"
        if patience is not None and epoch - self.best_epoch >= patience:
            return "early stop"
        return "finished"

    def _restore(self, ending):
        if self.best_weights is not None:
            self.model.load_state_dict(self.best_weights)
        elif ending == "diverged":
            raise ModelError(
                "the loss of the first epoch is not finite: check that the data are finite; if they are, "
                f"try a lower rate than {self.settings.rate}"
            )


def _cosine(optimizer, settings, batches):
    steps = settings.epochs * batches

    def factor(step):
        part = (step + 0.5) / steps
        if part < _WARM_UP:
            return part / _WARM_UP
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (part - _WARM_UP) / (1 - _WARM_UP))))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor).step, lambda _: None


def _plateau(optimizer, settings, _):
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=settings.plateau_factor, patience=settings.plateau_patience
    )
    return lambda: None, scheduler.step


# f(optimizer, settings, batches per epoch) -> (call after each step, call with the validation loss)
SCHEDULES = {"cosine": _cosine, "plateau": _plateau}
