//! Library models, extraction and linking: units to subjects. Pure: nothing here reads a file.

mod annotated;
mod callers;
mod capabilities;
mod classes;
mod composed;
mod constraints;
mod consumers;
mod contracts;
mod deadline;
mod define;
mod dispatch;
mod effects;
mod guards;
mod handled_by;
mod handlers;
mod http;
mod imports;
mod link;
mod lists;
mod logs;
mod looks;
mod members;
mod memo;
mod message;
mod models;
mod modules;
mod mounts;
mod named;
mod origins;
mod outbound;
mod own_text;
mod prefixes;
mod printed;
mod program;
mod reach;
mod request_keys;
mod resolve;
mod results;
mod retries;
mod route_files;
mod route_tables;
mod routes;
mod services;
mod settings;
mod shapes;
mod sql;
mod stores;
mod subject;
mod templates;
mod text;
mod thrown;
mod tracing;
mod treatment;
mod typed;
mod values;
mod words;
mod written_types;

pub use capabilities::{Capability, Support};
pub use link::{Linked, link};
pub use models::{ModelError, ModelSource, Models};
pub use named::NamedCall;
pub use program::{Program, ProtoDecl, ProtoRpcDecl, ProtoServiceDecl, Wanted};
pub use subject::{
    Attributes, Delay, Effect, Guard, HttpRoute, Knob, KnobState, LogStatement, LogValue,
    MessageConsumer, OutboundCall, PrintedField, Protocol, Repeat, RequestKey, RetryLoop,
    RpcService, Serves, ServiceFacts, Shape, Subject, SubjectKind, Tracing, TracingState,
    Treatment, Unresolved,
};
