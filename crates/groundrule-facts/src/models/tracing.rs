//! `[[tracing]]`: what sets up distributed tracing, in code, in the build and in deployment.

use groundrule_unit::Name;
use serde::Deserialize;

/// A way in which a service comes to emit traces, or only seems to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TracingModel {
    /// What it is called in reports.
    pub name: Name,
    /// Calls or constructions that set it up, by qualified name.
    #[serde(default)]
    pub calls: Vec<String>,
    /// The same with their braces written out.
    #[serde(skip)]
    pub patterns: Vec<Name>,
    /// Settings one of which the call must have on its way; without any it sends nowhere.
    #[serde(default)]
    pub needs: Vec<Name>,
    /// Modules that start it by being imported.
    #[serde(default)]
    pub imports: Vec<Name>,
    /// Packages that configure themselves once they are dependencies (starters).
    #[serde(default)]
    pub dependencies: Vec<Name>,
    /// Features of one of `dependencies` without which it does nothing; any of them suffices.
    #[serde(default)]
    pub features: Vec<Name>,
    /// Text in Dockerfiles, start scripts, Compose and Kubernetes files, and in environment
    /// settings, that attaches an agent. Compared without case.
    #[serde(default)]
    pub deployment: Vec<Name>,
    /// Keys that switch it on in deployment or configuration files, dotted; `false` and `0` do not.
    #[serde(default)]
    pub config: Vec<Name>,
    /// It makes spans but sends them nowhere, or is a library that something else must start.
    #[serde(default)]
    pub incomplete: bool,
}
