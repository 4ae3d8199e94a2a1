//! Discovery over small repositories, one a build system and one a question.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the tests write the repositories they discover")]

mod dependencies;
mod hostile;
mod layouts;
mod left_out;
mod owners;
mod packages;
mod repo;
mod services;
