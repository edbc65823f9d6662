"""What every engine in Python shares: the protocol's other side.

An engine is a table from names of operations to functions, and four ways to ask it (`Engine`). This module reads
requests, checks them, runs the program through the table, and writes answers. It knows no engine and no rule.

A function's operands are its positional parameters, its attributes the keyword-only ones, with their defaults: so the
signature is what a request is checked against. An operand called `index` or `labels` is handed over as integers.

    def softmax(x, *, axis): ...

Functions without attributes may be written in C and show no signature: `plain` gives them one. A result in integers or
truth values becomes floats (`Engine.floats`).

An entry of the table may be a tuple of functions: spellings of one operation. Which of them is used, and through which
view an operand passes, is a function of the operation, its attributes and the shapes of its operands: a case replays
the same, and what is left of it after minimising still does what it did. A node called `plain` takes the first spelling
and its operands as they are: what a program says that is made of the case. `NAME_engine.py --explain FILE.json` tells.

Whatever is read, the process answers and lives on: what is no legal case is `invalid`, what the engine does not have
is `unsupported`, what it raises is `failed`. Only answers go to stdout; whatever else is printed goes to stderr.
"""

import functools
import inspect
import json
import math
import os
import sys
import zlib

import numpy as np

PROTOCOL = 1
DTYPES = {"f32": np.float32, "f64": np.float64}
MODES = ("gradient", "jvp", "hvp")
LONGEST_LINE = 64 << 20  # bytes; secant itself writes and reads no longer ones
INTEGERS = ("index", "labels")  # operands that are integers
PLAIN = "plain"  # a node whose name begins so is said in the first spelling, with operands as they are

# Through these operands no derivative passes, by name of the operation; none for all of them.
CUT = {name: None for name in ("stop_gradient argmax argmin argsort cumargmax cumargmin one_hot sign floor ceil round"
                               " trunc gt ge lt le eq ne").split()} | {"where": {0}, "copysign": {1}}


class Unsupported(Exception):
    """The engine does not have this operation, attribute or mode."""


class Invalid(Exception):
    """The request is no legal one."""


class Engine:
    """An engine: its table, its tensors, and how it differentiates. Tensors are the engine's own, programs are functions
    from a list of them to a list of them."""

    name = version = ""
    dtypes = ("f32", "f64")
    modes = ("gradient",)
    ops = {}  # name -> function, or tuple of functions that are spellings of the same
    views = ()  # functions that give the same tensor in another layout
    refusals = ()  # parts of messages by which an operation refuses what it does not take: an answer, no crash
    no_rule = ()  # parts of messages by which the engine says that it cannot differentiate an operation
    numbers = {}  # as `ops`: functions that take a Python number for either operand

    def tensor(self, array):
        """The engine's tensor of a NumPy array of floats."""
        raise NotImplementedError

    def integers(self, x):
        """The engine's integers: of a NumPy array of integers, or of a tensor of the engine's that holds some."""
        raise NotImplementedError

    def floats(self, x, dtype):
        """What an operation gave, in floats if it was none."""
        return x

    def array(self, x):
        """The NumPy array of a tensor."""
        return np.asarray(x)

    def values(self, program, params):
        """The outputs."""
        return program(params)

    def gradient(self, program, params, cotangents):
        """The outputs, and for each param the gradient of <cotangents(outputs), outputs>, None where the engine has none."""
        raise NotImplementedError

    def jvp(self, program, params, tangents):
        """The outputs' tangents."""
        raise NotImplementedError

    def hvp(self, program, params, cotangents, direction):
        """For each param the derivative of that gradient along a direction."""
        raise NotImplementedError


class Compiled(Engine):
    """An engine that compiles programs. What it made of the last one is kept: that is asked again, and at other places."""

    def __init__(self):
        self.key, self.functions = None, {}

    def compile(self, function):
        """A function of lists of tensors, compiled."""
        raise NotImplementedError

    def compiled(self, program, word, function):
        """What is asked of a program by this word, compiled."""
        if program.key != self.key:
            self.key, self.functions = program.key, {}
        if word not in self.functions:
            self.functions[word] = self.compile(function)
        return self.functions[word]


def plain(operands, *functions):
    """Spellings of an operation without attributes: functions of these operands, which are named in a word each."""
    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in operands.split()]

    def spelling(function):
        def call(*args):
            return function(*args)

        call.__signature__, call.spells = inspect.Signature(parameters), function
        return call

    return tuple(map(spelling, functions))


def table(operands, **entries):
    """A table of operations without attributes: each a function, or a tuple of spellings."""
    return {name: plain(operands, *(entry if isinstance(entry, tuple) else (entry,))) for name, entry in entries.items()}


def spelled(function):
    """How an explanation names a function."""
    function = getattr(function, "spells", function)
    line = f", line {function.__code__.co_firstlineno}" if hasattr(function, "__code__") else ""
    return getattr(function, "__name__", repr(function)) + line


def chosen(options, *key):
    """One of the options, always the same one for the same key."""
    return options[zlib.crc32(repr(key).encode()) % len(options)]


def first(options, *_):
    """The first of the options."""
    return options[0]


# Requests


def need(fields, key, kind, where=""):
    """A field that must be there, of a type."""
    if not isinstance(fields, dict):
        raise Invalid(f"{where or 'the request'} should be an object, found {excerpt(fields)}")
    if key not in fields:
        raise Invalid(f"{where}`{key}` is missing")
    if not isinstance(fields[key], kind) or isinstance(fields[key], bool):
        raise Invalid(f"{where}`{key}` should be of type {kind.__name__}, found {excerpt(fields[key])}")
    return fields[key]


def excerpt(found):
    text = found if isinstance(found, str) else repr(found)
    return repr(text if len(text) <= 80 else text[:80] + "..")


def number(x, where):
    """A number as JSON has it: those that are not finite are strings."""
    if isinstance(x, str) and x in ("nan", "inf", "-inf"):
        return float(x)
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        raise Invalid(f'{where} has {excerpt(x)}, expected a number, "nan", "inf" or "-inf"')
    try:
        return float(x)
    except OverflowError:
        raise Invalid(f"{where} has an integer beyond the range of numbers") from None


def tensor_of(data, shape, dtype, where):
    """A NumPy array of flat data, checked."""
    if not isinstance(shape, (list, tuple)) or not all(type(n) is int and n >= 0 for n in shape):
        raise Invalid(f"{where}: the shape should be a list of sizes, found {excerpt(shape)}")
    if not isinstance(data, list):
        raise Invalid(f"{where}: the data should be a flat list of numbers, found {excerpt(data)}")
    if len(data) != math.prod(shape):
        raise Invalid(f"{where} has {len(data)} numbers, its shape {list(shape)} takes {math.prod(shape)}")
    return np.array([number(x, where) for x in data], np.float64).astype(dtype).reshape(shape)


def attribute(x, dtype=np.float64):
    """An attribute: whole numbers become integers, other ones are rounded to the case's arithmetic, "inf" is a number,
    lists are tuples."""
    if isinstance(x, list):
        return tuple(attribute(item, dtype) for item in x)
    if isinstance(x, str) and x in ("nan", "inf", "-inf"):
        return float(x)
    if not isinstance(x, float):
        return x
    is_negative_zero = x == 0 and math.copysign(1, x) < 0
    return int(x) if x.is_integer() and not is_negative_zero else float(dtype(x))


@functools.lru_cache(maxsize=None)
def signature(function):
    """Operands by name (None for any number), attributes, and those without a default."""
    parameters = inspect.signature(function).parameters.values()
    operands = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        operands = None
    attributes = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    return operands, {p.name for p in attributes}, {p.name for p in attributes if p.default is p.empty}


class Node:
    """An operation of a case, checked against the signature of the engine's function."""

    def __init__(self, fields, engine, known, dtype):
        self.name = need(fields, "name", str, "node: ")
        where = f"node `{self.name}`: "
        self.op = need(fields, "op", str, where)
        self.args = need(fields, "args", list, where)
        attrs = need(fields, "attrs", dict, where) if "attrs" in fields else {}
        for arg in self.args:
            if not isinstance(arg, str) or arg not in known:
                raise Invalid(f"{where}{excerpt(arg)} is not defined before it is used")
        if self.op not in engine.ops:
            raise Unsupported(self.op)
        spellings = engine.ops[self.op]
        self.spellings = spellings if isinstance(spellings, tuple) else (spellings,)
        self.attrs = {key: attribute(value, dtype) for key, value in attrs.items()}
        operands, attributes, required = signature(self.spellings[0])
        if operands is not None and len(operands) != len(self.args) or not self.args:
            expected = "at least one" if operands is None else len(operands)
            raise Invalid(f"{where}{self.op} takes {expected} operands, found {len(self.args)}")
        self.operands = operands or ["xs"] * len(self.args)
        for key in sorted(self.attrs.keys() - attributes):
            raise Invalid(f"{where}{self.op} has no attribute `{key}`")
        for key in sorted(required - self.attrs.keys()):
            raise Invalid(f"{where}{self.op} needs the attribute `{key}`")

    def run(self, engine, env, case, tell=None):
        """The engine's tensor for this node; `tell` hears of the choices that were made."""
        is_plain = self.name.startswith(PLAIN)
        choose = first if is_plain else chosen
        key = (self.op, sorted(self.attrs.items()), [tuple(env[arg].shape) for arg in self.args])
        spellings, args, told = self.spellings, [], []
        for place, (arg, operand) in enumerate(zip(self.args, self.operands)):
            x = env[arg]
            view = choose((None,) * 3 + engine.views, "view", place, *key)
            if operand in INTEGERS:
                x = engine.integers(case.indices.get(arg, x))
            elif not is_plain and self.takes_number(engine, case, arg) and choose((True, False), "number", place, *key):
                x, spellings = float(case.constants[arg]), engine.numbers[self.op]
                told.append(f"{arg} as a number")
            elif view is not None:
                x = view(x)
                told.append(f"{arg} {view.__name__}")
            args.append(x)
        spelling = choose(spellings, "spelling", *key)
        if tell:
            tell(f"{self.name} = {self.op}: " + ", ".join([spelled(spelling), *told]))
        try:
            return engine.floats(spelling(*args, **self.attrs), case.dtype)
        except Exception as e:  # whatever an engine may raise
            if any(part in str(e) for part in engine.refusals):
                raise Unsupported(f"{self.op}: {e}") from e
            raise

    def takes_number(self, engine, case, arg):
        """Whether a Python number may stand for this operand: a constant without axes, beside a tensor."""
        is_scalar = arg in case.constants and case.constants[arg].shape == ()
        return self.op in engine.numbers and is_scalar and any(other not in case.constants for other in self.args)


class Case:
    """A program with its numbers, checked as far as an engine can check it."""

    def __init__(self, fields, engine):
        if need(fields, "secant", int, "case: ") != 1:
            raise Invalid(f"case: version {fields['secant']}, expected 1")
        dtype = fields.get("dtype", "f64")
        if dtype not in DTYPES:
            raise Invalid(f"case: `dtype` is {excerpt(dtype)}, expected f32 or f64")
        if dtype not in engine.dtypes:
            raise Unsupported(dtype)
        self.dtype = DTYPES[dtype]
        self.params, self.constants, self.indices, self.nodes = {}, {}, {}, []
        known = set()

        def define(name):
            if name in known:
                raise Invalid(f"`{name}` is defined twice")
            known.add(name)

        for key in ("params", "consts"):
            for field in need(fields, key, list, "case: ") if key in fields else []:
                name = need(field, "name", str, f"{key}: ")
                define(name)
                is_index = key == "consts" and field.get("kind") == "index"
                x = tensor_of(need(field, "data", list, f"`{name}`: "), need(field, "shape", list, f"`{name}`: "),
                              np.float64 if is_index else self.dtype, f"`{name}`")
                if is_index:
                    if not (np.abs(x) <= 2**53).all() or (x != np.trunc(x)).any():
                        raise Invalid(f"`{name}` should hold integers")
                    self.indices[name] = x.astype(np.int64)
                (self.params if key == "params" else self.constants)[name] = x.astype(self.dtype)
        for field in need(fields, "nodes", list, "case: "):
            node = Node(field, engine, known, self.dtype)
            define(node.name)
            self.nodes.append(node)
        self.outputs = need(fields, "outputs", list, "case: ")
        for name in self.outputs:
            if not isinstance(name, str) or name not in known:
                raise Invalid(f"the output {excerpt(name)} is not defined")
        self.cotangents = need(fields, "cotangents", dict, "case: ") if "cotangents" in fields else {}
        shapes = [(name, x.shape) for name, x in self.params.items()]
        self.key = repr((dtype, shapes, sorted((key, x) for key, x in fields.items() if key != "params")))

    def program(self, engine, tell=None):
        """The program as a function from the params' tensors to the outputs'; its `key` tells it from others."""
        constants = {name: engine.tensor(x) for name, x in self.constants.items()}

        def program(params):
            env = {**constants, **dict(zip(self.params, params))}
            for node in self.nodes:
                env[node.name] = node.run(engine, env, self, tell)
            return [env[name] for name in self.outputs]

        program.key = self.key
        return program

    def adjoints(self, engine, outputs):
        """The cotangent of each output."""
        for name in self.outputs:
            if name not in self.cotangents:
                raise Invalid(f"`cotangents` has nothing for the output `{name}`")
        return [engine.tensor(tensor_of(self.cotangents[name], tuple(y.shape), self.dtype, f"the cotangent of `{name}`"))
                for name, y in zip(self.outputs, outputs)]

    def directions(self, engine, fields, key):
        """A tensor for each param."""
        given = need(fields, key, dict)
        for name in given.keys() - self.params.keys():
            raise Invalid(f"`{key}` has {excerpt(name)}, which is no param")
        for name in self.params.keys() - given.keys():
            raise Invalid(f"`{key}` has nothing for `{name}`")
        return [engine.tensor(tensor_of(given[name], x.shape, self.dtype, f"`{key}` of `{name}`"))
                for name, x in self.params.items()]

    def connected(self):
        """The params from which some path leads to an output that no operation cuts."""
        reached = set(self.outputs)
        for node in reversed(self.nodes):
            if node.name in reached:
                cut = CUT.get(node.op, ())
                reached |= {arg for place, (arg, operand) in enumerate(zip(node.args, node.operands))
                            if cut is not None and place not in cut and operand not in INTEGERS}
        return reached & self.params.keys()


# Answers


def numbers(x):
    """Flat data as JSON has it."""
    return [x if math.isfinite(x) else str(x) for x in x.astype(np.float64).ravel().tolist()]


def by_param(case, engine, gradients, shapes):
    """Gradients by name. None is zeros where nothing flows; else it is left out, so that it is seen to be missing."""
    answer = {}
    for (name, x), gradient in zip(case.params.items(), gradients):
        if gradient is not None:
            array = engine.array(gradient)
            answer[name], shapes[name] = numbers(array), array.shape
        elif name not in case.connected():
            answer[name] = [0.0] * x.size
    return answer


def evaluate(engine, fields):
    """The answer to a case."""
    want = need(fields, "want", list)
    for word in want:
        if word not in ("value", *MODES):
            raise Invalid(f"`want` has {excerpt(word)}, expected value, gradient, jvp or hvp")
    case = Case(need(fields, "case", dict), engine)
    for word in want:
        if word not in ("value", *engine.modes):
            raise Unsupported(word)
    program, cotangents = case.program(engine), functools.partial(case.adjoints, engine)
    params = [engine.tensor(x) for x in case.params.values()]
    answer, shapes = {}, {}
    if "gradient" in want:
        outputs, gradients = engine.gradient(program, params, cotangents)
        answer["gradient"] = by_param(case, engine, gradients, shapes)
    elif "value" in want:
        outputs = engine.values(program, params)
    if "value" in want:
        answer["value"] = {name: numbers(engine.array(y)) for name, y in zip(case.outputs, outputs)}
        shapes |= {name: tuple(y.shape) for name, y in zip(case.outputs, outputs)}
    if "jvp" in want:
        tangents = engine.jvp(program, params, case.directions(engine, fields, "tangents"))
        answer["jvp"] = {name: numbers(engine.array(y)) for name, y in zip(case.outputs, tangents)}
    if "hvp" in want:
        direction = case.directions(engine, fields, "direction")
        answer["hvp"] = by_param(case, engine, engine.hvp(program, params, cotangents, direction), shapes)
    return {**answer, "shapes": shapes}


def hello(engine, fields):
    """The answer to who the engine is."""
    if fields.get("protocol", PROTOCOL) != PROTOCOL:
        raise Invalid(f"protocol {excerpt(fields['protocol'])}, expected {PROTOCOL}")
    return {"protocol": PROTOCOL, "engine": engine.name, "version": engine.version, "dtypes": list(engine.dtypes),
            "modes": list(engine.modes), "ops": sorted(engine.ops)}


def respond(engine, line):
    """The answer to a line of bytes, whatever it holds."""
    request_id = None

    def refused(error, **more):
        return {"id": request_id, "ok": False, "error": error, **more}

    def not_json(word):
        raise Invalid(f'{word} is no JSON: numbers that are not finite are written "nan", "inf", "-inf"')

    try:
        try:
            fields = json.loads(line, parse_constant=not_json)
        except (ValueError, RecursionError) as e:
            raise Invalid(f"expected one JSON object a line, found {excerpt(line[:80].decode(errors='replace'))}: "
                          f"{e}") from None
        if not isinstance(fields, dict):
            raise Invalid(f"expected one JSON object a line, found {excerpt(fields)}")
        if isinstance(fields.get("id"), (int, str)):
            request_id = fields["id"]
        kinds = {"hello": hello, "evaluate": evaluate}
        kind = need(fields, "kind", str)
        if kind not in kinds:
            raise Invalid(f"the kind is {excerpt(kind)}, expected hello or evaluate")
        return {"id": request_id, "ok": True, **kinds[kind](engine, fields)}
    except Invalid as e:
        return refused("invalid", message=str(e))
    except (Unsupported, NotImplementedError) as e:
        return refused("unsupported", op=str(e).split("\n")[0] or type(e).__name__)
    except Exception as e:  # whatever an engine may raise is its answer
        if any(part in str(e) for part in engine.no_rule):
            return refused("unsupported", op=str(e).split("\n")[0][:200])
        return refused("failed", message=f"{type(e).__name__}: {e}"[:2000])


def lines(stream):
    """The lines of a stream of bytes; None for one that is too long, which is passed over."""
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)
        yield None


def serve(engine, source, sink):
    """Answers each line of `source` with a line of `sink`, until it ends."""
    for line in lines(source):
        if line is None:
            answer = {"id": None, "ok": False, "error": "invalid", "message": f"a line of more than {LONGEST_LINE} bytes"}
        elif not line.strip():
            continue
        else:
            answer = respond(engine, line)
        sink.write(json.dumps(answer, allow_nan=False).encode() + b"\n")
        sink.flush()


def explain(engine, path):
    """Prints what was chosen for each node of a case, and the engine's answer to it."""
    with open(path, encoding="utf-8") as file:
        fields = json.load(file)
    case = Case(fields, engine)
    case.program(engine, print)([engine.tensor(x) for x in case.params.values()])
    want = ["value", *(mode for mode in engine.modes if mode == "gradient")]
    print(json.dumps(evaluate(engine, {"case": fields, "want": want})))


def main(engine):
    """Runs an engine: serves on stdin and stdout, or explains a case."""
    if len(sys.argv) == 3 and sys.argv[1] == "--explain":
        return explain(engine, sys.argv[2])
    if len(sys.argv) > 1:
        sys.exit(f"usage: {sys.argv[0]} [--explain FILE.json]")
    # stdout belongs to the answers: what the engine prints, also from C, goes to stderr
    with os.fdopen(os.dup(1), "wb") as sink:
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        try:
            serve(engine, sys.stdin.buffer, sink)
        except (BrokenPipeError, KeyboardInterrupt):
            os._exit(0)  # nobody listens any more; nothing is left to flush
