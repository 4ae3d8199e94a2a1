//! How the usual idioms of the libraries are read: small sources in, subjects out.

mod python_clients;
mod python_routes;
mod repo;
mod typescript_clients;
mod typescript_routes;
