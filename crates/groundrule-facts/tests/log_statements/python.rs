//! Python.

use groundrule_facts::{Shape, Treatment};

use super::{fields, first_names, names, statements, value};

#[test]
fn arguments_fill_the_template_and_the_rest_is_not_printed() {
    let text = r#"
import logging
log = logging.getLogger(__name__)
def f(user, password):
    log.info("user %s of %d", user.name, 3, password, exc_info=True)
"#;
    assert_eq!(first_names("a.py", text), ["name"]);
}

#[test]
fn templates_of_every_kind_are_opened() {
    for call in [
        r#"log.info(f"mail {user.email}")"#,
        r#"log.info("mail {}".format(user.email))"#,
        r#"log.info("mail %s" % user.email)"#,
        r#"log.info("mail " + user.email)"#,
        r#"log.info("mail %(m)s", {"m": user.email})"#,
        r#"print("mail", user.email)"#,
    ] {
        let text = format!("import logging\nlog = logging.getLogger()\ndef f(user):\n    {call}\n");
        assert_eq!(first_names("a.py", &text), ["email"], "{call}");
    }
}

#[test]
fn a_comprehension_over_the_request_is_its_body() {
    let text = r#"
from flask import Flask, request
app = Flask(__name__)
def create():
    req = {k: clean(v) for k, v in request.form.items()}
    check(req)
def check(req):
    app.logger.debug("validating %s", str(req))
"#;
    assert_eq!(value("a.py", text).shape, Shape::Body);
}

#[test]
fn a_dataclass_prints_its_fields_and_a_plain_class_none() {
    let text = |decorator: &str| {
        format!(
            "from dataclasses import dataclass, field\n{decorator}\nclass User:\n    email: str\n    \
             password: str = field(repr=False)\n\ndef f(user: User):\n    print(user)\n"
        )
    };
    let printed = value("a.py", &text("@dataclass"));
    assert_eq!((printed.shape, fields(&printed)), (Shape::Object, vec!["email"]));
    assert_eq!(value("a.py", &text("")).shape, Shape::Opaque);
}

#[test]
fn what_is_only_about_a_value_is_derived() {
    for (expression, treatment) in [
        ("len(token)", Treatment::Derived),
        ("token is None", Treatment::Derived),
        ("type(token)", Treatment::Derived),
        ("mask(token)", Treatment::Masked),
        ("token[-4:]", Treatment::Masked),
        ("token.strip()", Treatment::Plain),
    ] {
        let text = format!("def f(token):\n    print({expression})\n");
        assert_eq!(value("a.py", &text).treatment, treatment, "{expression}");
    }
}

#[test]
fn keywords_of_structured_loggers_are_fields() {
    let text = "import structlog\nlog = structlog.get_logger()\ndef f(u):\n    \
                log.info(\"in\", mail=u.address)\n";
    assert_eq!(names(&value("a.py", text)), ["address", "mail"]);
}

#[test]
fn mathematics_and_lists_do_not_log() {
    let text = "import math\nx = math.log(token)\nlogs.append(token)\n";
    assert!(statements("a.py", text).is_empty());
}

#[test]
fn what_commands_print_is_known_as_theirs() {
    let printed = |text: &str| statements("a.py", text).into_iter().next().unwrap().1.command;
    assert!(printed("import click\n@click.command()\ndef f(email):\n    print(email)\n"));
    assert!(printed("@shop_command(name='x')\ndef f(email):\n    print(email)\n"));
    assert!(printed(
        "class Command(BaseCommand):\n    def handle(self, email):\n        print(email)\n"
    ));
    assert!(!printed("@app.get('/')\ndef f(email):\n    print(email)\n"));
}

#[test]
fn a_number_is_known_by_its_type_or_by_what_it_is_without_an_argument() {
    for (parameter, number) in
        [("sent: int", true), ("sent=0", true), ("sent", false), ("sent=''", false)]
    {
        let text = format!("def f({parameter}):\n    print(sent)\n");
        assert_eq!(value("a.py", &text).number, number, "{parameter}");
    }
}
