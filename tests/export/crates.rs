//! Programs for engines in Rust.

use super::{balanced, export};
use secant::export::{Format, reproducer};
use secant::graph::Case;

#[test]
fn programs_for_candle_burn_and_dfdx() {
    let text = "secant 1\ndtype f32\nparam w [2, 3] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]\nparam b [] = 0.5\n\
                index i [2] = [-1, 0]\na = add(w, b)\nt = take(a, i, axis=1)\ns = sum(t, axes=[0], keepdims=true)\nreturn s\n";
    let case = |text: &str| Case::from_text(text).unwrap();
    let written = |format: &str| export(&case(text), format);
    let candle = written("candle");
    for line in [
        "let w = Var::from_tensor(&constant(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3])?)?.as_tensor().clone();",
        "let a = w.broadcast_add(&b)?;",
        "let t = a.contiguous()?.index_select(&index(&[2, 0], &[2])?, 1)?;",
        "let s = t.sum_keepdim(Vec::<usize>::from([0]))?;",
        "DType::F32",
    ] {
        assert!(candle.contains(line), "{line}\n{candle}");
    }
    let burn = written("burn");
    for line in [
        "let w = constant::<2>(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3]).require_grad();",
        "let a = w.clone() + b.clone().unsqueeze::<2>();",
        "let s = t.clone().sum_dims(&[0]).reshape([1, 2]);",
        "DType::F32",
    ] {
        assert!(burn.contains(line), "{line}\n{burn}");
    }
    let dfdx = written("dfdx");
    for line in [
        "let w = constant(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], (2, 3));",
        "let a = keep(w.leaky_trace() + b.leaky_trace().broadcast_like::<(usize, usize), Axes2<0, 1>>(&(2, 3)), &mut tape);",
        "let t = keep(a.leaky_trace().gather::<(usize, usize), (usize, usize)>(index(&[2, 0, 2, 0], (2, 2))), &mut tape);",
        "let s = keep(t.leaky_trace().sum::<(usize,), Axis<0>>().reshape_like(&(1, 2)), &mut tape);",
        "type Number = f32;",
    ] {
        assert!(dfdx.contains(line), "{line}\n{dfdx}");
    }
    // what burn has functions of its own for, and what has an axis there that it has not here
    let text = "secant 1\nparam x [2, 3] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]\nparam n [] = 0.5\nindex i [2, 2] = [0, -1, 1, 0]\n\
                e = einsum(x, n, equation=\"ij,->ji\")\ns = stack(x, x, axis=-2)\nu = unsqueeze(x, axes=[0, -1])\n\
                q = squeeze(u, axes=[-4])\nt = take(x, i, axis=1)\nh = one_hot(i, n=3)\nm = median(x, axes=[1])\n\
                a = argsort(x, axis=1)\nreturn e, s, q, t, h, m, a\n";
    let burn = export(&case(text), "burn");
    for line in [
        "let e = Tensor::<2>::einsum(\"ij,->ji\", [x.clone().into(), n.clone().into()]);",
        "let s = Tensor::stack::<3>(vec![x.clone(), x.clone()], -2);",
        "let u = x.clone().unsqueeze_dims::<4>(&[0, -1]);",
        "let q = u.clone().squeeze_dims::<3>(&[-4]);",
        "let t = x.clone().take::<2, 3>(1, index(&[0, 2, 1, 0], [2, 2]));",
        "let h = constant::<2>(&[0.0, 2.0, 1.0, 0.0], [2, 2]).int().one_hot::<3>(3).bool().float().cast(DType::F64);",
        "let m = x.clone().median(1).reshape([2]);",
        "let a = x.clone().argsort(1).float().cast(DType::F64);",
    ] {
        assert!(burn.contains(line), "{line}\n{burn}");
    }
    let ellipsis = "secant 1\nparam x [2] = [1.0, 2.0]\nparam n [] = 0.5\ny = einsum(x, n, equation=\"...,...\")\nreturn y\n";
    let even = "secant 1\nparam x [2] = [1.0, 2.0]\ny = median(x)\nreturn y\n";
    for text in [ellipsis, even] {
        assert!(
            (Format::from_name("burn").unwrap().write)(&case(text)).is_err(),
            "{text}"
        );
    }
    // a number is spelled as one on either side, a constant of some shape is not
    let text = "secant 1\nparam x [2] = [1.0, 2.0]\nconst c [2] = [3.0, 4.0]\nconst one [] = 1.0\n\
                a = sub(c, x)\nb = sub(one, a)\nd = div(b, one)\nreturn d\n";
    let candle = export(&case(text), "candle");
    for line in [
        "let a = c.broadcast_sub(&x)?;",
        "let b = (1.0 - &a)?;",
        "let d = (&b / 1.0)?;",
    ] {
        assert!(candle.contains(line), "{line}\n{candle}");
    }
    // what they do not have is named
    let digamma = case("secant 1\nparam x [] = 1.5\ny = digamma(x)\nreturn y\n");
    for format in ["candle", "burn", "dfdx"] {
        let error = (Format::from_name(format).unwrap().write)(&digamma).unwrap_err();
        assert!(
            error.to_string().contains("digamma") && error.to_string().contains(format),
            "{error}"
        );
    }
}

/// What the adapters of the engines do on a node named `plain..`.
const SPELLINGS: &str = "secant 1\nparam x [2, 3, 4] = ONES\nparam n [] = 2.0\nparam p [1, 1, 4, 6] = ONES\n\
    whole = mean(x)\npart = sum(x, axes=[0, 2])\nkept = mean(x, axes=[0, 1, 2], keepdims=true)\nof_one = sum(n)\n\
    nothing = sum(x, axes=[])\nlast = transpose(x, perm=[0, 2, 1])\nends = transpose(x)\nturn = transpose(x, perm=[1, 2, 0])\n\
    cut = slice(x, start=[0, 1, 0], stop=[2, 3, 4])\nflat = reshape(x, shape=[-1])\nmore = unsqueeze(x, axes=[0, -1])\n\
    wide = broadcast_to(n, shape=[2, 1])\nrows = broadcast_to(x, shape=[5, 2, 3, 4])\nback = flip(x, axes=none)\npool = max_pool2d(p, kernel=2)\n\
    runs = cumsum(x, axis=1)\nless = neg(x)\nup = upsample_nearest(p, scale=2)\n\
    return whole, part, kept, of_one, nothing, last, ends, turn, cut, flat, more, wide, rows, back, pool, runs, less, up\n";

#[test]
fn programs_say_what_the_adapters_do() {
    let text = SPELLINGS.replacen("ONES", &format!("{:?}", vec![1.0; 24]), 2);
    let case = Case::from_text(&text).unwrap();
    for (format, lines) in [
        (
            "burn",
            [
                "let whole = x.clone().mean();",
                "let part = x.clone().sum_dims(&[0, 2]).reshape([3]);",
                "let kept = x.clone().mean_dims(&[0, 1, 2]).reshape([1, 1, 1]);",
                "let of_one = n.clone().sum();",
                "let nothing = x.clone().reshape([2, 3, 4]);",
                "let last = x.clone().transpose();",
                "let ends = x.clone().swap_dims(0, 2);",
                "let turn = x.clone().permute([1, 2, 0]);",
                "let cut = x.clone().slice([Slice::new(0, Some(2), 1), Slice::new(1, Some(3), 1), Slice::new(0, Some(4), 1)]);",
                "let flat_ = x.clone().reshape([24]);",
                "let more = x.clone().unsqueeze_dims::<5>(&[0, -1]);",
                "let wide = n.clone().unsqueeze::<2>().expand([2, 1]);",
                "let rows = x.clone().unsqueeze::<4>().expand([5, 2, 3, 4]);",
                "let back = x.clone().flip([0]).flip([1]).flip([2]);",
                "let pool = module::max_pool2d(p.clone(), MaxPoolOptions::new([2, 2]).with_stride([2, 2]).with_padding([0, 0]));",
                "let runs = x.clone().cumsum(1).reshape([2, 3, 4]);",
                "let less = -x.clone();",
                "let up = module::interpolate(p.clone(), InterpolateOptions::new(InterpolateMode::Nearest).with_align_corners(true).with_output_size([8, 12]));",
            ],
        ),
        (
            "candle",
            [
                "let whole = x.mean_all()?;",
                "let part = x.sum(Vec::<usize>::from([0, 2]))?;",
                "let kept = x.mean_keepdim(Vec::<usize>::from([0, 1, 2]))?;",
                "let of_one = n.sum_all()?;",
                "let nothing = x.sum(Vec::<usize>::from([]))?;",
                "let last = x.t()?;",
                "let ends = x.permute(Vec::<usize>::from([2, 1, 0]))?;",
                "let turn = x.permute(Vec::<usize>::from([1, 2, 0]))?;",
                "let cut = x.clone().narrow(1, 1, 2)?;",
                "let flat_ = x.flatten_all()?;",
                "let more = x.clone().unsqueeze(0)?.unsqueeze(4)?;",
                "let wide = n.broadcast_left(Vec::<usize>::from([2, 1]))?;",
                "let rows = x.broadcast_left(Vec::<usize>::from([5]))?;",
                "let back = x.contiguous()?.flip(&[0, 1, 2])?;",
                "let pool = p.max_pool2d((2, 2))?;",
                "let runs = x.cumsum(1)?;",
                "let less = x.neg()?;",
                "let up = p.interpolate2d(8, 12)?;",
            ],
        ),
    ] {
        let program = export(&case, format);
        for line in lines {
            assert!(program.contains(line), "no `{line}` in\n{program}");
        }
    }
    // burn takes a 0 in a shape for the size that the axis of this number has
    let turned = "secant 1\nparam x [2, 0] = []\ny = reshape(x, shape=[0, 3])\nreturn y\n";
    let turned = Case::from_text(turned).unwrap();
    assert!((Format::from_name("burn").unwrap().write)(&turned).is_err());
    let empty = "secant 1\nparam x [2, 0] = []\ny = sum(x, axes=[0])\nreturn y\n";
    let empty = Case::from_text(empty).unwrap();
    let named = "let y = x.clone().sum_dims(&[0]).squeeze_dims::<1>(&[0]);";
    assert!(export(&empty, "burn").contains(named));
    assert!(export(&empty, "candle").contains("let y = x.sum(Vec::<usize>::from([0]))?;"));
}

#[test]
fn a_fault_is_shown_on_the_backend_that_has_it() {
    let text = "secant 1\nparam x [2] = [1.0, 2.0]\ny = square(x)\nreturn y\n";
    let case = Case::from_text(text).unwrap();
    for (engine, backend) in [
        ("burn", "flex"),
        ("burn-flex", "flex"),
        ("burn-ndarray", "ndarray"),
        ("burn-ndarray@0.22.0", "ndarray"),
    ] {
        let found = reproducer("burn-square", &case, engine, "0.22.1", &[], &[]);
        let [(_, program), (_, manifest)] = &found.unwrap().unwrap().files[..] else {
            panic!("a program and a manifest");
        };
        let device = format!("    Device::{backend}().autodiff()\n");
        assert!(program.contains(&device), "{engine}: {program}");
        let features = format!("features = [\"std\", \"autodiff\", \"{backend}\"]");
        assert!(manifest.contains(&features), "{engine}: {manifest}");
        // burn calls that device deprecated
        let is_old = backend == "ndarray";
        assert_eq!(
            program.contains("#[allow(deprecated)]"),
            is_old,
            "{program}"
        );
    }
}

#[test]
fn programs_for_engines_of_single_numbers() {
    let text = "secant 1\nparam w [2, 3] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]\nparam b [] = 0.5\nconst two [] = 2.0\n\
                index i [2] = [-1, 0]\na = mul(w, b)\nt = take(a, i, axis=1)\ns = sum(t, axes=[0])\n\
                d = div(two, s)\ne = pow(d, two)\nl = log(e)\nreturn l\n";
    let case = Case::from_text(text).unwrap();
    for (format, lines) in [
        (
            "reverse",
            [
                "let w = tape.add_vars(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);",
                "let a = zip(&w, &pick(&b, &[0, 0, 0, 0, 0, 0]), |x, z| *x * *z);",
                "let t = pick(&a, &[2, 0, 5, 3]);",
                "let s = fold(&t, &[&[0, 1], &[2, 3]], |x, z| *x + *z);",
                "let d = map(&s, |z| 2.0 / *z);",
                "let e = map(&d, |x| x.powf(2.0));",
            ],
        ),
        (
            "num-dual",
            [
                "let w = variables(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut next);",
                "const COUNT: usize = 7;",
                "let t = pick(&a, &[2, 0, 5, 3]);",
                "let s = fold(&t, &[&[0, 1], &[2, 3]], |x, z| *x + *z);",
                "let d = zip(&pick(&two, &[0, 0]), &s, |x, z| *x / *z);",
                "let e = map(&d, |x| x.powf(2.0));",
            ],
        ),
    ] {
        let program = export(&case, format);
        for line in lines {
            assert!(program.contains(line), "{line}\n{program}");
        }
        balanced(&program);
    }
    // it moves numbers only, but stops their gradients
    let stopped = "secant 1\nparam x [1] = [1.5]\ny = stop_gradient(x)\nreturn y\n";
    let stopped = Case::from_text(stopped).unwrap();
    for format in ["reverse", "num-dual", "autodiff", "easy-ml", "echidna"] {
        let write = Format::from_name(format).unwrap().write;
        assert!(write(&case).is_ok(), "{format}");
        assert!(write(&stopped).is_err(), "{format}");
    }
}
