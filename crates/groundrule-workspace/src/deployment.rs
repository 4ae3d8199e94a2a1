//! Deployment files other than Dockerfiles: Compose, Skaffold and azd, which name folders, and
//! Kubernetes, Helm and infrastructure files, which name images and workloads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use crate::dockerfiles::image_name;
use crate::left_out;
use crate::paths::{ancestors, file_name, folder_of, join};
use crate::tree::{SourceFile, Tree};
use crate::yaml::{SIZE_LIMIT, documents, is_yaml, string};

/// More deployment files than any repository needs to be understood.
const FILE_LIMIT: usize = 10_000;

/// A deployment that a file declares for something that is built in the repository.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    /// The file that declares it.
    pub(crate) source: Arc<str>,
    /// The folder from which it is built.
    pub(crate) context: String,
    /// The Dockerfile, where one is named.
    pub(crate) dockerfile: Option<String>,
    /// Whether the context alone says which part is meant (azd's project, Jib's module).
    pub(crate) is_project: bool,
    /// Names under which it runs.
    pub(crate) names: Vec<String>,
}

/// What the deployment files of a repository say.
#[derive(Debug, Default)]
pub(crate) struct Deployments {
    pub(crate) built: Vec<Built>,
    /// Files with workloads or their settings, each with the names that stand in it.
    pub(crate) workloads: BTreeMap<Arc<str>, BTreeSet<String>>,
    /// Names of workloads.
    names: BTreeSet<String>,
}

impl Deployments {
    pub(crate) fn read(tree: &Tree) -> Self {
        let files: Vec<&SourceFile> = tree
            .files
            .iter()
            .filter(|file| file.size <= SIZE_LIMIT)
            .filter(|file| {
                is_yaml(&file.path) || file.path.ends_with(".tf") || file.path.ends_with(".bicep")
            })
            .filter(|file| left_out::by_path(&file.path).is_none())
            .take(FILE_LIMIT)
            .collect();
        let mut found = Self::default();
        let read: Vec<_> = files.par_iter().map(|file| read_one(tree, file)).collect();
        for (file, (built, names, is_workload)) in files.into_iter().zip(read) {
            found.built.extend(built);
            if !names.is_empty() {
                if is_workload {
                    found.names.extend(names.iter().cloned());
                }
                found.workloads.insert(file.path.clone(), names);
            }
        }
        found
    }

    /// Whether a workload runs under that name.
    pub(crate) fn runs(&self, name: &str) -> bool {
        self.names.contains(&normal(name))
    }
}

/// Names are compared without case and separators: `load-generator`, `loadgenerator`.
pub(crate) fn normal(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What one file declares: builds, names, and whether the names are those of workloads.
fn read_one(tree: &Tree, file: &SourceFile) -> (Vec<Built>, BTreeSet<String>, bool) {
    let name = file_name(&file.path);
    let none = BTreeSet::new();
    if is_compose(name) {
        let (built, names) = compose(tree, &file.path);
        return (built, names, false);
    }
    if name.starts_with("skaffold") {
        return (skaffold(tree, &file.path), none, false);
    }
    if name == "azure.yaml" || name == "azure.yml" {
        return (azd(tree, &file.path), none, false);
    }
    let Ok(text) = tree.read_file(file) else { return (Vec::new(), none, false) };
    if !is_yaml(name) {
        return (Vec::new(), quoted_names(&text), false);
    }
    let is_workload = has_workload(&text);
    let is_settings =
        name.starts_with("values") || name == "kustomization.yaml" || is_in_chart(tree, &file.path);
    if !is_workload && !is_settings {
        return (Vec::new(), none, false);
    }
    (Vec::new(), workload_names(&text), is_workload)
}

fn is_compose(name: &str) -> bool {
    name.starts_with("docker-compose")
        || name.starts_with("compose.")
        || name.starts_with("compose-")
        || name.starts_with("podman-compose")
}

fn is_in_chart(tree: &Tree, path: &str) -> bool {
    ancestors(folder_of(path)).take(3).any(|folder| tree.child(folder, "Chart.yaml").is_some())
}

fn has_workload(text: &str) -> bool {
    text.split('\n').any(|line| {
        line.trim_start().trim_start_matches("- ").strip_prefix("kind:").is_some_and(|kind| {
            matches!(
                kind.trim().trim_matches(['"', '\'']),
                "Deployment"
                    | "StatefulSet"
                    | "DaemonSet"
                    | "CronJob"
                    | "Job"
                    | "Rollout"
                    | "Pod"
                    | "ReplicaSet"
                    | "Application"
                    | "DeploymentConfig"
                    | "Naisjob"
                    | "Service"
                    | "ScaledJob"
                    | "Instrumentation"
            )
        })
    })
}

/// Names of objects and images in a manifest, found by line, since templates are no YAML.
fn workload_names(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in text.split('\n') {
        let line = line.trim().trim_start_matches("- ");
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim().trim_matches(['"', '\'']);
        match key {
            "name"
            | "app"
            | "serviceName"
            | "nameOverride"
            | "fullnameOverride"
            | "app.kubernetes.io/name" => {
                names.insert(normal(value));
            }
            "image" | "repository" | "newName" => {
                names.insert(normal(&image_name(value)));
            }
            // A chart's values give each part a section of its own.
            _ if value.is_empty() => {
                names.insert(normal(key));
            }
            _ => {}
        }
    }
    names.remove("");
    names
}

/// The quoted words of a Terraform or Bicep file.
fn quoted_names(text: &str) -> BTreeSet<String> {
    text.split(['"', '\''])
        .skip(1)
        .step_by(2)
        .filter(|word| word.len() < 80 && !word.contains(char::is_whitespace))
        .map(|word| normal(&image_name(word)))
        .filter(|word| !word.is_empty())
        .collect()
}

/// What a Compose file builds, and the names of what it only runs.
fn compose(tree: &Tree, path: &Arc<str>) -> (Vec<Built>, BTreeSet<String>) {
    let folder = folder_of(path);
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for document in documents(tree, path) {
        let Some(Value::Object(services)) = document.get("services") else { continue };
        for (name, service) in services {
            let image = string(service, &["image"]).map(image_name);
            let Some(build) = service.get("build") else {
                names.insert(normal(name));
                names.extend(image.map(|image| normal(&image)));
                continue;
            };
            let context = build.as_str().or_else(|| string(build, &["context"])).unwrap_or(".");
            // `${DIR:-.}`: the default counts.
            let context = context.rsplit(":-").next().unwrap_or(context).trim_end_matches('}');
            let Some(context) = join(folder, context) else { continue };
            let dockerfile = string(build, &["dockerfile"]).and_then(|file| join(&context, file));
            let own = std::iter::once(name.clone()).chain(image).collect();
            found.push(Built {
                source: path.clone(),
                context,
                dockerfile,
                is_project: false,
                names: own,
            });
        }
    }
    (found, names)
}

fn skaffold(tree: &Tree, path: &Arc<str>) -> Vec<Built> {
    let folder = folder_of(path);
    let mut found = Vec::new();
    for document in documents(tree, path) {
        let artifacts = document.get("build").and_then(|build| build.get("artifacts"));
        for artifact in artifacts.and_then(Value::as_array).into_iter().flatten() {
            let Some(context) = join(folder, string(artifact, &["context"]).unwrap_or(".")) else {
                continue;
            };
            let module = string(artifact, &["jib", "project"]);
            let dockerfile = string(artifact, &["docker", "dockerfile"]);
            let dockerfile = dockerfile.and_then(|file| join(&context, file));
            let context = module.and_then(|module| join(&context, module)).unwrap_or(context);
            found.push(Built {
                source: path.clone(),
                context,
                dockerfile,
                is_project: artifact.get("jib").is_some(),
                names: string(artifact, &["image"]).map(image_name).into_iter().collect(),
            });
        }
    }
    found
}

fn azd(tree: &Tree, path: &Arc<str>) -> Vec<Built> {
    let mut found = Vec::new();
    for document in documents(tree, path) {
        let Some(Value::Object(services)) = document.get("services") else { continue };
        for (name, service) in services {
            let project = string(service, &["project"]).and_then(|p| join(folder_of(path), p));
            let Some(context) = project else { continue };
            found.push(Built {
                source: path.clone(),
                context,
                dockerfile: None,
                is_project: true,
                names: vec![name.clone()],
            });
        }
    }
    found
}

/// Files directly in a service's folder that deploy it on some platform.
pub(crate) fn is_platform_file(name: &str) -> bool {
    matches!(
        name,
        "Procfile"
            | "serverless.yml"
            | "serverless.yaml"
            | "serverless.ts"
            | "fly.toml"
            | "app.yaml"
            | "app.yml"
            | "render.yaml"
            | "railway.json"
            | "railway.toml"
            | "vercel.json"
            | "host.json"
            | "template.yaml"
            | "samconfig.toml"
            | "heroku.yml"
            | "nais.yaml"
            | "nais.yml"
            | "service.yaml"
            | "cloudbuild.yaml"
            | "apprunner.yaml"
            | "copilot.yml"
            | "wrangler.toml"
            | "skaffold.yaml"
            | "entrypoint.sh"
            | "docker-entrypoint.sh"
    )
}
