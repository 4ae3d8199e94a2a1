//! `pom.xml`: properties, parents and managed versions are resolved inside the repository.

use std::collections::HashMap;
use std::sync::Arc;

use groundrule_unit::{Dependency, DependencyScope, Name, Place};
use rayon::prelude::*;

use super::xml::{self, children, text_of};
use super::{BuildSystem, Link, Manifest, Role, Text, build_system, jvm};
use crate::paths::{folder_of, join};
use crate::tree::Tree;

/// More parents than any project has; a circle of parents ends here.
const PARENT_LIMIT: usize = 16;

/// All poms of a repository, by path.
#[derive(Debug, Default)]
pub(super) struct Poms(HashMap<Arc<str>, Pom>);

/// One `pom.xml` as written.
#[derive(Debug, Default)]
struct Pom {
    group: Option<Name>,
    artifact: Name,
    version: Option<Name>,
    packaging: Option<Name>,
    /// Group, artifact, version and path inside the repository of the parent.
    parent: Option<Parent>,
    properties: HashMap<String, Name>,
    managed: Vec<Raw>,
    dependencies: Vec<Raw>,
    modules: Vec<String>,
    main_class: Option<Name>,
    /// Plugins that build something to run.
    is_application: bool,
    /// Plugins of frameworks that start themselves, and archives that a server starts.
    starts_itself: bool,
}

#[derive(Debug)]
struct Parent {
    dependency: Raw,
    path: Option<String>,
}

/// A dependency before properties are put in.
#[derive(Clone, Debug)]
struct Raw {
    group: Name,
    artifact: Name,
    version: Option<Name>,
    scope: Option<Name>,
    place: Place,
}

impl Poms {
    pub(super) fn read(tree: &Tree, paths: &[Arc<str>]) -> Self {
        Self(
            paths
                .par_iter()
                .filter(|path| build_system(path) == Some(BuildSystem::Maven))
                .filter_map(|path| Some((path.clone(), read_pom(tree, path)?)))
                .collect(),
        )
    }

    /// The pom and its parents, nearest first.
    fn chain(&self, path: &Arc<str>) -> Vec<(Arc<str>, &Pom)> {
        let mut chain = Vec::new();
        let mut at = Some(path.clone());
        while let Some(path) = at.take()
            && chain.len() < PARENT_LIMIT
            && let Some(pom) = self.0.get(&path)
        {
            at = pom.parent.as_ref().and_then(|parent| {
                let path: Arc<str> = parent.path.as_deref()?.into();
                (self.0.get(&path)?.artifact == parent.dependency.artifact).then_some(path)
            });
            chain.push((path, pom));
        }
        chain
    }

    /// The manifest of one pom.
    pub(super) fn manifest(&self, tree: &Tree, path: &Arc<str>) -> Option<Manifest> {
        let pom = self.0.get(path)?;
        let chain = self.chain(path);
        let mut manifest = Manifest::new(path, BuildSystem::Maven);
        manifest.companions = chain.iter().skip(1).map(|(path, _)| path.clone()).collect();
        let group = chain.iter().find_map(|(_, p)| {
            p.group
                .clone()
                .or_else(|| p.parent.as_ref().map(|parent| parent.dependency.group.clone()))
        });
        let group = group.map(|g| substitute(&g, &chain)).unwrap_or_default();
        manifest.name = format!("{group}:{}", pom.artifact).into();
        for (_, ancestor) in &chain {
            // A parent outside the repository (Spring Boot's) counts as a dependency.
            if let Some(parent) = &ancestor.parent {
                manifest.dependencies.push(resolve(&parent.dependency, &chain));
            }
            for raw in &ancestor.dependencies {
                let dependency = resolve(raw, &chain);
                if dependency.scope == DependencyScope::Runtime {
                    manifest.links.push(Link::Package(dependency.name.clone()));
                }
                manifest.dependencies.push(dependency);
            }
            // Imported bills of material say which version of a framework is meant.
            for raw in ancestor.managed.iter().filter(|raw| raw.scope.as_deref() == Some("import"))
            {
                manifest.dependencies.push(resolve(raw, &chain));
            }
        }
        jvm::manage_spring_boot(&mut manifest.dependencies);
        let is_group = pom.packaging.as_deref() == Some("pom") || !pom.modules.is_empty();
        if is_group
            && !tree.under(&manifest.folder).iter().any(|f| {
                crate::paths::below(&f.path, &manifest.folder)
                    .is_some_and(|p| p.starts_with("src/main/"))
            })
        {
            manifest.role = Role::Aggregator;
            return Some(manifest);
        }
        let main_class = chain.iter().find_map(|(_, pom)| pom.main_class.as_deref());
        let (role, entry) = jvm::role_and_entry(
            tree,
            &manifest.folder,
            &manifest.dependencies,
            main_class,
            jvm::Start::of(pom.starts_itself, pom.is_application),
            path,
        );
        manifest.role = role;
        manifest.entry = entry;
        Some(manifest)
    }
}

fn read_pom(tree: &Tree, path: &Arc<str>) -> Option<Pom> {
    let text = tree.read(path)?;
    let document = xml::parse(tree, path, &text)?;
    let places = Text::new(path, &text);
    let project = document.root_element();
    let raw = |node: roxmltree::Node<'_, '_>| {
        Some(Raw {
            group: text_of(node, "groupId")?.into(),
            artifact: text_of(node, "artifactId")?.into(),
            version: text_of(node, "version").map(Name::new),
            scope: text_of(node, "scope").map(Name::new),
            place: places.place(node.range()),
        })
    };
    let all = |node: roxmltree::Node<'_, '_>| -> Vec<Raw> {
        children(node, "dependencies")
            .flat_map(|list| children(list, "dependency"))
            .filter_map(raw)
            .collect()
    };
    let parent = children(project, "parent").next().and_then(|node| {
        let relative = match children(node, "relativePath").next() {
            Some(path) => path.text().map(str::trim).filter(|path| !path.is_empty()),
            None => Some("../pom.xml"),
        };
        let path = relative.and_then(|relative| {
            let relative = if relative.ends_with(".xml") {
                relative.to_string()
            } else {
                format!("{relative}/pom.xml")
            };
            join(folder_of(path), &relative)
        });
        Some(Parent { dependency: raw(node)?, path })
    });
    let profiles = children(project, "profiles").flat_map(|list| children(list, "profile"));
    let plugins: Vec<_> = std::iter::once(project)
        .chain(profiles)
        .flat_map(|part| children(part, "build"))
        .flat_map(|build| children(build, "plugins"))
        .flat_map(|plugins| children(plugins, "plugin"))
        .filter(|plugin| !is_skipped(*plugin))
        .filter_map(|plugin| text_of(plugin, "artifactId"))
        .collect();
    let main_class = project
        .descendants()
        .find(|node| xml::TagName::has_tag_name_any(node, "mainClass"))
        .and_then(|node| node.text())
        .map(|text| text.trim().into());
    Some(Pom {
        group: text_of(project, "groupId").map(Name::new),
        artifact: text_of(project, "artifactId").unwrap_or_default().into(),
        version: text_of(project, "version").map(Name::new),
        packaging: text_of(project, "packaging").map(Name::new),
        parent,
        properties: children(project, "properties")
            .flat_map(|properties| properties.children().filter(|node| node.is_element()))
            .filter_map(|node| {
                Some((node.tag_name().name().to_string(), node.text()?.trim().into()))
            })
            .collect(),
        managed: children(project, "dependencyManagement").flat_map(all).collect(),
        dependencies: all(project),
        modules: children(project, "modules")
            .flat_map(|modules| children(modules, "module"))
            .filter_map(|module| Some(module.text()?.trim().to_string()))
            .collect(),
        main_class,
        starts_itself: text_of(project, "packaging") == Some("war")
            || plugins.iter().any(|name| {
                matches!(
                    *name,
                    "quarkus-maven-plugin"
                        | "liberty-maven-plugin"
                        | "wildfly-maven-plugin"
                        | "azure-functions-maven-plugin"
                )
            }),
        is_application: plugins.iter().any(|name| {
            matches!(
                *name,
                "spring-boot-maven-plugin" | "jib-maven-plugin" | "micronaut-maven-plugin"
            )
        }),
    })
}

/// Whether a module switches off a plugin that its parent brings in.
fn is_skipped(plugin: roxmltree::Node<'_, '_>) -> bool {
    children(plugin, "configuration").any(|node| text_of(node, "skip") == Some("true"))
}

/// A dependency with its properties and managed version put in.
fn resolve(raw: &Raw, chain: &[(Arc<str>, &Pom)]) -> Dependency {
    let group = substitute(&raw.group, chain);
    let artifact = substitute(&raw.artifact, chain);
    let managed = chain
        .iter()
        .flat_map(|(_, pom)| &pom.managed)
        .find(|m| m.artifact == raw.artifact && substitute(&m.group, chain) == group);
    let version = raw.version.clone().or_else(|| managed?.version.clone());
    let version = version.map(|version| substitute(&version, chain));
    let exact = version.as_ref().is_some_and(|v| !v.contains(['$', '[', '(', ',']));
    let scope = raw.scope.clone().or_else(|| managed?.scope.clone());
    let scope = match scope.as_deref() {
        Some("test") => DependencyScope::Development,
        _ => DependencyScope::Runtime,
    };
    let name = format!("{group}:{artifact}").into();
    Dependency { name, version, exact, scope, features: Vec::new(), place: raw.place.clone() }
}

/// Puts properties in, a few rounds deep, since one may name another.
fn substitute(text: &Name, chain: &[(Arc<str>, &Pom)]) -> Name {
    let mut text = text.to_string();
    for _ in 0..4 {
        let Some((start, end)) =
            text.find("${").and_then(|start| Some((start, start + text[start..].find('}')?)))
        else {
            break;
        };
        let key = &text[start + 2..end];
        let built_in = match key {
            "project.version" | "version" | "pom.version" => chain.iter().find_map(|(_, pom)| {
                pom.version.clone().or_else(|| pom.parent.as_ref()?.dependency.version.clone())
            }),
            "project.groupId" | "groupId" => chain.iter().find_map(|(_, pom)| {
                pom.group.clone().or_else(|| Some(pom.parent.as_ref()?.dependency.group.clone()))
            }),
            "project.parent.groupId" | "parent.groupId" => chain
                .iter()
                .find_map(|(_, pom)| Some(pom.parent.as_ref()?.dependency.group.clone())),
            "project.parent.version" => {
                chain.iter().find_map(|(_, pom)| pom.parent.as_ref()?.dependency.version.clone())
            }
            _ => None,
        };
        let value = chain.iter().find_map(|(_, pom)| pom.properties.get(key).cloned());
        let Some(value) = value.or(built_in) else { break };
        // Bounded: a property that holds itself would double at every round.
        if value.len() > 1000 {
            break;
        }
        text.replace_range(start..=end, &value);
    }
    text.into()
}
