//! Every format over every kind of input: the tests that a new format gets for free.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use groundrule_policy::{Judgement, VerdictKind};
use insta::assert_snapshot;
use serde_json::Value;

use crate::format::FORMATS;
use crate::samples::{self, Texts};
use crate::{Options, Report, format_named, json_schema};

pub(crate) fn inputs() -> Vec<(&'static str, Report, Texts)> {
    let (hostile, hostile_texts) = samples::hostile();
    let (change, change_texts) = samples::change();
    vec![
        ("nothing", samples::report(Judgement::default(), Vec::new()), Texts::default()),
        ("failures", samples::report(samples::mixed(), Vec::new()), samples::texts()),
        ("no texts", samples::report(samples::mixed(), Vec::new()), Texts::default()),
        ("notices", samples::report(samples::mixed(), samples::notices()), samples::texts()),
        ("hostile", samples::report(hostile, samples::hostile_notices()), hostile_texts),
        ("change", change, change_texts),
    ]
}

pub(crate) fn options() -> [Options; 2] {
    [Options::default(), Options { evidence: true, old: true, ..Options::default() }]
}

pub(crate) fn render(name: &str, report: &Report, texts: &Texts, options: &Options) -> String {
    let mut out = Vec::new();
    format_named(name).unwrap().write(report, texts, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn names_and_endings_are_unique() {
    for (at, format) in FORMATS.iter().enumerate() {
        for other in &FORMATS[at + 1..] {
            assert_ne!(format.name(), other.name());
            assert_ne!(format.ending(), other.ending());
        }
    }
}

#[test]
fn every_format_ends_with_a_line_and_is_the_same_twice() {
    for (input, report, texts) in inputs() {
        for options in options() {
            for format in FORMATS {
                let one = render(format.name(), &report, &texts, &options);
                assert!(one.ends_with('\n'), "{} on {input}", format.name());
                assert_eq!(one, render(format.name(), &report, &texts, &options));
            }
        }
    }
}

#[test]
fn no_format_but_the_one_for_it_writes_a_workflow_command() {
    for (input, report, texts) in inputs() {
        for options in options() {
            for format in FORMATS.iter().filter(|format| format.name() != "github") {
                let shown = render(format.name(), &report, &texts, &options);
                let command = shown.lines().find(|line| line.trim_start().starts_with("::"));
                assert_eq!(command, None, "{} on {input}", format.name());
            }
        }
    }
}

#[test]
fn no_format_hands_on_what_a_terminal_would_obey() {
    for (input, report, texts) in inputs() {
        for options in options() {
            for format in FORMATS {
                let shown = render(format.name(), &report, &texts, &options);
                let odd = shown.chars().find(|&c| c != '\n' && crate::escape::is_unprintable(c));
                assert_eq!(odd, None, "{} on {input}", format.name());
                assert!(!shown.contains("##["), "{} on {input}", format.name());
            }
        }
    }
}

#[test]
fn the_terminal_never_sees_hidden_text_or_a_forged_line() {
    let (judgement, texts) = samples::hostile();
    let shown = render(
        "human",
        &samples::report(judgement, Vec::new()),
        &texts,
        &Options { evidence: true, old: true, color: true, width: 100 },
    );
    let plain = strip_colours(&shown);
    assert!(!plain.chars().any(|c| c != '\n' && crate::escape::is_unprintable(c)), "{plain}");
    assert!(!plain.lines().any(|line| line.trim_start().starts_with("::")), "{plain}");
}

/// Takes out the styles that the format itself writes: `ESC [ digits ; … m`.
fn strip_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |out, part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        match rest.strip_prefix('m') {
            Some(rest) => out + rest,
            None => out + "\u{1b}[" + part,
        }
    })
}

#[test]
fn human_shows_every_verdict_and_sums_that_add_up() {
    let report = samples::report(samples::mixed(), samples::notices());
    assert_snapshot!(render("human", &report, &samples::texts(), &options()[1]));
}

#[test]
fn human_shows_hostile_names_by_code() {
    let (judgement, texts) = samples::hostile();
    let report = samples::report(judgement, Vec::new());
    assert_snapshot!(render("human", &report, &texts, &Options::default()));
}

#[test]
fn sarif_of_a_run_with_everything() {
    let report = samples::report(samples::mixed(), samples::notices());
    let log: Value =
        serde_json::from_str(&render("sarif", &report, &samples::texts(), &options()[1])).unwrap();
    insta::assert_json_snapshot!(log);
}

#[test]
fn sarif_keeps_the_rules_that_no_schema_checks() {
    for (input, report, texts) in inputs() {
        for options in options() {
            let log: Value =
                serde_json::from_str(&render("sarif", &report, &texts, &options)).unwrap();
            let run = &log["runs"][0];
            let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
            let ids: Vec<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
            assert!(ids.is_sorted(), "{input}");
            for rule in rules {
                for key in ["shortDescription", "fullDescription", "help"] {
                    assert_ne!(rule[key]["text"].as_str().unwrap(), "", "{input}: {key}");
                }
            }
            for result in run["results"].as_array().unwrap() {
                check_result(result, &ids, &options, input);
            }
        }
    }
}

fn check_result(result: &Value, rules: &[&str], options: &Options, input: &str) {
    let kind = result["kind"].as_str().unwrap();
    let level = result["level"].as_str().unwrap();
    assert_eq!(kind != "fail", level == "none", "{input}: {kind} {level}");
    let index = result["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(result["ruleId"], rules[index], "{input}");
    let text = result["message"]["text"].as_str().unwrap();
    assert!(text.ends_with('.'), "{input}: {text}");
    assert_eq!(result.get("suppressions").is_some(), options.evidence, "{input}");
    let links = result["relatedLocations"].as_array().map_or(0, Vec::len);
    assert_eq!(unescaped_brackets(text), links, "{input}: {text}");
    assert!(!result["partialFingerprints"]["groundruleFingerprint/v1"].is_null());
    assert!(result["properties"]["service"].is_string());
    let location = &result["locations"][0]["physicalLocation"];
    let uri = location["artifactLocation"]["uri"].as_str().unwrap();
    assert!(!uri.starts_with('/') && !uri.contains("..") && uri.is_ascii(), "{input}: {uri}");
    let number = |key: &str| location["region"][key].as_u64().unwrap();
    assert_eq!(number("startLine"), number("endLine"), "{input}");
    assert!(number("startColumn") <= number("endColumn"), "{input}");
}

fn unescaped_brackets(text: &str) -> usize {
    let mut escaped = false;
    text.chars()
        .filter(|&c| {
            let open = c == '[' && !escaped;
            escaped = c == '\\' && !escaped;
            open
        })
        .count()
}

#[test]
fn sarif_shows_active_failures_only_unless_asked() {
    let report = samples::report(samples::mixed(), Vec::new());
    let kinds = |options: &Options| -> Vec<String> {
        let log: Value =
            serde_json::from_str(&render("sarif", &report, &samples::texts(), options)).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|result| result["kind"].as_str().unwrap().to_string()).collect()
    };
    assert_eq!(kinds(&options()[0]), ["fail"]);
    // Gravest first; an exempt place is a suppressed failure.
    let exempt_is_a_suppressed_fail = ["fail", "review", "fail", "pass"];
    assert_eq!(kinds(&options()[1]), exempt_is_a_suppressed_fail);
}

#[test]
fn sarif_justifies_what_is_exempt() {
    let report = samples::report(samples::mixed(), Vec::new());
    let log: Value =
        serde_json::from_str(&render("sarif", &report, &samples::texts(), &options()[1])).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let suppressed: Vec<_> = results
        .iter()
        .filter_map(|result| result["suppressions"][0]["justification"].as_str())
        .collect();
    assert_eq!(suppressed, ["moved to the queue in spring"]);
}

#[test]
fn json_keeps_to_its_schema() {
    let schema = json_schema();
    let validator = jsonschema::validator_for(schema.as_value()).unwrap();
    for (input, report, texts) in inputs() {
        let json: Value =
            serde_json::from_str(&render("json", &report, &texts, &Options::default())).unwrap();
        let errors: Vec<_> = validator.iter_errors(&json).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{input}: {errors:?}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test compares a file of the crate")]
fn the_schema_beside_the_crate_is_the_generated_one() {
    let generated = serde_json::to_string_pretty(json_schema().as_value()).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/report-v1.schema.json");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(path, &generated).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(kept, generated, "run the tests with INSTA_UPDATE=always to write it anew");
}

#[test]
fn json_carries_the_numbers_that_the_terminal_shows() {
    let report = samples::report(samples::mixed(), Vec::new());
    let json: Value =
        serde_json::from_str(&render("json", &report, &samples::texts(), &Options::default()))
            .unwrap();
    let timeouts = &json["adoption"]["standards"][1];
    assert_eq!(timeouts["policy"], "timeouts");
    assert_eq!(timeouts["adoption_rate"], 0.5);
    assert_eq!(timeouts["site_rate"], 0.5);
    let human = render("human", &report, &samples::texts(), &Options::default());
    assert!(human.contains("50% 1/2"), "{human}");
    let verdicts = json["verdicts"].as_array().unwrap().len();
    assert_eq!(verdicts, samples::mixed().verdicts.len());
    assert_eq!(report.of_kind(VerdictKind::Fail).count(), 1);
}

#[test]
fn only_new_failures_gate_and_every_format_tells_them_from_old_ones() {
    let (report, texts) = samples::change();
    let show = |name: &str| render(name, &report, &texts, &Options::default());
    assert_eq!((report.active().count(), report.old().count()), (1, 1));
    let counts = show("counts");
    for line in ["failures=1\n", "new-failures=1\n", "old-failures=1\n", "mended-failures=1\n"] {
        assert!(counts.contains(line), "{counts}");
    }
    assert_eq!(show("github").matches("::error ").count(), 1);
    let items: Value = serde_json::from_str(&show("gitlab")).unwrap();
    assert_eq!(items.as_array().unwrap().len(), 1);
    assert!(show("junit").contains("failed before the change"));
    let markdown = show("markdown");
    assert!(markdown.contains("### New failures") && markdown.contains("### Mended"), "{markdown}");
    assert!(!markdown.contains("### Old failures"), "{markdown}");
    assert!(markdown.contains("adoption rate of the base"), "{markdown}");
    assert!(show("human").contains("1 new error, 0 new warnings, 1 old, 1 mended"));
    let json: Value = serde_json::from_str(&show("json")).unwrap();
    assert_eq!(json["change"]["new_failures"], 1);
    assert_eq!(json["change"]["old_failures"], 1);
    assert_eq!(json["change"]["mended"].as_array().unwrap().len(), 1);
}

#[test]
fn sarif_says_of_every_result_whether_it_is_new_or_of_none() {
    let states = |report: &Report, texts: &Texts, options: &Options| -> Vec<Option<String>> {
        let log: Value = serde_json::from_str(&render("sarif", report, texts, options)).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        let state = |result: &Value| Some(result.get("baselineState")?.as_str()?.to_string());
        results.iter().map(state).collect()
    };
    let (report, texts) = samples::change();
    let words = |words: &[&str]| words.iter().map(|w| Some((*w).to_string())).collect::<Vec<_>>();
    assert_eq!(states(&report, &texts, &options()[0]), words(&["new", "unchanged"]));
    let all = words(&["new", "unchanged", "unchanged", "absent"]);
    assert_eq!(states(&report, &texts, &options()[1]), all);
    let plain = samples::report(samples::mixed(), Vec::new());
    assert!(states(&plain, &samples::texts(), &options()[1]).iter().all(Option::is_none));
}
