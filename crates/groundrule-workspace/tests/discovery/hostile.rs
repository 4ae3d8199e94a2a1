//! Repositories that mean harm, or that are merely broken.

use std::fs;

use groundrule_workspace::{NoticeKind, Repository};

use crate::repo::{Repo, folders};

fn kinds(repository: &Repository) -> Vec<(String, NoticeKind)> {
    repository.notices.iter().map(|n| (n.path.to_string(), n.kind)).collect()
}

#[test]
fn malformed_build_files_are_noticed_and_stop_nothing() {
    let deep = "<a>".repeat(100_000);
    let list = "[".repeat(100_000);
    let files = [
        ("a/package.json", "{"),
        ("b/pom.xml", "<project>"),
        ("c/Cargo.toml", "[package\n"),
        ("d/pyproject.toml", "= x\n"),
        ("e/x.csproj", "no xml"),
        ("f/go.mod", "modul\n"),
        ("g/docker-compose.yml", "services: [}\n"),
        ("h/catalog-info.yaml", "kind: Component\n"),
        ("i/pom.xml", &deep),
        ("j/package.json", &list),
        ("k/build.gradle", "dependencies { implementation '\n\"${\n"),
        ("l/composer.json", "[]]"),
        ("m/tsconfig.json", "{\"a\": /*"),
        ("n/catalog-info.yaml", &list),
        ("CODEOWNERS", "[x @y\n!a @b\n**{ @c\n"),
        ("ok/go.mod", "module ok\n"),
        ("ok/main.go", "package main\nfunc main() {}\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["ok"]);
    let malformed: Vec<String> = kinds(&repository)
        .into_iter()
        .filter(|(_, kind)| *kind == NoticeKind::Malformed)
        .map(|(path, _)| path)
        .collect();
    for path in [
        "a/package.json",
        "b/pom.xml",
        "c/Cargo.toml",
        "d/pyproject.toml",
        "e/x.csproj",
        "f/go.mod",
        "g/docker-compose.yml",
        "h/catalog-info.yaml",
        "i/pom.xml",
        "j/package.json",
        "CODEOWNERS",
    ] {
        assert!(malformed.iter().any(|at| at == path), "{path}: {malformed:?}");
    }
    assert!(repository.notices.iter().all(|notice| !notice.message.contains('\n')));
}

#[test]
fn references_that_leave_the_root_or_run_in_circles_lead_nowhere() {
    let files = [
        (
            "a/pom.xml",
            "<project><artifactId>a</artifactId><parent><groupId>g</groupId><artifactId>b</artifactId><relativePath>../b/pom.xml</relativePath></parent><properties><x>${x}${x}</x></properties><dependencies><dependency><groupId>${x}</groupId><artifactId>y</artifactId></dependency></dependencies></project>",
        ),
        (
            "b/pom.xml",
            "<project><artifactId>b</artifactId><parent><groupId>g</groupId><artifactId>a</artifactId><relativePath>../a/pom.xml</relativePath></parent></project>",
        ),
        (
            "c/c.csproj",
            "<Project><PropertyGroup><P>$(P)$(P)</P></PropertyGroup><ItemGroup><ProjectReference Include=\"../../../etc/*.csproj\" /><ProjectReference Include=\"$(P)\" /></ItemGroup></Project>",
        ),
        ("d/requirements.txt", "-r ../../../etc/passwd\n-r requirements.in\n"),
        ("d/requirements.in", "-r requirements.in\n"),
        ("docker-compose.yml", "services:\n  x:\n    build: ../../..\n"),
    ];
    assert!(folders(&Repo::new(&files).discover()).is_empty());
}

#[test]
fn files_that_cannot_be_read_as_text_are_noticed() {
    let mut repo = Repo::new(&[("a.go", "\u{feff}package a\n"), ("big.go", &"x".repeat(2000))]);
    fs::write(repo.dir.path().join("bytes.go"), [0xff, 0xfe, 0x00]).unwrap();
    repo.options.size_limit = 1000;
    let repository = repo.discover();
    let read = |path: &str| repository.read(repository.file(path).unwrap());
    assert_eq!(read("a.go").unwrap(), "package a\n");
    assert_eq!(read("big.go").unwrap_err().kind, NoticeKind::TooLarge);
    assert_eq!(read("bytes.go").unwrap_err().kind, NoticeKind::NotUtf8);
}

#[cfg(unix)]
#[test]
fn links_are_noticed_and_never_followed() {
    use std::os::unix::fs::symlink;
    let outside = Repo::new(&[("secret.go", "package secret\n")]);
    let repo = Repo::new(&[("a.go", "package a\n"), ("b.go", "package b\n")]);
    symlink(outside.dir.path(), repo.dir.path().join("out")).unwrap();
    symlink(repo.dir.path(), repo.dir.path().join("circle")).unwrap();
    symlink(outside.dir.path().join("secret.go"), repo.dir.path().join("s.go")).unwrap();
    let repository = repo.discover();
    let paths: Vec<&str> = repository.files.iter().map(|file| &*file.path).collect();
    assert_eq!(paths, ["a.go", "b.go"]);
    let links: Vec<String> = kinds(&repository)
        .into_iter()
        .filter(|(_, kind)| *kind == NoticeKind::Symlink)
        .map(|(path, _)| path)
        .collect();
    assert_eq!(links, ["circle", "out", "s.go"]);
    // A link that takes a file's place after the walk is refused as well.
    fs::remove_file(repo.dir.path().join("b.go")).unwrap();
    symlink(outside.dir.path().join("secret.go"), repo.dir.path().join("b.go")).unwrap();
    let refused = repository.read(repository.file("b.go").unwrap()).unwrap_err();
    assert_eq!(refused.kind, NoticeKind::Unreadable);
}

#[test]
fn depth_and_number_of_files_are_bounded() {
    let mut repo = Repo::new(&[("a/b/c/d.go", "package d\n"), ("x.go", "package x\n")]);
    repo.options.depth_limit = 2;
    let repository = repo.discover();
    assert_eq!(kinds(&repository), [("a/b/c".to_string(), NoticeKind::TooDeep)]);
    assert_eq!(repository.files.len(), 1);

    repo.options.depth_limit = 64;
    repo.options.file_limit = 1;
    let repository = repo.discover();
    assert_eq!(kinds(&repository), [(".".to_string(), NoticeKind::TooMany)]);
}

#[test]
fn ignore_files_count_without_a_git_folder_and_hidden_files_mostly_do_not() {
    let repository = Repo::new(&[
        (".gitignore", "out/\n*.log\n"),
        ("out/a.go", "package a\n"),
        ("x.log", ""),
        (".idea/a.xml", ""),
        (".github/workflows/ci.yaml", "on: push\n"),
        (".env.production", "A=1\n"),
        (".git/config", ""),
        ("b.go", "package b\n"),
    ])
    .discover();
    let paths: Vec<&str> = repository.files.iter().map(|file| &*file.path).collect();
    assert_eq!(paths, [".env.production", ".github/workflows/ci.yaml", "b.go"]);
}

#[test]
fn a_root_that_is_no_folder_is_an_error() {
    let repo = Repo::new(&[("a", "")]);
    assert!(Repository::discover(&repo.dir.path().join("a"), &repo.options).is_err());
    assert!(Repository::discover(&repo.dir.path().join("none"), &repo.options).is_err());
}
