#!/usr/bin/env python3
"""Writes the tables of the special functions that tests/numbers/special.rs compares with.

Needs mpmath (pip install mpmath). To regenerate, in the repository's root:

    python3 tests/data/special.py > tests/data/special.json

The form is that of functions.py, with 36 digits. A family of functions has a table for each of some orders n, as "polygamma 2". Beside
"name" and "name pairs" there is "name slope", with derivatives at some of the points, and for functions with zeros
left of 0 "name roots": the doubles nearest to these zeros, where a double-double number cannot keep all its digits.
"""

import math
import random

import mpmath as mp
from functions import HUGE, INF, LINE, SMALL, SPECIAL, both_signs, near, single, spread, unique

POSITIVE = spread(50, 40, 1e-3, 60.0, True) + spread(51, 20, 30.0, 1e6, True) + [0.5 * n for n in range(1, 60)]
NEGATIVE = [-x for x in spread(52, 40, 0.01, 12.0)] + [-x for x in spread(53, 10, 20.0, 900.0)]
GAMMA = (
    POSITIVE
    + NEGATIVE
    + SMALL
    + HUGE
    + near(1.0, 2.0, 2.5, 24.5, 25.0, 100.0)
    + near(-1.0, -2.0, -7.0)
    + [-0.5, -1.5, -2.5, -3.0, -10.0, -20.5, 171.5, 1e5, 2e305, 2.6e305, 1e300, -1e300, -(2.0**51) - 0.5]
)
DIGAMMA_ZERO = 1.4616321449683623
HALF_LINE = LINE + SMALL + [n / 4 for n in range(-24, 40)] + near(0.6, 1.0, 9.0) + [800.0, -800.0, 1e300, -1e300]
INTERVAL = (
    both_signs(spread(54, 40, 0.0, 1.0) + spread(55, 20, 1e-6, 1.0, True) + [1 - 2.0**-k for k in range(2, 54, 3)])
    + SMALL
    + [x for x in near(0.1, 0.5, 1.0, -1.0)]
    + [1 - 1e-9, 1.0000001, 2.0, -800.0]
)
NORMAL = LINE + SMALL + HUGE + [n / 2 for n in range(-78, 80)] + near(-1.0, 0.7, -0.7) + both_signs([800.0, 1e300, 1e154, 1e9, 2e9])
ORDERS = {"polygamma": [0, 1, 2, 8, 60], "ierfcx": [0, 1, 2, 8, 60], "bessel_i": [0, 1, 2, 8, 60]}


def decimal(value):
    """36 digits, or what the value is beyond f64."""
    if value == 0:
        return "0"
    if abs(value) >= mp.mpf(2) ** 1024:
        return "inf" if value > 0 else "-inf"
    return mp.nstr(value, 36, strip_zeros=True, min_fixed=0, max_fixed=0)


def scaled_integral(n, x):
    """E_n(x) = e^(x^2) i^n erfc x."""
    if n == -1:
        return 2 / mp.sqrt(mp.pi)
    if x > 1000:
        terms = (
            (-1) ** m * mp.factorial(2 * m + n) / (mp.factorial(n) * mp.factorial(m) * (2 * x) ** (2 * m)) for m in range(40)
        )
        return 2 / mp.sqrt(mp.pi) / (2 * x) ** (n + 1) * mp.fsum(terms)
    with mp.workprec(int(mp.mp.prec + 60 * n + 30 * (abs(x) > 1))):
        a, b = 2 / mp.sqrt(mp.pi), mp.exp(x * x) * mp.erfc(x)
        for k in range(1, n + 1):
            a, b = b, (a - 2 * x * b) / (2 * k)
        return b


def log_gamma(x):
    if x > 0:
        return mp.loggamma(x)
    return mp.log(mp.pi / abs(mp.sinpi(x))) - mp.loggamma(1 - x)


def polygamma(n, x):
    if n == 0:
        return mp.digamma(x)
    sign = mp.mpf(-1) ** (n + 1)
    if x < 0 and mp.mp.prec < 500:
        # in the middle between two poles almost everything cancels for an even n
        with mp.workprec(800 + 40 * n):
            return polygamma(n, x)
    if x > 1e4:
        first = mp.gamma(n) / x**n + mp.factorial(n) / (2 * x ** (n + 1))
        rest = (mp.bernoulli(2 * k) / mp.factorial(2 * k) * mp.gamma(2 * k + n) / x ** (2 * k + n) for k in range(1, 25))
        return sign * (first + mp.fsum(rest))
    if x < -1e4:
        below = x - mp.floor(x)
        return sign * (polygamma(n, 1 - below) - polygamma(n, 1 - x)) + polygamma(n, below)
    if x < 0:
        steps = int(mp.ceil(-x))
        return polygamma(n, x + steps) + sign * mp.factorial(n) * mp.fsum((x + k) ** -(n + 1) for k in range(steps))
    return mp.polygamma(n, x)


def inverse(x):
    return x * mp.sqrt(mp.pi) / 2 if abs(x) < 1e-60 else mp.erfinv(x)


def normal(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def log_normal(x):
    if x < -10:
        t = -x / mp.sqrt(2)
        return mp.log(scaled_integral(0, t) / 2) - t * t
    complement = normal(-x)
    return mp.log1p(-complement)


def log_normal_slope(x):
    if x < 0:
        return mp.sqrt(2 / mp.pi) / scaled_integral(0, -x / mp.sqrt(2))
    return mp.npdf(x) / normal(x)


def bessel_slope(n):
    return lambda x: (mp.besseli(n - 1, x) + mp.besseli(n + 1, x)) / 2


# name: (function, derivative, points, (at 0, -0, inf, -inf), poles, beyond: result past the range where it is computed)
FUNCTIONS = {
    "lgamma": (log_gamma, mp.digamma, GAMMA, ("inf", "inf", "inf", "inf"), "inf"),
    "erfinv": (inverse, lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(inverse(x) ** 2), INTERVAL, ("0", "-0", "nan", "nan"), None),
    "normal_cdf": (normal, mp.npdf, NORMAL, (None, None, "1", "0"), None),
    "log_normal_cdf": (log_normal, log_normal_slope, NORMAL, (None, None, "-0", "-inf"), None),
}


def family(name, n):
    odd = n % 2 == 1
    if name == "polygamma":
        limit = "inf" if n == 0 else "0" if odd else "-0"
        # for a high order what is left between two far poles is 0
        gamma = [x for x in GAMMA if n <= 8 or x > -1e6]
        points = gamma + (near(DIGAMMA_ZERO) + [1.4116, 1.5117, 1.42, 1.5] if n == 0 else [])
        special = ("inf", "inf", limit, "nan") if odd else ("-inf", "inf", limit, "nan")
        return (lambda x: polygamma(n, x), lambda x: polygamma(n + 1, x), points, special, "inf" if odd else "nan")
    if name == "ierfcx":
        function = lambda x: scaled_integral(n, x)
        return (function, lambda x: -2 * (n + 1) * scaled_integral(n + 1, x), HALF_LINE, (None, None, "0", "inf"), None)
    points = LINE + SMALL + [n / 2 for n in range(-10, 100)] + near(45.0, -64.0) + both_signs([355.0, 700.0, 713.5, 714.5, 800.0, 1e300])
    zero = "1" if n == 0 else "0"
    special = (zero, "-0" if odd else zero, "inf", "-inf" if odd else "inf")
    return (lambda x: mp.besseli(n, x), bessel_slope(n), points, special, None)


for name, orders in ORDERS.items():
    for n in orders:
        FUNCTIONS[f"{name} {n}"] = family(name, n)


def limit(name, x, slope):
    """The result where it is beyond f64 or a rounding of a limit, and mpmath would compute for ever."""
    if name.startswith("bessel_i") and abs(x) > 3000:
        order = int(name.split()[1]) + slope
        return "-inf" if x < 0 and order % 2 else "inf"
    if name.startswith("ierfcx") and x < -60:
        return "-inf" if slope else "inf"
    if name == "normal_cdf" and abs(x) > 3000:
        return "0" if slope else "1" if x > 0 else "0"
    if name == "log_normal_cdf" and x > 3000:
        return "0" if slope else "-0"
    if name == "log_normal_cdf" and x < -1e160 and not slope:
        return "-inf"
    return None


def evaluate(name, x, slope=False):
    function, derivative, _, special, pole = FUNCTIONS[name]
    if math.isnan(x):
        return "nan"
    if x == 0 or math.isinf(x):
        known = special[(0 if x == 0 else 2) + (math.copysign(1, x) < 0)]
        if known is not None:
            return known
    if name == "erfinv" and abs(x) >= 1:
        return "nan" if abs(x) > 1 else "inf" if x > 0 else "-inf"
    if pole and x < 0 and x == int(x):
        return pole
    if (known := limit(name, x, slope)) is not None:
        return known
    mp.mp.prec = 400
    return decimal((derivative if slope else function)(mp.mpf(x)))


def double_double(name):
    function, _, points, _, pole = FUNCTIONS[name]
    source = random.Random(name)
    usable = [x for x in points if 1e-100 < abs(x) < 40 and x != int(x) and not (name == "erfinv" and abs(x) > 1)]
    mp.mp.prec = 400
    for x in source.sample(usable, 60):
        low = float(mp.mpf(x) * source.uniform(-0.49, 0.49) * 2.0**-53)
        yield [repr(x), repr(low), decimal(function(mp.mpf(x) + mp.mpf(low)))]


def slopes(name):
    """Derivatives at ordinary points, away from poles and zeros of the derivative."""
    points = FUNCTIONS[name][2]
    ordinary = [x for x in points if 1e-5 < abs(x) < 1e6 and not (FUNCTIONS[name][4] and x < 0 and x == int(x))]
    for x in list(dict.fromkeys(ordinary))[::2]:
        if not (name == "erfinv" and abs(x) >= 1):
            yield [repr(x), evaluate(name, x, True)]


def roots(name):
    """The doubles around the zeros between the negative integers."""
    function = FUNCTIONS[name][0]
    mp.mp.prec = 400
    for k in range(1, 12):
        grid = [mp.mpf(-k) - mp.mpf(j) / 200 for j in range(1, 200)]
        for a, b in zip(grid, grid[1:]):
            if function(a) * function(b) < 0:
                root = mp.findroot(function, (a, b), solver="anderson", tol=1e-80)
                centre = float(root)
                for x in (centre, math.nextafter(centre, 0), math.nextafter(centre, -INF), centre + 1e-10, single(centre)):
                    yield [repr(x), decimal(function(mp.mpf(x)))]


def tables():
    lines = []
    for name, (_, _, points, _, _) in FUNCTIONS.items():
        lines.append((name, [[repr(x), evaluate(name, x)] for (x,) in unique([(x,) for x in SPECIAL + points])]))
        lines.append((f"{name} pairs", list(double_double(name))))
        lines.append((f"{name} slope", list(slopes(name))))
    for name in ("lgamma", "polygamma 0", "polygamma 2"):
        lines.append((f"{name} roots", list(roots(name))))
    quoted = lambda row: "[" + ", ".join(f'"{cell}"' for cell in row) + "]"
    body = [f'"{name}": [\n' + ",\n".join(map(quoted, rows)) + "\n]" for name, rows in lines]
    print("{\n" + ",\n".join(body) + "\n}")


if __name__ == "__main__":
    tables()
