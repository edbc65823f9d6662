//! Pages of HTML: well-formed, whole without anything beside them, and no larger than a browser likes.

use super::*;
use serde_json::json;

/// A page whose elements are closed in the order they were opened, as text.
#[track_caller]
fn read(place: &Place, name: &str) -> String {
    let page = place.read(name);
    well_formed(&page);
    stands_alone(&page);
    page
}

#[track_caller]
fn well_formed(page: &str) {
    let page_body = page.strip_prefix("<!doctype html>").expect("a doctype");
    const VOID: [&str; 2] = ["meta", "br"];
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page_body;
    while let Some(start) = rest.find('<') {
        assert!(
            !rest[..start].contains('>'),
            "a stray > in {}",
            &rest[..start]
        );
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "before {rest:.200}");
            continue;
        }
        let name = tag.split([' ', '/', '\n']).next().unwrap();
        assert!(name.chars().all(char::is_alphanumeric), "<{tag}>");
        assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
        if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
        if name == "style" {
            // rules have > of their own
            rest = &rest[rest.find("</style>").expect("it is closed")..];
        }
    }
    assert!(open.is_empty(), "{open:?} are left open");
}

/// Nothing is fetched, and nothing runs.
#[track_caller]
fn stands_alone(page: &str) {
    for word in [
        "http", "src=", "url(", "@import", "<script", "<link", "<iframe", "NaN\"", "=\"inf",
    ] {
        assert!(!page.contains(word), "{word}");
    }
    for (at, _) in page.match_indices("href=") {
        assert!(
            page[at..].starts_with("href=\"#case-"),
            "{:.60}",
            &page[at..]
        );
    }
    assert!(!page.contains('\x1b'));
}

#[test]
fn a_page_of_html() {
    let place = Place::new();
    place
        .run(&["check", "net.graph", "--report", "page.html"])
        .ends(0);
    let page = read(&place, "page.html");
    assert!(page.contains("<title>net.graph: agree</title>"));
    for words in [
        "<div class=\"verdict agree\"><strong>\u{2713} agree</strong> <b>agree</b>",
        "6 of 6 elements looked at",
        "would show",
        "classic difference",
        "<code>w [2, 3]</code>: 6 of 6 right",
        "the classical step",
        "class=\"level\"",
        ">tanh<",
        "<pre>secant check net.graph</pre>",
        "h = matmul(w, x)",
        concat!("secant ", env!("CARGO_PKG_VERSION")),
        "prefers-color-scheme: dark",
        "@media print",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert_eq!(page.matches("<title>[").count(), 6);
    assert!(!page.contains("<h3>What is wrong</h3>") && !page.contains("class=\"marked\""));
    // to stdout, and then nothing else goes there
    let run = place.run(&["check", "net.graph", "--report", "-"]).ends(0);
    assert_eq!(run.out, page);
}

#[test]
fn a_wrong_claim_is_shown_where_it_is_wrong() {
    let place = Place::new();
    place.write("claim.json", r#"{"gradient":{"w":["nan","inf",1,2,3,4]}}"#);
    let args = ["check", "net.graph", "--claim", "claim.json", "--strict"];
    place
        .run(&[&args[..], &["--method", "full", "--report", "page.html"]].concat())
        .ends(1);
    let page = read(&place, "page.html");
    for words in [
        "<title>net.graph: disagree</title>",
        "<strong>\u{2717} disagree</strong> <b>non-finite</b>",
        "w is wrong in 6/6",
        "<div class=\"verdict disagree\">",
        "[0, 1] non-finite: claimed inf",
        "<title>w: 6 of 6 wrong</title>",
        "<td class=\"words mono\">[1, 2]</td><td>4e0</td>",
        "<td>nan</td>",
        "the claim is not finite",
        "<pre>secant check net.graph --claim claim.json --method full --strict</pre>",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert_eq!(
        page.matches("class=\"cn w\"").count(),
        3,
        "and one in the legend"
    );
}

#[test]
fn the_rule_of_the_course_and_the_second_order_have_pages() {
    let place = Place::new();
    place.write("claim.json", r#"{"gradient":{"w":[1,2,3,4,5,6]}}"#);
    let args = [
        "check",
        "net.graph",
        "--claim",
        "claim.json",
        "--report",
        "page.html",
    ];
    place
        .run(&[&args[..], &["--method", "classic"]].concat())
        .ends(1);
    let page = read(&place, "page.html");
    assert!(page.contains("By the rule of the course. The gradient is wrong"));
    assert!(page.contains("<dt>wide oracle</dt><dd>gradient: disagree (mismatch)</dd>"));
    place
        .run(&[
            "check",
            "net.graph",
            "--order",
            "2",
            "--report",
            "page.html",
        ])
        .ends(0);
    let page = read(&place, "page.html");
    for what in ["gradient", "Hessian-vector product"] {
        assert!(page.contains(&format!(
            "<h3>Relative error of the {what}, by element</h3>"
        )));
    }
    assert!(page.contains("12 of 12 elements looked at"));
}

#[test]
fn parameters_of_every_shape() {
    let place = Place::new();
    place.write(
        "shapes.graph",
        "secant 1\nparam s [] = 2.0\nparam empty [0, 3] = []\nparam t [2, 2, 3] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]\n\
         param idle [2] = [1, 2]\na = mul(t, s)\nb = sum(a)\nreturn b, empty\n",
    );
    place
        .run(&["check", "shapes.graph", "--report", "page.html"])
        .ends(0);
    let page = read(&place, "page.html");
    for words in [
        "<code>s []</code>: 1 of 1 right",
        "<code>empty [0, 3]</code>: no elements",
        "<code>t [2, 2, 3]</code>: 12 of 12 right",
        "<title>[1, 1, 2] agree",
        "<title>[] agree",
        "<code>idle [2]</code>: 2 of 2 right, 2 unobserved",
        "<title>[1] unobserved",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    // nothing to move at all
    place.write(
        "still.graph",
        "secant 1\nconst c [] = 2.0\ny = sin(c)\nreturn y\n",
    );
    place
        .run(&["check", "still.graph", "--report", "page.html"])
        .ends(0);
    read(&place, "page.html");
    // a kink
    place.write(
        "kink.graph",
        "secant 1\nparam x [] = 0.0\ny = relu(x)\nreturn y\n",
    );
    place
        .run(&["check", "kink.graph", "--report", "page.html"])
        .ends(0);
    let page = read(&place, "page.html");
    assert!(page.contains("<b>at-kink</b>") && page.contains("<title>[] at-kink"));
    assert!(page.contains("1 because of kink") && page.contains("there is a kink"));
}

#[test]
fn names_are_only_text() {
    let place = Place::new();
    let name = "a<b>&'\" c.graph";
    place.write(name, NET);
    place.write("-x.graph", NET);
    place.write("bad.graph", "secant 1\n<script>alert(1)</script>\n");
    let files = [name, "./-x.graph", "bad.graph", "no<ne.graph"];
    place
        .run(&[&["check", "--report", "page.html"], &files[..]].concat())
        .ends(2);
    let page = read(&place, "page.html");
    for words in [
        "<h2><code>a&lt;b&gt;&amp;&#39;&quot; c.graph</code></h2>",
        // as a shell reads it
        "<pre>secant check &#39;a&lt;b&gt;&amp;&#39;\\&#39;&#39;&quot; c.graph&#39;</pre>",
        "<pre>secant check ./-x.graph</pre>",
        // several files have a table of contents
        "<a href=\"#case-4\">no&lt;ne.graph</a>",
        "<section id=\"case-4\">",
        "2 <span class=\"tone agree\">agree</span>",
        "<strong>not checked</strong>",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

#[test]
fn the_guilty_node_is_named_and_marked() {
    let place = Place::new();
    let engine = served("--sabotage tanh:sign");
    let args = ["check", "net.graph", "--engine", &engine];
    place
        .run(&[&args[..], &["--report", "page.html"]].concat())
        .ends(1);
    let page = read(&place, "page.html");
    let sentence = "the share of tanh node a for its operand h has the wrong sign";
    assert!(page.contains(&format!("<p><b>guilty</b>: {sentence}</p>")));
    assert!(page.contains(&format!("<title>{sentence}</title>")));
    // the node, and the parameter that shows it
    assert_eq!(page.matches("class=\"marked\"").count(), 2);
}

#[cfg(unix)]
#[test]
fn an_engine_that_dies_has_a_page() {
    let place = Place::new();
    let engine = broken_engines::fake("read -r q; echo '<b>oops' >&2; exit 1");
    let args = ["check", "net.graph", "--engine", &engine, "--timeout", "9"];
    place
        .run(&[&args[..], &["--report", "page.html"]].concat())
        .ends(1);
    let page = read(&place, "page.html");
    for words in [
        "<strong>\u{2717} disagree</strong> <b>structural</b>",
        "<p>crash: ",
        "&lt;b&gt;oops",
        "--timeout 9</pre>",
        ">tanh<",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

/// The size stays what a browser likes, and the wrong element stays in sight.
#[test]
fn large_parameters_and_many_parameters() {
    const COUNT: usize = 100_000;
    let place = Place::new();
    let numbers: Vec<String> = (0..COUNT)
        .map(|k| format!("{}", (k % 89) as f64 / 8.0 + 0.125))
        .collect();
    place.write(
        "large.graph",
        format!(
            "secant 1\nparam w [{COUNT}] = [{}]\ny = square(w)\nl = sum(y)\nreturn l\n",
            numbers.join(", ")
        ),
    );
    let mut claim: Vec<f64> = numbers
        .iter()
        .map(|x| 2.0 * x.parse::<f64>().unwrap())
        .collect();
    claim[77_777] *= 1.0 + 1e-3;
    place.write("claim.json", json!({"gradient": {"w": claim}}).to_string());
    let args = [
        "check",
        "large.graph",
        "--claim",
        "claim.json",
        "--report",
        "page.html",
    ];
    place.run(&args).ends(1);
    let page = read(&place, "page.html");
    assert!(page.len() < 1_500_000, "{}", page.len());
    assert!(page.contains("<title>[77777] mismatch") && page.contains("1 of 100000 wrong"));
    assert!(page.matches("<title>[").count() > 2000);

    let mut text = String::from("secant 1\n");
    for k in 0..400 {
        text += &format!("param w{k} [7, 3] = [{}]\n", ["1.5"; 21].join(", "));
    }
    text += "s0 = sum(w0)\n";
    for k in 1..400 {
        text += &format!("p{k} = sum(w{k})\ns{k} = mul(s{}, p{k})\n", k - 1);
    }
    place.write("many.graph", text.replace("mul(", "add(") + "return s399\n");
    place
        .run(&["check", "many.graph", "--report", "page.html"])
        .ends(0);
    let page = read(&place, "page.html");
    assert!(page.len() < 1_500_000, "{}", page.len());
    assert!(page.contains("more parameters") && page.contains("too many to draw"));

    // many files share the room
    place.write("net.graph", NET);
    let mut files = vec!["check", "--report", "page.html"];
    files.extend(["net.graph"; 200]);
    place.run(&files).ends(0);
    let page = read(&place, "page.html");
    assert!(page.len() < 2_000_000, "{}", page.len());
    assert_eq!(page.matches("<section id=").count(), 200);
}

#[test]
fn campaigns_have_the_same_dress() {
    let place = Place::new();
    place
        .run(&["fuzz", "--cases", "3", "--quiet", "--report", "page.html"])
        .ends(0);
    let page = read(&place, "page.html");
    assert!(page.contains("<td class=\"words\">tape</td>") && page.contains("--paper"));
}
