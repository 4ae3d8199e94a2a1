//! Modes by policy, by service and by day.

use groundrule_policy::{Date, Mode};

use super::{TODAY, failing, judged_on, problems, said};

fn modes(today: Date, config: &str) -> Vec<(String, Mode)> {
    let subjects =
        [failing("src/cart/a.py", 1, &["src/cart"]), failing("src/web/a.py", 1, &["src/web"])];
    let judgement = judged_on(today, &subjects, &[], config);
    judgement.verdicts.iter().map(|v| (v.services.join(" "), v.mode)).collect()
}

fn both(cart: Mode, web: Mode) -> Vec<(String, Mode)> {
    vec![("src/cart".to_owned(), cart), ("src/web".to_owned(), web)]
}

#[test]
fn a_service_may_have_a_mode_of_its_own() {
    let config = "[policies.timeouts]\nmode = \"warn\"\n[policies.timeouts.services]\n\
                  shop = \"enforce\"\n";
    assert_eq!(modes(TODAY, config), both(Mode::Warn, Mode::Enforce));
}

#[test]
fn the_last_entry_that_fits_a_service_wins() {
    let config = "[policies.timeouts.services]\n\"src/*\" = \"measure\"\n\"src/web\" = \"warn\"\n";
    assert_eq!(modes(TODAY, config), both(Mode::Measure, Mode::Warn));
}

#[test]
fn a_policy_is_off_in_one_service_and_judged_in_the_other() {
    let off = "[policies.timeouts.services]\n\"src/web\" = \"off\"\n";
    assert_eq!(modes(TODAY, off), [("src/cart".to_owned(), Mode::Enforce)]);
    let on = "[policies.timeouts]\nmode = \"off\"\n[policies.timeouts.services]\ncart = \"warn\"\n";
    assert_eq!(modes(TODAY, on), [("src/cart".to_owned(), Mode::Warn)]);
    assert_eq!(modes(TODAY, "[policies.timeouts]\nmode = \"off\"\n"), []);
}

#[test]
fn shared_code_has_the_strictest_mode_and_leaves_services_out_that_are_off() {
    let config = "[policies.timeouts]\nmode = \"measure\"\n[policies.timeouts.services]\n\
                  cart = \"warn\"\n";
    let subjects = [failing("libs/a.py", 1, &["src/cart", "src/web"])];
    let shared = &judged_on(TODAY, &subjects, &[], config).verdicts[0];
    assert_eq!((shared.mode, shared.services.len()), (Mode::Warn, 2));
    let off = config.replace("measure", "off");
    let alone = &judged_on(TODAY, &subjects, &[], &off).verdicts[0];
    assert_eq!(alone.services.join(" "), "src/cart");
    assert_eq!(alone.fingerprint, shared.fingerprint, "a mode makes no verdict new");
}

#[test]
fn steps_take_effect_on_their_day() {
    let config = "[policies.timeouts]\nmode = \"measure\"\n\
                  from = { 2027-01-01 = \"enforce\", 2026-12-01 = \"warn\" }\n\
                  [policies.timeouts.services]\ncart = { from = { 2027-06-01 = \"enforce\" }, \
                  mode = \"off\" }\n";
    let web = |year, month, day| modes(Date::constant(year, month, day), config).pop().unwrap().1;
    assert_eq!(web(2026, 11, 30), Mode::Measure);
    assert_eq!(web(2026, 12, 1), Mode::Warn);
    assert_eq!(web(2027, 1, 1), Mode::Enforce);
    assert_eq!(modes(Date::constant(2027, 5, 31), config).len(), 1);
    assert_eq!(modes(Date::constant(2027, 6, 1), config), both(Mode::Enforce, Mode::Enforce));
}

#[test]
fn a_service_that_is_not_there_is_named() {
    let judgement = judged_on(TODAY, &[], &[], "[policies.timeouts.services]\nsop = \"off\"\n");
    assert_eq!(said(&judgement), ["groundrule.toml:2 unknown-service: no service is `sop`"]);
}

#[test]
fn modes_and_days_are_checked_when_they_are_read() {
    let config = "[policies.timeouts]\nfrom = { soon = \"enforce\", 2027-01-01 = \"enforced\" }\n\
                  [policies.timeouts.services]\nshop = { mode = \"warn\", until = 3 }\ncart = 3\n";
    let found = problems(config);
    let says = |part: &str| found.iter().any(|(_, said)| said.contains(part));
    for part in ["`soon` is no day", "did you mean `enforce`", "no key `until`", "is no mode"] {
        assert!(says(part), "{part}: {found:#?}");
    }
}
