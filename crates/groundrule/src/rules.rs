//! What a run judges by: policies, library models and configuration, read before anything is
//! scanned, from a folder or from a commit. Everything that is wrong with them is collected.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use groundrule_facts::{ModelSource, Models};
use groundrule_policy::{Config, Policies, PolicyFile, Problem};
use groundrule_workspace::Snapshot;

use crate::cli::RuleArgs;
use crate::errors::Failure;

/// The name of the configuration in a repository's root.
pub(crate) const CONFIG_NAME: &str = "groundrule.toml";
/// Files of rules larger than this are refused.
const LONGEST: u64 = 4 << 20;
/// How deep a folder of models may be nested.
const DEEPEST: usize = 8;

/// What one repository is judged by.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) policies: Policies,
    pub(crate) config: Config,
    pub(crate) models: Models,
    /// The repository's own files of rules, by their path in it.
    pub(crate) own: BTreeMap<String, String>,
}

/// Where a repository's own rules are read.
#[derive(Clone, Copy)]
pub(crate) enum RuleTree<'a> {
    /// No repository: what one without a configuration is judged by.
    Nothing,
    Folder(&'a Path),
    /// A commit or the index. Rules outside of its folder are read from disk.
    Snapshot(&'a Snapshot),
}

impl RuleTree<'_> {
    fn root(&self) -> Option<&Path> {
        match self {
            Self::Nothing => None,
            Self::Folder(root) => Some(root),
            Self::Snapshot(snapshot) => Some(snapshot.root()),
        }
    }

    /// The way to a file or folder in the repository; none for one outside.
    fn inside(&self, path: &Path) -> Option<String> {
        let root = self.root()?;
        let below = |path: &Path, root: &Path| {
            let rest = path.strip_prefix(root).ok()?;
            let parts = rest.components().map(|part| part.as_os_str().to_str());
            Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
        };
        let absolute = std::path::absolute(path).ok()?;
        let plain = below(&absolute, &std::path::absolute(root).ok()?);
        // The same folder may have two names; what is gone from disk has only the plain one.
        plain.or_else(|| below(&path.canonicalize().ok()?, &root.canonicalize().ok()?))
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        let inside = match self {
            Self::Snapshot(snapshot) => self.inside(path).map(|inside| (snapshot, inside)),
            _ => None,
        };
        match inside {
            Some((snapshot, inside)) => {
                let bytes = snapshot.read(&inside, LONGEST)?;
                String::from_utf8(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
            }
            None => read(path),
        }
    }

    /// The TOML files of a folder and those in it, to a depth.
    fn toml_files(&self, folder: &Path, depth: usize) -> Result<Vec<File>, Failure> {
        let inside = match self {
            Self::Snapshot(snapshot) => self.inside(folder).map(|inside| (snapshot, inside)),
            _ => None,
        };
        let Some((snapshot, inside)) = inside else {
            let mut files = toml_files_within(folder, depth)?;
            for file in &mut files {
                file.inside = self.inside(&file.path);
            }
            return Ok(files);
        };
        // A folder that the commit does not have yet holds nothing.
        let top = if inside.is_empty() { "." } else { inside.as_str() };
        let mut files = Vec::new();
        for path in snapshot.files_in(top) {
            let rest = path.strip_prefix(&inside).unwrap_or(path).trim_start_matches('/');
            if !rest.ends_with(".toml") || rest.matches('/').count() >= depth {
                continue;
            }
            let full = folder.join(rest);
            let text = self
                .read(&full)
                .map_err(|source| Failure::Unreadable { path: full.clone(), source })?;
            let name = full.display().to_string();
            files.push(File { path: full, name, text, inside: Some(path.to_string()) });
        }
        Ok(files)
    }

    /// The policies of a folder, each with the page beside it.
    fn policy_files(&self, folder: &Path) -> Result<Vec<(File, String)>, Failure> {
        let files = self.toml_files(folder, 1)?;
        files
            .into_iter()
            .map(|file| {
                let path = file.path.with_extension("md");
                let page = match self.read(&path) {
                    Ok(page) => page,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
                    Err(source) => return Err(Failure::Unreadable { path, source }),
                };
                Ok((file, page))
            })
            .collect()
    }
}

/// Why rules could not be loaded.
pub(crate) enum RulesError {
    /// The user's own files are wrong.
    Problems(Vec<Problem>),
    Failure(Failure),
}

impl From<Failure> for RulesError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<RulesError> for Failure {
    fn from(error: RulesError) -> Self {
        match error {
            RulesError::Problems(problems) => Failure::configuration(problems),
            RulesError::Failure(failure) => failure,
        }
    }
}

impl Rules {
    /// Loads what a repository is judged by.
    pub(crate) fn load(tree: RuleTree<'_>, args: &RuleArgs) -> Result<Self, RulesError> {
        let config = read_config(tree, args)?;
        let scan = config.as_ref().map(|(_, text)| Config::scan_of(text)).unwrap_or_default();
        let inner = |folder: &Option<String>| Some(tree.root()?.join(folder.as_deref()?));
        let mut own = OwnFiles::default();
        for folder in args.policies.iter().cloned().chain(inner(&scan.policies)) {
            own.policies.extend(tree.policy_files(&folder)?);
        }
        for folder in args.libraries.iter().cloned().chain(inner(&scan.libraries)) {
            own.models.extend(tree.toml_files(&folder, DEEPEST)?);
        }
        let mut rules = Self::of(&own, config.as_ref().map(|(n, t)| (n.as_str(), t.as_str())))?;
        rules.read_ratchet(tree)?;
        choose(&mut rules.policies, args)?;
        Ok(rules)
    }

    /// What the small services on policies' pages are judged by: the policies of `folder`, in the
    /// place of built-in ones in files of the same name.
    pub(crate) fn for_pages(
        folder: Option<&Path>,
        libraries: Option<&Path>,
    ) -> Result<Self, RulesError> {
        let mut own = OwnFiles { replaces: true, ..OwnFiles::default() };
        if let Some(folder) = folder {
            own.policies = RuleTree::Nothing.policy_files(folder)?;
        }
        if let Some(folder) = libraries {
            own.models = RuleTree::Nothing.toml_files(folder, DEEPEST)?;
        }
        Self::of(&own, Some(("examples", "[[service]]\npath = \".\"\nname = \"example\"\n")))
    }

    fn of(own: &OwnFiles, config: Option<(&str, &str)>) -> Result<Self, RulesError> {
        let mut problems = Vec::new();
        let sources =
            own.models.iter().map(|file| ModelSource { path: &file.name, text: &file.text });
        let models = Models::with_built_in(sources).unwrap_or_else(|errors| {
            problems.extend(errors.iter().map(|error| {
                let file = own.models.iter().find(|file| file.name == error.path);
                Failure::of_model(error, file.map_or("", |file| file.text.as_str()))
            }));
            Models::default()
        });
        let mut files: Vec<PolicyFile<'_>> = Vec::new();
        for file in groundrule_policy::builtin().filter(|file| !own.has_instead_of(file)) {
            files.push(file);
        }
        files.extend(own.policies.iter().map(|(file, page)| PolicyFile {
            name: &file.name,
            text: &file.text,
            page,
        }));
        match groundrule_policy::load(files, config) {
            Ok((policies, config)) if problems.is_empty() => {
                Ok(Self { policies, config, models, own: own.texts() })
            }
            Ok(_) => Err(RulesError::Problems(problems)),
            Err(found) => {
                problems.extend(found.problems);
                Err(RulesError::Problems(problems))
            }
        }
    }

    /// Known failures that stand in a file of their own. One that is not there yet holds none.
    fn read_ratchet(&mut self, tree: RuleTree<'_>) -> Result<(), RulesError> {
        let file = self.config.ratchet.file.clone().zip(tree.root());
        let Some((name, root)) = file else { return Ok(()) };
        let path = root.join(&name);
        match tree.read(&path) {
            Ok(text) => self
                .config
                .ratchet
                .read_file(&name, &text, &self.policies)
                .map_err(RulesError::Problems),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(Failure::Unreadable { path, source }.into()),
        }
    }

    /// The same, where a failure is all that can be said.
    ///
    /// # Errors
    /// When something is wrong with the rules.
    pub(crate) fn load_or_fail(tree: RuleTree<'_>, args: &RuleArgs) -> Result<Self, Failure> {
        Ok(Self::load(tree, args)?)
    }
}

/// `--only` and `--skip`.
fn choose(policies: &mut Policies, args: &RuleArgs) -> Result<(), Failure> {
    let known: Vec<String> = policies.iter().map(|policy| policy.info.id.to_string()).collect();
    if let Some(id) = args.only.iter().chain(&args.skip).find(|id| !known.contains(id)) {
        return Err(Failure::UnknownPolicy { id: id.clone(), known });
    }
    policies.retain(|policy| {
        let id = policy.info.id.as_str();
        (args.only.is_empty() || args.only.iter().any(|only| only == id))
            && !args.skip.iter().any(|skip| skip == id)
    });
    if policies.iter().next().is_none() {
        return Err(Failure::NoPolicies);
    }
    Ok(())
}

fn read_config(tree: RuleTree<'_>, args: &RuleArgs) -> Result<Option<(String, String)>, Failure> {
    let (path, name) = match (&args.config, tree.root()) {
        (Some(path), _) => (path.clone(), path.display().to_string()),
        (None, Some(root)) => (root.join(CONFIG_NAME), CONFIG_NAME.to_string()),
        (None, None) => return Ok(None),
    };
    // A commit may be older than the file that is named.
    let may_lack = args.config.is_none() || matches!(tree, RuleTree::Snapshot(_));
    match tree.read(&path) {
        Ok(text) => Ok(Some((name, text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && may_lack => Ok(None),
        Err(source) => Err(Failure::Unreadable { path, source }),
    }
}

/// The user's own files.
#[derive(Default)]
struct OwnFiles {
    policies: Vec<(File, String)>,
    models: Vec<File>,
    /// Whether a policy stands in the place of the built-in one whose file has the same name.
    replaces: bool,
}

impl OwnFiles {
    /// Those that the repository itself holds.
    fn texts(&self) -> BTreeMap<String, String> {
        let policies = self.policies.iter().map(|(file, page)| (file, page.as_str()));
        let models = self.models.iter().map(|file| (file, ""));
        policies
            .chain(models)
            .filter_map(|(file, page)| {
                Some((file.inside.clone()?, format!("{}\0{page}", file.text)))
            })
            .collect()
    }

    fn has_instead_of(&self, built_in: &PolicyFile<'_>) -> bool {
        let same = |file: &File| file.path.file_name() == Path::new(built_in.name).file_name();
        self.replaces && self.policies.iter().any(|(file, _)| same(file))
    }
}

struct File {
    path: PathBuf,
    /// For reports: the path as the user named it.
    name: String,
    text: String,
    /// The path in the repository, where it lies there.
    inside: Option<String>,
}

fn toml_files_within(folder: &Path, depth: usize) -> Result<Vec<File>, Failure> {
    let unreadable = |path: &Path, source| Failure::Unreadable { path: path.into(), source };
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|source| unreadable(folder, source))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(|source| unreadable(&path, source))?;
        if kind.is_dir() && depth > 1 {
            files.extend(toml_files_within(&path, depth - 1)?);
        } else if kind.is_file() && path.extension().is_some_and(|ending| ending == "toml") {
            let text = read(&path).map_err(|source| unreadable(&path, source))?;
            files.push(File { name: path.display().to_string(), path, text, inside: None });
        }
    }
    Ok(files)
}

/// A regular file's text, within the limit.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no regular file"));
    }
    let mut text = String::new();
    fs::File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 4 MiB"));
    }
    Ok(text)
}
