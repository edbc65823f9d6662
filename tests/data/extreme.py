#!/usr/bin/env python3
"""Writes cases at +-800, 1e-300, 1e300 and the like, with values and gradients from 2000 bits, for tests/reference.rs.

Needs mpmath (pip install mpmath). To regenerate, in the repository's root:

    python3 tests/data/extreme.py > tests/data/extreme.jsonl

A line is {"case": .., "exact": {"value": {output: [..]}, "gradient": {parameter: [..]}}}; exact results are decimal strings
of 25 digits, also where f64 overflows or underflows.
"""

import json

import mpmath as mp

POINTS = [800.0, -800.0, 1e-300, -1e-300, 1e300, -1e300, 0.0, 1.0, -1.0, 5e-324, 30.0, -30.0, 700.0, -700.0, 1e154, -1e154]
VECTORS = [
    [800.0, -800.0, 0.0],
    [800.0, 799.0, 798.5],
    [-800.0, -801.0, -799.25],
    [1e300, -1e300, 0.0],
    [1e300, 1e300, 1e300],
    [-1e300, -1e300, -1.0000001e300],
    [1e-300, -1e-300, 2e-300],
    [1e-300, 800.0, 800.0],
    [5e-324, 0.0, -700.0],
]
SPREADS = VECTORS + [[1e153, -1e153, 3e152], [1e-150, 3e-150, -2e-150], [800.0, 800.0000001, 799.9999999]]
PAIRS = [(a, b) for a in (800.0, 1e-300, 1e300, 5e-324, 1e-160) for b in (800.0, -1e-300, -1e300, 3.0)]
# Chosen so that no element of a gradient is a small difference of large terms.
COTANGENTS = {"softmax": [2.0, 0.0, 0.0], "log_softmax": [0.75, -1.25, 4.0]}


def exponential(x):
    return mp.exp(x) if x > -1e8 else mp.mpf(0)


def normal(t):
    """The distribution function, 0 or 1 far out."""
    if abs(t) > 1e4:
        return mp.mpf(t > 0)
    return mp.erfc(-t / mp.sqrt(2)) / 2


def log_normal(x):
    """The logarithm of the distribution function, and its derivative."""
    if x >= -1e4:
        p = normal(x)
        return (mp.log(p) if x < 0 else mp.log1p(-normal(-x))), (exponential(-x * x / 2) / mp.sqrt(2 * mp.pi) / p)
    series = mp.fsum((-1) ** m * mp.fac2(2 * m - 1) / x ** (2 * m) for m in range(8))
    return -x * x / 2 - mp.log(-x * mp.sqrt(2 * mp.pi)) + mp.log(series), -x / series


def softplus(x):
    return x + mp.log1p(exponential(-x)) if x > 0 else mp.log1p(exponential(x))


def sigmoid(x):
    e = exponential(-abs(x))
    return 1 / (1 + e) if x >= 0 else e / (1 + e)


def erfc(x):
    if abs(x) > 1e4:
        return mp.mpf(0 if x > 0 else 2), mp.mpf(0)
    return mp.erfc(x), -2 / mp.sqrt(mp.pi) * exponential(-x * x)


POINTWISE = {
    "softplus": lambda x: (softplus(x), sigmoid(x)),
    "sigmoid": lambda x: (sigmoid(x), sigmoid(x) * sigmoid(-x)),
    "erfc": erfc,
    "log_normal_cdf": log_normal,
}


def weights(x):
    """The logarithm of the sum of exponentials, and the share of each."""
    largest = max(x)
    parts = [exponential(v - largest) for v in x]
    total = mp.fsum(parts)
    return largest + mp.log(total), [p / total for p in parts]


def softmax(x, c):
    _, y = weights(x)
    mean = mp.fsum(a * b for a, b in zip(c, y))
    return y, [a * (b - mean) for a, b in zip(y, c)]


def log_softmax(x, c):
    total, y = weights(x)
    return [v - total for v in x], [a - b * mp.fsum(c) for a, b in zip(c, y)]


def logsumexp(x, c):
    total, y = weights(x)
    return [total], [c[0] * b for b in y]


def cross_entropy(x, c):
    total, y = weights(x)
    return [total - x[1]], [c[0] * (b - (i == 1)) for i, b in enumerate(y)]


def var(x, c):
    mean = mp.fsum(x) / len(x)
    return [mp.fsum((v - mean) ** 2 for v in x) / len(x)], [2 * c[0] * (v - mean) / len(x) for v in x]


STRUCTURAL = {
    "softmax": (softmax, VECTORS, {"axis": 0}),
    "log_softmax": (log_softmax, VECTORS, {"axis": 0}),
    "logsumexp": (logsumexp, VECTORS, {}),
    "cross_entropy": (cross_entropy, VECTORS, {}),
    "var": (var, SPREADS, {}),
}


def decimal(value):
    return "0.0" if value == 0 else mp.nstr(value, 25)


def line(op, attrs, params, consts, cotangent, value, gradient):
    data = [{"name": n, "shape": s, "data": v} for n, s, v in params]
    args = [n for n, _, _ in params] + [c["name"] for c in consts]
    case = {
        "secant": 1,
        "dtype": "f64",
        "params": data,
        "consts": consts,
        "nodes": [{"name": "v0", "op": op, "args": args, "attrs": attrs}],
        "outputs": ["v0"],
        "cotangents": {"v0": cotangent},
    }
    exact = {
        "value": {"v0": [decimal(v) for v in value]},
        "gradient": {n: [decimal(v) for v in g] for (n, _, _), g in zip(params, gradient)},
    }
    print(json.dumps({"case": case, "exact": exact}, separators=(",", ":")))


def main():
    # enough for 1e300 beside 1e-300
    mp.mp.prec = 2200
    for op, function in POINTWISE.items():
        value, slope = zip(*(function(mp.mpf(x)) for x in POINTS))
        n = len(POINTS)
        line(op, {}, [("x", [n], POINTS)], [], [1.0] * n, value, [slope])
    x, z = map(list, zip(*PAIRS))
    r = [mp.sqrt(mp.mpf(a) ** 2 + mp.mpf(b) ** 2) for a, b in PAIRS]
    slopes = [[a / s for a, s in zip(x, r)], [b / s for b, s in zip(z, r)]]
    n = len(PAIRS)
    line("hypot", {}, [("x", [n], x), ("z", [n], z)], [], [1.0] * n, r, slopes)
    for op, (function, vectors, attrs) in STRUCTURAL.items():
        for x in vectors:
            c = COTANGENTS.get(op, [0.75])
            value, gradient = function([mp.mpf(v) for v in x], [mp.mpf(v) for v in c])
            consts = [LABEL] if op == "cross_entropy" else []
            line(op, attrs, [("x", [3], x)], consts, c, value, [gradient])


LABEL = {"name": "labels", "shape": [], "data": [1], "kind": "index"}

if __name__ == "__main__":
    main()
