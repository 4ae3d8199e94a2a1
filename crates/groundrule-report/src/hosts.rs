//! What the hosts of reports refuse, drop or obey: each format against the rules of its reader.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::HashSet;

use groundrule_policy::{Judgement, VerdictKind};
use pulldown_cmark::{Event, Parser, Tag};
use roxmltree::Document;
use serde_json::Value;

use crate::matrix::{inputs, options, render};
use crate::samples::{self, Texts};
use crate::{Options, Report, sarif};

/// A report with so many failures of `timeouts`, in one service each.
fn many(failures: usize, services: usize) -> Report {
    let folder = |at: usize| format!("services/{:05}", at % services);
    let verdicts = (0..failures).map(|at| {
        let path = format!("{}/app.py", folder(at));
        let mut verdict = samples::verdict("timeouts", VerdictKind::Fail, &path);
        verdict.services = vec![folder(at).into()];
        verdict.label = format!("call-{at}").into();
        verdict.fingerprint = format!("{at:032x}");
        verdict
    });
    let judgement = Judgement {
        policies: vec![samples::policy("timeouts", "resilience")],
        verdicts: verdicts.collect(),
        services: (0..services).map(|at| samples::service(&folder(at))).collect(),
        ..Judgement::default()
    };
    samples::report(judgement, Vec::new())
}

/// The policy's warnings come from the first service, before all errors.
fn many_with_warnings(failures: usize) -> Report {
    let mut report = many(failures, 30);
    for finding in report.findings.iter_mut().take(failures / 2) {
        (finding.level, finding.alone) = (crate::Level::Warning, crate::Level::Warning);
    }
    report
}

fn shown(name: &str, report: &Report) -> String {
    render(name, report, &Texts::default(), &Options::default())
}

/// A workflow command, as GitHub's runner takes a line apart.
#[derive(Debug)]
struct Command {
    kind: String,
    properties: Vec<(String, String)>,
    data: String,
}

fn commands(log: &str) -> Vec<Command> {
    let decode = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let lines = log.lines().filter_map(|line| line.trim_start().strip_prefix("::"));
    let command = |line: &str| {
        let (head, data) = line.split_once("::").unwrap();
        let (kind, properties) = head.split_once(' ').unwrap_or((head, ""));
        let property = |part: &str| {
            let (name, value) = part.split_once('=').unwrap();
            (name.to_string(), decode(value))
        };
        Command {
            kind: kind.to_string(),
            properties: properties.split(',').map(property).collect(),
            data: decode(data),
        }
    };
    lines.map(command).collect()
}

#[test]
fn annotations_are_as_many_as_the_host_shows_and_say_how_many_more_there_are() {
    let report = many_with_warnings(100);
    let commands = commands(&shown("github", &report));
    let kinds: Vec<&str> = commands.iter().map(|command| command.kind.as_str()).collect();
    let expected = [&["error"; 10][..], &["warning"; 10], &["notice"]].concat();
    assert_eq!(kinds, expected);
    let last = &commands[20].data;
    assert!(last.starts_with("40 more errors and 40 more warnings than"), "{last}");
}

#[test]
fn annotations_are_sorted_by_place_and_complete_where_there_is_room() {
    let commands = commands(&shown("github", &many(10, 5)));
    assert_eq!(commands.len(), 10);
    let files: Vec<&String> = commands.iter().map(|command| &command.properties[0].1).collect();
    assert!(files.is_sorted(), "{files:?}");
}

#[test]
fn annotations_name_what_the_report_names_and_nothing_else() {
    for (input, report, texts) in inputs() {
        let log = render("github", &report, &texts, &Options::default());
        let commands = commands(&log);
        let errors = report.notices.iter().filter(|n| n.kind.level() == crate::NoticeLevel::Error);
        let expected = report.active().count() + errors.count();
        let found = commands.iter().filter(|command| command.kind == "error").count();
        assert_eq!(found, expected, "{input}: {log}");
        for command in commands {
            // The notice says how many more there are than the host shows.
            let kinds = ["error", "warning", "notice"];
            assert!(kinds.contains(&command.kind.as_str()), "{input}: {log}");
            let names: Vec<&str> = command.properties.iter().map(|(name, _)| &**name).collect();
            let whole = ["file", "line", "endLine", "col", "endColumn", "title"];
            let known = [&whole[..], &["file", "title"], &["title"]];
            assert!(known.contains(&&names[..]), "{input}: {names:?}");
        }
    }
}

#[test]
fn gitlab_gets_what_it_requires() {
    for (input, report, texts) in inputs() {
        let items: Value =
            serde_json::from_str(&render("gitlab", &report, &texts, &Options::default())).unwrap();
        let items = items.as_array().unwrap();
        let placed = report.notices.iter().filter(|notice| notice.path.is_some());
        assert_eq!(items.len(), report.active().count() + placed.count(), "{input}");
        let mut fingerprints = HashSet::new();
        for item in items {
            assert_ne!(item["description"].as_str().unwrap(), "", "{input}");
            assert_ne!(item["check_name"].as_str().unwrap(), "", "{input}");
            assert!(fingerprints.insert(item["fingerprint"].as_str().unwrap()), "{input}: {item}");
            let severity = item["severity"].as_str().unwrap();
            assert!(["info", "minor", "major", "critical"].contains(&severity), "{severity}");
            let path = item["location"]["path"].as_str().unwrap();
            assert!(!path.starts_with("./") && !path.starts_with('/'), "{path}");
            assert!(item["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        }
    }
}

#[test]
fn equal_code_in_two_repositories_is_two_items_for_gitlab() {
    let mut report = many(3, 1);
    for finding in &mut report.findings {
        finding.verdict.fingerprint = "same".into();
    }
    let items: Value = serde_json::from_str(&shown("gitlab", &report)).unwrap();
    let of = |at: usize| items[at]["fingerprint"].as_str().unwrap().to_string();
    assert_eq!([of(0), of(1), of(2)], ["same", "same-2", "same-3"]);
}

#[test]
fn junit_is_well_formed_and_its_sums_are_right() {
    for (input, report, texts) in inputs() {
        let xml = render("junit", &report, &texts, &Options::default());
        let document = Document::parse(&xml).unwrap_or_else(|e| panic!("{input}: {e}\n{xml}"));
        let root = document.root_element();
        let elements =
            |name: &'static str| root.descendants().filter(move |n| n.has_tag_name(name));
        for (attribute, name) in [
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ] {
            let sum: usize = root.attribute(attribute).unwrap().parse().unwrap();
            assert_eq!(sum, elements(name).count(), "{input}: {attribute}");
        }
        let failures: usize = report.active().map(|finding| finding.verdict.services.len()).sum();
        assert_eq!(elements("failure").count(), failures, "{input}");
        let cases: usize = report.findings.iter().map(|f| f.verdict.services.len()).sum();
        assert_eq!(elements("testcase").count(), cases + report.notices.len(), "{input}");
    }
}

#[test]
fn junit_cases_keep_their_names_when_lines_move() {
    let names = |report: &Report| -> Vec<String> {
        let xml = shown("junit", report);
        let document = Document::parse(&xml).unwrap();
        let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
        let name = |node: roxmltree::Node<'_, '_>| {
            let suite = node.parent_element().unwrap().attribute("name").unwrap().to_string();
            format!("{suite} {:?} {:?}", node.attribute("classname"), node.attribute("name"))
        };
        cases.map(name).collect()
    };
    let mut report = many(6, 2);
    for finding in &mut report.findings {
        finding.verdict.label = "requests.get".into();
    }
    let before = names(&report);
    let unique: HashSet<&String> = before.iter().collect();
    assert_eq!(unique.len(), 6, "{before:?}");
    for finding in &mut report.findings {
        finding.verdict.place.line += 100;
    }
    assert_eq!(names(&report), before);
}

#[test]
fn a_summary_holds_no_link_no_image_and_no_markup_of_others() {
    for (input, report, texts) in inputs() {
        for options in options() {
            let text = render("markdown", &report, &texts, &options);
            let events: Vec<Event<'_>> =
                Parser::new_ext(&text, pulldown_cmark::Options::all()).collect();
            for event in &events {
                match event {
                    Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock) => {
                        panic!("{input}: {event:?}\n{text}");
                    }
                    Event::Html(html) | Event::InlineHtml(html) => {
                        let ours = ["<code>", "</code>", "<!-- -->"];
                        assert!(ours.contains(&&**html), "{input}: {html}");
                    }
                    _ => {}
                }
            }
            let rows =
                events.iter().filter(|event| matches!(event, Event::Start(Tag::TableRow))).count();
            assert_eq!(rows, rows_expected(&report, &options), "{input}\n{text}");
        }
    }
}

fn rows_expected(report: &Report, options: &Options) -> usize {
    let passes = report.of_kind(VerdictKind::Pass).count();
    let adoption = if report.services.is_empty() { 0 } else { 2 + report.services.len() };
    let findings = report.active().count()
        + report.of_kind(VerdictKind::Review).count()
        + report.of_kind(VerdictKind::Exempt).count();
    let change = report.change.as_ref();
    // Both rates of the base, what is mended, and what is old where it is asked for.
    let compared = change.map_or(0, |change| 2 + change.mended.len())
        + if options.old { report.old().count() } else { 0 };
    adoption
        + findings
        + report.notices.len()
        + compared
        + if options.evidence { passes } else { 0 }
}

#[test]
fn a_summary_stays_under_its_limit_and_says_what_it_left_out() {
    let report = many(20_000, 10_000);
    let text = shown("markdown", &report);
    assert!(text.len() <= 900 << 10, "{}", text.len());
    assert!(text.len() > 800 << 10, "the room is used: {}", text.len());
    let said: Vec<&str> = text.lines().filter(|line| line.contains("left out")).collect();
    assert_eq!(said.len(), 2, "services and failures: {said:?}");
    let rows = text.lines().filter(|line| line.contains("app\\.py")).count();
    let left_out = said[1].split(' ').next().unwrap().parse::<usize>().unwrap();
    assert_eq!(rows + left_out, 20_000);
}

#[test]
fn more_services_than_a_host_takes_runs_are_still_one_run() {
    let log: Value = serde_json::from_str(&shown("sarif", &many(60, 60))).unwrap();
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let services: HashSet<&str> =
        results.iter().map(|r| r["properties"]["service"].as_str().unwrap()).collect();
    assert_eq!(services.len(), 60);
    let notices = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notices.as_array().unwrap().len(), 0);
}

#[test]
fn more_results_than_a_host_takes_lose_the_least_grave_and_say_so() {
    let report = many_with_warnings(30_000);
    let log: Value = serde_json::from_str(&shown("sarif", &report)).unwrap();
    let run = &log["runs"][0];
    let levels: Vec<&str> =
        run["results"].as_array().unwrap().iter().map(|r| r["level"].as_str().unwrap()).collect();
    assert_eq!(levels.len(), sarif::MOST_RESULTS);
    let errors = levels.iter().take_while(|level| **level == "error").count();
    assert_eq!(errors, 15_000);
    let notice = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert!(notice["message"]["text"].as_str().unwrap().starts_with("5000 of the least grave"));
    let index = notice["descriptor"]["index"].as_u64().unwrap() as usize;
    let id = &run["tool"]["driver"]["notifications"][index]["id"];
    assert_eq!(*id, notice["descriptor"]["id"]);
    let annotations = shown("github", &report);
    assert!(annotations.contains("5000 of the least grave failures are not in the SARIF log"));
}
