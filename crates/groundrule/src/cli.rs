//! The command line: flags and their help.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use groundrule_report::FORMATS;

use crate::errors::Failure;
use crate::outputs::OutputArg;
use crate::pipeline::Limits;
use crate::today::today;

const EXIT_STATUS: &str = "Exit status: 0 nothing gates, 1 failures gate, 2 the job could not be \
    done (arguments, configuration, input that could not be read, no service found).";

/// Measures and enforces backend standards in polyglot service repositories.
#[derive(Debug, Parser)]
#[command(name = "groundrule", version, after_help = EXIT_STATUS, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to use colours
    ///
    /// Without it, NO_COLOR and CLICOLOR_FORCE are heeded, then whether the output is a terminal.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: ColorArg,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge the services of one or more repositories
    #[command(after_help = EXIT_STATUS)]
    Check(CheckArgs),
    /// Show a policy's page: why, how to meet it, known limits
    Explain(ExplainArgs),
    /// Show what is understood of a repository, a service or a file
    ///
    /// Services, subjects, where each setting was found, what could not be resolved, and which
    /// files were not read: so that a wrong verdict can be traced to where it went wrong.
    Facts(FactsArgs),
    /// List policies, or test them
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// List the waivers: owner, age, expiry, what they cover
    Waivers(WaiversArgs),
    /// Write down how many failures are known, or let the numbers fall
    Baseline(BaselineArgs),
    /// Write a groundrule.toml that fits what is found
    Init(InitArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Roots of repositories, or a folder of nothing but checkouts; several are judged one by one
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,

    #[command(flatten)]
    pub(crate) report: ReportArgs,

    /// What makes the exit status 1
    ///
    /// A failure counts as a warning where its policy says so, or where the policy's mode is
    /// `warn`.
    #[arg(long, value_enum, default_value_t, value_name = "WHAT", help_heading = "Gate")]
    pub(crate) fail_on: FailOn,

    #[command(flatten)]
    pub(crate) change: ChangeArgs,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// What a change is held against, so that only what it brings in gates.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Gate")]
pub(crate) struct ChangeArgs {
    /// Commit or branch that the change starts from: only new failures gate
    ///
    /// The commit at which HEAD left it is judged too. Policies, modes, settings, waivers, the
    /// ratchet, owners and ignore files are those of the base.
    #[arg(long, value_name = "REF")]
    pub(crate) base: Option<String>,

    /// Judge what is staged, beside HEAD: only new failures gate
    #[arg(long, conflicts_with = "base")]
    pub(crate) staged: bool,

    /// List the failures that the base has too
    #[arg(long)]
    pub(crate) show_old: bool,
}

/// Where policies, models and settings come from.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Policies")]
pub(crate) struct RuleArgs {
    /// Configuration to use instead of each root's groundrule.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Folder with policies beside the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,

    /// Folder with library models beside the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) libraries: Option<PathBuf>,

    /// Judge by these policies only; may be repeated
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,

    /// Leave these policies out; may be repeated
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) skip: Vec<String>,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Report")]
pub(crate) struct ReportArgs {
    /// Format of the report
    ///
    /// It goes to the standard output, unless an output file has the same format.
    #[arg(long, value_name = "FORMAT", value_parser = format_names())]
    pub(crate) format: Option<String>,

    /// File for a report; may be repeated
    ///
    /// The format follows from the ending (.txt, .sarif, .json, .annotations,
    /// code-quality-report.json, .xml, .md, .env), or is named before the file: FORMAT=FILE.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Vec<OutputArg>,

    /// Show paths relative to this folder, which holds all the roots
    ///
    /// Hosts know files by their path in the whole repository. Without it, paths are relative to
    /// their own root.
    #[arg(long, value_name = "DIR")]
    pub(crate) relative_to: Option<PathBuf>,

    /// Show passes and exempt places too, with what makes them so
    #[arg(long)]
    pub(crate) evidence: bool,
}

#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// Number of threads; 0 takes one for each processor
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) jobs: usize,

    /// Files larger than this many bytes are not read
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_file_size: Option<u64>,

    /// Parse every file, also those in which nothing can matter
    #[arg(long, hide = true)]
    pub(crate) no_filter: bool,
}

impl LimitArgs {
    /// For the pipeline, on this day.
    ///
    /// # Errors
    /// When the environment's idea of the day cannot be read.
    pub(crate) fn limits(&self) -> Result<Limits, Failure> {
        let (max_file_size, filter) = (self.max_file_size, !self.no_filter);
        Ok(Limits { max_file_size, filter, today: today()? })
    }
}

#[derive(Debug, Args)]
pub(crate) struct FactsArgs {
    /// A repository, or a folder or file in one
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) path: PathBuf,

    /// Root of the repository that holds PATH
    ///
    /// Without it, the nearest folder at or above PATH with a groundrule.toml, a .git, a .github or
    /// a CODEOWNERS; else PATH itself, or its folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,

    /// Format of what is shown
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Report")]
    pub(crate) format: ListFormat,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WaiversArgs {
    /// Root of the repository
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) path: PathBuf,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,

    /// Format of the list
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Report")]
    pub(crate) format: ListFormat,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BaselineArgs {
    /// Root of the repository
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) path: PathBuf,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The policy's id
    #[arg(value_name = "POLICY")]
    pub(crate) policy: String,

    /// Folder with policies beside the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,

    /// Format of the page
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: PageFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// List the policies with their modes
    List(ListArgs),
    /// Judge the code blocks of policies' pages and the services of a folder, and compare the
    /// verdicts with the expectations in their comments
    Test(TestArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// List what is found in which language instead
    ///
    /// What is not supported is never taken for met: it is to review, or not applicable.
    #[arg(long)]
    pub(crate) capabilities: bool,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// Folder with policies (*.toml and *.md) or with services; without it the built-in policies'
    /// pages
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,

    /// Folder with library models beside the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) libraries: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Root of the repository
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) path: PathBuf,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorArg {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Errors
    #[default]
    Error,
    /// Errors and warnings
    Warning,
    /// Nothing
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    #[default]
    Human,
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageFormat {
    #[default]
    Text,
    Json,
}

fn format_names() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.iter().map(|format| format.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
