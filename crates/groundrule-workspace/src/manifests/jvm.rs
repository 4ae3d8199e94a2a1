//! What Maven and Gradle share: which packages serve, and where a module starts.

use std::sync::Arc;

use groundrule_unit::{Dependency, DependencyScope, Place};

use super::Role;
use crate::entry;
use crate::left_out;
use crate::paths::{below, file_name};
use crate::tree::{SourceFile, Tree};

/// Group and artifact prefixes of frameworks that serve, consume or host what does.
const SERVERS: &[&str] = &[
    "org.springframework.boot:spring-boot",
    "org.springframework.cloud:",
    "io.quarkus:",
    "io.micronaut:",
    "io.ktor:ktor-server",
    "io.vertx:vertx-",
    "io.dropwizard:",
    "io.javalin:",
    "io.helidon.",
    "com.sparkjava:",
    "io.grpc:grpc-netty",
    "io.grpc:grpc-services",
    "org.eclipse.jetty:jetty-server",
    "io.undertow:",
    "org.glassfish.jersey",
    "io.netty:netty-all",
    "org.apache.kafka:kafka-",
    "com.rabbitmq:amqp-client",
    "com.linecorp.armeria:",
    "org.http4k:",
    "com.amazonaws:aws-lambda-java-core",
    "com.typesafe.play:",
    "io.projectreactor.netty:",
    "org.apache.camel",
    "io.axoniq",
    "org.axonframework",
    "com.microsoft.azure.functions",
    "io.temporal:",
    "com.ecwid.consul",
    "com.lightbend.akka",
    "com.typesafe.akka:akka-http",
    "org.wildfly",
    "jakarta.platform:",
    "jakarta.ws.rs:",
    "javax.ws.rs:",
    "org.eclipse.microprofile",
    "org.springframework:spring-webmvc",
    "org.jboss.resteasy:",
    "javax:javaee-api",
    "ratpack",
];

/// Spring Boot's own packages have the version of Spring Boot, which its parent, its bill of
/// material or its plugin names once.
pub(super) fn manage_spring_boot(dependencies: &mut [Dependency]) {
    const MANAGERS: &[&str] = &[
        "org.springframework.boot:spring-boot-starter-parent",
        "org.springframework.boot:spring-boot-dependencies",
        "org.springframework.boot",
    ];
    let version = dependencies
        .iter()
        .find(|d| MANAGERS.contains(&&*d.name) && d.version.is_some())
        .and_then(|d| d.version.clone());
    let managed = |d: &&mut Dependency| {
        d.version.is_none() && d.name.starts_with("org.springframework.boot:")
    };
    for dependency in dependencies.iter_mut().filter(managed) {
        dependency.version.clone_from(&version);
        dependency.exact = version.is_some();
    }
}

/// Whether the dependencies name a framework that serves.
pub(super) fn serves(dependencies: &[Dependency]) -> bool {
    dependencies
        .iter()
        .filter(|d| d.scope == DependencyScope::Runtime)
        .any(|d| SERVERS.iter().any(|prefix| d.name.starts_with(prefix)))
}

/// What a build file says of how its module is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Unsaid,
    /// Its plugins build something to run.
    ByPlugin,
    /// A framework or a server starts it; it need not have a `main` of its own.
    ByFramework,
}

impl Start {
    pub(super) fn of(starts_itself: bool, is_application: bool) -> Self {
        match (starts_itself, is_application) {
            (true, _) => Self::ByFramework,
            (false, true) => Self::ByPlugin,
            (false, false) => Self::Unsaid,
        }
    }
}

/// Where the module starts, and what that makes of it. `main_class` is the class that the build
/// file at `path` names.
pub(super) fn role_and_entry(
    tree: &Tree,
    folder: &str,
    dependencies: &[Dependency],
    main_class: Option<&str>,
    start: Start,
    path: &Arc<str>,
) -> (Role, Option<Place>) {
    let serves = serves(dependencies);
    let is_application = start != Start::Unsaid;
    let files: Vec<&SourceFile> = tree
        .under(folder)
        .iter()
        .filter(|file| file.path.ends_with(".java") || file.path.ends_with(".kt"))
        .filter(|file| left_out::by_path(&file.path).is_none())
        .filter(|file| !is_in_nested_module(tree, &file.path, folder))
        .collect();
    let found = main_class
        .and_then(|class| {
            let stem = class.rsplit('.').next().unwrap_or(class);
            let stem = stem.strip_suffix("Kt").unwrap_or(stem);
            named(tree, &files, |name| name == stem)
        })
        .or_else(|| {
            named(tree, &files, |name| {
                ["Application", "App", "Main", "Launcher", "Bootstrap", "Boot", "main", "Server"]
                    .iter()
                    .any(|end| name.ends_with(end))
            })
        })
        .or_else(|| {
            let rest = files.iter().copied();
            (is_application || serves && files.len() <= 300)
                .then(|| entry::first(tree, rest, 300))
                .flatten()
        })
        .or_else(|| {
            (start == Start::ByFramework && serves && !files.is_empty())
                .then(|| settings_or(tree, folder, path))
        });
    let role = match (found.is_some(), serves || is_application) {
        (true, true) => Role::Server,
        (true, false) => Role::Program,
        (false, true) if is_application && main_class.is_some() => Role::Program,
        (false, _) => Role::Library,
    };
    (role, found)
}

/// Where a module without a `main` says how it starts: its settings, else its build file.
fn settings_or(tree: &Tree, folder: &str, path: &Arc<str>) -> Place {
    let settings = [
        "src/main/resources/application.properties",
        "src/main/resources/application.yml",
        "src/main/resources/application.yaml",
        "src/main/resources/META-INF/microprofile-config.properties",
        "src/main/webapp/WEB-INF/web.xml",
    ];
    let found = settings.iter().find_map(|name| tree.child(folder, name));
    Place::top_of(found.map_or_else(|| path.clone(), |file| file.path.clone()))
}

/// The start in a file whose name without its ending is wanted; an application class of Spring
/// may extend what starts it, so a file is taken for its annotation as well.
fn named(tree: &Tree, files: &[&SourceFile], is_wanted: impl Fn(&str) -> bool) -> Option<Place> {
    let files = files.iter().copied().filter(|file| {
        let name = file_name(&file.path);
        is_wanted(name.rsplit_once('.').map_or(name, |(stem, _)| stem))
    });
    entry::first(tree, files, 40)
}

fn is_in_nested_module(tree: &Tree, path: &str, folder: &str) -> bool {
    let Some(inner) = below(path, folder) else { return false };
    let Some((module, _)) = inner.split_once("/src/") else { return false };
    if module.is_empty() || inner.starts_with("src/") {
        return false;
    }
    let module = crate::paths::join(folder, module).unwrap_or_default();
    ["pom.xml", "build.gradle", "build.gradle.kts"]
        .iter()
        .any(|name| tree.child(&module, name).is_some())
}
