//! The pages of `docs/`: what a user copies from them works, or is at least what is there.

use crate::harness::{APP, Folder};

const PULL_REQUESTS: &str = include_str!("../../docs/pull-requests.md");
const PRE_COMMIT: &str = include_str!("../../docs/pre-commit.md");
const HOOKS: &str = include_str!("../../.pre-commit-hooks.yaml");
const WORKFLOW: &str = include_str!("../../.github/workflows/groundrule.yml");
const ACTION: &str = include_str!("../../action.yml");

/// The block of a page with that title.
fn block<'a>(page: &'a str, title: &str) -> &'a str {
    let start = format!("title=\"{title}\"\n");
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("no {title}"));
    rest.split_once("\n```").unwrap().0
}

#[test]
fn the_workflow_fetches_what_a_base_needs_as_our_own_does() {
    let workflow = block(PULL_REQUESTS, ".github/workflows/groundrule.yml");
    let checkout = |text: &str| {
        let line = text.lines().find(|line| line.contains("actions/checkout@")).unwrap();
        line.trim().to_string()
    };
    assert_eq!(checkout(workflow), checkout(WORKFLOW));
    for line in ["fetch-depth: 0", "base: ${{ github.event.pull_request.base.sha }}"] {
        assert!(workflow.contains(line) && WORKFLOW.contains(line), "{line}");
    }
    for output in ["failures", "new-failures", "adoption-rate", "sarif-file", "reports"] {
        assert!(PULL_REQUESTS.contains(&format!("`{output}`")), "{output}");
        assert!(ACTION.contains(&format!("\n  {output}:\n")), "{output}");
    }
}

#[test]
fn the_job_for_gitlab_writes_its_reports() {
    let job = block(PULL_REQUESTS, ".gitlab-ci.yml");
    let line = job.lines().find_map(|line| line.trim().strip_prefix("- groundrule ")).unwrap();
    let folder = Folder::committed();
    let line =
        line.replace("\"$CI_MERGE_REQUEST_DIFF_BASE_SHA\"", &folder.git(&["rev-parse", "HEAD"]));
    let run = folder.run(&line.split(' ').collect::<Vec<_>>());
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(folder.read("gl-code-quality-report.json").trim(), "[]");
    assert!(folder.read("junit.xml").contains("failed before the change"));
}

#[test]
fn the_hook_is_the_one_that_there_is() {
    let config = block(PRE_COMMIT, ".pre-commit-config.yaml");
    let id = config.lines().find_map(|line| line.trim().strip_prefix("- id: ")).unwrap();
    assert!(HOOKS.contains(&format!("- id: {id}\n")));
    let script = block(PRE_COMMIT, ".git/hooks/pre-commit");
    let command = script.lines().find_map(|line| line.strip_prefix("exec ")).unwrap();
    assert!(HOOKS.contains(&format!("entry: {command}\n")));
    let args: Vec<&str> = command.split(' ').skip(1).collect();
    let folder = Folder::committed();
    assert_eq!(folder.run(&args).status, 0);
    folder.write("web/more.py", APP);
    folder.git(&["add", "."]);
    assert_eq!(folder.run(&args).status, 1);
}
