//! A repository in a temporary folder.

use std::fs;

use groundrule_unit::{Dependency, Language, LeftOutReason, Service};
use groundrule_workspace::{DiscoverOptions, Repository};
use tempfile::TempDir;

pub(crate) struct Repo {
    pub(crate) dir: TempDir,
    pub(crate) options: DiscoverOptions,
}

impl Repo {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { dir, options: DiscoverOptions::new(language_of, is_document) }
    }

    pub(crate) fn discover(&self) -> Repository {
        Repository::discover(self.dir.path(), &self.options).unwrap()
    }
}

fn language_of(path: &str) -> Option<Language> {
    Some(match path.rsplit_once('.')?.1 {
        "py" => Language::Python,
        "go" => Language::Go,
        "java" => Language::Java,
        "kt" => Language::Kotlin,
        "cs" => Language::CSharp,
        "rs" => Language::Rust,
        "ts" | "tsx" | "js" => Language::TypeScript,
        _ => return None,
    })
}

fn is_document(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json")
}

/// The folders of the services that are found in these files.
pub(crate) fn services(files: &[(&str, &str)]) -> Vec<String> {
    folders(&Repo::new(files).discover())
}

pub(crate) fn folders(repository: &Repository) -> Vec<String> {
    repository.layout.services.iter().map(|s| s.folder.to_string()).collect()
}

pub(crate) fn service<'r>(repository: &'r Repository, folder: &str) -> &'r Service {
    let found = repository.layout.services.iter().find(|s| &*s.folder == folder);
    found.unwrap_or_else(|| panic!("no service {folder} in {:?}", folders(repository)))
}

pub(crate) fn uses(repository: &Repository, folder: &str) -> Vec<String> {
    service(repository, folder).uses.iter().map(ToString::to_string).collect()
}

pub(crate) fn dependency<'s>(service: &'s Service, name: &str) -> &'s Dependency {
    let found = service.dependencies.iter().find(|d| d.name == name);
    found.unwrap_or_else(|| panic!("no {name} among {:?}", service.dependencies))
}

pub(crate) fn reason(files: &[(&str, &str)], path: &str) -> Option<LeftOutReason> {
    Repo::new(files).discover().left_out(path)
}
