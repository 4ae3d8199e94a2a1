//! Go.

use groundrule_facts::{Shape, Treatment};

use super::{fields, first_names, names, statements, value, values};

fn go(body: &str) -> String {
    format!("package a\nimport (\n\"fmt\"\n\"log\"\n\"io\"\n\"net/http\"\n)\n{body}\n")
}

#[test]
fn verbs_are_filled_in_order() {
    let text = go("func f(u User) { log.Printf(\"%s is %T, 100%% %v\", u.Email, u.Card, u.Iban) }");
    assert_eq!(first_names("a.go", &text), ["Email", "Card", "Iban"]);
    assert_eq!(values("a.go", &text)[1].treatment, Treatment::Derived);
}

#[test]
fn a_struct_prints_all_fields_unless_it_has_a_text_of_its_own() {
    let declared = "type Card struct { number string; Holder string }\n";
    let print = "func f(c Card) { fmt.Printf(\"%+v\", c) }";
    let printed = value("a.go", &go(&format!("{declared}{print}")));
    assert_eq!(fields(&printed), ["number", "Holder"]);
    let own = "func (c Card) String() string { return \"card of \" + c.Holder }\n";
    let printed = value("a.go", &go(&format!("{declared}{own}{print}")));
    assert_eq!(fields(&printed), ["Holder"]);
}

#[test]
fn requests_responses_and_bodies_are_known_however_they_were_read() {
    for (body, shape) in [
        (
            "func f(r *http.Request) { b, _ := io.ReadAll(r.Body)\nfmt.Println(string(b)) }",
            Shape::Body,
        ),
        ("func f(r *http.Request) { fmt.Println(r) }", Shape::Request),
        ("func f(r *http.Request) { fmt.Println(r.Header) }", Shape::Headers),
        (
            "func f(c *http.Client, q *http.Request) { res, err := c.Do(q)\n_ = err\nfmt.Println(res) }",
            Shape::Response,
        ),
    ] {
        assert_eq!(value("a.go", &go(body)).shape, shape, "{body}");
    }
}

#[test]
fn an_address_with_a_password_is_a_connection_string() {
    let text = |address: &str| {
        go(&format!(
            "var uri string\nfunc main() {{ uri = fmt.Sprintf(\"{address}\", host())\nrun(uri) }}\n\
             func run(at string) {{ log.Println(at) }}"
        ))
    };
    assert!(names(&value("a.go", &text("amqp://me:pass@%s/"))).contains(&"connectionString"));
    assert!(!names(&value("a.go", &text("amqp://%s/"))).contains(&"connectionString"));
}

#[test]
fn fields_of_a_logger_are_printed_where_they_are_put_on() {
    let text = "package a\nimport \"github.com/sirupsen/logrus\"\n\
                func f(log logrus.FieldLogger, v string) {\n log = log.WithField(\"session\", v)\n \
                log.WithField(\"id\", v).Info(\"x\")\n log.Info(\"done\")\n}\n";
    let found = statements("a.go", text);
    let all: Vec<(u32, usize)> = found.iter().map(|(line, s)| (*line, s.values.len())).collect();
    assert_eq!(all, [(4, 1), (5, 1), (6, 0)]);
    assert_eq!(names(&found[0].1.values[0]), ["v", "session"]);
}

#[test]
fn typed_fields_keep_their_keys() {
    let text = "package a\nimport \"go.uber.org/zap\"\nfunc f(l *zap.Logger, u User) { \
                l.Info(\"x\", zap.String(\"mail\", u.Address), zap.Error(err)) }\n";
    assert_eq!(names(&values("a.go", text)[0]), ["Address", "mail"]);
}

#[test]
fn what_a_getter_was_asked_for_is_a_name() {
    let text =
        go("func f(r *http.Request) { c := r.Header.Get(\"Authorization\")\nlog.Println(c) }");
    assert_eq!(names(&value("a.go", &text)), ["c", "Authorization"]);
}

#[test]
fn the_first_variable_of_a_range_is_a_position() {
    let text = "package a\nimport \"fmt\"\ntype User struct { Email string }\n\
                func f(users []User) {\n\tfor i, user := range users {\n\t\tfmt.Println(%)\n\t}\n}\n";
    assert!(fields(&value("a.go", &text.replace('%', "i"))).is_empty());
    assert_eq!(fields(&value("a.go", &text.replace('%', "user"))), ["Email"]);
}

#[test]
fn a_call_that_failed_says_nothing_of_what_its_error_holds() {
    let text =
        "package a\nimport \"log\"\nfunc f() {\n\terr := refreshToken()\n\tlog.Println(err)\n}\n";
    assert_eq!(names(&value("a.go", text)), ["err"]);
}

#[test]
fn a_chain_is_one_statement_whatever_stands_in_it() {
    let text = "package a\nimport \"github.com/rs/zerolog/log\"\nfunc f(repo string) {\n\t\
                log.Debug().Str(\"repo\", repo).Weekday(\"d\", d).Msg(\"in\")\n}\n";
    let found = statements("a.go", text);
    assert_eq!(found.iter().filter(|(_, said)| !said.values.is_empty()).count(), 1);
}
