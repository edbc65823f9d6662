"""What attributes mean, for all engines: axes, ranges, sizes a spatial axis. Plain integers; no engine's tensors."""

from secant_engine import Unsupported


def axis_of(axis, rank):
    """An axis counted from the front."""
    if not -rank <= axis < rank:
        raise IndexError(f"axis {axis} of a tensor of rank {rank}")
    return axis % rank


def axes_of(axes, rank):
    """Axes counted from the front, ascending; None is all of them."""
    return tuple(range(rank)) if axes is None else tuple(sorted(axis_of(axis, rank) for axis in axes))


def some_axes(axes, rank):
    """As `axes_of`, for functions that take an empty list for all axes."""
    axes = axes_of(axes, rank)
    if not axes and rank:
        raise Unsupported("reduction over no axes")
    return axes


def folded(shape, axes):
    """The permutation and the shape that make one last axis of these; and the shape that is left with `keepdims`."""
    kept = [axis for axis in range(len(shape)) if axis not in axes]
    count = 1
    for axis in axes:
        count *= shape[axis]
    ones = tuple(1 if axis in axes else n for axis, n in enumerate(shape))
    return kept + list(axes), tuple(shape[axis] for axis in kept) + (count,), ones


def permutation(perm, rank):
    """Where each axis comes from; by default the axes are reversed."""
    return tuple(range(rank))[::-1] if perm is None else tuple(axis_of(axis, rank) for axis in perm)


def per_axis(value, count):
    """One entry for each spatial axis."""
    return tuple(value) if isinstance(value, tuple) else (value,) * count


def windows(x, kernel, stride, padding):
    """Kernel, stride and padding of a pool, an entry for each spatial axis."""
    count = len(x.shape) - 2
    return per_axis(kernel, count), per_axis(kernel if stride is None else stride, count), per_axis(padding, count)


def slices(shape, start, stop, step):
    """Python's slices, one an axis."""
    def entry(entries, axis):
        return None if entries is None else entries[axis]

    return tuple(slice(entry(start, axis), entry(stop, axis), entry(step, axis)) for axis in range(len(shape)))


def forward(places, n):
    """A slice whose step is negative as one whose step is positive, of the flipped axis."""
    start, stop, step = places.indices(n)
    return slice(n - 1 - start, n - 1 - stop, -step)


def paired(axes, rank_a):
    """The two lists of axes of a tensordot."""
    if isinstance(axes, int):
        return tuple(range(rank_a - axes, rank_a)), tuple(range(axes))
    return tuple(map(tuple, axes))


def expanded_axes(axes, rank):
    """The places of new axes in the result, ascending."""
    return tuple(sorted(axis_of(axis, rank + len(axes)) for axis in axes))


def solve_operands(a, b):
    """The shape by which engines take b for matrices, of no lower rank than a, and whether it was a vector."""
    is_vector = len(b.shape) == 1
    shape = (*b.shape, 1) if is_vector else tuple(b.shape)
    return (1,) * (len(a.shape) - len(shape)) + shape, is_vector
