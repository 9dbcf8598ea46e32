"""How the stranger's checkpoint was made: `python make.py` writes it again, in half a minute.

A network of 24 and 24 tanh neurons learns the areas of triangles with sides between 1 and 1.8, by full-batch L-BFGS
in double precision. What is stored is single precision, under names that do not give the order of the layers.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

SIDES = 1.0, 1.8
HERE = Path(__file__).parent


def areas(sides):
    """Areas (N, 1) of triangles with the given sides (N, 3): Heron's formula."""
    s = sides.sum(1, keepdim=True) / 2
    return (s[:, 0] * (s - sides).prod(1)).sqrt()[:, None]


torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = SIDES[0] + (SIDES[1] - SIDES[0]) * torch.rand(2000, 3)
y = areas(x)
first, second, last = torch.nn.Linear(3, 24), torch.nn.Linear(24, 24), torch.nn.Linear(24, 1)
model = torch.nn.Sequential(first, torch.nn.Tanh(), second, torch.nn.Tanh(), last)
optimizer = torch.optim.LBFGS(
    model.parameters(), max_iter=6000, max_eval=9000, history_size=50, line_search_fn="strong_wolfe"
)
optimizer.param_groups[0].update(tolerance_grad=1e-10, tolerance_change=0)


def loss():
    """Mean squared error over the variance, with gradients."""
    optimizer.zero_grad()
    error = (model(x) - y).square().mean() / y.var()
    error.backward()
    return error


optimizer.step(loss)
print(f"mean squared error over variance {loss():.1e}")
layers = {"input": first, "middle": second, "head": last}
tensors = {f"{name}.{what}": t.float() for name, m in layers.items() for what, t in m.state_dict().items()}
save_file(tensors, HERE / "weights.safetensors", {"note": "three lengths in, one number out; mail@stranger"})
for row in torch.tensor([[1.2, 1.5, 1.1], [1.0, 1.0, 1.0], [1.7, 1.3, 1.6]]):
    print(row.tolist(), f"-> {model(row[None]).item():.4f}")
