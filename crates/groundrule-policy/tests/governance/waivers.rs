//! What waivers cover, when they stop, and what is said of those that do nothing.

use groundrule_facts::KnobState;
use groundrule_policy::{Date, Judgement, Standing, WaiverOrigin};

use super::{TODAY, call, comment, failing, judged_on, judged_with, kinds, problems, said};

const APP: &str = "src/web/app.py";
const ALLOW: &str = "groundrule: allow(timeouts) until=2027-03-31 owner=@payments -- slow partner";

fn with_comment(line: u32, alone: bool, text: &str) -> Judgement {
    judged_on(TODAY, &[failing(APP, 10, &["src/web"])], &[comment(APP, line, alone, text)], "")
}

fn waiver(scope: &str) -> String {
    format!(
        "[[waiver]]\npolicy = \"timeouts\"\n{scope}\nreason = \"slow partner\"\n\
         owner = \"@payments\"\nuntil = 2027-03-31\n"
    )
}

#[test]
fn a_comment_on_the_line_or_alone_before_it_exempts_with_its_justification() {
    for (line, alone) in [(10, false), (9, true)] {
        let judgement = with_comment(line, alone, ALLOW);
        assert_eq!(kinds(&judgement), ["exempt"], "{line}");
        let verdict = &judgement.verdicts[0];
        assert_eq!(verdict.reasons, ["slow partner (@payments, until 2027-03-31)"]);
        assert_eq!(verdict.waived, Some(WaiverOrigin::Comment));
        assert_eq!(said(&judgement), [""; 0]);
        assert_eq!(judgement.waivers[0].covers.len(), 1);
    }
}

#[test]
fn comments_above_each_other_are_about_the_same_line() {
    let other = ALLOW.replace("timeouts", "retries");
    let comments = [comment(APP, 8, true, ALLOW), comment(APP, 9, true, &other)];
    let judgement = judged_on(TODAY, &[failing(APP, 10, &["src/web"])], &comments, "");
    assert_eq!(kinds(&judgement), ["exempt"]);
    assert_eq!(
        said(&judgement),
        ["src/web/app.py:9 waiver-unused: `retries` does not fail here: remove it"]
    );
}

#[test]
fn a_comment_behind_the_last_line_of_a_call_covers_it() {
    let subject = call(APP, (10, 14), &["src/web"], KnobState::None);
    for (line, alone, kind) in
        [(14, false, "exempt"), (10, false, "exempt"), (12, false, "fail"), (13, true, "fail")]
    {
        let comments = [comment(APP, line, alone, ALLOW)];
        let judgement = judged_on(TODAY, std::slice::from_ref(&subject), &comments, "");
        assert_eq!(kinds(&judgement), [kind], "{line}");
    }
}

#[test]
fn a_comment_off_by_some_lines_is_told_where_it_would_work() {
    for (line, alone) in [(11, false), (8, true), (10, true), (7, false)] {
        let judgement = with_comment(line, alone, ALLOW);
        assert_eq!(kinds(&judgement), ["fail"]);
        assert_eq!(
            said(&judgement),
            [format!(
                "{APP}:{line} waiver-misplaced: `timeouts` fails on line 10: put it there, or \
                 alone on the line before it (9)"
            )]
        );
    }
    assert!(said(&with_comment(30, true, ALLOW))[0].contains("waiver-unused"));
}

#[test]
fn passes_are_never_exempt_and_leave_a_waiver_unused() {
    let subjects = [call(APP, (10, 10), &["src/web"], KnobState::Finite)];
    let comments = [comment(APP, 10, false, ALLOW)];
    let judgement = judged_on(TODAY, &subjects, &comments, "");
    assert_eq!(kinds(&judgement), ["pass"]);
    assert!(said(&judgement)[0].contains("waiver-unused"));
}

#[test]
fn what_is_to_review_can_be_waived() {
    let subjects = [call(APP, (10, 10), &["src/web"], KnobState::Unknown)];
    let judgement = judged_on(TODAY, &subjects, &[comment(APP, 10, false, ALLOW)], "");
    assert_eq!(kinds(&judgement), ["exempt"]);
}

#[test]
fn an_expired_waiver_stops_working_and_says_so() {
    let last = Date::constant(2027, 3, 31);
    let subjects = [failing(APP, 10, &["src/web"])];
    let comments = [comment(APP, 10, false, ALLOW)];
    assert_eq!(kinds(&judged_on(last, &subjects, &comments, "")), ["exempt"]);
    let judgement = judged_on(last.tomorrow().unwrap(), &subjects, &comments, "");
    assert_eq!(kinds(&judgement), ["fail"]);
    assert_eq!(
        said(&judgement),
        ["src/web/app.py:10 waiver-expired: it ended on 2027-03-31: 1 place is judged without it"]
    );
    let related = &judgement.verdicts[0].related;
    assert_eq!(related.last().unwrap().note, "the waiver here ended on 2027-03-31");
    assert_eq!(judgement.waivers[0].standing, Standing::Expired);
}

#[test]
fn a_waiver_that_ends_within_thirty_days_is_announced() {
    let subjects = [failing(APP, 10, &["src/web"])];
    let comments = [comment(APP, 10, false, ALLOW)];
    let says = |today| said(&judged_on(today, &subjects, &comments, ""));
    assert_eq!(says(Date::constant(2027, 2, 28)), [""; 0]);
    assert!(says(Date::constant(2027, 3, 1))[0].contains("waiver-ending"));
    assert!(says(Date::constant(2027, 3, 1))[0].contains("in 30 days, on 2027-03-31"));
    assert!(says(Date::constant(2027, 3, 31))[0].contains("enforced again today"));
}

#[test]
fn comments_that_cannot_be_read_do_nothing_and_are_reported() {
    let short = with_comment(10, false, "groundrule: allow(timeouts)");
    assert_eq!(kinds(&short), ["fail"]);
    assert!(said(&short)[0].contains("waiver-malformed: it lacks"), "{:?}", said(&short));
    let unknown = with_comment(10, false, &ALLOW.replace("timeouts", "timeout"));
    assert_eq!(
        said(&unknown),
        ["src/web/app.py:10 waiver-unknown-policy: there is no policy `timeout`: did you mean \
          `timeouts`?"]
    );
}

#[test]
fn configured_waivers_are_scoped_by_all_that_they_say() {
    let subjects = [
        failing("src/web/billing/a.py", 10, &["src/web"]),
        failing("src/web/b.py", 10, &["src/web"]),
        failing("src/cart/c.py", 10, &["src/cart"]),
    ];
    let covered = |scope: &str| -> Vec<String> {
        let judgement = judged_on(TODAY, &subjects, &[], &waiver(scope));
        let exempt = judgement.verdicts.iter().filter(|v| v.kind.id() == "exempt");
        exempt.map(|v| v.place.path.rsplit('/').next().unwrap().to_owned()).collect()
    };
    assert_eq!(covered("service = \"src/web\""), ["b.py", "a.py"]);
    assert_eq!(covered("service = \"shop\""), ["b.py", "a.py"]);
    assert_eq!(covered("service = \"src/*\""), ["c.py", "b.py", "a.py"]);
    assert_eq!(covered("path = \"src/web/billing\""), ["a.py"]);
    assert_eq!(covered("path = \"**/c.py\""), ["c.py"]);
    assert_eq!(covered("path = \"src/web/b.py\"\nsymbol = \"Client.fetch\""), ["b.py"]);
    assert_eq!(
        covered("path = \"src/web/b.py\"\nsymbol = \"fetch\"\nlabel = \"requests.get\""),
        ["b.py"]
    );
    assert_eq!(covered("service = \"src/cart\"\npath = \"src/web\""), [""; 0]);
}

#[test]
fn a_symbol_or_label_that_fits_nothing_is_told_what_would() {
    let subjects = [failing(APP, 10, &["src/web"])];
    let config = waiver("path = \"src/web\"\nsymbol = \"etch\"");
    let judgement = judged_on(TODAY, &subjects, &[], &config);
    assert_eq!(
        said(&judgement),
        ["groundrule.toml:1 waiver-misplaced: its symbol or label fits nothing: `timeouts` fails \
          at src/web/app.py:10, where the symbol is `billing.Client.fetch` and the label \
          `requests.get`"]
    );
    let judgement = judged_on(TODAY, &subjects, &[], &waiver("service = \"sop\""));
    assert_eq!(said(&judgement), ["groundrule.toml:1 waiver-unused: no service is `sop`"]);
}

#[test]
fn shared_code_is_exempt_when_every_service_is() {
    let subjects = [failing("libs/http.py", 10, &["src/cart", "src/web"])];
    let one = judged_on(TODAY, &subjects, &[], &waiver("service = \"cart\""));
    assert_eq!(kinds(&one), ["fail"]);
    assert_eq!(
        said(&one),
        [
            "groundrule.toml:1 waiver-incomplete: the code also runs in src/web: name it by its path \
          instead"
        ]
    );
    let both = waiver("service = \"cart\"") + &waiver("service = \"src/web\"");
    assert_eq!(kinds(&judged_on(TODAY, &subjects, &[], &both)), ["exempt"]);
    let path = judged_on(TODAY, &subjects, &[], &waiver("path = \"libs\""));
    assert_eq!(kinds(&path), ["exempt"]);
    assert_eq!(path.verdicts[0].waived, Some(WaiverOrigin::Configuration));
}

#[test]
fn policies_demand_plans_and_limit_the_term() {
    let subjects = [failing(APP, 10, &["src/web"])];
    let with = |demands: &str, text: &str| {
        let judgement = judged_on(TODAY, &subjects, &[comment(APP, 10, false, text)], demands);
        (kinds(&judgement)[0], said(&judgement).join("\n"))
    };
    for demands in
        ["[waivers]\nplan-required = true\n", "[policies.timeouts.waivers]\nplan-required = true\n"]
    {
        let (kind, said) = with(demands, ALLOW);
        assert_eq!(kind, "fail");
        assert!(said.contains("waiver-without-plan: `timeouts` demands a plan"), "{said}");
        let planned = ALLOW.replace(" --", " plan=https://example.org/1 --");
        assert_eq!(with(demands, &planned), ("exempt", String::new()));
    }
    let (kind, said) = with("[waivers]\nlongest-term = \"90 days\"\n", ALLOW);
    assert_eq!(kind, "fail");
    assert!(
        said.contains("waiver-too-long: `timeouts` allows 90 days, until 2027-02-21"),
        "{said}"
    );
    let narrower = "[waivers]\nlongest-term = \"90d\"\n[policies.timeouts.waivers]\n\
                    longest-term = \"1 year\"\n";
    assert_eq!(with(narrower, ALLOW).0, "exempt");
    let since = ALLOW.replace(" --", " since=2026-01-01 --");
    assert_eq!(with(narrower, &since).0, "fail");
}

#[test]
fn a_run_of_some_policies_calls_no_waiver_unused_or_unknown() {
    let comments = [comment(APP, 10, false, &ALLOW.replace("timeouts", "retries"))];
    let subjects = [failing(APP, 10, &["src/web"])];
    let judgement = judged_with(TODAY, &subjects, &comments, "", |policies| {
        policies.retain(|policy| policy.info.id == "timeouts");
    });
    assert_eq!(said(&judgement), [""; 0]);
    assert_eq!(judgement.waivers[0].standing, Standing::NotJudged);
}

#[test]
fn rows_say_how_old_a_waiver_is_and_how_long_it_has() {
    let text = ALLOW.replace(" --", " since=2026-11-01 plan=https://example.org/1 --");
    let judgement = with_comment(10, false, &text);
    let row = &judgement.waivers[0];
    assert_eq!((row.age_days, row.days_left), (Some(22), 128));
    assert_eq!((row.owner.as_str(), row.standing), ("@payments", Standing::Holds));
    let covered = &row.covers[0];
    assert_eq!(covered.fingerprint, judgement.verdicts[0].fingerprint);
}

#[test]
fn configured_waivers_are_checked_when_they_are_read() {
    let found = problems("[[waiver]]\npolicy = \"timeout\"\nsince = \"soon\"\nowner = \"\"\n");
    let says = |part: &str| found.iter().any(|(_, said)| said.contains(part));
    for part in [
        "did you mean `timeouts`",
        "a waiver needs a scope",
        "`since` must be a day",
        "a waiver needs `until`",
        "a waiver needs `reason`",
        "`owner` says nothing",
    ] {
        assert!(says(part), "{part}: {found:#?}");
    }
    let found = problems(&(waiver("path = \"a\"") + "untli = 2027-01-01\n"));
    assert_eq!(
        found,
        [("untli".to_owned(), "a waiver has no key `untli`; did you mean `until`?".to_owned())]
    );
    assert!(problems("[waivers]\nlongest-term = \"soon\"\n")[0].1.contains("no term"));
}
