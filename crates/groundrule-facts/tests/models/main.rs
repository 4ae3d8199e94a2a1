//! The models of Go and of the JVM against small sources, as a service would hold them.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

mod go_clients;
mod go_routes;
mod jvm_clients;
mod jvm_routes;
mod retries_and_tracing;
mod support;
