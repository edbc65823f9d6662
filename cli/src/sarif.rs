//! SARIF 2.1.0 (OASIS, 2020): what is wrong, as code hosts show it. A class of findings is a rule, the saved case is the
//! place.

use crate::ci::{Item, Mark};
use secant::check::Class;
use serde_json::{Value, json};

/// The log with what is wrong among some items.
pub(crate) fn log(items: &[Item]) -> Value {
    let rules = Class::ALL.iter().map(|class| {
        json!({
            "id": class.name(),
            "shortDescription": {"text": class.meaning()},
            "defaultConfiguration": {"level": level(*class)},
        })
    });
    let results: Vec<Value> = items.iter().filter_map(result).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "secant",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<Value>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// A legal choice that is not ours is worth knowing, and no error.
fn level(class: Class) -> &'static str {
    match class {
        Class::Convention => "note",
        _ => "error",
    }
}

fn result(item: &Item) -> Option<Value> {
    let Mark::Wrong {
        class,
        message,
        signature,
    } = &item.mark
    else {
        return None;
    };
    let rule = Class::ALL.iter().position(|known| known == class);
    let mut result = json!({
        "ruleId": class.name(),
        "ruleIndex": rule,
        "level": level(*class),
        "message": {"text": message},
        "partialFingerprints": {"secantSignature/v1": signature},
        "properties": {"engine": item.engine},
    });
    if let Some(file) = &item.file {
        result["locations"] = json!([{"physicalLocation": {
            "artifactLocation": {"uri": uri(file)},
            "region": {"startLine": 1},
        }}]);
    }
    Some(result)
}

/// A path as a URI (RFC 3986): relative ones stay so.
fn uri(path: &str) -> String {
    let mut uri = match path.starts_with('/') {
        true => String::from("file://"),
        false => String::new(),
    };
    for &byte in path.as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_a_result_at_its_file() {
        let item = |file: Option<&str>, mark| Item {
            engine: "mine".into(),
            name: "a".into(),
            file: file.map(String::from),
            mark,
        };
        let wrong = |class| Mark::Wrong {
            class,
            message: "\u{1b}[31m".into(),
            signature: "mine crash".into(),
        };
        let log = log(&[
            item(None, Mark::Right),
            item(Some("cases/a b%.graph"), wrong(Class::Crash)),
            item(None, wrong(Class::Convention)),
            item(None, Mark::Open("kink".into())),
        ]);
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 2);
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "cases/a%20b%25.graph");
        let rule = results[0]["ruleIndex"].as_u64().unwrap() as usize;
        let rules = &run["tool"]["driver"]["rules"];
        assert_eq!(rules[rule]["id"], "crash");
        assert_eq!(results[1]["level"], "note");
        assert_eq!(results[1]["locations"], Value::Null);
        let text = log.to_string();
        assert!(text.contains("\\u001b[31m") && !text.contains('\u{1b}'));
        assert_eq!(uri("/cases/x.graph"), "file:///cases/x.graph");
    }
}
