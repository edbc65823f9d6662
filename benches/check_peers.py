"""Our checks beside those of HIPS autograd, PyTorch and SciPy: the same functions, one thread, one run, in turn.

    pip install autograd torch scipy && python benches/check_peers.py

What is not installed is left out, and named. FULL looks at each parameter by itself, DIR at all along one random
direction. Each peer checks the gradient that its user has: autograd and PyTorch their own, SciPy one by hand. A time is
the smallest of many repetitions, over two rounds in which each function is checked by us, by them, by us, by them.
Arguments are handed to `cargo bench`, in place of `--features fuzz`.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROUNDS = 2
SECONDS = 2.0  # for each measurement
CARGO = sys.argv[1:] or ["--features", "fuzz"]


def optional(name):
    try:
        return __import__(name, fromlist=["*"])
    except ImportError:
        return None


anp, autograd, torch, optimize = map(optional, ("autograd.numpy", "autograd.test_util", "torch", "scipy.optimize"))
if torch:
    torch.set_num_threads(1)


# --- the functions, with the numbers of benches/check/functions.rs ---


def splitmix64(x):
    mask = (1 << 64) - 1
    x = (x + 0x9E3779B97F4A7C15) & mask
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & mask
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & mask
    return x ^ x >> 31


def uniform(stream, shape, scale):
    count = int(np.prod(shape))
    numbers = [(splitmix64(stream << 32 | k) >> 11) / 2**52 - 1 for k in range(count)]
    return scale * np.array(numbers).reshape(shape)


def tanh():
    x = uniform(1, (16, 15), 1.0)
    params = [(flat := uniform(2, (256,), 0.5))[:240].reshape(15, 16), flat[240:]]

    def value(np, const, w, b):
        return np.sum(np.tanh(const(x) @ w + b))

    def gradient(w, b):
        d = 1 - np.tanh(x @ w + b) ** 2
        return [x.T @ d, d.sum(0)]

    return params, value, gradient


def course():
    data = {}
    for line in (ROOT / "examples/course_network.graph").read_text().splitlines():
        if line.startswith(("param ", "const ")):
            head, numbers = line.split(" = ")
            _, name, shape = head.split(" ", 2)
            data[name] = np.array(json.loads(numbers)).reshape(json.loads(shape))
    x, y = data["X"], data["Y"]
    params = [data[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3")]

    def value(np, const, w1, b1, w2, b2, w3, b3):
        a = np.maximum(w1 @ const(x) + b1, const(0.0))
        a = np.maximum(w2 @ a + b2, const(0.0))
        a = 1 / (1 + np.exp(-(w3 @ a + b3)))
        return np.sum(-np.log(a) * const(y) - np.log(1 - a) * const(1 - y)) / y.size

    def gradient(w1, b1, w2, b2, w3, b3):
        a1 = np.maximum(w1 @ x + b1, 0)
        a2 = np.maximum(w2 @ a1 + b2, 0)
        d3 = (1 / (1 + np.exp(-(w3 @ a2 + b3))) - y) / y.size
        d2 = (w3.T @ d3) * (a2 > 0)
        d1 = (w2.T @ d2) * (a1 > 0)
        pairs = [(d1, x), (d2, a1), (d3, a2)]
        return [part for d, a in pairs for part in (d @ a.T, d.sum(1, keepdims=True))]

    return params, value, gradient


def network():
    x, rows = uniform(3, (16, 64), 1.0), np.arange(16)
    labels = 7 * rows % 10
    chosen = np.eye(10)[labels]
    shapes = [((64, 32), 0.4), ((32,), 0.1), ((32, 10), 0.4), ((10,), 0.1)]
    params = [uniform(stream, *shape) for stream, shape in enumerate(shapes, 4)]

    def value(np, const, w1, b1, w2, b2):
        z = np.maximum(const(x) @ w1 + b1, const(0.0)) @ w2 + b2
        return np.sum(np.log(np.sum(np.exp(z), 1))) / 16 - np.sum(z * const(chosen)) / 16

    def gradient(w1, b1, w2, b2):
        h = np.maximum(x @ w1 + b1, 0)
        e = np.exp(h @ w2 + b2)
        d2 = (e / e.sum(1, keepdims=True) - chosen) / 16
        d1 = (d2 @ w2.T) * (h > 0)
        return [x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)]

    return params, value, gradient


# --- the peers: a function without arguments that checks once ---


def by_autograd(params, value, _):
    f = lambda *p: value(anp, lambda x: x, *p)
    return lambda: autograd.check_grads(f, modes=["rev"], order=1)(*params)


def by_torch(fast):
    def peer(params, value, _):
        tensors = {}

        def const(x):
            if id(x) not in tensors:
                tensors[id(x)] = x, torch.as_tensor(x, dtype=torch.float64)
            return tensors[id(x)][1]

        params = [torch.tensor(p, requires_grad=True) for p in params]
        f = lambda *p: value(torch, const, *p)
        return lambda: torch.autograd.gradcheck(f, params, fast_mode=fast)

    return peer


def by_scipy(params, value, gradient):
    places = np.cumsum([p.size for p in params])[:-1]
    split = lambda flat: [part.reshape(p.shape) for part, p in zip(np.split(flat, places), params)]
    f = lambda flat: value(np, lambda x: x, *split(flat))
    g = lambda flat: np.concatenate([part.ravel() for part in gradient(*split(flat))])
    flat = np.concatenate([p.ravel() for p in params])

    def check():
        assert optimize.check_grad(f, g, flat) < 1e-4

    return check


PEERS = [
    ("FULL", "full", "PyTorch slow", torch, by_torch(False)),
    ("FULL", "full", "SciPy, one-sided", optimize, by_scipy),
    ("DIR", "direction", "PyTorch fast", torch, by_torch(True)),
    ("DIR", "direction", "HIPS autograd", autograd, by_autograd),
]


def smallest(check):
    check()
    best, count, end = float("inf"), 0, time.perf_counter() + SECONDS
    while count < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        check()
        best = min(best, time.perf_counter() - start)
        count += 1
    return best


# --- ours ---


def cargo(*arguments):
    # NumPy, PyTorch and SciPy choose kernels for the processor that they find
    flags = {"RUSTFLAGS": "-C target-cpu=native"}
    done = subprocess.run(["cargo", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, **flags})
    if done.returncode:
        sys.exit(done.stdout)
    return done.stdout


def ours(name, directory):
    cargo("bench", "-p", "secant", *CARGO, "--bench", "check", "--", f"^{name}/(full|direction)$")
    found = {}
    for kind in ("full", "direction"):
        sample = json.loads((directory / name / kind / "new/sample.json").read_text())
        found[kind] = min(t / n for t, n in zip(sample["times"], sample["iters"])) * 1e-9
    return found


def readable(seconds):
    for unit, scale in (("s", 1), ("ms", 1e3), ("us", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def main():
    metadata = json.loads(cargo("metadata", "--format-version", "1", "--no-deps"))
    directory = pathlib.Path(metadata["target_directory"]) / "criterion"
    cargo("bench", "-p", "secant", *CARGO, "--bench", "check", "--no-run")
    best = {}
    note = lambda *key_and_time: best.__setitem__(key_and_time[:-1], min(best.get(key_and_time[:-1], float("inf")), key_and_time[-1]))
    problems = (tanh, course, network)
    for problem in problems:
        checks = [(name, peer(*problem())) for _, _, name, module, peer in PEERS if module]
        for _ in range(ROUNDS):
            for kind, seconds in ours(problem.__name__, directory).items():
                note(problem.__name__, kind, seconds)
            for name, check in checks:
                note(problem.__name__, name, smallest(check))
    titles = ["tanh, 256 parameters", "course, 47", "network, 2410"]
    print("| | class | " + " | ".join(titles) + " |")
    print("|" + "---|" * (len(titles) + 2))
    for label, kind in (("FULL", "full"), ("DIR", "direction")):
        times = [best[problem.__name__, kind] for problem in problems]
        print(f"| secant | {label} | " + " | ".join(map(readable, times)) + " |")
        for row, _, name, module, _ in PEERS:
            if row != label:
                continue
            if not module:
                print(f"| {name} | {label} | " + "not installed | " * len(titles))
                continue
            cells = [best[problem.__name__, name] for problem in problems]
            cells = [f"{readable(peer)}, {peer / own:.3g} times ours" for peer, own in zip(cells, times)]
            print(f"| {name} | {label} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
