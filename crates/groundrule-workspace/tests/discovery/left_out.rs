//! What is left out where a whole repository decides: browser code and scripts.

use groundrule_unit::LeftOutReason::{Browser, NoService, Vendored};

use crate::repo::reason;

#[test]
fn a_package_without_a_server_framework_is_browser_code() {
    let spa = (
        "web/package.json",
        r#"{"dependencies":{"react-dom":"18"},"devDependencies":{"vite":"5"}}"#,
    );
    let next = (
        "web/package.json",
        r#"{"dependencies":{"react-dom":"18","next":"14"},"scripts":{"start":"next start"}}"#,
    );
    let page = ("web/src/api/client.ts", "fetch('/x');\n");
    assert_eq!(reason(&[spa, page], "web/src/api/client.ts"), Some(Browser));
    assert_eq!(reason(&[next, page], "web/src/api/client.ts"), None);
}

#[test]
fn scripts_that_a_server_hands_out_are_browser_code() {
    let express = ("package.json", r#"{"dependencies":{"express":"4"}}"#);
    let server = ("server.js", "app.listen(1);\n");
    for path in ["public/app.js", "src/static/js/app.js", "views/app.js"] {
        let files = [express, server, (path, "x();\n"), ("views/index.html", "<html>")];
        assert_eq!(reason(&files, path), Some(Browser), "{path}");
    }
    let files = [express, server, ("src/public/users.ts", "export {};\n")];
    assert_eq!(reason(&files, "src/public/users.ts"), None);
    assert_eq!(reason(&files, "server.js"), None);
}

#[test]
fn scripts_in_a_project_of_another_language_are_browser_code() {
    let files = [
        ("go.mod", "module a\n"),
        ("main.go", "package main\nfunc main() {}\n"),
        ("ui/cart.js", "fetch('/cart');\n"),
    ];
    assert_eq!(reason(&files, "ui/cart.js"), Some(Browser));
    let boot = [
        ("package.json", r#"{"devDependencies":{"prettier":"3"}}"#),
        ("svc/pom.xml", "<project><artifactId>a</artifactId></project>"),
        ("svc/src/main/resources/static/app.js", "x();\n"),
    ];
    assert_eq!(reason(&boot, "svc/src/main/resources/static/app.js"), Some(Browser));
}

#[test]
fn the_browsers_part_of_a_package_that_serves_is_told_by_its_page() {
    let files = [
        ("package.json", r#"{"dependencies":{"express":"4","react":"18"}}"#),
        ("server.js", "app.listen(1);\n"),
        ("client/index.html", "<html>"),
        ("client/src/api.ts", "fetch('/x');\n"),
        ("src/client/orders.ts", "fetch('http://orders');\n"),
        ("src/view.tsx", "export const V = () => <p/>;\n"),
    ];
    assert_eq!(reason(&files, "client/src/api.ts"), Some(Browser));
    assert_eq!(reason(&files, "src/view.tsx"), Some(Browser));
    assert_eq!(reason(&files, "src/client/orders.ts"), None);
}

#[test]
fn scripts_for_people_are_not_judged_but_a_deployed_script_is() {
    let main = "package main\nfunc main() {}\n";
    let files = [("go.mod", "module a\n"), ("main.go", main), ("scripts/seed.py", "x = 1\n")];
    assert_eq!(reason(&files, "scripts/seed.py"), Some(NoService));
    let files = [("requirements.txt", "flask\n"), ("scripts/main.py", "app = Flask(__name__)\n")];
    assert_eq!(reason(&files, "scripts/main.py"), None);
}

#[test]
fn installed_packages_are_passed_by_as_a_folder() {
    let files = [("a/node_modules/x/index.js", "x();\n"), ("a/index.js", "x();\n")];
    assert_eq!(reason(&files, "a/node_modules"), Some(Vendored));
}
