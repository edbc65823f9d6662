#!/usr/bin/env python3
"""Writes the tables that tests/numbers.rs compares with, and the constants of src/number/dd/constants.rs.

Needs mpmath (pip install mpmath). To regenerate both, in the repository's root:

    python3 tests/data/functions.py > tests/data/functions.json
    python3 tests/data/functions.py --constants > src/number/dd/constants.rs && rustfmt src/number/dd/constants.rs

The table maps a function's name to rows [argument, ..., result]. Arguments are exact: the shortest text that f64 reads
back. Under "name pairs" the arguments are double-double numbers, each given as two cells that are to be added.
Results have 45 significant digits, from 400 bits or more; they are "nan", "inf", "-inf", "0", "-0" where they are that
exactly. Points that f32 represents exactly are the subset that f32 is tested on. All choices are seeded.
"""

import math
import random
import struct
import sys
from fractions import Fraction

import mpmath as mp

INF, NAN = math.inf, math.nan
TINY, MIN, MAX = 5e-324, 2.0**-1022, sys.float_info.max


def single(x):
    """The nearest float of 32 bits, infinite above its range."""
    try:
        return struct.unpack("f", struct.pack("f", x))[0]
    except OverflowError:
        return math.copysign(INF, x)


def spread(seed, count, low, high, logarithmic=False):
    """Random points between low and high; every other one is exact in 32 bits."""
    source = random.Random(seed)
    points = []
    for i in range(count):
        if logarithmic:
            x = math.exp(source.uniform(math.log(low), math.log(high)))
        else:
            x = source.uniform(low, high)
        points.append(single(x) if i % 2 else x)
    return points


def both_signs(points):
    return [s * x for x in points for s in (1.0, -1.0)]


def near(*centres):
    """Neighbours of points, from one unit away to a thousandth."""
    points = []
    for c in centres:
        points += [c, math.nextafter(c, INF), math.nextafter(c, -INF), single(c)]
        points += [c + s * d for d in (1e-3, 2.0**-20, 1e-10, 2.0**-40) for s in (1, -1)]
        if c != 0:
            step = math.ldexp(1.0, math.frexp(single(c))[1] - 24)
            points += [single(c) + step, single(c) - step]
    return points


SMALL = both_signs(
    [TINY, 3e-320, MIN, 1e-300, 2.0**-149, 2.0**-126, 1e-30, 2.0**-60, 1e-17, 1e-9, 2.0**-27, 1e-5, 2.0**-12]
)
HUGE = both_signs([1e10, 2.0**40, 1e15, 123456789012345.0, 2.0**53, 1e22, 2.0**70, 2.0**120, 1e100, 2.0**1000, MAX])
SPECIAL = [0.0, -0.0, INF, -INF, NAN]
LINE = both_signs(spread(1, 60, 1e-3, 40.0, True)) + both_signs(spread(2, 20, 0.01, 3.0))
POSITIVE = spread(3, 60, 1e-4, 1e4, True) + spread(4, 40, 1e-300, 1e300, True) + spread(5, 40, 0.4, 2.5)
UNIT = both_signs(spread(6, 60, 0.0, 1.0)) + both_signs(spread(7, 20, 1e-6, 1.0, True))
EDGES = near(1.0, -1.0, 0.5, -0.5) + [1.5, -1.5, 2.0, -2.0]
TURNS = near(*(k * math.pi / 4 for k in (1, 2, 3, 4, 6, 8, 20, 22, 710, 1000, -1, -4, -6)))
# The double nearest to a multiple of pi/2 of all, and others that lose many digits (Muller, Elementary Functions).
HARD_TURNS = [
    math.ldexp(6381956970095103.0, 797),
    math.ldexp(5371393606024775.0, -51),
    33 * math.pi,
    52174.0,
    710.0,
    355.0,
    103993.0,
    3.0e5,
    2.5e7,
    16367173.0,
    1e5,
    1048576.5,
]
GRID = [n / 4 for n in range(-13, 14)] + both_signs(
    [2.0**51 + 0.5, 2.0**52 + 1, 2.0**53 + 2, 0.49999999999999994, 2.5, 8388607.5]
)


def erfc_points():
    return (
        LINE
        + [n / 4 for n in range(-8, 110)]
        + near(0.6, 1.0, 9.0)
        + [26.5, 26.6, 27.0, 27.2, 27.25, 30.0, -6.0, -40.0]
        + [1.3196172115541887, 2.041414234807723, 10.469726334036517, 17.16508707918703]
    )


UNARY = {
    "abs": LINE + SMALL + HUGE,
    "sign": LINE + SMALL + HUGE,
    "sqrt": POSITIVE + SMALL + HUGE,
    "cbrt": LINE + SMALL + HUGE + both_signs(POSITIVE) + [8.0, 27.0, -64.0],
    "exp": LINE
    + SMALL
    + HUGE
    + both_signs(spread(10, 60, 1.0, 700.0))
    + near(709.782712893384, 0.0)
    + [-708.5, -720.0, -745.0, -745.2, -746.0, 710.0],
    "exp2": LINE
    + SMALL
    + HUGE
    + both_signs(spread(11, 60, 1.0, 1020.0))
    + near(0.0)
    + [1023.5, 1024.0, -1022.5, -1060.5, -1074.0, -1076.0]
    + [float(n) for n in range(-30, 31)],
    "exp10": LINE
    + SMALL
    + HUGE
    + both_signs(spread(12, 60, 1.0, 300.0))
    + near(0.0)
    + [308.2, 308.3, 309.0, -307.9, -320.0, -324.0, -330.0]
    + [float(n) for n in range(-22, 46)],
    "expm1": LINE + SMALL + HUGE + both_signs(spread(13, 40, 1.0, 700.0)) + near(0.0, 0.0108, -0.0108, math.log(2)),
    "log": POSITIVE + SMALL + HUGE + near(1.0, 2.0, 0.5, math.sqrt(2), math.sqrt(0.5), math.e),
    "log2": POSITIVE + SMALL + HUGE + near(1.0, 2.0, 0.5, 8.0) + [2.0**n for n in (-1074, -1030, -20, -3, 5, 60, 1023)],
    "log10": POSITIVE + SMALL + HUGE + near(1.0, 10.0, 0.1, 1000.0) + [10.0**n for n in range(23)],
    "log1p": LINE + SMALL + HUGE + near(0.0, -1.0, 1.0, 0.0078, -0.0078, -0.5) + POSITIVE + [-1.5],
    "sin": LINE + SMALL + HUGE + TURNS + HARD_TURNS,
    "cos": LINE + SMALL + HUGE + TURNS + HARD_TURNS,
    "tan": LINE + SMALL + HUGE + TURNS + HARD_TURNS,
    "asin": UNIT + SMALL + EDGES,
    "acos": UNIT + SMALL + EDGES,
    "atan": LINE + SMALL + HUGE + EDGES + both_signs(POSITIVE),
    "sinh": LINE
    + SMALL
    + HUGE
    + both_signs(spread(14, 40, 1.0, 700.0))
    + near(0.3, 40.0)
    + [710.0, 710.4, -710.4, 711.0],
    "cosh": LINE
    + SMALL
    + HUGE
    + both_signs(spread(15, 40, 1.0, 700.0))
    + near(0.3, 40.0)
    + [710.0, 710.4, -710.4, 711.0],
    "tanh": LINE + SMALL + HUGE + near(0.005, 0.5, 0.55, 40.0) + both_signs([0.23187482474957344, 0.546840118546228]),
    "asinh": LINE + SMALL + HUGE + both_signs(POSITIVE) + EDGES + [1e18, 2e18],
    "acosh": [x for x in POSITIVE if x >= 1]
    + near(1.0, 2.0)
    + HUGE
    + [1.0 + n / 16 for n in range(64)]
    + [0.5, -2.0, 1e18, 2e18],
    "atanh": UNIT + SMALL + EDGES,
    "sinc": LINE + SMALL + HUGE + near(0.0, 1.0, 2.0, -3.0, 10.0, 0.25, 0.5, 1.5) + GRID,
    "erf": LINE + SMALL + HUGE + near(0.6, 1.0, 0.84375, 1.25) + [n / 8 for n in range(-60, 60)],
    "erfc": erfc_points() + SMALL + HUGE,
    "floor": LINE + SMALL + HUGE + GRID,
    "ceil": LINE + SMALL + HUGE + GRID,
    "round": LINE + SMALL + HUGE + GRID,
    "trunc": LINE + SMALL + HUGE + GRID,
}


def pairs(seed, count, low, high):
    source = random.Random(seed)
    a = both_signs(spread(seed, count, low, high, True))
    b = both_signs(spread(seed + 1, count, low, high, True))
    source.shuffle(a)
    source.shuffle(b)
    return list(zip(a, b))


CORNERS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, -3.0, TINY, -MIN, 1e300, -1e300, INF, -INF, NAN]
SQUARE = [(a, b) for a in CORNERS for b in CORNERS]
POWERS = (
    list(zip(spread(20, 80, 1e-3, 1e3, True), both_signs(spread(21, 40, 0.1, 80.0))))
    + list(zip(spread(22, 60, 0.9, 1.1), both_signs(spread(23, 30, 1.0, 6000.0))))
    + [
        (x, float(n))
        for x in (3.0, -1.5, 10.0, 0.7, 1.0009765625, -0.99)
        for n in (-70, -33, -5, -2, -1, 1, 2, 3, 7, 22, 64, 65, 301)
    ]
    + [
        (1.0149314846275774, 40000.0),
        (0.9853, -47000.0),
        (1.0000000000000002, 2.0**52),
        (0.9999999999999999, 1e18),
        (2.0, -1074.0),
        (2.0, 1024.0),
        (2.0, 0.5),
        (1e-300, 0.01),
        (1e300, 1.02),
    ]
)
BINARY = {
    "pow": POWERS + SQUARE,
    "atan2": pairs(24, 60, 1e-3, 1e3)
    + pairs(26, 40, 1e-30, 1e30)
    + pairs(28, 30, 1e-300, 1e300)
    + SQUARE
    + [(1.0, x) for x in near(1.0, -1.0)],
    "hypot": pairs(30, 60, 1e-3, 1e3)
    + pairs(32, 40, 1e-15, 1e15)
    + pairs(34, 30, 1e-300, 1e300)
    + SQUARE
    + [(3.0, 4.0), (1.2e308, 1e308), (1.5e308, 1.5e308), (TINY, TINY)],
    "fmod": pairs(36, 60, 1e-3, 1e3)
    + pairs(38, 40, 1e-20, 1e20)
    + pairs(40, 30, 1e-300, 1e300)
    + SQUARE
    + [(5.3, 1.1), (1e22, 3.0), (MAX, TINY), (MAX, 3.3), (7.0, 3.5)],
    "remainder": pairs(42, 60, 1e-3, 1e3)
    + pairs(44, 40, 1e-20, 1e20)
    + SQUARE
    + [(5.3, -1.1), (-1e22, 3.0), (7.0, -3.5), (-7.0, 3.5)],
}
assert all(len(points) >= 60 for points in [*UNARY.values(), *BINARY.values()])


def sinc(x):
    return mp.sin(mp.pi * x) / (mp.pi * x)


def to_integer(rounding):
    return lambda x: mp.mpf(rounding(float(x)))


TRUTH = {
    "abs": abs,
    "sign": mp.sign,
    "sqrt": mp.sqrt,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "exp": mp.exp,
    "exp2": lambda x: mp.mpf(2) ** x,
    "exp10": lambda x: mp.mpf(10) ** x,
    "expm1": mp.expm1,
    "log": mp.log,
    "log2": lambda x: mp.log(x, 2),
    "log10": lambda x: mp.log(x) / mp.log(10),
    "log1p": lambda x: mp.log(1 + x),
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "asin": mp.asin,
    "acos": mp.acos,
    "atan": mp.atan,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "asinh": mp.asinh,
    "acosh": mp.acosh,
    "atanh": mp.atanh,
    "sinc": sinc,
    "erf": mp.erf,
    "erfc": mp.erfc,
    "floor": to_integer(math.floor),
    "ceil": to_integer(math.ceil),
    "round": to_integer(round),
    "trunc": to_integer(math.trunc),
}
# What the functions are at 0, -0, inf, -inf and outside their domain, from C's Annex F.
AT_SPECIAL = {
    # name: (at +0, at -0, at +inf, at -inf)
    "abs": ("0", "0", "inf", "inf"),
    "sign": ("0", "0", "1", "-1"),
    "sqrt": ("0", "-0", "inf", "nan"),
    "cbrt": ("0", "-0", "inf", "-inf"),
    "exp": ("1", "1", "inf", "0"),
    "exp2": ("1", "1", "inf", "0"),
    "exp10": ("1", "1", "inf", "0"),
    "expm1": ("0", "-0", "inf", "-1"),
    "log": ("-inf", "-inf", "inf", "nan"),
    "log2": ("-inf", "-inf", "inf", "nan"),
    "log10": ("-inf", "-inf", "inf", "nan"),
    "log1p": ("0", "-0", "inf", "nan"),
    "sin": ("0", "-0", "nan", "nan"),
    "cos": ("1", "1", "nan", "nan"),
    "tan": ("0", "-0", "nan", "nan"),
    "asin": ("0", "-0", "nan", "nan"),
    "acos": (None, None, "nan", "nan"),
    "atan": ("0", "-0", None, None),
    "sinh": ("0", "-0", "inf", "-inf"),
    "cosh": ("1", "1", "inf", "inf"),
    "tanh": ("0", "-0", "1", "-1"),
    "asinh": ("0", "-0", "inf", "-inf"),
    "acosh": ("nan", "nan", "inf", "nan"),
    "atanh": ("0", "-0", "nan", "nan"),
    "sinc": ("1", "1", "0", "0"),
    "erf": ("0", "-0", "1", "-1"),
    "erfc": ("1", "1", "0", "2"),
    "floor": ("0", "-0", "inf", "-inf"),
    "ceil": ("0", "-0", "inf", "-inf"),
    "round": ("0", "-0", "inf", "-inf"),
    "trunc": ("0", "-0", "inf", "-inf"),
}
DOMAIN = {
    "sqrt": lambda x: x >= 0,
    "log": lambda x: x > 0,
    "log2": lambda x: x > 0,
    "log10": lambda x: x > 0,
    "log1p": lambda x: x >= -1,
    "asin": lambda x: abs(x) <= 1,
    "acos": lambda x: abs(x) <= 1,
    "acosh": lambda x: x >= 1,
    "atanh": lambda x: abs(x) <= 1,
}


def decimal(value, zero="0"):
    """45 digits; beyond f64 an infinity or what its own rounding makes of it."""
    if mp.isnan(value):
        return "nan"
    if value == 0:
        return zero
    if mp.isinf(value) or abs(value) >= mp.mpf(2) ** 1024:
        return "inf" if value > 0 else "-inf"
    return mp.nstr(value, 45, strip_zeros=True, min_fixed=0, max_fixed=0)


def unary(name, x):
    if math.isnan(x):
        return "nan"
    index = 0 if x == 0 else 2
    if x == 0 or math.isinf(x):
        index += math.copysign(1, x) < 0
        if (special := AT_SPECIAL[name][index]) is not None:
            return special
    if name in DOMAIN and not DOMAIN[name](x):
        return "nan"
    if (name, abs(x)) == ("atanh", 1):
        return "inf" if x > 0 else "-inf"
    if (name, x) == ("log1p", -1):
        return "-inf"
    # Digits enough for the reduction of the argument, for what cancels, and without making e^(10^300) a number.
    exponent = 0 if x == 0 else abs(math.frexp(x)[1])
    mp.mp.prec = (
        400 + 2 * exponent
        if name not in ("exp", "exp2", "exp10", "expm1", "sinh", "cosh", "tanh", "erf", "erfc") or abs(x) < 1
        else 400
    )
    if name in ("exp", "exp2", "exp10", "expm1", "sinh", "cosh", "tanh", "erf", "erfc") and abs(x) > 3000:
        limit = AT_SPECIAL[name][2 if x > 0 else 3]
        return limit
    if name == "tanh" and abs(x) > 1:
        mp.mp.prec = 400 + 4 * int(abs(x))
    if name in ("erf", "erfc"):
        mp.mp.prec = 3000
    if name == "sinc" and x == int(x):
        return "0"
    value = TRUTH[name](mp.mpf(x))
    return decimal(value, "-0" if name in ("ceil", "round", "trunc") and x < 0 else "0")


def binary(name, x, y):
    exact = {"pow": power, "atan2": angle, "hypot": hypotenuse, "fmod": fmod, "remainder": remainder}[name]
    mp.mp.prec = 6000 if name in ("fmod", "remainder", "pow") else 3000
    return exact(x, y)


def power(x, y):
    if y == 0 or x == 1:
        return "1"
    if math.isnan(x) or math.isnan(y):
        return "nan"
    is_odd = math.isfinite(y) and y == int(y) and int(y) % 2 == 1
    if math.isinf(y):
        if abs(x) == 1:
            return "1"
        return "inf" if (abs(x) > 1) == (y > 0) else "0"
    if x == 0 or math.isinf(x):
        sign = "-" if is_odd and math.copysign(1, x) < 0 else ""
        return sign + ("0" if (x == 0) == (y > 0) else "inf")
    if x < 0 and y != int(y):
        return "nan"
    sign = "-" if is_odd and x < 0 else ""
    logarithm = mp.log(abs(mp.mpf(x))) * y
    if abs(logarithm) > 2000:
        return sign + ("inf" if logarithm > 0 else "0")
    return sign + decimal(mp.exp(logarithm))


def angle(y, x):
    if math.isnan(x) or math.isnan(y):
        return "nan"
    sign = "-" if math.copysign(1, y) < 0 else ""
    left = math.copysign(1, x) < 0
    if math.isinf(y):
        value = mp.pi * (3 if left else 1) / 4 if math.isinf(x) else mp.pi / 2
    elif y == 0 or math.isinf(x):
        value = mp.pi if left else mp.mpf(0)
    else:
        value = mp.atan2(abs(mp.mpf(y)), mp.mpf(x))
    return sign + decimal(value)


def hypotenuse(x, y):
    if math.isinf(x) or math.isinf(y):
        return "inf"
    return decimal(mp.sqrt(mp.mpf(x) ** 2 + mp.mpf(y) ** 2))


def fmod(x, y):
    if math.isnan(x) or math.isnan(y) or math.isinf(x) or y == 0:
        return "nan"
    sign = "-" if math.copysign(1, x) < 0 else ""
    if math.isinf(y):
        return decimal(mp.mpf(x), "-0" if sign else "0")
    a, b = Fraction(abs(x)), Fraction(abs(y))
    rest = a % b
    return sign + decimal(mp.mpf(rest.numerator) / rest.denominator)


def remainder(x, y):
    if math.isnan(x) or math.isnan(y) or math.isinf(x) or y == 0:
        return "nan"
    zero = "-0" if math.copysign(1, y) < 0 else "0"
    if math.isinf(y):
        if x == 0:
            return zero
        return decimal(mp.mpf(x)) if (x < 0) == (y < 0) else ("inf" if y > 0 else "-inf")
    a, b = Fraction(x), Fraction(y)
    rest = a % b
    return decimal(mp.mpf(rest.numerator) / rest.denominator, zero)


def unique(points):
    seen = set()
    for point in points:
        key = tuple(map(repr, point))
        if key not in seen:
            seen.add(key)
            yield point


def double_double(name):
    """Rows whose arguments have two parts: random ones, and ones whose low part is all that keeps them from a zero."""
    source = random.Random(name)
    arity = 1 if name in UNARY else 2
    points = [p if isinstance(p, tuple) else (p,) for p in (UNARY | BINARY)[name]]
    usable = [p for p in points if all(1e-200 < abs(x) < 1e200 for x in p)]
    chosen = source.sample(usable, min(60, len(usable)))
    if arity == 1:
        chosen += [(float(x),) for x in (1, 0.5, 2, 10, 3.25)]
    mp.mp.prec = 1200
    rows = []
    for point in chosen:
        low = [float(mp.mpf(x) * source.uniform(-0.49, 0.49) * 2.0**-53) for x in point]
        rows.append(list(zip(point, low)))
    if arity == 1:
        for c in (
            mp.pi,
            mp.pi / 2,
            mp.pi * 3,
            -mp.pi,
            mp.pi * 100,
            mp.log(2),
            mp.mpf(1) + mp.mpf(2) ** -90,
            mp.mpf(1) - mp.mpf(2) ** -80,
            mp.mpf(3) + mp.mpf(2) ** -70,
        ):
            rows.append([(float(c), float(c - mp.mpf(float(c))))])
    for row in rows:
        arguments = [mp.mpf(high) + mp.mpf(low) for high, low in row]
        value = exact(name, arguments)
        if value is not None:
            yield [repr(part) for pair in row for part in pair] + [value]


def exact(name, arguments):
    """A function of finite arguments other than 0 at high precision; None outside its domain or range."""
    x, y = arguments[0], arguments[-1]
    if name in DOMAIN and not DOMAIN[name](x):
        return None
    if name in ("exp", "exp2", "exp10", "expm1", "sinh", "cosh", "tanh", "erf", "erfc") and abs(x) > 300:
        return None
    if name == "pow" and (x < 0 or abs(mp.log(x) * y) > 600):
        return None
    if name == "sinc" and x == mp.nint(x):
        return None
    integers = {"floor": mp.floor, "ceil": mp.ceil, "trunc": lambda x: mp.sign(x) * mp.floor(abs(x)), "round": mp.nint}
    if name in integers:
        value = integers[name](x)
    elif name in UNARY:
        value = TRUTH[name](x)
    else:
        functions = {
            "pow": lambda: mp.exp(mp.log(x) * y),
            "atan2": lambda: mp.atan2(x, y),
            "hypot": lambda: mp.sqrt(x * x + y * y),
            "fmod": lambda: mp.sign(x) * (abs(x) % abs(y)),
            "remainder": lambda: x % y,
        }
        value = functions[name]()
    return decimal(value) if value != 0 else None


def tables():
    lines = []
    for name, points in UNARY.items():
        points = [(x,) for x in SPECIAL + points + (near(0.0) if name != "acosh" else [])]
        rows = [[repr(*p), unary(name, *p)] for p in unique(points)]
        lines.append((name, rows))
    for name, points in BINARY.items():
        rows = [[repr(x), repr(y), binary(name, x, y)] for x, y in unique(points)]
        lines.append((name, rows))
    for name in [*UNARY, *BINARY]:
        lines.append((f"{name} pairs", list(double_double(name))))
    quoted = lambda row: "[" + ", ".join(f'"{cell}"' for cell in row) + "]"
    body = [f'"{name}": [\n' + ",\n".join(map(quoted, rows)) + "\n]" for name, rows in lines]
    print("{\n" + ",\n".join(body) + "\n}")


def constants():
    """Pairs of f64 whose sums are the constants, from 2000 bits."""
    mp.mp.prec = 2000

    def pair(value):
        high = float(value)
        return f"Dd::new({high!r}, {float(value - mp.mpf(high))!r})"

    def constant(what, name, value):
        print(f"/// {what}\npub(super) const {name}: Dd = {pair(value)};")

    def table(what, name, values):
        values = [mp.mpf(value) for value in values]
        print(f"/// {what}\npub(super) static {name}: [Dd; {len(values)}] = [")
        for value in values:
            print(f"    {pair(value)},")
        print("];")

    print("//! The constants of the double-double functions, printed by `tests/data/functions.py --constants`.")
    print('#![allow(clippy::approx_constant, reason = "the standard library has only the high parts")]')
    print("\nuse super::Dd;\n")
    ln2, ln10 = mp.log(2), mp.log(10)
    constant("pi", "PI", mp.pi)
    constant("pi / 2", "HALF_PI", mp.pi / 2)
    constant("pi / 4", "QUARTER_PI", mp.pi / 4)
    constant("3 pi / 4", "THREE_QUARTERS_PI", 3 * mp.pi / 4)
    constant("1 / pi", "ONE_OVER_PI", 1 / mp.pi)
    constant("2 / sqrt(pi)", "TWO_OVER_SQRT_PI", 2 / mp.sqrt(mp.pi))
    constant("ln 2", "LN_2", ln2)
    constant("ln 10", "LN_10", ln10)
    constant("1 / ln 2", "LOG2_E", 1 / ln2)
    constant("1 / ln 10", "LOG10_E", 1 / ln10)
    for what, name, value in (("ln 2 / 32", "LN2_32", ln2 / 32), ("log10 2 / 32", "LOG10_2_32", ln2 / ln10 / 32)):
        fraction, exponent = mp.frexp(value)
        top = mp.ldexp(mp.floor(mp.ldexp(fraction, 34)), exponent - 34)
        print(f"/// {what}: 34 leading bits, whose products with integers of 17 bits are exact, and the rest.")
        print(f"pub(super) const {name}: (f64, Dd) = ({float(top)!r}, {pair(value - top)});")
    table("2^(j/32) for j = 0..=31.", "EXP2", [mp.mpf(2) ** (mp.mpf(j) / 32) for j in range(32)])
    table("-ln(j/64) for j = 45..=91.", "LOG", [-mp.log(mp.mpf(j) / 64) for j in range(45, 92)])
    table("sin(j/32) for j = 0..=26.", "SIN", [mp.sin(mp.mpf(j) / 32) for j in range(27)])
    table("cos(j/32) for j = 0..=26.", "COS", [mp.cos(mp.mpf(j) / 32) for j in range(27)])
    table("1/n! for n = 0..=14.", "INVERSE_FACTORIAL", [1 / mp.factorial(n) for n in range(15)])
    table("1/(2 n + 1) for n = 0..=6.", "INVERSE_ODD", [1 / mp.mpf(2 * n + 1) for n in range(7)])
    step = mp.mpf(11) / 32
    table("exp(-(n h)^2) for n = 0..=25, h = 11/32.", "ERFC_WEIGHTS", [mp.exp(-((n * step) ** 2)) for n in range(26)])
    constant("sqrt(pi) / 2", "HALF_SQRT_PI", mp.sqrt(mp.pi) / 2)
    constant("1 / sqrt(2)", "SQRT_HALF", mp.sqrt(mp.mpf(1) / 2))
    constant("ln(2 pi) / 2", "HALF_LN_2PI", mp.log(2 * mp.pi) / 2)
    constant("1 - Euler's constant: the derivative of ln Gamma at 2", "ONE_MINUS_EULER", 1 - mp.euler)
    table("(zeta(k) - 1) / k for k = 2..=56.", "ZETA", [mp.zeta(k, 2) / k for k in range(2, 57)])
    table("B_2k / (2 k)! for k = 1..=24.", "BERNOULLI", [mp.bernoulli(2 * k) / mp.factorial(2 * k) for k in range(1, 25)])
    root = mp.findroot(mp.digamma, 1.4616321449683623)
    print("/// The positive zero of the digamma function: its leading part, and the rest.")
    print(f"pub(super) const DIGAMMA_ROOT: (f64, Dd) = ({float(root)!r}, {pair(root - mp.mpf(float(root)))});")
    taylor = [mp.polygamma(k, root) / mp.factorial(k) for k in range(1, 25)]
    table("The Taylor coefficients of the digamma function at its zero, from the first.", "DIGAMMA_TAYLOR", taylor)
    digits = int(mp.floor(mp.ldexp(2 / mp.pi, 64 * 24)))
    print("/// The binary digits of 2/pi after the point, most significant word first.")
    print("pub(super) static TWO_OVER_PI: [u64; 24] = [")
    for i in reversed(range(24)):
        word = f"{digits >> (64 * i) & (2**64 - 1):016x}"
        print("    0x" + "_".join(word[j : j + 4] for j in range(0, 16, 4)) + ",")
    print("];")


if __name__ == "__main__":
    constants() if "--constants" in sys.argv else tables()
