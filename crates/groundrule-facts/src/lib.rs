//! Library models, extraction and linking: units to subjects. Pure: nothing here reads a file.

mod subject;

pub use subject::{
    Attributes, Delay, Effect, Guard, HttpRoute, Knob, KnobState, LogStatement, LogValue,
    MessageConsumer, OutboundCall, PrintedField, Protocol, Repeat, RequestKey, RetryLoop,
    RpcService, Serves, ServiceFacts, Shape, Subject, SubjectKind, Tracing, TracingState,
    Treatment, Unresolved,
};
