//! Java and Kotlin.

use groundrule_facts::Shape;

use super::{fields, first_names, names, statements, value};

fn java(statement: &str, declared: &str) -> String {
    format!(
        "package a;\nimport org.slf4j.*;\nimport lombok.*;\nclass S {{\n \
         Logger log = LoggerFactory.getLogger(S.class);\n void f(Order order) {{\n  {statement}\n \
         }}\n}}\n{declared}\n"
    )
}

fn kotlin(body: &str) -> String {
    format!("package a\nclass S {{\n{body}\n}}\n")
}

#[test]
fn holes_are_filled_and_what_is_left_over_is_not_printed() {
    let text = java("log.info(\"o {}\", order.getMail(), order.getCard());", "");
    assert_eq!(first_names("a/S.java", &text), ["getMail"]);
}

#[test]
fn what_a_class_prints_depends_on_how_it_is_declared() {
    for (declared, printed) in [
        ("record Order(String id, String email) {}", vec!["id", "email"]),
        (
            "@Data class Order { private String id; @ToString.Exclude private String email; }",
            vec!["id"],
        ),
        (
            "class Order { String id; String email; \
             public String toString() { return \"Order \" + id; } }",
            vec!["id"],
        ),
        ("class Order { String id; String email; }", vec![]),
    ] {
        let found = value("a/S.java", &java("log.info(\"o {}\", order);", declared));
        assert_eq!(fields(&found), printed, "{declared}");
        let shape = if printed.is_empty() { Shape::Opaque } else { Shape::Object };
        assert_eq!(found.shape, shape, "{declared}");
    }
}

#[test]
fn a_yes_or_no_about_a_value_is_not_the_value() {
    let declared = "record Order(String id, boolean hasPassword) {}";
    let found = value("a/S.java", &java("log.info(\"o {}\", order);", declared));
    assert_eq!(fields(&found), ["id"]);
}

#[test]
fn nested_objects_are_followed() {
    let declared = "@Data class Order { Address to; }\n@Data class Address { String street; }";
    let found = value("a/S.java", &java("System.out.println(\"o \" + order);", declared));
    assert_eq!(fields(&found), ["to.street"]);
}

#[test]
fn a_raw_body_is_a_body() {
    let text = "package a;\nclass C {\n String f(@RequestBody String body) {\n  \
                log.info(\"b {}\", body);\n }\n}\n";
    assert_eq!(value("a/C.java", text).shape, Shape::Body);
}

#[test]
fn services_and_lists_with_log_in_their_names_do_not_log() {
    let text = "package a;\nclass C { void f() { loggService.createLog(ssn); loggers.add(ssn); \
                catalog.info(ssn); } }\n";
    assert!(statements("a/C.java", text).is_empty());
}

#[test]
fn a_template_without_braces_prints_the_whole_object() {
    let text = "package a\nimport org.slf4j.LoggerFactory\n\
                data class Dto(val requestId: String, val ident: String)\nclass S {\n \
                val logger = LoggerFactory.getLogger(S::class.java)\n \
                fun f(dto: Dto) { logger.info(\"for $dto.requestId\") }\n}\n";
    assert_eq!(fields(&value("a/S.kt", text)), ["requestId", "ident"]);
}

#[test]
fn strings_built_elsewhere_are_opened() {
    let text = kotlin(
        " fun f(person: Person) {\n  val intro = \"born ${person.birthDate}\"\n  \
         val text = intro + \" moved\"\n  secureLogger.warn(text)\n }",
    );
    assert_eq!(first_names("a/S.kt", &text), ["birthDate"]);
}

#[test]
fn the_items_of_a_collection_have_the_names_that_a_lambda_gives() {
    let text =
        kotlin(" fun f(people: List<Person>) {\n  logger.info(\"${people.map { it.ssn }}\")\n }");
    assert_eq!(first_names("a/S.kt", &text), ["ssn"]);
}

#[test]
fn parts_of_a_pair_come_from_what_it_was_made_of() {
    let text = kotlin(
        " fun f(a: Person) {\n  val (x, y) = both(a)\n  logger.info(\"$y\")\n }\n \
         fun both(p: Person): Pair<String, String> {\n  val mail = p.email\n  return Pair(p.id, mail)\n }",
    );
    assert_eq!(names(&value("a/S.kt", &text)), ["y", "mail", "email"]);
}

#[test]
fn an_extension_that_writes_json_prints_all_fields() {
    let text = "package a\ndata class Facts(val name: String)\n\
                fun Any.asText(): String = mapper.writeValueAsString(this)\nclass S {\n \
                fun f(facts: Facts) { logger.info(\"f ${facts.asText()}\") }\n}\n";
    assert_eq!(fields(&value("a/S.kt", text)), ["name"]);
}

#[test]
fn a_thrown_message_is_known_where_it_is_caught() {
    let text = "package a\nclass Bad(melding: String) : RuntimeException(melding)\nclass S {\n \
                fun check(p: Person) { throw Bad(\"young: ${p.birthDate}\") }\n \
                fun f(p: Person) {\n  try { check(p) } catch (e: Bad) { logger.info(\"x\", e) }\n }\n}\n";
    let found = value("a/S.kt", text);
    assert_eq!(found.shape, Shape::Exception);
    assert_eq!(found.fields[0].name, "birthDate");
}

#[test]
fn an_exception_of_others_says_nothing() {
    let text = kotlin(
        " fun f() {\n  try { g() } catch (e: Exception) { logger.info(\"x ${e.message}\") }\n }",
    );
    let found = value("a/S.kt", &text);
    assert_eq!((found.shape, found.fields.len()), (Shape::Exception, 0));
}

#[test]
fn a_marker_in_front_of_the_message_is_not_printed() {
    let text = "package a\nimport a.Markers.SECURITY\nclass S {\n \
                fun f(p: Person) { logger.warn(SECURITY, \"x {}\", p.mail) }\n}\n";
    assert_eq!(first_names("a/S.kt", text), ["mail"]);
}

#[test]
fn a_key_that_is_a_constant_elsewhere_is_no_value() {
    let text = "package a;\nimport static b.Keys.ORDER_ID;\nclass S { void f(Order o) { \
                logger.atInfo().addKeyValue(ORDER_ID, o.getMail()).log(\"x\"); } }\n";
    assert_eq!(first_names("a/S.java", text), ["getMail"]);
}
