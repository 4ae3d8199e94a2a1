//! The program as a user runs it: in a folder of its own, with an empty environment.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::disallowed_methods, reason = "tests lay out repositories and start the program")]

mod bad_git;
mod bad_input;
mod change;
mod check;
mod commands;
mod configuration;
mod exceptions;
mod facts;
mod filter;
mod harness;
mod pages;
mod readme;
mod sarif;
mod staged;
mod trust;
