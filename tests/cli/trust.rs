//! Attempts to get a failure past the gate: what a change does to its own rules is said, and takes
//! effect after the merge.

use crate::harness::{APP, Folder, Run};

const LEAK: &str = "\n\ndef more():\n    return requests.get(\"https://more.example/\").json()\n";
/// Monday, 23 November 2026.
const TODAY: (&str, &str) = ("SOURCE_DATE_EPOCH", "1795392000");

/// A repository whose change brings a failure in.
fn failing() -> Folder {
    let folder = Folder::committed();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.write("web/app.py", format!("{APP}{LEAK}"));
    folder
}

fn check(folder: &Folder) -> Run {
    folder.run_with(&["check", "--base", "main", "--only", "timeouts"], &[TODAY])
}

/// The failure still gates, and the attempt is said.
#[track_caller]
fn stopped(folder: &Folder, said: &str) {
    for commits in [false, true] {
        if commits {
            folder.commit();
        }
        let run = check(folder);
        assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("1 new error"), "{}", run.stdout);
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    }
}

/// What is no longer judged does not gate, and is said in every format.
#[track_caller]
fn shown(folder: &Folder, path: &str) {
    folder.commit();
    let run = check(folder);
    assert!(run.stdout.contains(&format!("no-longer-judged {path}:1")), "{}", run.stdout);
    assert!(!run.stdout.contains("Mended"), "{}", run.stdout);
    for format in ["github", "sarif", "json", "junit", "markdown", "gitlab"] {
        let args = ["check", "--base", "main", "--only", "timeouts", "--format", format];
        let said = folder.run(&args).stdout.replace('\\', "");
        assert!(said.contains("no-longer-judged"), "{format}: {said}");
    }
}

#[test]
fn a_waiver_of_its_own_does_not_work_yet() {
    let folder = failing();
    let waived = LEAK.replace(
        "    return",
        "    # groundrule: allow(timeouts) until=2027-03-31 owner=@me -- it is urgent\n    return",
    );
    folder.write("web/app.py", format!("{APP}{waived}"));
    stopped(&folder, "would-alter web/app.py:13  a waiver of `timeouts` is added");

    let folder = failing();
    folder.write(
        "groundrule.toml",
        "[[waiver]]\npolicy = \"timeouts\"\nservice = \"web\"\nreason = \"urgent\"\n\
         owner = \"@me\"\nuntil = 2027-03-31\n",
    );
    stopped(&folder, "would-alter groundrule.toml:1  a waiver of `timeouts` is added");
}

#[test]
fn a_waiver_of_the_base_holds_for_what_it_was_given_for() {
    let folder = Folder::committed();
    let comment = "    # groundrule: allow(timeouts) until=2027-03-31 owner=@me -- streams\n";
    let waived = APP.replacen("    return", &format!("{comment}    return"), 1);
    folder.write("web/app.py", &waived);
    folder.commit();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.write("web/app.py", format!("LIMIT = 3\n{waived}"));
    let run = check(&folder);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.contains("1 exempt"), "{}", run.stdout);

    // The comment is carried over to a new failure, and the old place is left without it.
    let moved = LEAK.replace("    return", &format!("{comment}    return"));
    folder.write("web/app.py", format!("{APP}{moved}"));
    let run = check(&folder);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stdout.contains("web/app.py:14"), "{}", run.stdout);
}

#[test]
fn a_mode_or_a_setting_is_not_switched_off() {
    let folder = failing();
    folder.write("groundrule.toml", "[policies.timeouts]\nmode = \"off\"\n");
    stopped(&folder, "the mode of `timeouts` goes from enforce to off");

    let folder = failing();
    folder.write("groundrule.toml", "[policies.timeouts.services]\n\"web\" = \"measure\"\n");
    stopped(&folder, "the modes of `timeouts` in services are edited");

    let folder = failing();
    folder.write("groundrule.toml", "[policies.timeouts]\nseverity = \"warning\"\n");
    stopped(&folder, "the severity of `timeouts` goes from error to warning");

    let folder = failing();
    folder.write("groundrule.toml", "[scan]\nexclude = [\"web/**\"]\n");
    stopped(&folder, "`[scan]` is edited");

    let folder = failing();
    folder.write("groundrule.toml", "[[service]]\npath = \"web\"\nkind = \"ignored\"\n");
    stopped(&folder, "`[[service]]` is edited");
}

#[test]
fn a_configuration_that_is_taken_away_still_holds() {
    let folder = Folder::committed();
    folder.write("groundrule.toml", "[policies.timeouts]\nmode = \"warn\"\n");
    folder.commit();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.remove("groundrule.toml");
    folder.write("web/app.py", format!("{APP}{LEAK}"));
    let run = check(&folder);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.contains("1 new warning"), "{}", run.stdout);
    assert!(run.stdout.contains("goes from warn to enforce"), "{}", run.stdout);
}

#[test]
fn a_configuration_that_would_break_after_the_merge_is_refused() {
    let folder = failing();
    folder.write("groundrule.toml", "[policies.timeouts]\nmode = \"lax\"\n");
    let run = check(&folder);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("lax"), "{}", run.stderr);
}

#[test]
fn a_policy_of_the_repository_is_the_one_of_the_base() {
    let policy = "id = \"no-get\"\ntitle = \"No call\"\ncategory = \"resilience\"\n\
         severity = \"error\"\n\n[[check]]\nsubject = \"outbound-call\"\n\
         pass = 'call.callee == \"none\"'\nmessage = \"`{{ call.callee }}` calls.\"\nhelp = \"Do not.\"\n";
    let folder = Folder::committed();
    folder.write("groundrule.toml", "[scan]\npolicies = \"rules\"\n");
    folder.write("rules/no-get.toml", policy);
    folder.commit();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.write("web/app.py", format!("{APP}{LEAK}"));
    folder.write("rules/no-get.toml", policy.replace("== \"none\"", "!= \"none\""));
    let check = || folder.run(&["check", "--base", "main", "--only", "no-get"]);
    let run = check();
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("would-alter rules/no-get.toml:1"), "{}", run.stdout);
    folder.remove("rules");
    folder.write("groundrule.toml", "");
    folder.write("rules/.keep", "");
    // The change itself has no such policy any more.
    assert_eq!(check().status, 2);
}

#[test]
fn a_ratchet_is_not_raised() {
    let folder = Folder::committed();
    folder.write("groundrule.toml", "[ratchet.timeouts]\n\"web\" = 1\n");
    folder.commit();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.write("web/app.py", format!("{APP}{LEAK}"));
    folder.write("groundrule.toml", "[ratchet.timeouts]\n\"web\" = 2\n");
    stopped(&folder, "would-alter groundrule.toml:2  the ratchet of `timeouts` in web is raised");
}

#[test]
fn an_ignore_file_hides_nothing() {
    for (name, rule) in [(".gitignore", "web/\n"), (".ignore", "app.py\n"), ("web/.ignore", "*\n")]
    {
        let folder = failing();
        folder.write(name, rule);
        for commits in [false, true] {
            if commits {
                folder.commit();
            }
            let run = check(&folder);
            assert_eq!(run.status, 1, "{name}: {}", run.stdout);
            assert!(run.stdout.contains("1 new error"), "{name}: {}", run.stdout);
        }
    }
}

#[test]
fn a_header_does_not_make_code_generated() {
    let folder = failing();
    let header = "# Code generated by hand. DO NOT EDIT.\n";
    folder.write("web/app.py", format!("{header}{APP}{LEAK}"));
    let run = check(&folder);
    assert_eq!(run.status, 1, "{}", run.stdout);

    // Of a new file nobody can tell: it is said.
    let folder = failing();
    folder.write("web/app.py", APP);
    folder.write("web/new.py", format!("{header}{APP}"));
    let run = check(&folder);
    assert!(run.stdout.contains("added-unjudged web/new.py"), "{}", run.stdout);
}

#[test]
fn code_that_moves_where_nobody_looks_is_shown() {
    for to in ["web/tests/app.py", "web/test_app.py", "web/third_party/app.py"] {
        let folder = failing();
        folder.rename("web/app.py", to);
        shown(&folder, to);
    }
    let folder = failing();
    folder.remove("web/Dockerfile");
    folder.remove("web/requirements.txt");
    folder.service("mail");
    folder.commit();
    let run = check(&folder);
    let is_shown = run.stdout.contains("no-longer-judged") || run.stdout.contains("web/app.py:13");
    assert!(is_shown, "{}", run.stdout);
}

#[test]
#[cfg(unix)]
fn a_link_in_the_place_of_code_is_shown() {
    let folder = failing();
    folder.rename("web/app.py", "elsewhere.txt");
    std::os::unix::fs::symlink("../elsewhere.txt", folder.path("web/app.py")).unwrap();
    shown(&folder, "web/app.py");
}

#[test]
#[cfg(unix)]
fn a_link_or_a_submodule_in_the_place_of_a_folder_is_shown() {
    let folder = failing();
    folder.service("mail");
    folder.rename("web", "hidden.d/web");
    folder.rename("hidden.d", ".hidden");
    std::os::unix::fs::symlink(".hidden/web", folder.path("web")).unwrap();
    shown(&folder, "web/app.py");

    let other = Folder::committed();
    let folder = failing();
    folder.service("mail");
    folder.git(&["rm", "-rfq", "web"]);
    let url = format!("file://{}", other.path("").display());
    folder.git(&["submodule", "add", "--quiet", &url, "web"]);
    shown(&folder, "web/app.py");
}

#[test]
fn what_is_made_unreadable_is_shown() {
    let padding = format!("# {}\n", "x".repeat(100)).repeat(12_000);
    for hidden in [format!("{APP}{LEAK}{padding}").into_bytes(), [APP.as_bytes(), b"\xff"].concat()]
    {
        let folder = failing();
        folder.write("web/app.py", hidden);
        shown(&folder, "web/app.py");
    }
}

#[test]
fn owners_stay_until_the_merge() {
    let folder = Folder::committed();
    folder.write("CODEOWNERS", "/web/ @shop/web\n");
    folder.commit();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.write("CODEOWNERS", "/web/ @me\n");
    folder.write("web/app.py", format!("{APP}{LEAK}"));
    stopped(&folder, "would-alter CODEOWNERS:1  the owners of web go from @shop/web to @me");
    assert!(check(&folder).stdout.contains("web  @shop/web"));
}
