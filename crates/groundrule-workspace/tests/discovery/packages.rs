//! Packages and import aliases.

use crate::repo::Repo;

#[test]
fn a_file_belongs_to_the_nearest_package_of_its_language() {
    let repository = Repo::new(&[
        ("go.mod", "module example.com/all\n"),
        ("svc/go.mod", "module example.com/svc\n"),
        ("svc/package.json", r#"{"name":"tools"}"#),
        ("svc/api/api.go", "package api\n"),
    ])
    .discover();
    let package = repository.package_of("svc/api/api.go").unwrap();
    assert_eq!((&*package.name, &*package.root), ("example.com/svc", "svc"));
    assert_eq!(&*repository.package_of("x/y.go").unwrap().root, ".");
    assert_eq!(&*repository.package_of("svc/web/a.ts").unwrap().name, "tools");
    assert!(repository.package_of("svc/README").is_none());
}

#[test]
fn aliases_come_from_the_nearest_configuration_and_those_it_extends() {
    let repository = Repo::new(&[
        ("tsconfig.base.json", "{ // shared\n \"compilerOptions\": { \"baseUrl\": \".\", \"paths\": { \"@lib/*\": [\"libs/*\"] } } }"),
        ("api/tsconfig.json", r#"{"extends":"../tsconfig.base.json"}"#),
        ("web/tsconfig.json", r#"{"compilerOptions":{"paths":{"@/*":["./src/*"],}}}"#),
        ("circle/tsconfig.json", r#"{"extends":"./tsconfig.json"}"#),
    ])
    .discover();
    let aliases = |path: &str| {
        repository.aliases_of(path).iter().map(|(a, b)| format!("{a}={b}")).collect::<Vec<_>>()
    };
    assert_eq!(aliases("api/src/a.ts"), ["@lib/*=libs/*"]);
    assert_eq!(aliases("web/src/a.ts"), ["@/*=web/src/*"]);
    assert!(aliases("circle/a.ts").is_empty());
}

#[test]
fn packages_of_a_workspace_are_imported_by_name() {
    let repository = Repo::new(&[
        ("core/package.json", r#"{"name":"@shop/core"}"#),
        ("core/src/index.ts", "export {};\n"),
        ("api/package.json", r#"{"name":"api","dependencies":{"@shop/core":"*"}}"#),
    ])
    .discover();
    let aliases = repository.aliases_of("api/a.ts");
    assert_eq!(aliases[0], ("@shop/core".into(), "core/src/index.ts".into()));
    assert_eq!(aliases[1], ("@shop/core/".into(), "core/".into()));
}
