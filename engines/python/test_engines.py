"""Tests of the engines in Python: python3 engines/python/test_engines.py

The base is held against bad input with an engine of this file. Each engine that is installed introduces itself, answers
the cases in regressions/ and one of each operation, as do the programs that secant writes for it, and runs through a short
fuzz. One that is not installed is reported as skipped. Where secant is found: SECANT in the environment, else
target/release/secant, else the path.
"""

import importlib.util
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import numpy as np
import secant_engine
from secant_engine import Engine, Invalid, chosen, evaluate, lines, respond, serve, table

ENGINES = {"jax": "jax", "pytorch": "torch", "autograd": "autograd", "tinygrad": "tinygrad", "tensorflow": "tensorflow"}
BUILT = ROOT / "target/release/secant"
SECANT = os.environ.get("SECANT") or (str(BUILT) if BUILT.exists() else shutil.which("secant"))


def powc(x, *, exponent):
    return x**exponent


def talk(x):
    print("an engine that talks")
    return x


class Squares(Engine):
    """NumPy, with gradients of x^2 and of nothing else."""

    name, version = "squares", "1"
    ops = table("x", square=np.square, talk=talk, neg=np.negative, floor=np.floor, fail=lambda x: x.shape[7]) | table(
        "x index", take=lambda x, index: x[index]) | {"powc": powc}

    def tensor(self, array):
        return array

    def integers(self, x):
        return x.astype(int)

    def gradient(self, program, params, cotangents):
        outputs = program(params)
        return outputs, [2 * x * ct if x.shape == ct.shape else None for x, ct in zip(params, cotangents(outputs))]


def case(**changes):
    fields = {"secant": 1, "dtype": "f64", "params": [{"name": "x", "shape": [2], "data": [1.0, 3.0]}], "consts": [],
              "nodes": [{"name": "y", "op": "square", "args": ["x"], "attrs": {}}], "outputs": ["y"],
              "cotangents": {"y": [1.0, 10.0]}}
    return fields | changes


def node(op, args=("x",), **attrs):
    return {"name": "y", "op": op, "args": list(args), "attrs": attrs}


def ask(fields=None, **more):
    request = {"id": 3, "kind": "evaluate", "case": case() if fields is None else fields, "want": ["value", "gradient"]}
    return respond(Squares(), json.dumps(request | more).encode())


class Base(unittest.TestCase):
    def test_values_and_gradients(self):
        answer = ask()
        self.assertEqual(answer, {"id": 3, "ok": True, "value": {"y": [1.0, 9.0]}, "gradient": {"x": [2.0, 60.0]},
                                  "shapes": {"x": (2,), "y": (2,)}})

    def test_numbers_that_are_not_finite_are_words_both_ways(self):
        data = ["nan", "inf", "-inf", -0.0, 1e-320]
        answer = ask(case(params=[{"name": "x", "shape": [5], "data": data}], nodes=[node("neg")],
                          cotangents={"y": [1.0] * 5}), want=["value"])
        self.assertEqual(answer["value"]["y"], ["nan", "-inf", "inf", 0.0, -1e-320])
        self.assertEqual(json.loads(json.dumps(answer, allow_nan=False))["value"]["y"][0], "nan")

    def test_ranks_and_sizes_of_zero(self):
        for shape, data in (([], [2.0]), ([0, 3], []), ([1, 0], [])):
            answer = ask(case(params=[{"name": "x", "shape": shape, "data": data}], cotangents={"y": data}))
            self.assertEqual(answer["value"], {"y": [x * x for x in data]})
            self.assertEqual(answer["shapes"]["x"], tuple(shape))

    def test_single_precision_is_rounded_to(self):
        answer = ask(case(dtype="f32", params=[{"name": "x", "shape": [1], "data": [0.1]}], cotangents={"y": [1.0]}))
        self.assertEqual(answer["value"]["y"], [float(np.float32(0.1) * np.float32(0.1))])

    def test_indices_are_integers_for_who_takes_them(self):
        index = {"name": "i", "shape": [3], "data": [1, 0, -1], "kind": "index"}
        answer = ask(case(consts=[index], nodes=[node("take", ["x", "i"])], cotangents={"y": [0.0] * 3}), want=["value"])
        self.assertEqual(answer["value"]["y"], [3.0, 1.0, 3.0])
        answer = ask(case(consts=[index | {"data": [0.5, 0, 0]}], nodes=[node("take", ["x", "i"])]))
        self.assertIn("integers", answer["message"])

    def test_attributes(self):
        self.assertEqual([secant_engine.attribute(x) for x in (2.0, 2.5, "inf", "linear", [1.0, None], True)],
                         [2, 2.5, float("inf"), "linear", (1, None), True])
        self.assertEqual(str(secant_engine.attribute(-0.0)), "-0.0")
        self.assertEqual(ask(case(nodes=[node("powc", exponent=2.0)]), want=["value"])["value"]["y"], [1.0, 9.0])
        self.assertIn("needs the attribute `exponent`", ask(case(nodes=[node("powc")]))["message"])
        self.assertIn("no attribute `slope`", ask(case(nodes=[node("powc", exponent=1, slope=2)]))["message"])

    def test_a_missing_gradient_is_seen_unless_nothing_flows(self):
        two = [{"name": "x", "shape": [2], "data": [1.0, 3.0]}, {"name": "w", "shape": [1], "data": [1.0]}]
        unused = ask(case(params=two, outputs=["y", "y"]))
        self.assertEqual(unused["gradient"]["w"], [0.0])
        used = [node("square"), {"name": "z", "op": "neg", "args": ["w"]}]
        answer = ask(case(params=two[1:] + two[:1], nodes=used, outputs=["y", "z"], cotangents={"y": [1.0, 1.0], "z": [1.0]}))
        self.assertEqual(answer["gradient"], {})
        cut = [node("square"), {"name": "z", "op": "floor", "args": ["w"]}]
        answer = ask(case(params=two[1:] + two[:1], nodes=cut, outputs=["y", "z"], cotangents={"y": [1.0, 1.0], "z": [1.0]}))
        self.assertEqual(answer["gradient"], {"w": [0.0]})

    def test_illegal_cases_are_invalid(self):
        x = {"name": "x", "shape": [2], "data": [1.0, 3.0]}
        table_of_cases = [
            (case(secant=2), "version 2"),
            (case(secant="1"), "should be of type int"),
            (case(dtype="f16"), "f32 or f64"),
            (case(params=3), "should be of type list"),
            (case(params=[3]), "should be an object"),
            (case(params=[x, x]), "defined twice"),
            (case(params=[x | {"data": [1.0]}]), "1 numbers, its shape [2] takes 2"),
            (case(params=[x | {"data": [1.0, "NaN"]}]), "expected a number"),
            (case(params=[x | {"data": [1.0, True]}]), "expected a number"),
            (case(params=[x | {"data": [1.0, None]}]), "expected a number"),
            (case(params=[x | {"data": [1.0, 10**400]}]), "beyond the range"),
            (case(params=[x | {"data": [[1.0], [2.0]]}]), "expected a number"),
            (case(params=[x | {"shape": [-2]}]), "list of sizes"),
            (case(params=[x | {"shape": [10**9, 10**9]}]), "2 numbers"),
            (case(params=[x | {"shape": [1.5]}]), "list of sizes"),
            (case(nodes=[node("square", [])]), "1 operands, found 0"),
            (case(nodes=[node("square", ["x", "x"])]), "1 operands, found 2"),
            (case(nodes=[node("square", ["z"])]), "not defined before"),
            (case(nodes=[node("square", [["x"]])]), "not defined before"),
            (case(nodes=[node("square", ["y"])]), "not defined before"),
            (case(nodes=[{"name": "y", "op": "square"}]), "`args` is missing"),
            (case(outputs=["q"]), "output 'q' is not defined"),
            (case(outputs=[["y"]]), "is not defined"),
            (case(cotangents={}), "nothing for the output `y`"),
            (case(cotangents={"y": [1.0]}), "takes 2"),
            (case(cotangents=[]), "should be of type dict"),
            ([], "`case` should be of type dict"),
        ]
        for fields, expected in table_of_cases:
            with self.subTest(expected=expected, fields=fields):
                answer = ask(fields)
                self.assertEqual((answer["id"], answer["ok"], answer["error"]), (3, False, "invalid"), answer)
                self.assertIn(expected, answer["message"])

    def test_illegal_requests_are_invalid(self):
        for more, expected in [({"want": "value"}, "type list"), ({"want": ["hessian"]}, "expected value"),
                               ({"want": [["value"]]}, "expected value"), ({"kind": "dance"}, "hello or evaluate"),
                               ({"kind": 1}, "type str"), ({"kind": "hello", "protocol": 2}, "protocol '2'")]:
            with self.subTest(expected=expected):
                answer = ask(**more)
                self.assertEqual((answer["id"], answer["error"]), (3, "invalid"))
                self.assertIn(expected, answer["message"])

    def test_directions_are_checked(self):
        class Forward(Squares):
            modes = ("jvp",)

            def jvp(self, program, params, tangents):
                return [2 * params[0] * tangents[0]]

        fields = {"case": case(), "want": ["jvp"]}
        self.assertEqual(evaluate(Forward(), fields | {"tangents": {"x": [1.0, 1.0]}})["jvp"], {"y": [2.0, 6.0]})
        for tangents in ({}, {"x": [1.0]}, {"x": [1.0, 1.0], "w": []}, {"x": ["no", 1.0]}, None):
            with self.subTest(tangents=tangents), self.assertRaises(Invalid):
                evaluate(Forward(), fields | {"tangents": tangents})

    def test_what_the_engine_lacks_is_unsupported(self):
        self.assertEqual(ask(case(nodes=[node("gelu")])), {"id": 3, "ok": False, "error": "unsupported", "op": "gelu"})
        self.assertEqual(ask(want=["jvp"])["error"], "unsupported")

    def test_what_the_engine_raises_is_failed(self):
        answer = ask(case(nodes=[node("fail")]))
        self.assertEqual((answer["error"], answer["message"][:10]), ("failed", "IndexError"))

    def test_garbage_is_answered_line_by_line(self):
        hello = b'{"id":1,"kind":"hello","protocol":1}\n'
        garbage = [b"hello\n", b"[1]\n", b"\xff\xfe\n", b'{"id":0,"x":NaN}\n', b"[" * 100_000 + b"\n", b'"\n', b"1" * 5000 + b"\n",
                   b"null\n", b'{"id":{}}\n']
        sink = io.BytesIO()
        serve(Squares(), io.BytesIO(b"".join(garbage) + b"\n \n" + hello), sink)
        answers = [json.loads(line) for line in sink.getvalue().splitlines()]
        self.assertEqual([a["ok"] for a in answers], [False] * len(garbage) + [True])
        self.assertEqual({a["error"] for a in answers[:-1]}, {"invalid"})
        self.assertIn("are written", answers[3]["message"])
        self.assertEqual(answers[-1]["engine"], "squares")

    def test_a_line_without_end_is_passed_over(self):
        longest, secant_engine.LONGEST_LINE = secant_engine.LONGEST_LINE, 50
        try:
            read = list(lines(io.BytesIO(b"a" * 50 + b"\n" + b"b" * 49 + b"\n" + b"c" * 500 + b"\nd\n" + b"e" * 51)))
        finally:
            secant_engine.LONGEST_LINE = longest
        self.assertEqual(read, [None, b"b" * 49 + b"\n", None, b"d\n", None])

    def test_choices_depend_on_their_key_alone_and_reach_all(self):
        options = "abcde"
        found = [chosen(options, "op", k) for k in range(200)]
        self.assertEqual(found, [chosen(options, "op", k) for k in range(200)])
        self.assertEqual(set(found), set(options))

    def test_stdout_holds_answers_only(self):
        program = ("import sys, os; sys.path.insert(0, sys.argv.pop()); import test_engines as t, secant_engine as s\n"
                   "class Loud(t.Squares):\n def tensor(self, x): os.write(1, b'from below'); return x\n"
                   "s.main(Loud())")
        request = {"id": 1, "kind": "evaluate", "case": case(nodes=[node("talk")]), "want": ["value"]}
        done = subprocess.run([sys.executable, "-c", program, str(HERE)], input=json.dumps(request).encode() + b"\n",
                              capture_output=True, timeout=60)
        self.assertEqual(json.loads(done.stdout)["value"], {"y": [1.0, 3.0]})
        self.assertIn(b"an engine that talks", done.stderr)
        self.assertIn(b"from below", done.stderr)


def secant(*words, **more):
    return subprocess.run([SECANT, *words], capture_output=True, text=True, timeout=280, **more)


def in_first_spellings(fields):
    """A case whose nodes have the names by which engines say them as programs do."""
    named = {node["name"]: f"{secant_engine.PLAIN}_{node['name']}" for node in fields["nodes"]}
    nodes = [node | {"name": named[node["name"]], "args": [named.get(arg, arg) for arg in node["args"]]}
             for node in fields["nodes"]]
    return fields | {"nodes": nodes, "outputs": [named.get(y, y) for y in fields["outputs"]],
                     "cotangents": {named.get(y, y): ct for y, ct in fields["cotangents"].items()}}


# An engine whose tangents and second derivatives are 1 % too large, but for those of a parameter itself.
EXAGGERATES = """
import importlib, sys
_, here, name, part = sys.argv
sys.path.insert(0, here)
del sys.argv[1:]
import numpy as np
import secant_engine
module = importlib.import_module(f"{name}_engine")
honest, = [one for one in vars(module).values() if getattr(one, "name", None) == name and hasattr(one, "version")]

def exaggerates(self, *asked):
    numbers = getattr(super(Exaggerates, self), part)(*asked)
    are_own = [np.array_equal(self.array(x), self.array(u)) for x, u in zip(numbers, asked[-1])]
    return numbers if all(are_own) else [1.01 * x for x in numbers]

Exaggerates = type("Exaggerates", (honest,), {part: exaggerates, "modes": ("gradient", part)})
secant_engine.main(Exaggerates())
"""


# An engine that has all operations and answers nothing: cases that are drawn go to a file.
RECORDS = """
import json, sys
_, path, ops = sys.argv
with open(path, "w") as cases:
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {"id": asked["id"], "ok": False, "error": "unsupported", "message": "an engine that records"}
        if asked["kind"] == "hello":
            answer = {"id": asked["id"], "ok": True, "engine": "records", "version": "1", "dtypes": ["f32", "f64"],
                      "modes": ["gradient"], "ops": ops.split(",")}
        else:
            cases.write(json.dumps(asked["case"]) + "\\n")
        print(json.dumps(answer), flush=True)
"""


def drawn(count):
    """For each operation so many cases of one node."""
    ops = [op["name"] for op in json.loads(secant("ops", "--json").stdout)]
    with tempfile.TemporaryDirectory() as directory:
        path = str(Path(directory) / "cases")
        records = shlex.join([sys.executable, "-c", RECORDS, path, ",".join(ops)])
        secant("fuzz", "--engine", records, "--max-nodes", "1", "--cases", "3000", "--seed", "4", "--jobs", "1", cwd=directory)
        lines = Path(path).read_text().splitlines()
    cases = {op: [] for op in ops}
    for fields in map(json.loads, dict.fromkeys(lines)):
        ops = [node["op"] for node in fields["nodes"]]
        if len(ops) == 1 and len(cases[ops[0]]) < count:
            cases[ops[0]].append(fields)
    return cases


@unittest.skipUnless(SECANT, "secant is not built: cargo build --release, or set SECANT")
class Installed(unittest.TestCase):
    """Each engine that this Python can import."""

    def each(self, check):
        """Holds a check against each of them; those that are not installed are skipped by name."""
        for name, module in ENGINES.items():
            with self.subTest(engine=name):
                if importlib.util.find_spec(module) is None:
                    self.skipTest(f"{module} is not installed here")
                check(name, [sys.executable, str(HERE / f"{name}_engine.py")])

    def test_they_have_operations_of_ours_and_know_their_operands_and_attributes(self):
        ours = {op["name"]: op for op in json.loads(secant("ops", "--json").stdout)}

        def check(name, command):
            asked = subprocess.run(command, input='{"id":0,"kind":"hello","protocol":1}\n', capture_output=True, text=True,
                                   timeout=120)
            answer = json.loads(asked.stdout)
            self.assertEqual((answer["ok"], answer["engine"]), (True, name))
            self.assertEqual(set(answer["ops"]) - ours.keys(), set())
            probe = (f"import sys; sys.path.insert(0, {str(HERE)!r}); import json, {name}_engine as e, secant_engine as s\n"
                     "print(json.dumps({op: [[*s.signature(f)[:1], sorted(s.signature(f)[1]), sorted(s.signature(f)[2])]\n"
                     " for f in (fs if isinstance(fs, tuple) else (fs,))] for op, fs in e.OPS.items()}))")
            spellings = json.loads(subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=120,
                                                  check=True).stdout)
            for op, signatures in spellings.items():
                attributes = {attr["name"] for attr in ours[op]["attrs"]}
                required = {attr["name"] for attr in ours[op]["attrs"] if attr["required"]}
                for operands, known, needed in signatures:
                    with self.subTest(engine=name, op=op):
                        self.assertEqual((set(known), set(needed)), (attributes, required))
                        if operands is not None:
                            self.assertEqual(len(operands), len(ours[op]["operands"]))
                            self.assertEqual([o for o in operands if o in secant_engine.INTEGERS],
                                             [o for o in ours[op]["operands"] if o in secant_engine.INTEGERS])

        self.each(check)

    def test_what_lets_no_derivative_pass_is_what_the_table_says(self):
        for op in json.loads(secant("ops", "--json").stdout):
            partials = op.get("partials", [])
            flat = {i for i, partial in enumerate(partials) if partial == "0.0"}
            cut = secant_engine.CUT.get(op["name"], set())
            with self.subTest(op=op["name"]):
                if op["pointwise"]:
                    self.assertEqual(set(range(len(partials))) if cut is None else cut, flat)

    def test_they_answer_the_saved_cases(self):
        saved = sorted(map(str, (ROOT / "regressions").glob("*.graph")))
        self.assertTrue(saved)

        def check(name, command):
            requests = [{"id": k, "kind": "evaluate", "case": json.loads(secant("show", path, "--to", "json").stdout),
                         "want": ["value", "gradient"]} for k, path in enumerate(saved)]
            lines_in = "".join(json.dumps(request) + "\n" for request in requests)
            asked = subprocess.run(command, input=lines_in, capture_output=True, text=True, timeout=280)
            answers = [json.loads(line) for line in asked.stdout.splitlines()]
            self.assertEqual([a["id"] for a in answers], list(range(len(saved))), asked.stderr[-2000:])
            for path, request, answer in zip(saved, requests, answers):
                with self.subTest(engine=name, case=path):
                    if not answer["ok"]:
                        self.assertIn(answer["error"], ("unsupported", "failed"))
                        continue
                    self.assertEqual(answer["value"].keys(), set(request["case"]["outputs"]))
                    for param in request["case"]["params"]:
                        self.assertEqual(len(answer["gradient"][param["name"]]), len(param["data"]))

        self.each(check)

    def test_programs_that_secant_writes_for_them_answer_as_they_do(self):
        saved = sorted(map(str, (ROOT / "regressions").glob("*.graph")))
        runner = ("import contextlib, io, json, sys\n"
                  "for program in json.load(sys.stdin):\n"
                  "    with contextlib.redirect_stdout(io.StringIO()) as printed:\n"
                  "        try: exec(program, {})\n"
                  "        except Exception as e: print(json.dumps(repr(e)))\n"
                  "    print(printed.getvalue().strip(), flush=True)\n")

        def check(name, command):
            cases, programs = [], []
            of_saved = [json.loads(secant("show", path, "--to", "json").stdout) for path in saved]
            for fields in of_saved + [fields for few in drawn(1).values() for fields in few]:
                fields = in_first_spellings(fields)
                written = secant("show", "-", "--to", name, input=json.dumps(fields))
                if written.returncode == 0:
                    cases.append(fields)
                    programs.append(written.stdout)
            self.assertGreater(len(programs), 150)
            requests = "".join(json.dumps({"id": 0, "kind": "evaluate", "case": fields, "want": ["value", "gradient"]}) + "\n"
                               for fields in cases)
            asked = subprocess.run(command, input=requests, capture_output=True, text=True, timeout=280)
            ran = subprocess.run([sys.executable, "-c", runner], input=json.dumps(programs), capture_output=True, text=True,
                                 timeout=280)
            self.assertEqual(ran.returncode, 0, ran.stderr[-2000:])
            for fields, right, found in zip(cases, asked.stdout.splitlines(), ran.stdout.splitlines(), strict=True):
                right, found = json.loads(right), json.loads(found)
                if not right["ok"]:
                    continue
                with self.subTest(engine=name, case=fields["nodes"]):
                    self.assertIsInstance(found, dict)
                    for part in ("value", "gradient"):
                        self.assertEqual(found[part].keys(), right[part].keys())
                        for key in right[part]:
                            numbers = [np.array(one[part][key], float) for one in (found, right)]
                            close = 1e-4 if fields["dtype"] == "f32" else 1e-9
                            np.testing.assert_allclose(*numbers, close, close)

        self.each(check)

    def test_programs_ask_for_tangents_and_second_derivatives(self):
        def check(name, command):
            asked = subprocess.run(command, input='{"id":0,"kind":"hello","protocol":1}\n', capture_output=True, text=True,
                                   timeout=120)
            for part in json.loads(asked.stdout)["modes"][1:]:
                with self.subTest(engine=name, part=part), tempfile.TemporaryDirectory() as directory:
                    liar = shlex.join([sys.executable, "-c", EXAGGERATES, str(HERE), name, part])
                    # what a finding depends on is asked until the run ends: here that matters to nobody
                    ran = secant("fuzz", "--engine", liar, "--ops", "sin,mul", "--max-nodes", "2", "--seed", "5", "--jobs", "1",
                                 "--order", "2", "--seconds", "6", "--findings", directory, "--json", "-", cwd=directory)
                    found = json.loads(ran.stdout)["findings"]
                    self.assertIn(f"wrong-{part}", [one["class"] for one in found], ran.stderr)
                    for one in found:
                        program = (Path(directory) / one["report"] / "reproduce.py").read_text()
                        lied = program.replace("found = sum(", "found = 1.01 * sum(")
                        for text, is_right in ((program, True), (lied, False)):
                            again = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120)
                            self.assertEqual(again.returncode == 0, is_right, text + again.stderr)
                        self.assertIn(f"AssertionError: {part} of", again.stderr)

        self.each(check)

    def test_they_remember_nothing_of_the_case_before(self):
        def asked_for(x, c, cotangent, want):
            nodes = [node("square"), {"name": "z", "op": "mul", "args": ["y", "c"], "attrs": {}}]
            fields = case(params=[{"name": "x", "shape": [2], "data": x}], consts=[{"name": "c", "shape": [2], "data": c}],
                          nodes=nodes, outputs=["z"], cotangents={"z": cotangent})
            value, slope = np.array(c) * np.square(x), 2 * np.array(x) * c * cotangent
            right = {"value": {"z": value.tolist()}} | ({"gradient": {"x": slope.tolist()}} if "gradient" in want else {})
            return {"id": 0, "kind": "evaluate", "case": fields, "want": want}, right

        both, first = ["value", "gradient"], ([1.0, 3.0], [2.0, 4.0], [1.0, 10.0])
        asked = [asked_for(*first, both), asked_for([5.0, 7.0], *first[1:], both), asked_for(*first, ["value"]),
                 asked_for([5.0, 7.0], *first[1:], ["value"]), asked_for(first[0], [3.0, 8.0], first[2], both),
                 asked_for(*first[:2], [2.0, 5.0], both), asked_for(*first, both),
                 *(asked_for([x, x + 1], *first[1:], both) for x in (2.0, -3.0, 4.0, 0.5))]  # compiled at the latest by now

        def check(name, command):
            lines_in = "".join(json.dumps(request) + "\n" for request, _ in asked)
            ran = subprocess.run(command, input=lines_in, capture_output=True, text=True, timeout=120)
            for line, (_, right) in zip(ran.stdout.splitlines(), asked, strict=True):
                answer = json.loads(line)
                self.assertEqual({key: answer.get(key) for key in right}, right)

        self.each(check)

    def test_they_run_through_a_campaign_of_what_is_smooth_everywhere(self):
        # arithmetic and layout, where an engine that disagrees is spoken to wrongly: no engine has a fault here
        ops = "add,sub,mul,sin,cos,exp,reshape,slice,concat,matmul,sum,square"

        def check(name, command):
            with tempfile.TemporaryDirectory() as findings:
                ran = secant("fuzz", "--engine", shlex.join(command), "--ops", ops, "--cases", "25", "--seed", "7", "--jobs", "1",
                             "--max-nodes", "4", "--order", "1", "--json", "-", "--save", findings)
            self.assertIn(ran.returncode, (0, 1), ran.stderr)
            result = json.loads(ran.stdout)
            engine, = result["engines"]
            self.assertEqual((engine["name"], result["findings"]), (name, []))
            self.assertGreater(engine["agree"], 15)

        self.each(check)


if __name__ == "__main__":
    unittest.main()
