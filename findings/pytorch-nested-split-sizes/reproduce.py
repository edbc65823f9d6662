import subprocess
import sys

program = """
import torch

x = torch.ones(2, 3, requires_grad=True)
n = torch.nested.as_nested_tensor([x, torch.ones(1, 3)], layout=torch.jagged)
left = n.split([1, 2], -1)[0]
g, = torch.autograd.grad(left.values().sum(), x)
torch.testing.assert_close(g, torch.tensor([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
"""
assert subprocess.run([sys.executable, "-c", program]).returncode == 0  # signal 11, or an index out of range
