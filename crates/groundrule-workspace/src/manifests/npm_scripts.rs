//! The scripts of a `package.json`: which command starts the package, and the file it starts.

use groundrule_unit::Place;
use serde_json::Value;

use super::npm::string;
use crate::entry;
use crate::paths::file_name;
use crate::tree::Tree;

/// How many scripts may call each other.
const CALL_LIMIT: usize = 4;

/// Commands that build, watch or serve files to a developer, and start no service.
const BUILDERS: &[&str] = &[
    "tsc",
    "rollup",
    "tsup",
    "webpack",
    "vite",
    "esbuild",
    "ng",
    "react-scripts",
    "rimraf",
    "swc",
    "babel",
    "parcel",
    "storybook",
    "start-storybook",
    "jest",
    "vitest",
    "expo",
    "gulp",
    "grunt",
    "echo",
    "concurrently",
    "docker",
    "docker-compose",
    "turbo",
    "nx",
    "lerna",
    "ngrok",
    "http-server",
    "live-server",
    "serve",
    "bob",
    "microbundle",
    "unbuild",
    "tsdown",
    "docusaurus",
    "vuepress",
    "vitepress",
    "hugo",
    "exit",
    "true",
    "build",
];

/// The command that starts the package, calls of other scripts followed.
pub(super) fn start_command(json: &Value) -> Option<&str> {
    let scripts = json.get("scripts")?;
    let names = ["start:prod", "start", "serve:prod", "serve", "prod", "start:production"];
    names.iter().filter_map(|name| string(scripts, name)).find_map(|script| {
        let mut command = script;
        for _ in 0..CALL_LIMIT {
            match called(command).and_then(|name| string(scripts, name)) {
                Some(next) => command = next,
                None => break,
            }
        }
        let is_build = words(command).next().is_none_or(|word| BUILDERS.contains(&word))
            || called(command).is_some_and(|name| name.contains("build") || name.contains("watch"));
        (!is_build).then_some(command)
    })
}

/// The script that a command calls: `npm run x`, `yarn x`, `pnpm x`.
fn called(command: &str) -> Option<&str> {
    let mut words = words(command);
    match words.next()? {
        "npm" | "yarn" | "pnpm" | "bun" => {
            words.find(|word| !matches!(*word, "run" | "run-script") && !word.starts_with('-'))
        }
        _ => None,
    }
}

/// The words of a command behind the variables that it sets.
fn words(command: &str) -> impl Iterator<Item = &str> {
    command.split_whitespace().skip_while(|word| {
        matches!(*word, "cross-env" | "env" | "npx" | "dotenv" | "--") || word.contains('=')
    })
}

/// Names of the files that packages usually start with, without their endings.
const USUAL: &[&str] = &[
    "server",
    "index",
    "app",
    "main",
    "src/main",
    "src/server",
    "src/index",
    "src/app",
    "bin/www",
    "bin/server",
    "lib/server",
    "api/index",
    "server/index",
    "worker",
    "src/worker",
    "server/server",
    "app/index",
    "app/server",
];

/// The statement that starts the package: in the file that the command or `main` names, or in one
/// with a usual name. Without such a statement, the file that the command names.
pub(super) fn find_entry(tree: &Tree, json: &Value, folder: &str) -> Option<Place> {
    let command = start_command(json);
    let by_command: Vec<String> = command.into_iter().flat_map(words).flat_map(stems).collect();
    let by_main = string(json, "main").into_iter().flat_map(stems);
    let usual = || USUAL.iter().map(|stem| (*stem).to_string());
    let file = |stem: &String| {
        ["", ".ts", ".js", ".mjs", ".cjs", ".mts"]
            .iter()
            .filter_map(|ending| tree.child(folder, &format!("{stem}{ending}")))
            .find(|file| file_name(&file.path).contains('.'))
    };
    let stated = by_command
        .iter()
        .cloned()
        .chain(by_main)
        .chain(usual())
        .filter_map(|stem| file(&stem))
        .find_map(|file| entry::find(tree, &file.path));
    stated.or_else(|| {
        command?;
        let named = by_command.iter().filter(|stem| !stem.contains("config")).find_map(file);
        let found = named.or_else(|| usual().find_map(|stem| file(&stem)))?;
        Some(Place::top_of(found.path.clone()))
    })
}

/// The files, without their endings, that a word may name; what a build writes is looked for where
/// it was built from.
fn stems(word: &str) -> Vec<String> {
    let word = word.trim_start_matches("./");
    let stem = word.strip_suffix(".js").or_else(|| word.strip_suffix(".ts")).unwrap_or(word);
    let mut found = vec![stem.to_string()];
    for built in ["dist/src/", "dist/", "build/", "lib/", "out/"] {
        if let Some(rest) = stem.strip_prefix(built) {
            found.push(rest.to_string());
            found.push(format!("src/{rest}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(scripts: &str) -> Option<String> {
        let json: Value = serde_json::from_str(&format!("{{\"scripts\":{scripts}}}")).ok()?;
        start_command(&json).map(ToString::to_string)
    }

    #[test]
    fn calls_of_other_scripts_are_followed() {
        let scripts = r#"{"start":"pnpm start:dev","start:dev":"cross-env A=1 nodemon src/x.ts"}"#;
        assert_eq!(start(scripts).as_deref(), Some("cross-env A=1 nodemon src/x.ts"));
        assert!(start(r#"{"start":"npm run start"}"#).is_some());
    }

    #[test]
    fn builders_and_watchers_start_nothing() {
        assert_eq!(start(r#"{"start":"npm run dev","dev":"tsc -w"}"#), None);
        assert_eq!(start(r#"{"start":"npm run watch:build"}"#), None);
        assert_eq!(start(r#"{"start":"echo no"}"#), None);
        assert_eq!(
            start(r#"{"start":"tsc -w","start:prod":"node dist/main"}"#).as_deref(),
            Some("node dist/main")
        );
    }
}
