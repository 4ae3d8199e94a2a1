//! Dockerfiles: what an image starts from, what is copied into it, and what it starts.

use std::sync::Arc;

use groundrule_unit::LeftOutReason;

use crate::left_out;
use crate::paths::{file_name, folder_of};
use crate::tree::Tree;

/// Images of infrastructure: what is built upon them is configured, not programmed.
const INFRASTRUCTURE: &[&str] = &[
    "postgres",
    "mysql",
    "mariadb",
    "mongo",
    "redis",
    "rabbitmq",
    "elasticsearch",
    "opensearch",
    "kafka",
    "zookeeper",
    "memcached",
    "cassandra",
    "fluentd",
    "fluent-bit",
    "prometheus",
    "grafana",
    "mssql",
    "server",
    "postgis",
    "keycloak",
    "consul",
    "vault",
    "minio",
    "jaeger",
    "otel",
    "opentelemetry-collector",
    "kibana",
    "logstash",
    "influxdb",
    "neo4j",
    "couchdb",
    "dynamodb-local",
    "localstack",
    "mailhog",
    "wiremock",
    "clickhouse-server",
    "timescaledb",
    "sonarqube",
    "jenkins",
    "nexus",
    "flyway",
    "liquibase",
    "pgadmin4",
    "adminer",
];

/// Servers and proxies: what is built upon them serves, without code of its own.
const PROXIES: &[&str] = &[
    "nginx",
    "httpd",
    "envoy",
    "haproxy",
    "caddy",
    "traefik",
    "openresty",
    "nginx-unprivileged",
    "apisix",
    "kong",
];

/// A Dockerfile, read.
#[derive(Clone, Debug)]
pub(crate) struct Dockerfile {
    pub(crate) path: Arc<str>,
    pub(crate) folder: Arc<str>,
    /// The last path segment of the final stage's base image, without its tag.
    base: String,
    /// What is copied from the build context.
    pub(crate) copies: Vec<String>,
    /// Words of the commands that build and start.
    pub(crate) words: Vec<String>,
    /// Words of the command that the image starts.
    pub(crate) command: Vec<String>,
    pub(crate) starts: bool,
}

/// Whether a file is a Dockerfile, by its name.
pub(crate) fn is_dockerfile(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    let named = |stem: &str| {
        name == stem
            || name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(['.', '_', '-']))
            || name.strip_suffix(stem).is_some_and(|rest| rest.ends_with(['.', '_', '-']))
    };
    (named("dockerfile") || named("containerfile")) && !name.ends_with(".dockerignore")
}

/// All Dockerfiles that may deploy something.
pub(crate) fn read_all(tree: &Tree) -> Vec<Dockerfile> {
    tree.files
        .iter()
        .filter(|file| is_dockerfile(&file.path))
        .filter(|file| {
            !matches!(
                left_out::by_path(&file.path),
                Some(LeftOutReason::Test | LeftOutReason::Vendored | LeftOutReason::Example)
            )
        })
        .filter_map(|file| Some(parse(&file.path, &tree.read(&file.path)?)))
        .collect()
}

fn parse(path: &Arc<str>, text: &str) -> Dockerfile {
    let mut found = Dockerfile {
        path: path.clone(),
        folder: folder_of(path).into(),
        base: String::new(),
        copies: Vec::new(),
        words: Vec::new(),
        command: Vec::new(),
        starts: false,
    };
    let mut stages: Vec<(String, String)> = Vec::new();
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    for line in joined.split('\n').map(str::trim).filter(|line| !line.starts_with('#')) {
        let Some((keyword, rest)) = line.split_once(char::is_whitespace) else { continue };
        match &*keyword.to_ascii_uppercase() {
            "FROM" => {
                let mut words = rest.split_whitespace().filter(|word| !word.starts_with("--"));
                let image = words.next().unwrap_or_default();
                let base = stages.iter().find(|(name, _)| name == image);
                let base = base.map_or_else(|| image_name(image), |(_, base)| base.clone());
                let name = words.nth(1).unwrap_or_default().to_string();
                stages.push((name, base.clone()));
                found.base = base;
                found.command.clear();
                found.starts = false;
            }
            "COPY" | "ADD" if !rest.contains("--from=") => {
                let words: Vec<&str> = words_of(rest).collect();
                if let Some((_, sources)) = words.split_last() {
                    found.copies.extend(sources.iter().map(|word| (*word).to_string()));
                }
            }
            "RUN" | "WORKDIR" => found.words.extend(words_of(rest).map(ToString::to_string)),
            "ENTRYPOINT" | "CMD" => {
                found.starts = true;
                found.words.extend(words_of(rest).map(ToString::to_string));
                found.command.extend(words_of(rest).map(ToString::to_string));
            }
            _ => {}
        }
    }
    found
}

/// The words of an instruction, options left out; of its JSON form as well.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '"' | '\''))
        .filter(|word| !word.is_empty() && !word.starts_with("--"))
}

/// The last segment of an image's name, without tag and digest.
pub(crate) fn image_name(image: &str) -> String {
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split([':', '@']).next().unwrap_or(name).to_ascii_lowercase()
}

impl Dockerfile {
    /// Whether the image is a database, a broker or the like, with settings of its own.
    pub(crate) fn is_infrastructure(&self) -> bool {
        INFRASTRUCTURE.contains(&&*self.base)
    }

    /// What the file is called beside being a Dockerfile: `agent` of `Dockerfile.agent.alpine` and of
    /// `agent.dockerfile`.
    pub(crate) fn name(&self) -> Option<&str> {
        let name = file_name(&self.path);
        let lower = name.to_ascii_lowercase();
        let found = ["dockerfile", "containerfile"].iter().find_map(|kind| {
            if lower.starts_with(kind) {
                name.get(kind.len() + 1..)?.split(['.', '_']).next()
            } else {
                lower
                    .ends_with(kind)
                    .then(|| name.get(..name.len().checked_sub(kind.len() + 1)?))?
            }
        });
        found.filter(|name| !name.is_empty())
    }

    /// Whether the image is a web server or proxy with settings of its own.
    pub(crate) fn is_proxy(&self) -> bool {
        PROXIES.contains(&&*self.base)
    }
}
