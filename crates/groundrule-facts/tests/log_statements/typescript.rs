//! TypeScript and JavaScript.

use groundrule_facts::{Shape, Treatment};

use super::{fields, names, value};

#[test]
fn an_object_prints_its_fields_in_the_console_and_not_in_a_template() {
    let text = |printed: &str| {
        format!(
            "interface User {{ id: string; email: string }}\n\
             function f(user: User) {{ console.log({printed}) }}"
        )
    };
    assert_eq!(fields(&value("a.ts", &text("'u', user"))), ["id", "email"]);
    assert_eq!(value("a.ts", &text("`u ${user}`")).shape, Shape::Opaque);
    assert_eq!(fields(&value("a.ts", &text("`u ${JSON.stringify(user)}`"))), ["id", "email"]);
}

#[test]
fn a_body_is_known_by_the_name_of_its_request() {
    for text in [
        "app.post('/x', (req, res) => { req.log.info('in', req.body) })",
        "app.post('/x', (req, res) => { const order = req.body; req.log.info(order) })",
        "app.post('/x', (req, res) => { const { body } = req; console.log(body) })",
    ] {
        assert_eq!(value("a.js", text).shape, Shape::Body, "{text}");
    }
}

#[test]
fn what_is_taken_out_of_a_body_is_no_body() {
    let text = "app.post('/x', (req, res) => { const order = req.body; console.log(order.id) })";
    assert_eq!(value("a.js", text).shape, Shape::Unknown);
}

#[test]
fn destructured_values_keep_their_names() {
    let text = "function f(req) { const { ip: from } = req; logger.info(`from ${from}`) }";
    assert_eq!(names(&value("a.ts", text)), ["from", "ip"]);
}

#[test]
fn records_of_structured_loggers_are_fields() {
    let text = "import pino from 'pino'\nconst logger = pino()\n\
                function f(u) { logger.info({ mail: u.address, n: 1 }, 'in') }";
    assert_eq!(names(&value("a.ts", text)), ["address", "mail"]);
}

#[test]
fn a_cut_value_is_masked() {
    let text = "function f(card) { logger.info(`card ${card.number.substr(-4)}`) }";
    assert_eq!(value("a.ts", text).treatment, Treatment::Masked);
}
