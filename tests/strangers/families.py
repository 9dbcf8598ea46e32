"""Small models, each of the shape of one family of real ones: what they take, keep and return."""

import collections
import dataclasses
import types
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.distributions import Independent, Normal

COUNT = 60  # points

# -- language models: whole numbers in, an object of several tensors out -------------------------------------


class ModelOutput(collections.OrderedDict):
    """A mapping and a dataclass in one, as `transformers` has it: what is None is no entry."""

    def __post_init__(self):
        for field in dataclasses.fields(self):
            if getattr(self, field.name) is not None:
                self[field.name] = getattr(self, field.name)

    def __setitem__(self, name, value):
        super().__setitem__(name, value)
        super().__setattr__(name, value)

    def __setattr__(self, name, value):
        if name in self:
            super().__setitem__(name, value)
        super().__setattr__(name, value)

    def __reduce__(self):
        return type(self), tuple(getattr(self, field.name) for field in dataclasses.fields(self))


@dataclasses.dataclass
class Encoded(ModelOutput):
    last_hidden_state: Any = None
    pooler_output: Any = None
    hidden_states: Any = None


@dataclasses.dataclass
class Continued(ModelOutput):
    loss: Any = None
    logits: Any = None
    past_key_values: Any = None


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.embeddings, self.places = nn.Embedding(11, 4), nn.Embedding(4, 4)
        self.register_buffer("position_ids", torch.arange(4)[None], persistent=False)
        layer = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.1, activation="gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.pooler = nn.Linear(4, 4)

    def forward(self, input_ids, attention_mask=None, output_hidden_states=False):
        first = self.embeddings(input_ids) + self.places(self.position_ids)
        last = self.encoder(
            first, src_key_padding_mask=None if attention_mask is None else attention_mask == 0
        )
        states = (first, last) if output_hidden_states else None
        return Encoded(last, torch.tanh(self.pooler(last[:, 0])), states)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(4, 12), nn.Linear(4, 4)

    def forward(self, x):
        q, k, v = (part.unflatten(2, (2, 2)).transpose(1, 2) for part in self.qkv(x).chunk(3, 2))
        mixed = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(mixed.transpose(1, 2).flatten(2)), (k, v)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn, self.norm1, self.norm2 = Attention(), nn.LayerNorm(4), nn.LayerNorm(4)
        self.mlp = nn.Sequential(nn.Linear(4, 8), nn.GELU(approximate="tanh"), nn.Linear(8, 4))

    def forward(self, x):
        attended, present = self.attn(self.norm1(x))
        x = x + attended
        return x + self.mlp(self.norm2(x)), present


class Gpt(nn.Module):
    """Tied weights, pre-norm, causal; recomputes its blocks in the backward pass."""

    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(11, 4), nn.Parameter(torch.randn(4, 4) / 10)
        self.h = nn.ModuleList(Block() for _ in range(2))
        self.lm_head = nn.Linear(4, 11, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, input_ids, labels=None):
        x, presents = self.wte(input_ids) + self.wpe, ()
        for block in self.h:
            x, present = torch.utils.checkpoint.checkpoint(block, x, use_reentrant=False)
            presents += (present,)
        logits = self.lm_head(x)
        loss = None if labels is None else nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
        return Continued(loss, logits, presents)


# -- frameworks around a model -------------------------------------------------------------------------------


class Trainer:
    """What a framework hangs on a model: it points back, and holds things that nobody can copy."""

    def __init__(self, model):
        self.model, self.progress = model, (i for i in range(3))
        self.optimizer = torch.optim.Adam(model.parameters())


class Seen(nn.Module):
    """A metric: its state is part of the model and moves with each call."""

    def __init__(self):
        super().__init__()
        self.register_buffer("total", torch.zeros(()))
        self.parts = []

    def forward(self, x):
        self.total += x.detach().sum()
        self.parts.append(x.detach())
        return self.total


class Lightning(nn.Module):
    def __init__(self, **hparams):
        super().__init__()
        self.hparams = types.MappingProxyType(hparams)  # which cannot be copied
        self.net = nn.Sequential(
            nn.Linear(3, 8), nn.BatchNorm1d(8), nn.SiLU(), nn.Dropout(0.1), nn.Linear(8, 1)
        )
        self.seen, self._logged = Seen(), {}
        self.trainer = Trainer(self)

    @property
    def fabric(self):
        raise RuntimeError("the model is not attached to a Fabric")

    def log(self, name, value):
        self._logged[name] = value

    def forward(self, x):
        prediction = self.net(x).squeeze(1)
        self.log("seen", self.seen(prediction))
        return prediction

    def training_step(self, batch, _):
        x, y = batch
        return nn.functional.mse_loss(self(x), y)


class LoRA(nn.Module):
    """A linear layer with a low-rank part beside it."""

    def __init__(self, base, rank=2):
        super().__init__()
        self.base_layer = base.requires_grad_(False)
        self.lora_A = nn.ModuleDict({"default": nn.Linear(base.in_features, rank, bias=False)})
        self.lora_B = nn.ModuleDict({"default": nn.Linear(rank, base.out_features, bias=False)})
        self.lora_dropout = nn.ModuleDict({"default": nn.Dropout(0.1)})
        self.active_adapters = ["default"]

    @property
    def weight(self):
        return self.base_layer.weight

    def forward(self, x, *args, **kwargs):
        result = self.base_layer(x, *args, **kwargs)
        for name in self.active_adapters:
            result = result + 2 * self.lora_B[name](self.lora_A[name](self.lora_dropout[name](x)))
        return result


class Wrapped(nn.Module):
    """A model inside of two others that pass everything on, as `peft` wraps it."""

    def __init__(self, model):
        super().__init__()
        self.base_model = model

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name == "base_model":
                raise
            return getattr(self.base_model, name)

    def forward(self, *args, **kwargs):
        return self.base_model(*args, **kwargs)


def lora():
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2))
    return Wrapped(Wrapped(nn.Sequential(LoRA(model[0]), model[1], LoRA(model[2]))))


# -- physics: derivatives inside -----------------------------------------------------------------------------


class Potential(nn.Module):
    """Energies and forces of three particles on a plane; the graph is kept in train mode only."""

    def __init__(self):
        super().__init__()
        self.radial = nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Linear(8, 1))

    def forward(self, positions):
        positions = positions if positions.requires_grad else positions.requires_grad_()
        i, j = torch.triu_indices(3, 3, 1)
        distances = (positions[:, i] - positions[:, j]).square().sum(2).add(1e-3).sqrt()
        energy = self.radial(distances).squeeze(1)
        (slope,) = torch.autograd.grad(energy.sum(), positions, create_graph=self.training)
        return {"energy": energy, "forces": -slope}


class Pinn(nn.Module):
    """Burgers' equation: the solution and what it leaves of the equation."""

    def __init__(self):
        super().__init__()
        self.u = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 1))

    def forward(self, tx):
        t, x = (column.requires_grad_() if not column.requires_grad else column for column in tx.split(1, 1))
        u = self.u(torch.cat([t, x], 1))
        u_t, u_x = torch.autograd.grad(u.sum(), (t, x), create_graph=True)
        (u_xx,) = torch.autograd.grad(u_x.sum(), x, create_graph=True)
        return u, u_t + u * u_x - 0.01 * u_xx


class Hamiltonian(nn.Module):
    """Velocities from a scalar by `torch.func`."""

    def __init__(self):
        super().__init__()
        self.encode, self.h = nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 1))

    def forward(self, x):
        slope = torch.vmap(torch.func.grad(lambda z: self.h(z)[0]))(self.encode(x))
        return torch.stack([slope[:, 1], -slope[:, 0]], 1)


# -- other shapes of networks --------------------------------------------------------------------------------


class Spline(nn.Module):
    """One layer of a Kolmogorov-Arnold network: a cubic spline on each edge, beside a SiLU."""

    def __init__(self, inputs, outputs, pieces=4):
        super().__init__()
        knots = torch.linspace(-1.5 - 6 / pieces * 0.75, 1.5 + 6 / pieces * 0.75, pieces + 7)
        self.register_buffer("grid", knots)
        self.coefficients = nn.Parameter(torch.randn(inputs, outputs, pieces + 3))
        self.base = nn.Parameter(torch.randn(inputs, outputs))

    def forward(self, x):
        x, grid = x[..., None], self.grid
        basis = ((x >= grid[:-1]) & (x < grid[1:])).to(x.dtype)
        for k in range(1, 4):
            left = (x - grid[: -k - 1]) / (grid[k:-1] - grid[: -k - 1]) * basis[..., :-1]
            right = (grid[k + 1 :] - x) / (grid[k + 1 :] - grid[1:-k]) * basis[..., 1:]
            basis = left + right
        splines = torch.einsum("nip,iop->no", basis, self.coefficients)
        return splines + torch.einsum("ni,io->no", nn.functional.silu(x[..., 0]), self.base)


class Packed(nn.Module):
    """A recurrent network of sequences of different lengths, without their padding."""

    def __init__(self):
        super().__init__()
        self.embed, self.rnn = nn.Linear(1, 4), nn.LSTM(4, 5, num_layers=2, dropout=0.2, batch_first=True)
        self.head = nn.Linear(5, 2)

    def forward(self, x, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(
            self.embed(x), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        _, (last, _) = self.rnn(packed)
        return self.head(last[-1])


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1, self.bn1 = (
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.conv2, self.bn2 = (
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x
        return self.relu(out)


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1, self.relu = (
            nn.Conv2d(1, 3, 3, bias=False),
            nn.BatchNorm2d(3),
            nn.SiLU(inplace=True),
        )
        self.maxpool = nn.MaxPool2d(2, stride=1)
        self.layer1 = nn.Sequential(Residual(3), Residual(3))
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(3, 4)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        return self.fc(torch.flatten(self.avgpool(self.layer1(x)), 1))


class Messages(nn.Module):
    """Message passing on plain tensors: nodes (..., nodes, features) and pairs of node numbers."""

    def __init__(self):
        super().__init__()
        self.message, self.update = nn.Linear(4, 6), nn.Linear(8, 2)
        self.readout = nn.Linear(2, 1)

    def forward(self, nodes, edge_index):
        source, target = edge_index
        for _ in range(2):
            sent = torch.tanh(self.message(torch.cat([nodes[..., source, :], nodes[..., target, :]], -1)))
            got = nodes.new_zeros(*nodes.shape[:-1], 6).index_add(-2, target, sent)
            nodes = torch.tanh(self.update(torch.cat([nodes, got], -1)))
        return self.readout(nodes)


class Coupling(nn.Module):
    def __init__(self, flip):
        super().__init__()
        self.flip, self.net = flip, nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 2))

    def forward(self, x):
        a, b = x.flip(1).split(1, 1) if self.flip else x.split(1, 1)
        scale, shift = self.net(a).chunk(2, 1)
        both = torch.cat([a, b * torch.exp(scale.tanh()) + shift], 1)
        return (both.flip(1) if self.flip else both), scale.tanh().squeeze(1)


class Flow(nn.Module):
    """A normalising flow whose first layer sets itself by the first points that it sees."""

    def __init__(self):
        super().__init__()
        self.loc, self.log_scale = nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(2))
        self.register_buffer("initialized", torch.tensor(False))
        self.couplings = nn.ModuleList(Coupling(flip) for flip in (False, True))

    def forward(self, x):
        if not self.initialized:
            with torch.no_grad():
                self.loc.copy_(x.mean(0))
                self.log_scale.copy_(x.std(0).log())
                self.initialized.fill_(True)
        z, total = (x - self.loc) * torch.exp(-self.log_scale), -self.log_scale.sum().expand(len(x))
        for coupling in self.couplings:
            z, change = coupling(z)
            total = total + change
        return z, total

    def log_prob(self, x):
        return log_density(self(x))


def log_density(output):
    z, total = output
    return Normal(0, 1).log_prob(z).sum(1) + total


class Policy(nn.Module):
    """Actor and critic: a distribution of actions, and the value of the state."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(3, 8), nn.Tanh())
        self.actor, self.critic = nn.Linear(8, 2), nn.Linear(8, 1)
        self.log_std = nn.Parameter(torch.zeros(2))

    def forward(self, observation):
        hidden = self.features(observation)
        mean = self.actor(hidden)
        return Independent(Normal(mean, self.log_std.exp().expand_as(mean)), 1), self.critic(hidden).squeeze(
            1
        )


# -- the table -----------------------------------------------------------------------------------------------


class Stranger(NamedTuple):
    """A family: how its model is made, and what of it is read.

    `neuron` is of the model's output and `hidden` of the layer `layer`; `given` is what `gradient_field` is
    told besides, `how` says that in words. `refused` says by the name of a call why that cannot be done.
    """

    make: Any
    points: Any
    neuron: Any
    layer: str
    hidden: Any
    given: dict = {}  # noqa: RUF012 - read only
    how: str = "as it is"
    refused: dict = {}  # noqa: RUF012


def numbers(*shape):
    return np.random.default_rng(0).uniform(-1, 1, (COUNT, *shape))


def tokens():
    return np.random.default_rng(0).integers(0, 11, (COUNT, 4))


MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]]).repeat(COUNT // 2, 1)
LENGTHS = torch.tensor([3, 2, 3]).repeat(COUNT // 3)
RING = torch.tensor([[0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2]])


def ready_flow():
    flow = Flow()
    flow(torch.as_tensor(numbers(2)).float())
    return flow


STRANGERS = {
    "encoder of text (BERT), padded": Stranger(
        Bert,
        tokens(),
        lambda out: out.last_hidden_state[:, 0, 1],
        "encoder.layers.1.linear1",
        (0, 3),
        {"wrt": "embeddings", "forward_args": {"attention_mask": MASK, "output_hidden_states": True}},
        '`wrt="embeddings"`, `forward_args={"attention_mask": mask}`',
    ),
    "decoder of text (GPT), checkpointed": Stranger(
        Gpt,
        tokens(),
        lambda out: out.logits[:, -1, 3],
        "h.1.mlp.0",
        (-1, 2),
        {"wrt": "wte"},
        '`wrt="wte"`',
    ),
    "model of a framework (Lightning), with its trainer": Stranger(
        lambda: Lightning(width=8), numbers(3), 0, "net.0", 2
    ),
    "LoRA, wrapped (peft)": Stranger(lora, numbers(3), 1, "base_model.base_model.0", 3),
    "energy and forces": Stranger(
        Potential,
        numbers(3, 2),
        lambda out: out["energy"],
        "radial.0",
        4,
        {"training": True},
        "`training=True`, if the model keeps the graph only in train mode",
    ),
    "PINN, solution and residual": Stranger(Pinn, numbers(2), lambda out: out[1][:, 0], "u.0", 5),
    "Hamiltonian network (torch.func)": Stranger(Hamiltonian, numbers(2), 1, "encode", 0),
    "KAN": Stranger(lambda: nn.Sequential(Spline(2, 3), Spline(3, 1)), numbers(2), 0, "0", 1),
    "RNN, packed sequences": Stranger(
        Packed, numbers(3, 1), 1, "embed", (0, 2), {"forward_args": LENGTHS}, "`forward_args=lengths`"
    ),
    "CNN of residual blocks": Stranger(ResNet, numbers(1, 5, 5), 2, "layer1.0.conv1", (1, 0, 1)),
    "message passing": Stranger(
        Messages,
        numbers(3, 2),
        (0, 0),
        "readout",
        (1, 0),
        {"forward_args": {"edge_index": RING}},
        "each point is one graph, `forward_args=edge_index`",
    ),
    "normalising flow": Stranger(
        ready_flow,
        numbers(2),
        log_density,
        "couplings.1.net.0",
        3,
        how="a function of the output: its density",
    ),
    "policy (actor and critic)": Stranger(
        Policy,
        numbers(3),
        lambda out: out[0].mean[:, 1],
        "features.0",
        2,
        how="a function of the output: a distribution's mean",
    ),
}
