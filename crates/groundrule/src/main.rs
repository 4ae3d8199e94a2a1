//! groundrule: turns backend standards into something measured. Command line, threads, wiring and
//! exit status: the only crate that prints.

#![expect(
    clippy::disallowed_methods,
    reason = "the binary alone reads arguments, configuration and the environment, and prints"
)]

mod affected;
mod change;
mod cli;
mod commands;
mod errors;
mod exit;
mod filter;
mod outputs;
mod pipeline;
mod renames;
mod reuse;
mod roots;
mod rules;
mod scan;
mod seen;
mod terminal;
mod today;

use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Command, PolicyCommand};
use exit::ExitStatus;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Wrong arguments end with clap's own status, which is 2 as well.
    let cli = Cli::parse();
    let done = match &cli.command {
        Command::Check(args) => commands::check(args, cli.color),
        Command::Explain(args) => commands::explain(args),
        Command::Facts(args) => commands::facts(args),
        Command::Policy(PolicyCommand::List(args)) => commands::policy_list(args),
        Command::Policy(PolicyCommand::Test(args)) => commands::policy_test(args),
        Command::Waivers(args) => commands::waivers(args),
        Command::Baseline(args) => commands::baseline(args),
        Command::Init(args) => commands::init(args),
    };
    let status = done.unwrap_or_else(|failure| {
        errors::show(&failure, cli.color);
        ExitStatus::Unable
    });
    status.into()
}
