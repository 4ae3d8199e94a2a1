//! The ratchet: known failures do not gate, one more does, and the numbers only fall.

use groundrule_policy::{Config, Judgement, Policies, Ratchet, builtin, load};

use super::{TODAY, failing, judged_on, problems, said};

const HELD: &str = "[ratchet.timeouts]\n\"src/web\" = 2\n";

fn web(failures: u32, config: &str) -> Judgement {
    let subjects: Vec<_> =
        (1..=failures).map(|line| failing("src/web/a.py", line, &["src/web"])).collect();
    judged_on(TODAY, &subjects, &[], config)
}

fn known(judgement: &Judgement) -> usize {
    judgement.verdicts.iter().filter(|verdict| verdict.known).count()
}

fn read(config: &str) -> (Policies, Config) {
    load(builtin(), Some(("groundrule.toml", config))).unwrap()
}

#[test]
fn failures_within_the_number_are_known() {
    let judgement = web(2, HELD);
    assert_eq!(known(&judgement), 2);
    assert_eq!(said(&judgement), [""; 0]);
    assert_eq!(known(&web(2, "")), 0);
}

#[test]
fn one_more_makes_all_of_them_gate() {
    let judgement = web(3, HELD);
    assert_eq!(known(&judgement), 0);
    assert_eq!(
        said(&judgement),
        ["groundrule.toml:2 ratchet-exceeded: `timeouts` fails 3 times in src/web, and 2 are \
          known: mend 1, or waive it"]
    );
}

#[test]
fn room_that_is_left_over_is_said() {
    let judgement = web(1, HELD);
    assert_eq!(known(&judgement), 1);
    assert!(said(&judgement)[0].contains("it can shrink by 1 with `groundrule baseline`"));
    assert!(said(&web(0, HELD))[0].contains("ratchet-can-shrink"));
}

#[test]
fn a_service_without_a_number_has_none_known() {
    let subjects = [failing("src/cart/a.py", 1, &["src/cart"])];
    assert_eq!(known(&judged_on(TODAY, &subjects, &[], HELD)), 0);
    let shared = [failing("libs/a.py", 1, &["src/cart", "src/web"])];
    assert_eq!(known(&judged_on(TODAY, &shared, &[], HELD)), 0);
}

#[test]
fn waived_and_measured_failures_do_not_count() {
    let waived = format!(
        "{HELD}[[waiver]]\npolicy = \"timeouts\"\npath = \"src/web\"\nreason = \"x\"\n\
         owner = \"@a\"\nuntil = 2027-01-31\n"
    );
    let judgement = web(3, &waived);
    assert_eq!(known(&judgement), 0);
    assert!(said(&judgement)[0].contains("fails 0 times"), "{:?}", said(&judgement));
    let measured = format!("{HELD}[policies.timeouts]\nmode = \"measure\"\n");
    assert_eq!(known(&web(3, &measured)), 0);
}

#[test]
fn a_baseline_takes_policies_in_and_lets_numbers_fall() {
    let (first, added, refused) = Ratchet::default().tightened(&web(3, ""));
    assert_eq!((added.len(), added[0].from, added[0].to), (1, None, 3));
    assert!(refused.is_empty());

    let (_, config) = read("[ratchet.timeouts]\n\"src/web\" = 3\n");
    assert_eq!(config.ratchet.to_file(), first.to_file());
    let (fallen, changes, _) = config.ratchet.tightened(&web(1, ""));
    assert_eq!((changes[0].from, changes[0].to), (Some(3), 1));
    assert!(fallen.to_file().contains("[timeouts]\n\"src/web\" = 1\n"), "{}", fallen.to_file());
}

#[test]
fn a_baseline_never_raises_a_number() {
    let (_, config) = read(HELD);
    let (same, changes, refused) = config.ratchet.tightened(&web(3, HELD));
    assert!(changes.is_empty());
    assert_eq!((refused[0].from, refused[0].to), (Some(2), 3));
    assert_eq!(same.to_file(), config.ratchet.to_file());
}

#[test]
fn a_policy_that_was_mended_everywhere_stays_under_the_ratchet() {
    let (_, config) = read(HELD);
    let (clean, changes, _) = config.ratchet.tightened(&web(0, HELD));
    assert_eq!((changes[0].from, changes[0].to), (Some(2), 0));
    let config = clean.write_into("").unwrap();
    let (_, config) = read(&config);
    let (_, changes, refused) = config.ratchet.tightened(&web(1, ""));
    assert!(changes.is_empty());
    assert_eq!((refused[0].from, refused[0].to), (Some(0), 1));
}

#[test]
fn writing_into_the_configuration_keeps_everything_else() {
    let written = "# ours\n[scan]\nexclude = [\"a\"] # why\n\n[ratchet.retries]\n\"x\" = 9\n\n\
                   [policies.timeouts]\nmode = \"warn\"\n";
    let (ratchet, _, _) = Ratchet::default().tightened(&web(2, ""));
    let text = ratchet.write_into(written).unwrap();
    assert!(text.starts_with("# ours\n[scan]\nexclude = [\"a\"] # why\n"), "{text}");
    assert!(text.contains("[policies.timeouts]\nmode = \"warn\"\n"), "{text}");
    assert!(!text.contains("retries"), "{text}");
    let (_, config) = read(&text);
    assert_eq!(config.ratchet.to_file(), ratchet.to_file());
}

#[test]
fn numbers_may_stand_in_a_file_of_their_own() {
    let config = "[ratchet]\nfile = \"known.toml\"\n";
    assert_eq!(Ratchet::file_of(config).as_deref(), Some("known.toml"));
    let (policies, config) = read(config);
    let mut ratchet = config.ratchet;
    assert!(ratchet.read_file("known.toml", "[timeouts]\n\"src/web\" = 2\n", &policies).is_ok());
    assert!(ratchet.to_file().contains("\"src/web\" = 2"));
    let wrong = ratchet.read_file("known.toml", "[timeout]\n[retries]\nx = 0\n", &policies);
    assert_eq!(wrong.unwrap_err().len(), 2);
    assert!(
        problems("[ratchet]\nfile = \"a.toml\"\n[ratchet.timeouts]\nx = 1\n")[0]
            .1
            .contains("a file of its own")
    );
    assert!(problems("[ratchet]\nfile = \"../a.toml\"\n")[0].1.contains("inside"));
}

#[test]
fn hostile_names_of_services_stay_names() {
    let subjects = [failing("a.py", 1, &["src/\"]\n[scan]\nx"])];
    let (ratchet, _, _) = Ratchet::default().tightened(&judged_on(TODAY, &subjects, &[], ""));
    for text in [
        ratchet.to_file().replace("[timeouts]", "[ratchet.timeouts]"),
        ratchet.write_into("").unwrap(),
    ] {
        let (_, config) = read(&text);
        assert_eq!(config.ratchet.to_file(), ratchet.to_file());
    }
}
