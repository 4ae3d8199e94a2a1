//! Literals: text without which no model can match anything in a file, derived from the models.
//!
//! A scan parses only files that hold one. What a file without any of them can still matter for
//! (a type's fields, a handler, a caller) is asked for by linking, by name.

use std::collections::BTreeSet;

use groundrule_unit::{Language, Name};

use super::Models;

impl Models {
    /// Texts one of which a source file must hold to be parsed on sight.
    pub fn literals(&self, language: Language) -> BTreeSet<Name> {
        let models = self.of(language);
        let outbound = models.outbound.names().chain(models.outbound.globs());
        let retries = models.retries.names().chain(models.retries.globs());
        let frameworks = models.frameworks.iter().flat_map(super::Framework::names);
        let tracing = models
            .tracing
            .iter()
            .flat_map(|tracing| tracing.patterns.iter().chain(&tracing.imports).cloned());
        let typed = models.types.keys().filter(|name| {
            models.outbound.names().any(|pattern| pattern.starts_with(name.as_str()))
                || models.frameworks.iter().any(|framework| framework.is_router(name))
        });
        let made = typed.flat_map(|name| {
            models.types[name].made_by.iter().flat_map(|made| super::expand(made))
        });
        outbound
            .chain(retries)
            .cloned()
            .chain(frameworks)
            .chain(tracing)
            .chain(made)
            .filter_map(|path| literal(language, &path))
            .chain(models.loggers.names().flat_map(|path| called(language, path)))
            .chain(models.printing.declared_by.iter().cloned())
            .chain(models.types.values().flat_map(|model| model.literals.iter().cloned()))
            .chain(models.route_files.iter().flat_map(|model| model.literals.iter().cloned()))
            .chain(conventional_calls(models))
            .chain(decorators(language, models))
            .chain(models.declared_clients.iter().flat_map(|outbound| {
                outbound.row.annotations.iter().filter_map(|path| literal(language, path))
            }))
            .chain(frameworks_set(models))
            .chain(
                models
                    .consumers
                    .iter()
                    .flat_map(super::ConsumerRow::names)
                    .filter_map(|path| literal(language, &path)),
            )
            .chain((language == Language::CSharp).then(|| Name::new("global using")))
            .collect()
    }

    /// Texts one of which a document must hold to be parsed, compared without case.
    pub fn document_literals(&self) -> BTreeSet<Name> {
        let mut found: BTreeSet<Name> = ["openapi", "swagger", "<using"].map(Name::new).into();
        // What a database refuses to hold twice.
        found.extend([" unique", "\tunique", "\nunique", "primary key"].map(Name::new));
        for models in self.by_language.values() {
            for tracing in &models.tracing {
                found.extend(tracing.deployment.iter().map(|text| Name::new(text.to_lowercase())));
                found.extend(tracing.config.iter().flat_map(|key| spellings(key)));
            }
            for framework in &models.frameworks {
                found.extend(framework.config_prefix.iter().flat_map(|key| spellings(key)));
            }
            for outbound in models.outbound.rows() {
                let keys = outbound.row.deadline.config.iter().chain(&outbound.row.retry.config);
                found.extend(keys.flat_map(|key| spellings(key)));
            }
        }
        found
    }
}

/// What sets something for all routes of a service, by its own name.
fn frameworks_set(models: &super::LanguageModels) -> impl Iterator<Item = Name> {
    models.frameworks.iter().flat_map(|framework| {
        let needed = framework.versions_need.iter().map(|call| Name::new(super::last_part(call)));
        let prefixes = framework.global_prefix.keys().chain(&framework.global_prefix_members);
        needed.chain(prefixes.cloned())
    })
}

/// Calls on routers under their conventional names: a file may be given its router by another.
fn conventional_calls(models: &super::LanguageModels) -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    for (ty, model) in &models.types {
        for framework in models.frameworks.iter().filter(|framework| framework.is_router(ty)) {
            for verb in framework.verbs.keys() {
                found.extend(model.parameters.iter().map(|p| Name::new(format!("{p}.{verb}("))));
            }
        }
    }
    found
}

/// Python's decorators on a router that is imported under whatever name: `@orders.get("/`.
fn decorators(language: Language, models: &super::LanguageModels) -> BTreeSet<Name> {
    let verbs = models.frameworks.iter().flat_map(|framework| framework.verbs.keys());
    let python = verbs.filter(|_| language == Language::Python);
    let starts = ["\"/", "'/", "\"\"", "''"];
    python.flat_map(|verb| starts.map(|start| Name::new(format!(".{verb}({start}")))).collect()
}

/// The text by which a file that uses a qualified name can be told: the module that it imports,
/// or the name itself where there is nothing to import.
fn literal(language: Language, path: &str) -> Option<Name> {
    let path = path.trim_start_matches("**.").trim_start_matches("_.");
    if path.is_empty() || path.starts_with('*') {
        return None;
    }
    let Some((first, _)) = path.split_once('.') else {
        return Some(Name::new(path.split('*').next().unwrap_or(path)));
    };
    let text = match language {
        Language::Go => {
            let slash = path.rfind('/').unwrap_or(0);
            let end = path[slash..].find('.').map_or(path.len(), |dot| slash + dot);
            &path[..end]
        }
        // Namespaces may be imported implicitly; what is called or made is always written.
        Language::CSharp => super::last_part(path),
        Language::Java | Language::Kotlin if path.starts_with("java.lang.") => {
            path.rsplit('.').next().unwrap_or(path)
        }
        Language::Java | Language::Kotlin => {
            let end = path
                .split('.')
                .take_while(|part| !part.starts_with(char::is_uppercase))
                .map(|part| part.len() + 1)
                .sum::<usize>();
            let package = path[..end.min(path.len())].trim_end_matches('.');
            // A function at the top of a package: the package is what stands before it.
            if end >= path.len() {
                package.rsplit_once('.').map_or(package, |(p, _)| p)
            } else {
                package
            }
        }
        // A package's name may hold a dot (`socket.io`): what stands before the first capital.
        Language::TypeScript => path
            .split_once('.')
            .filter(|(front, rest)| !front.starts_with('@') && rest.starts_with("io"))
            .map_or(first, |_| path),
        _ => first,
    };
    let text = text.split('*').next().unwrap_or(text);
    (!text.is_empty()).then(|| Name::new(text))
}

/// How a call of a logger's method, of a function, or of a macro is written: what its receiver is
/// called cannot be told.
fn called(language: Language, path: &str) -> Vec<Name> {
    let last = super::last_part(path);
    let method = path.contains('.');
    match language {
        Language::Rust => vec![Name::new(format!("{last}!")), Name::new(format!(".{last}("))],
        Language::Kotlin if method => {
            vec![Name::new(format!(".{last}(")), Name::new(format!(".{last} {{"))]
        }
        _ if method => vec![Name::new(format!(".{last}("))],
        _ => vec![Name::new(format!("{last}("))],
    }
}

/// The ways in which configuration writes the last part of a dotted key.
fn spellings(key: &str) -> Vec<Name> {
    let last = key.rsplit('.').next().unwrap_or(key).to_lowercase();
    let joined = last.replace('-', "");
    let snake = last.replace('-', "_");
    vec![Name::new(last), Name::new(joined), Name::new(snake)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_what_a_file_must_hold() {
        let literal = |language, path| literal(language, path).map(String::from);
        assert_eq!(literal(Language::Python, "requests.Session.get").as_deref(), Some("requests"));
        assert_eq!(literal(Language::Go, "net/http.Client").as_deref(), Some("net/http"));
        assert_eq!(
            literal(Language::Go, "github.com/gin-gonic/gin.Engine").as_deref(),
            Some("github.com/gin-gonic/gin")
        );
        assert_eq!(literal(Language::Java, "org.slf4j.Logger.info").as_deref(), Some("org.slf4j"));
        assert_eq!(
            literal(Language::Kotlin, "io.ktor.server.routing.get").as_deref(),
            Some("io.ktor.server.routing")
        );
        assert_eq!(literal(Language::TypeScript, "fetch").as_deref(), Some("fetch"));
        assert_eq!(
            literal(Language::CSharp, "System.Net.Http.HttpClient").as_deref(),
            Some("HttpClient")
        );
        assert_eq!(literal(Language::Rust, "reqwest.Client.new").as_deref(), Some("reqwest"));
    }

    #[test]
    fn a_log_statement_is_told_by_its_method() {
        assert_eq!(called(Language::Go, "log/slog.Logger.Info"), [".Info("]);
        assert_eq!(called(Language::Kotlin, "org.slf4j.Logger.info"), [".info(", ".info {"]);
        assert_eq!(called(Language::Rust, "tracing.info"), ["info!", ".info("]);
        assert_eq!(called(Language::Python, "print"), ["print("]);
    }
}
