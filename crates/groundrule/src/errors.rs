//! The catalogue of failures of the program itself, and how they are shown.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};
use std::ops::Range;
use std::path::PathBuf;

use groundrule_facts::ModelError;
use groundrule_policy::{Problem, source};
use groundrule_report::escape;
use groundrule_workspace::{DiscoverError, GitError};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

use crate::cli::ColorArg;
use crate::terminal;

/// Why the program could not do its job. Every one of them ends it with status 2.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum Failure {
    #[error("{} does not exist", path.display())]
    #[diagnostic(code(missing_path), help("name the folder of a repository"))]
    MissingPath { path: PathBuf },

    #[error("{} is no folder", path.display())]
    #[diagnostic(code(no_folder), help("name the folder of a repository, not a file in it"))]
    NoFolder { path: PathBuf },

    #[error("{} is not in {}", path.display(), folder.display())]
    #[diagnostic(code(outside), help("name a folder with {option} that holds it"))]
    Outside { path: PathBuf, folder: PathBuf, option: &'static str },

    #[error("{} cannot be read", path.display())]
    #[diagnostic(code(unreadable))]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("no policy is named `{id}`")]
    #[diagnostic(code(unknown_policy), help("{}", all_of(known)))]
    UnknownPolicy { id: String, known: Vec<String> },

    #[error("no policy is left to judge by")]
    #[diagnostic(code(no_policies), help("take some of --only and --skip away"))]
    NoPolicies,

    #[error("the format of {} cannot be told", path.display())]
    #[diagnostic(
        code(unknown_format),
        help("give it one of the endings {}, or write FORMAT=FILE", endings.join(", "))
    )]
    UnknownFormat { path: PathBuf, endings: Vec<&'static str> },

    #[error("{} cannot be written: its folder {} does not exist", path.display(), folder.display())]
    #[diagnostic(code(no_output_folder), help("make the folder first"))]
    NoOutputFolder { path: PathBuf, folder: PathBuf },

    #[error("{} cannot be written", path.display())]
    #[diagnostic(code(write))]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("`{value}` in SOURCE_DATE_EPOCH is no time")]
    #[diagnostic(code(epoch), help("write it in seconds since 1970, or unset it"))]
    Epoch { value: String },

    #[error("the repository could not be read wholly")]
    #[diagnostic(
        code(incomplete),
        help("`groundrule check` says what is wrong; nothing was written")
    )]
    Incomplete,

    #[error("the standard output cannot be written")]
    #[diagnostic(code(stdout))]
    Stdout {
        #[source]
        source: io::Error,
    },

    #[error("the threads cannot be started")]
    #[diagnostic(code(threads), help("ask for fewer with --jobs"))]
    Threads {
        #[source]
        source: rayon::ThreadPoolBuildError,
    },

    #[error("{} exists already", path.display())]
    #[diagnostic(code(exists), help("edit it, or remove it first"))]
    Exists { path: PathBuf },

    #[error("{error}")]
    #[diagnostic(code(git), help("{}", git_help(error)))]
    Git { error: GitError },

    /// Problems in the user's own files, all of them.
    #[error("{}", problem_count(problems.len()))]
    #[diagnostic(code(configuration), help("nothing was judged"))]
    Configuration { problems: Vec<Problem> },
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        Self::Git { error }
    }
}

/// What to do about git. A run that cannot compare is no clean one.
fn git_help(error: &GitError) -> &'static str {
    match error {
        error if error.is_shallow() => {
            "this clone is shallow: fetch the whole history, with `fetch-depth: 0` for \
             actions/checkout, GIT_DEPTH: 0 for GitLab, or `git fetch --unshallow`"
        }
        GitError::UnknownCommit { .. } => {
            "name a commit, a branch or a tag that was fetched: `git fetch origin BRANCH`, or \
             `fetch-depth: 0` for actions/checkout"
        }
        GitError::Unrelated { .. } => "name a branch that the change was made from",
        GitError::NoRepository { .. } => "--base and --staged compare with what git holds",
        GitError::Bare { .. } => "check a commit out, and name its folder",
        GitError::Broken { .. } | GitError::Unreadable { .. } => {
            "`git fsck` says what is wrong with it; `git fetch` gets what is missing"
        }
    }
}

impl From<DiscoverError> for Failure {
    fn from(DiscoverError::Root { path, source }: DiscoverError) -> Self {
        Self::Unreadable { path, source }
    }
}

impl Failure {
    /// Problems in files that may be somebody else's: what a terminal would obey is taken out.
    pub(crate) fn configuration(problems: Vec<Problem>) -> Self {
        let safe = |problem: Problem| Problem {
            message: escape::line(&problem.message).into_owned(),
            help: escape::line(&problem.help).into_owned(),
            file: source(
                &escape::line(problem.file.name()),
                &escape::excerpt(problem.file.inner()),
            ),
            span: problem.span,
        };
        Self::Configuration { problems: problems.into_iter().map(safe).collect() }
    }

    /// A model file that cannot be read, as a problem under the user's own line.
    pub(crate) fn of_model(error: &ModelError, text: &str) -> Problem {
        let span: Range<usize> = error.span.clone().unwrap_or(0..0);
        Problem {
            message: error.message.clone(),
            help: String::new(),
            span,
            file: source(&error.path, text),
        }
    }
}

fn problem_count(count: usize) -> String {
    match count {
        1 => "1 problem in the policies, models or configuration".to_string(),
        count => format!("{count} problems in the policies, models or configuration"),
    }
}

fn all_of(ids: &[String]) -> String {
    format!("the policies are {}", ids.join(", "))
}

/// Shows a failure on the error output.
pub(crate) fn show(failure: &Failure, color: ColorArg) {
    let theme = if terminal::use_color(color, io::stderr().is_terminal()) {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(100);
    let mut shown = String::new();
    let problems: &[Problem] = match failure {
        Failure::Configuration { problems } => problems,
        _ => &[],
    };
    // Each problem first, then the failure that sums them up, next to the prompt.
    for part in problems.iter().map(|p| p as &dyn Diagnostic).chain([failure as &dyn Diagnostic]) {
        if handler.render_report(&mut shown, part).is_err() {
            fmt::write(&mut shown, format_args!("{part}\n")).ok();
        }
        shown.push('\n');
    }
    // There is nowhere left to say that the error output cannot be written.
    let _ = writeln!(io::stderr(), "{}", shown.trim_end());
}
