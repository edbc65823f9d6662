//! Exported programs and pictures: whole, with every node in its place. That they run is a matter for their engines.

#[path = "export/crates.rs"]
mod crates;

use secant::export::{ExportError, Format};
use secant::graph::{Case, Ops};
use secant::op::{Builder, CustomOp, Id, Kind, Shares, Site};
use std::sync::Arc;

const SAMPLE: &str = r#"secant 1
param w [2, 3] = [0.5, -1.25, 3.0, 0.1, 0.2, 0.3]
param lambda [] = 0.5
const x [3] = [1.0, inf, nan]
index torch [2] = [1, 0]
h.1 = matmul(w, x)
row_h = lerp(h.1, lambda, lambda)
e = elu(row_h, alpha=0.75)
l = sum(e, axes=[0], keepdims=true)
return l, torch, l
cotangent l = [-0.5]
"#;

/// A network that the rust exporter's example was written from.
const EXAMPLE: &str = r#"secant 1
param w [2, 3] = [0.5, -1.25, 3.0, 0.1, 0.2, 0.3]
param b [2] = [0.25, -0.5]
const x [3] = [1.0, 2.0, 3.0]
h = matmul(w, x)
z = add(h, b)
a = elu(z, alpha=0.75)
l = sum(a, axes=[0])
return l
"#;

#[track_caller]
fn export(case: &Case, format: &str) -> String {
    (Format::from_name(format).expect(format).write)(case).unwrap_or_else(|e| panic!("{e}"))
}

/// Every bracket outside of strings is closed again.
#[track_caller]
fn balanced(program: &str) {
    let mut open = Vec::new();
    for line in program.lines() {
        let (mut string, mut escaped) = (false, false);
        for letter in line.chars() {
            match letter {
                '"' if !escaped => string = !string,
                '#' if !string && !line.trim_start().starts_with("#!") => break,
                '(' | '[' | '{' if !string => open.push(letter),
                ')' if !string => assert_eq!(open.pop(), Some('('), "{line}"),
                ']' if !string => assert_eq!(open.pop(), Some('['), "{line}"),
                '}' if !string => assert_eq!(open.pop(), Some('{'), "{line}"),
                _ => {}
            }
            escaped = letter == '\\' && !escaped;
        }
    }
    assert!(open.is_empty(), "{open:?} in\n{program}");
}

#[test]
fn names_are_unique() {
    for (i, format) in Format::ALL.iter().enumerate() {
        assert!(
            Format::ALL[..i]
                .iter()
                .all(|other| other.name != format.name)
        );
        assert!(!format.doc.is_empty());
    }
    assert!(Format::from_name("cobol").is_none());
}

#[test]
fn text_is_the_case_itself() {
    let case = Case::from_text(SAMPLE).unwrap();
    assert_eq!(Case::from_text(&export(&case, "text")).unwrap(), case);
}

#[test]
fn python_programs() {
    let case = Case::from_text(SAMPLE).unwrap();
    for (format, dtype, product, lerp) in [
        ("pytorch", "torch.", "torch.matmul(w, x)", "torch.lerp"),
        ("jax", "jnp.", "jnp.matmul(w, x)", "row_lerp"),
        ("autograd", "np.", "np.matmul(w, x)", "row_lerp"),
        ("tensorflow", "tf.", "tf.linalg.matvec(w, x)", "row_lerp"),
        ("tinygrad", "dtypes.", "Tensor.matmul(w, x)", "Tensor.lerp"),
    ] {
        let program = export(&case, format);
        balanced(&program);
        for line in [
            "\"w\": constant([0.5, -1.25, 3.0, 0.1, 0.2, 0.3], (2, 3)),".to_string(),
            // a keyword, and a name that another node would have without its dot
            "def program(w, lambda_):".into(),
            "    x = constant([1.0, inf, nan], (3,))".into(),
            format!("    h_1 = {product}"),
            format!("    v_row_h = {lerp}(h_1, lambda_, lambda_)"),
            "outputs = [\"l\", \"torch\", \"l\"]".into(),
            "    constant([-0.5], (1,)),".into(),
            format!("dtype = {dtype}float64"),
        ] {
            assert!(program.contains(&line), "{line}\n{program}");
        }
        let is_written_out = lerp.starts_with("row_");
        let written_out = program.contains("def row_lerp(a, b, t):");
        assert_eq!(written_out, is_written_out, "{program}");
        let single = case.to_dtype(secant::Dtype::F32).unwrap();
        assert!(export(&single, format).contains(&format!("dtype = {dtype}float32")));
    }
    let pytorch = export(&case, "pytorch");
    assert!(
        pytorch.contains("    torch_ = index([1, 0], (2,))"),
        "{pytorch}"
    );
    assert!(pytorch.contains("    e = F.elu(v_row_h, 0.75)"));
    assert!(pytorch.contains("    l = torch.sum(e, dim=(0,), keepdim=True)"));
    assert!(pytorch.contains("return (l.to(dtype), torch_.to(dtype), l.to(dtype))"));
    let jax = export(&case, "jax");
    assert!(
        jax.contains("    l = jnp.sum(e, axis=(0,), keepdims=True)"),
        "{jax}"
    );
}

/// The functions of nobody that a program in Python calls.
#[cfg(feature = "fuzz")]
fn called(program: &str) -> impl Iterator<Item = &str> {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let code = program
        .lines()
        .map(|line| line.split("  # ").next().unwrap_or(line));
    code.flat_map(move |line| {
        line.match_indices('(').filter_map(move |(at, _)| {
            let before = &line[..at];
            let name = before.trim_end_matches(is_letter).len();
            let is_own = !before[..name].ends_with('.') && !before[name..].is_empty();
            is_own.then(|| &before[name..])
        })
    })
}

#[cfg(feature = "fuzz")]
#[test]
fn python_programs_define_what_they_call() {
    use secant::fuzz::{Recipe, Scope};
    let pythons_own = "bool enumerate float hasattr in int isinstance len list max min range return slice sorted str sum tuple zip";
    let pythons_own: Vec<&str> = pythons_own.split(' ').collect();
    let formats = Format::ALL
        .iter()
        .filter(|format| format.doc.starts_with("a Python program"));
    for format in formats {
        let mut written = 0;
        for kind in Kind::all() {
            let scope = Scope::only([kind.name()]).unwrap();
            for case_number in 0..8 {
                let case = Recipe::random(1, case_number, &scope).decode(&scope);
                let Ok(program) = (format.write)(&case) else {
                    continue;
                };
                written += 1;
                balanced(&program);
                // what follows asks the engine, in the same words for every case
                let program = program.split("\noutputs = [").next().unwrap();
                for name in called(program) {
                    // a function, a parameter, or what is imported
                    let places = [
                        format!("def {name}("),
                        format!("({name}, "),
                        format!("import {name}"),
                    ];
                    let is_defined = places.iter().any(|place| program.contains(place));
                    assert!(
                        is_defined || pythons_own.contains(&name),
                        "nobody defines {name} in\n{program}"
                    );
                }
            }
        }
        assert!(written > 500, "{}: only {written}", format.name);
    }
}

const PRODUCTS: &str = r#"secant 1
param x [2, 3] = [0.5, -1.25, 3.0, 0.1, 0.2, 0.3]
param y [3, 2] = [1.0, 2.0, 0.5, 0.25, -1.0, 4.0]
index i [2] = [0, -1]
index j [1, 3] = [1, 0, 1]
a = tensordot(x, y, axes=[[-1], [0]])
b = tensordot(x, y, axes=1)
c = einsum(x, y, equation="ij,jk")
d = cross(x, x, axis=-1)
e = kron(x, y)
f = inner(x, x)
g = sort(x, descending=true)
h = argsort(x, axis=0)
k = top_k(x, k=2, largest=false)
l = scatter(x, i, c, axis=1)
m = scatter_along_axis(x, j, j, axis=0)
n = segment_sum(x, i, num_segments=2)
o = segment_max(x, i, num_segments=3)
p = one_hot(i, n=4)
q = cumlogsumexp(x, axis=0, reverse=true)
r = cummax(x, axis=1)
return a, b, c, d, e, f, g, h, k, l, m, n, o, p, q, r
"#;

#[test]
fn products_sorting_and_segments() {
    let case = Case::from_text(PRODUCTS).unwrap();
    let lines = [
        (
            "jax",
            [
                "    a = jnp.tensordot(x, y, ((1,), (0,)))",
                "    d = jnp.cross(*jnp.broadcast_arrays(x, x), axis=1)",
                "    h = jnp.argsort(x, axis=0, stable=True, descending=False).astype(dtype)",
                "    m = scatter_along_axis(x, j, j, 0)",
                "    o = jax.ops.segment_max(x, i.astype(int) % 3, 3)",
                "    p = jax.nn.one_hot(i.astype(int) % 4, 4, dtype=dtype)",
            ],
        ),
        (
            "pytorch",
            [
                "    b = torch.tensordot(x, y, ((1,), (0,)))",
                "    d = torch.linalg.cross(*torch.broadcast_tensors(x, x), dim=1)",
                "    g = torch.sort(x, dim=1, descending=True, stable=True).values",
                "    n = torch.zeros((2, 3), dtype=dtype).index_add(0, torch.remainder(i.long(), 2), x)",
                "    p = F.one_hot(torch.remainder(i.long(), 4), 4).to(dtype)",
                // a helper that another helper calls
                "def scatter(x, places, source, axis):  # of several slices for one place the last",
            ],
        ),
    ];
    for (format, lines) in lines {
        let program = export(&case, format);
        balanced(&program);
        for line in lines {
            assert!(program.contains(line), "no `{line}` in\n{program}");
        }
        assert!(!program.contains("def take("), "{program}");
    }
    // what they do not have is named
    for (format, op) in [("tensorflow", "kron"), ("tinygrad", "tensordot")] {
        let error = (Format::from_name(format).unwrap().write)(&case).unwrap_err();
        let op = op.to_string();
        assert_eq!(error, ExportError::Unsupported { op, format });
    }
}

#[test]
fn programs_for_tensorflow_and_tinygrad() {
    let text = "secant 1\nparam x [2, 3, 4, 4] = PLACES\nparam w [2, 3, 2, 2] = WEIGHTS\nindex i [2] = [0, -1]\n\
                c = conv2d(x, w, stride=[1, 2], padding=1)\nm = max_pool2d(c, kernel=2, stride=1)\n\
                u = upsample_nearest(m, scale=[1, 2])\ns = sum(u, axes=[-1], keepdims=true)\nq = squeeze(s, axes=[-1])\n\
                l = slice(q, step=[1, -1, 2])\nt = take(l, i, axis=1)\no = sort(t, descending=true)\n\
                e = elu(o, alpha=0.5)\np = segment_sum(e, i, num_segments=2)\nr = cumsum(p, axis=2, reverse=true, exclusive=true)\n\
                return r\n";
    let ones = |count: usize| format!("{:?}", vec![1.0; count]);
    let text = text
        .replace("PLACES", &ones(96))
        .replace("WEIGHTS", &ones(24));
    let case = Case::from_text(&text).unwrap();
    for (format, lines) in [
        (
            "tensorflow",
            [
                "    c = convolution(tf.nn.conv2d, x, w, (1, 2), (1, 1), (1, 1))",
                "    m = pool(tf.nn.max_pool2d, c, (2, 2), (1, 1))",
                "    s = tf.reduce_sum(u, (3,), True)",
                "    q = tf.squeeze(s, (3,))",
                "    l = q[0:2:1, 1::-1, 0:4:2]",
                "    t = take(l, i, 1)",
                "    o = tf.sort(t, 2, \"DESCENDING\")",
                "    e = elu(o, 0.5)",
                "    r = tf.math.cumsum(p, 2, exclusive=True, reverse=True)",
                "    return (tf.cast(r, dtype),)",
            ],
        ),
        (
            "tinygrad",
            [
                "    c = Tensor.conv2d(x, w, None, 1, (1, 2), (1, 1), (1, 1))",
                "    m = Tensor.max_pool2d(c, (2, 2), (1, 1), 1, (0, 0))",
                "    s = Tensor.sum(u, 3, True)",
                "    q = Tensor.squeeze(s, 3)",
                "    l = q[0:2:1, 1::-1, 0:4:2]",
                "    t = take(l, i, 1)",
                "    o = Tensor.sort(t, 2, True)[0]",
                "    e = Tensor.elu(o, 0.5)",
                "    r = Tensor.flip(shifted(Tensor.cumsum(Tensor.flip(p, 2), 2), 2, 0.0), 2)",
                "    return (r.cast(dtype),)",
            ],
        ),
    ] {
        let program = export(&case, format);
        balanced(&program);
        for line in lines {
            assert!(program.contains(line), "no `{line}` in\n{program}");
        }
    }
}

/// Images through a convolution, a pool, and what else a network has.
const NETWORK: &str = r#"secant 1
param x [1, 2, 2, 3] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0]
param w [2, 1, 1, 2] = [1.0, 2.0, 3.0, 4.0]
param s [2] = [0.5, 2.0]
c = conv2d(x, w, stride=[1, 2], padding=1, groups=2)
t = conv_transpose2d(c, w, stride=2, output_padding=[1, 0], groups=2)
m = max_pool2d(t, kernel=2)
a = avg_pool2d(m, kernel=[2, 1], stride=1, padding=[1, 0], count_include_pad=false)
u = upsample_nearest(a, scale=[1, 2])
b = upsample_bilinear(u, scale=2)
g = group_norm(b, s, s, groups=2)
n = batch_norm_train(g, s, s)
q = reshape(n, shape=[-1, 2])
l = layer_norm(q, s, s)
r = rms_norm(l, s)
z = attention(q, l, r, causal=true)
return z
"#;

#[test]
fn python_networks() {
    let case = Case::from_text(NETWORK).unwrap();
    let (pytorch, jax) = (export(&case, "pytorch"), export(&case, "jax"));
    for (program, attention) in [(&pytorch, "attention"), (&jax, "dot_product_attention")] {
        balanced(program);
        assert!(program.contains(&format!("    z = {attention}(q, l, r, True)")));
    }
    for line in [
        "    c = F.conv2d(x, w, None, (1, 2), (1, 1), (1, 1), 2)",
        "    t = F.conv_transpose2d(c, w, None, (2, 2), (0, 0), (1, 0), 2, (1, 1))",
        "    m = F.max_pool2d(t, (2, 2), (2, 2), (0, 0))",
        "    a = F.avg_pool2d(m, (2, 1), (1, 1), (1, 0), False, False)",
        "    l = F.layer_norm(q, (2,), s, s, 1e-5)",
    ] {
        assert!(pytorch.contains(line), "{line}\n{pytorch}");
    }
    for line in [
        "    c = convolution(x, w, (1, 2), (1, 1), (1, 1), 2)",
        "    m = windows(t, -inf, jax.lax.max, (2, 2), (2, 2), (0, 0))",
        "    u = jnp.repeat(jnp.repeat(a, 1, axis=2), 2, axis=3)",
        "    l = normalised(q, (1,), 1e-5) * s + s",
    ] {
        assert!(jax.contains(line), "{line}\n{jax}");
    }
}

/// A case of one pointwise operation with each attribute at 1.
fn one(kind: Kind) -> Case {
    let specs = kind.specs();
    let attrs: Vec<String> = specs
        .iter()
        .map(|spec| format!("{}=1", spec.name))
        .collect();
    let names: Vec<String> = (0..kind.operands().len())
        .map(|i| format!("x{i}"))
        .collect();
    let params: Vec<String> = names
        .iter()
        .map(|name| format!("param {name} [2] = [0.25, 0.75]\n"))
        .collect();
    let arguments = [names, attrs].concat().join(", ");
    let text = format!(
        "secant 1\n{}y = {}({arguments})\nreturn y\n",
        params.concat(),
        kind.name()
    );
    Case::from_text(&text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

#[test]
fn every_row_of_the_table_exports_everywhere() {
    for kind in Kind::all().filter(|kind| matches!(kind, Kind::Pointwise(_))) {
        let case = one(kind);
        for format in Format::ALL {
            let text = match (format.write)(&case) {
                Ok(text) => text,
                Err(e) if !format.is_whole => {
                    assert!(e.to_string().contains(kind.name()), "{e}");
                    continue;
                }
                Err(e) => panic!("{}: {e}", kind.name()),
            };
            assert!(text.contains("y"), "{}", kind.name());
            if !["text", "json", "dot", "svg"].contains(&format.name) {
                balanced(&text);
                assert!(!text.contains("{0}") && !text.contains("{1}"), "{text}");
            }
        }
    }
}

#[test]
fn pictures_name_every_node() {
    let case = Case::from_text(&SAMPLE.replace("h.1", "h_1")).unwrap();
    let (dot, svg) = (export(&case, "dot"), export(&case, "svg"));
    balanced(&dot);
    for id in case.graph.ids() {
        let (name, op) = (
            case.graph.name(id),
            case.graph.node(id).op.name().to_string(),
        );
        assert!(
            dot.contains(&format!("n{} [label=\"{name}\\n{op}", id.0)),
            "{name}\n{dot}"
        );
        assert!(svg.contains(&format!(">{name}</text>")), "{name}\n{svg}");
    }
    assert!(dot.starts_with("digraph"));
    let edges: usize = case.graph.nodes().iter().map(|node| node.args.len()).sum();
    assert_eq!(dot.matches(" -> ").count(), edges);
    assert_eq!(svg.matches("class=\"edge\"").count(), edges);
    assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"));
    assert!(svg.contains("elu(alpha=0.75)") && svg.contains("[2, 3]"));
    assert_eq!(svg.matches("<rect ").count(), case.graph.nodes().len() + 1);
    // numbers that are not finite would hide a node
    assert!(!svg.contains("=\"NaN") && !svg.contains("=\"inf"));
}

#[test]
fn the_program_in_rust_is_the_example() {
    let case = Case::from_text(EXAMPLE).unwrap();
    let program = export(&case, "rust");
    balanced(
        &program
            .lines()
            .filter(|line| !line.starts_with("//!"))
            .collect::<Vec<_>>()
            .join("\n"),
    );
    // the example is compiled with the tests
    assert_eq!(program, include_str!("../examples/exported.rs"));
}

struct Twice;

impl CustomOp for Twice {
    fn name(&self) -> &str {
        "twice"
    }
    fn value(&self, b: &dyn Builder, args: &[Id]) -> Id {
        b.add(args[0], args[0])
    }
    fn vjp(&self, b: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
        Shares::from_elem((0, b.add(ct, ct)), 1)
    }
}

#[test]
fn what_a_language_cannot_say_is_an_error() {
    let ops = Ops::new().with(Arc::new(Twice)).unwrap();
    let case =
        Case::from_text_with(&ops, "secant 1\nparam x [] = 1\ny = twice(x)\nreturn y\n").unwrap();
    for format in ["rust", "pytorch", "jax"] {
        let error = (Format::from_name(format).unwrap().write)(&case).unwrap_err();
        assert_eq!(
            error,
            ExportError::Unsupported {
                op: "twice".into(),
                format
            }
        );
    }
    assert!(export(&case, "svg").contains("twice"));
}
