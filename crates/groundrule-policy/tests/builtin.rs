//! The built-in policies load, and say what they are.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use groundrule_policy::{builtin, examples, expectations, load};

#[test]
fn the_built_in_policies_have_nothing_wrong() {
    if let Err(problems) = load(builtin(), None) {
        let all: Vec<String> = problems
            .problems
            .iter()
            .map(|p| {
                let text = p.file.inner();
                let line = text[..p.span.start].matches('\n').count() + 1;
                format!(
                    "{}:{line}: {} ({:?}) {}",
                    p.file.name(),
                    p.message,
                    &text[p.span.clone()],
                    p.help
                )
            })
            .collect();
        panic!("{}", all.join("\n"));
    }
}

#[test]
fn every_policy_has_its_page_and_metadata() {
    let (policies, _) = load(builtin(), None).unwrap();
    let ids: Vec<&str> = policies.iter().map(|policy| policy.info.id.as_str()).collect();
    for standard in
        ["api-versioning", "idempotency", "retries", "sensitive-logs", "timeouts", "tracing"]
    {
        assert!(ids.contains(&standard), "{ids:?}");
    }
    for policy in policies.iter() {
        let info = &policy.info;
        assert!(!info.help_markdown.is_empty(), "{} has no page", info.id);
        assert!(!info.blueprint.is_empty() && !info.tags.is_empty(), "{}", info.id);
        assert!(info.summary.ends_with('.'), "{}: {}", info.id, info.summary);
        assert!(info.summary.len() <= 1024, "{}", info.id);
    }
}

#[test]
fn the_expectations_of_every_page_can_be_read() {
    let (policies, _) = load(builtin(), None).unwrap();
    for policy in policies.iter() {
        let id = &policy.info.id;
        let examples = examples(&policy.info.help_markdown);
        for example in &examples {
            let mut count = 0;
            for file in &example.files {
                let (found, malformed) = expectations(&file.text);
                assert!(malformed.is_empty(), "{id}: {malformed:?}");
                assert!(found.iter().all(|e| policies.get(&e.policy).is_some()), "{id}: {found:?}");
                count += found.len();
            }
            assert!(count > 0, "{id}: nothing is expected under {}", example.heading);
        }
        for language in ["Python", "Go", "TypeScript", "Java", "Kotlin", "C#", "Rust"] {
            assert!(examples.iter().any(|e| e.heading == language), "{id}: no {language}");
        }
    }
}
