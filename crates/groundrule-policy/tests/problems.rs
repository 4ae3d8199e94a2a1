//! What is wrong in a user's own file is underlined there, all of it at once, with the mend.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use groundrule_policy::{PolicyFile, Problem, builtin, load};

fn problems(policy: &str) -> Vec<Problem> {
    let files = [PolicyFile { name: "own.toml", text: policy, page: "" }];
    load(files, None).err().map(|problems| problems.problems).unwrap_or_default()
}

fn config_problems(config: &str) -> Vec<Problem> {
    load(builtin(), Some(("groundrule.toml", config)))
        .err()
        .map(|problems| problems.problems)
        .unwrap_or_default()
}

fn shown(problems: &[Problem]) -> Vec<(String, String)> {
    problems
        .iter()
        .map(|problem| {
            let underlined = problem.file.inner()[problem.span.clone()].to_owned();
            (underlined, format!("{}; {}", problem.message, problem.help))
        })
        .collect()
}

#[track_caller]
fn holds(problems: &[Problem], underlined: &str, message: &str) {
    let shown = shown(problems);
    assert!(
        shown.iter().any(|(under, said)| under == underlined && said.contains(message)),
        "`{underlined}`: {message} is not among {shown:#?}"
    );
}

const GOOD: &str = r#"
id = "own"
title = "Own"
category = "resilience"

[settings.allowed]
type = "strings"
default = []
doc = "What is allowed."

[[check]]
subject = "outbound-call"
applies = 'call.protocol == "http"'
pass = 'call.library in settings.allowed'
message = "`{{ call.callee }}` is not allowed."
"#;

#[test]
fn a_good_policy_has_no_problem() {
    assert_eq!(shown(&problems(GOOD)), []);
}

#[test]
fn a_misspelt_attribute_is_underlined_with_the_nearest_one() {
    let found = problems(&GOOD.replace("call.library", "call.libary"));
    holds(&found, "libary", "there is no attribute `libary`; did you mean `library`?");
    assert_eq!(found.len(), 1);
}

#[test]
fn a_value_that_an_attribute_never_has_is_underlined() {
    let found = problems(&GOOD.replace("\"http\"", "\"htp\""));
    holds(&found, "htp", "did you mean `http`?");
}

#[test]
fn an_attribute_inside_a_macro_is_checked_by_the_type_of_its_items() {
    let found = problems(
        &GOOD
            .replace("outbound-call", "log-statement")
            .replace("call.protocol == \"http\"", "log.values.exists(v, v.shap == \"scalar\")")
            .replace("call.library in settings.allowed", "log.sink == \"span\"")
            .replace("call.callee", "log.library"),
    );
    holds(&found, "shap", "did you mean `shape`?");
    assert_eq!(found.len(), 1, "{:?}", shown(&found));
}

#[test]
fn a_misspelt_setting_variable_or_function_is_underlined() {
    holds(
        &problems(&GOOD.replace("in settings.allowed", "in settings.alowed")),
        "alowed",
        "`allowed`",
    );
    holds(&problems(&GOOD.replace("'call.protocol", "'cal.protocol")), "cal", "`call`");
    holds(
        &problems(&GOOD.replace("call.protocol ==", "sise(call.library) == 1 || call.protocol ==")),
        "sise",
        "did you mean `size`?",
    );
}

#[test]
fn a_hole_of_a_message_is_checked_too() {
    holds(&problems(&GOOD.replace("{{ call.callee", "{{ call.calle")), "calle", "`callee`");
}

#[test]
fn cel_that_does_not_compile_is_underlined_in_its_own_line() {
    let found = problems(&GOOD.replace("== \"http\"", "=== \"http\""));
    assert_eq!(found.len(), 1, "{:?}", shown(&found));
    assert!(found[0].message.contains("no valid CEL"), "{}", found[0].message);
    let line = found[0].file.inner()[..found[0].span.start].rsplit('\n').next().unwrap();
    assert!(line.starts_with("applies"), "{line}");
}

#[test]
fn all_problems_of_a_file_are_shown_at_once() {
    let text = GOOD
        .replace("title = \"Own\"", "titel = \"Own\"")
        .replace("id = \"own\"", "id = \"Own Policy\"")
        .replace("outbound-call", "outbound-cal")
        .replace("type = \"strings\"", "type = \"string-list\"");
    let found = problems(&text);
    holds(&found, "titel", "a policy has no key `titel`; did you mean `title`?");
    holds(&found, "\"Own Policy\"", "kebab-case");
    holds(&found, "\"outbound-cal\"", "did you mean `outbound-call`?");
    holds(&found, "\"string-list\"", "no type of a setting");
    assert!(found.iter().any(|p| p.message == "a policy needs `title`"));
    assert!(found.windows(2).all(|pair| pair[0].span.start <= pair[1].span.start));
}

#[test]
fn what_is_no_toml_is_underlined() {
    assert!(!problems("id = ").is_empty());
    assert!(!problems("\u{0}\u{0}").is_empty());
}

#[test]
fn an_id_that_is_taken_is_refused() {
    let own = GOOD.replace("\"own\"", "\"timeouts\"");
    let files = builtin().chain([PolicyFile { name: "own.toml", text: &own, page: "" }]);
    let found = load(files, None).unwrap_err().problems;
    holds(&found, "\"timeouts\"", "there is a policy `timeouts` already, in timeouts.toml");
}

#[test]
fn a_good_configuration_has_no_problem() {
    let config = r#"
[scan]
max-file-size = "2 MiB"
exclude = ["legacy/**"]
policies = "policies"

[adoption]
target = 0.9

[policies.timeouts]
mode = "warn"
severity = "warning"
library-default-counts = false

[policies.sensitive-logs]
additional-credential-words = ["partner code"]

[[service]]
path = "./src/web/"
name = "web"
owner = "@acme/web"
tier = "1"
"#;
    let (_, read) = load(builtin(), Some(("groundrule.toml", config))).unwrap();
    assert_eq!(read.scan.max_file_size, 2 << 20);
    assert_eq!(read.services[0].path, "src/web");
    assert_eq!(read.services[0].owners, ["@acme/web"]);
    assert_eq!(read.adoption.target, Some(0.9));
}

#[test]
fn everything_wrong_in_a_configuration_is_shown_at_once() {
    let found = config_problems(
        r#"
[scan]
max-file-sise = 1
exclude = ["a{"]
policies = "../elsewhere"

[adoption]
target = 90

[policies.timeout]
mode = "warn"

[policies.timeouts]
mode = "enforced"
protocols = "http"

[policies.api-versioning]
strategy = "pth"
stratgy = "path"

[[service]]
name = "web"
"#,
    );
    holds(&found, "max-file-sise", "did you mean `max-file-size`?");
    holds(&found, "\"a{\"", "no valid glob");
    holds(&found, "\"../elsewhere\"", "must lie inside the repository");
    holds(&found, "90", "from 0 to 1");
    holds(&found, "timeout", "there is no policy `timeout`; did you mean `timeouts`?");
    holds(&found, "\"enforced\"", "did you mean `enforce`?");
    holds(&found, "\"http\"", "`protocols` must be a list of strings");
    holds(&found, "\"pth\"", "did you mean `path`?");
    holds(&found, "stratgy", "`api-versioning` has no setting `stratgy`; did you mean `strategy`?");
    assert!(found.iter().any(|p| p.message == "a service needs `path`"));
    assert_eq!(found.len(), 10, "{:#?}", shown(&found));
}

#[test]
fn a_policy_that_could_not_be_read_is_not_unknown_to_the_configuration() {
    let files = [PolicyFile { name: "own.toml", text: "id = \"own\"\n", page: "" }];
    let found = load(files, Some(("groundrule.toml", "[policies.own]\nmode = \"off\"\n")));
    let found = found.unwrap_err().problems;
    assert!(found.iter().all(|problem| problem.file.name() == "own.toml"), "{:?}", shown(&found));
}
