//! Rust.

use groundrule_facts::{Shape, Treatment};

use super::{fields, first_names, statements, value, values};

#[test]
fn sigils_and_formats_choose_what_a_type_prints() {
    let text = |logged: &str| {
        format!(
            "#[derive(Debug)]\nstruct User {{ email: String }}\n\
             impl std::fmt::Display for User {{ fn fmt(&self, f: &mut F) -> R {{ \
             write!(f, \"user\") }} }}\nfn f(user: &User) {{ tracing::info!({logged}); }}"
        )
    };
    assert_eq!(fields(&value("src/a.rs", &text("\"in {:?}\", user"))), ["email"]);
    assert_eq!(value("src/a.rs", &text("\"in {}\", user")).shape, Shape::Opaque);
    assert_eq!(fields(&value("src/a.rs", &text("?user, \"in\""))), ["email"]);
}

#[test]
fn instrument_records_every_argument_that_it_does_not_skip() {
    let text = "#[tracing::instrument(skip(password), fields(mail = %form.email))]\n\
                fn f(user_id: u32, password: String, form: Form) {}\n";
    assert_eq!(first_names("src/a.rs", text), ["email", "user_id", "form"]);
    let text = "#[tracing::instrument(skip_all)]\nfn f(password: String) {}\n";
    assert!(values("src/a.rs", text).is_empty());
}

#[test]
fn a_secret_masks_itself() {
    let text = "use secrecy::Secret;\n\
                fn f(password: Secret<String>) { tracing::info!(\"{:?}\", password); }";
    assert_eq!(value("src/a.rs", text).treatment, Treatment::Masked);
}

#[test]
fn the_text_of_an_error_that_the_repository_builds_is_known() {
    let text = "struct Email;\nimpl Email { fn parse(address: String) -> Result<Email, String> { \
                Err(format!(\"{} is invalid\", address)) } }\n\
                fn f(x: String) { match Email::parse(x) { Ok(_) => {}, \
                Err(e) => { tracing::error!(\"{}\", e); } } }\n";
    let found = value("src/a.rs", text);
    assert_eq!(found.shape, Shape::Exception);
    assert_eq!(found.fields[0].name, "address");
}

#[test]
fn constructors_named_after_logs_do_not_log() {
    let text = "fn f() { Modlog::create(token); panic!(\"{}\", token); }";
    assert!(statements("src/a.rs", text).is_empty());
}

#[test]
fn a_field_that_is_filled_later_prints_nothing_yet() {
    let text =
        "use tracing::field;\nfn f() { tracing::info_span!(\"x\", client.ip = field::Empty); }\n";
    assert_eq!(value("src/a.rs", text).shape, Shape::Opaque);
}

#[test]
fn a_yes_or_no_that_may_be_missing_is_no_value() {
    let text = "#[derive(Debug)]\nstruct Opts { update_private_key: Option<bool>, name: String }\n\
                fn f(opts: Opts) { tracing::info!(\"{:?}\", opts); }\n";
    let found = value("src/a.rs", text);
    assert_eq!(found.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["name"]);
}
