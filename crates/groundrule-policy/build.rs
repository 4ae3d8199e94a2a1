//! Embeds the built-in policies: every `policies/*.toml` with the page beside it. The folder is
//! the list, so a new policy is two new files and nothing else.

#![expect(clippy::disallowed_methods, reason = "a build script reads the files that it embeds")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root =
        Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../policies");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files: Vec<PathBuf> = fs::read_dir(&root)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    let mut code = String::from("&[\n");
    for path in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let page = path.with_extension("md");
        println!("cargo::rerun-if-changed={}", page.display());
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let page_code =
            if page.exists() { format!("include_str!({:?})", page) } else { "\"\"".to_owned() };
        let _ = writeln!(
            code,
            "    ({:?}, include_str!({:?}), {page_code}),",
            name.unwrap_or_default(),
            path,
        );
    }
    code.push(']');
    let out = Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("builtin.rs");
    fs::write(out, code).expect("the build's output folder can be written");
}
