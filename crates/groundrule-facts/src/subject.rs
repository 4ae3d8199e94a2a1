//! Subjects: the places where a standard applies, with the attributes that policies judge.
//!
//! The attributes are the public vocabulary of policies: what is serialised here is what a CEL
//! condition can name, and [`SubjectKind::schema`] says which names there are.

use std::sync::Arc;

use groundrule_unit::{Language, Name, Place};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

/// The kinds of subjects, by the ids that policies use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    OutboundCall,
    LogStatement,
    HttpRoute,
    RpcService,
    MessageConsumer,
    RetryLoop,
    Service,
}

/// A place where a standard applies.
#[derive(Clone, Debug, Serialize)]
pub struct Subject {
    /// Where it stands, and where a report points unless the policy names an attribute's place.
    pub place: Place,
    /// The folders of the services that it belongs to: one for code of a service, several for code
    /// of a library that services share. Never empty.
    pub services: Vec<Arc<str>>,
    pub language: Option<Language>,
    /// The enclosing function and type (`OrderService.create`), for stable fingerprints.
    pub symbol: Name,
    /// Its name in reports, without positions: `requests.get`, `POST /v1/orders`.
    pub label: Name,
    pub attributes: Attributes,
    /// What could not be resolved, where it may decide something.
    pub unresolved: Vec<Unresolved>,
}

/// Something that could not be decided from the repository, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unresolved {
    /// The attribute that it leaves open (`deadline`, `path`).
    pub attribute: Name,
    /// A sentence: `the options come from a parameter that no caller in the repository fills`.
    pub reason: String,
    pub place: Option<Place>,
}

/// The attributes of a subject, one variant a kind.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Attributes {
    OutboundCall(OutboundCall),
    LogStatement(LogStatement),
    HttpRoute(HttpRoute),
    RpcService(RpcService),
    MessageConsumer(MessageConsumer),
    RetryLoop(RetryLoop),
    Service(ServiceFacts),
}

/// A setting that decides something, with the place where it was turned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Knob {
    pub state: KnobState,
    /// What it was set to, as written; empty where nothing was set.
    pub value: String,
    /// The name under which it was set: `timeout`, `spring.http.client.read-timeout`; for a
    /// library's default, what its documentation says.
    pub by: String,
    #[serde(skip)]
    pub place: Option<Place>,
}

/// What a knob is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KnobState {
    /// Set to a bound: a deadline that ends, retries that stop.
    Finite,
    /// Nothing was set, and the library's documented default is a bound.
    LibraryDefault,
    /// Nothing was set and the library has no default, or it was switched off.
    None,
    /// Retries without an end.
    Unbounded,
    /// It can only come from the caller's context.
    Inherited,
    /// It cannot be decided from the repository.
    Unknown,
}

impl Knob {
    /// A knob that nobody turned, on a library without a default.
    pub fn none() -> Self {
        Self { state: KnobState::None, value: String::new(), by: String::new(), place: None }
    }
}

/// A call over the network, or the client object that it is made with.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OutboundCall {
    pub protocol: Protocol,
    /// Whether the subject is the construction of a client rather than one call.
    pub is_client: bool,
    /// As written in the source: `requests.get`.
    pub callee: String,
    /// The library model's name.
    pub library: String,
    /// The HTTP method where the call shows it, in upper case; else empty.
    pub method: String,
    pub deadline: Knob,
    pub retry: Knob,
    /// Whether the call carries an idempotency key.
    pub idempotency_key: bool,
}

/// What is spoken over the network.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    Http,
    Grpc,
    Db,
    Cache,
    Broker,
}

/// One call of a logger, of the console, or one attribute set on a span.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LogStatement {
    pub library: String,
    /// `trace`, `debug`, `info`, `warn`, `error`, `fatal`; empty where the call shows none.
    pub level: String,
    /// `log`, `console`, or `span`.
    pub sink: String,
    /// The logger as written (`secureLogger`), for settings that exempt some.
    pub logger: String,
    /// Whether it belongs to a command that people run at a terminal, by what its file declares.
    pub command: bool,
    /// Whether values are passed apart from the message.
    pub structured: bool,
    /// The constant parts of the message.
    pub message: String,
    pub values: Vec<LogValue>,
}

/// A value that a log statement prints. `class` is filled in by the policy's dictionary.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LogValue {
    /// As written, shortened.
    pub expression: String,
    /// Names that say what the value is, most telling first: the last name of the expression, the
    /// key it is logged under, the names it had where it came from, the getter, header or
    /// configuration key it was read by.
    pub names: Vec<Name>,
    /// The name of its type, where known.
    pub ty: String,
    /// Whether its type is that of a number.
    pub number: bool,
    pub shape: Shape,
    /// What was done to it before printing.
    pub treatment: Treatment,
    /// The fields that printing the value shows, where its type is declared in the repository.
    pub fields: Vec<PrintedField>,
    /// Whether `fields` is all that it prints. False where some type could not be resolved.
    pub complete: bool,
    #[serde(skip)]
    pub place: Place,
}

/// A field that is printed as part of a larger value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PrintedField {
    /// From the value down: `shippingAddress.email`.
    pub path: String,
    /// The last part of the path.
    pub name: Name,
    pub ty: String,
    /// Where the field is declared.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// What kind of value is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A string, number, date, identifier: the value itself.
    Scalar,
    /// An object whose fields are printed.
    Object,
    /// An object that prints no field (an opaque handle, a class without a `toString`).
    Opaque,
    /// An HTTP request or RPC request as a whole.
    Request,
    /// An HTTP response as a whole.
    Response,
    Headers,
    /// The body of a request, a reply, or a message.
    Body,
    /// An exception whose text comes from elsewhere.
    Exception,
    /// It cannot be told.
    Unknown,
}

/// What happened to a value before it was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Treatment {
    /// Printed as it is.
    Plain,
    /// Masked, redacted, hashed, or cut down to a part.
    Masked,
    /// Only a number, boolean or type name about it is printed.
    Derived,
}

/// One method and path that a service serves.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HttpRoute {
    /// In upper case; `ANY` where the route answers every method. An OpenAPI path lists its
    /// methods joined by a comma.
    pub method: String,
    /// The full path, every prefix included, with a leading slash.
    pub path: String,
    /// Whether every part of the path could be resolved.
    pub path_known: bool,
    /// How the framework enforces a version other than by the path: `header`, `media-type`,
    /// `query`; else empty.
    pub versioned_by: String,
    pub framework: String,
    /// The handler's name, where it has one.
    pub handler: String,
    pub serves: Serves,
    /// `code`, `openapi` or `proto`.
    pub source: String,
    /// What the handler does with a repeated request.
    pub effect: Effect,
    pub repeat: Repeat,
    /// The names under which the handler, or middleware over it, reads values of the request that
    /// may serve as an idempotency key: headers (lower case), and fields of the body by name.
    pub request_keys: Vec<RequestKey>,
}

/// A value read from a request by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RequestKey {
    pub name: Name,
    /// `header`, `body`, `query`, `path`.
    pub source: String,
    #[serde(skip)]
    pub place: Option<Place>,
}

/// What a route answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Serves {
    Api,
    /// HTML rendered for browsers, or a redirect that a form post answers with.
    Page,
    /// A form post of a page that the service renders.
    Form,
    /// Static files.
    Files,
    /// A redirect.
    Redirect,
    Unknown,
}

/// Whether a handler changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It creates, changes, sends or triggers something.
    Writes,
    /// It only reads or computes.
    Reads,
    Unknown,
}

/// What makes a repeated request or message safe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Repeat {
    pub guard: Guard,
    /// What the guard is: the constraint's columns, the lookup's name.
    pub by: String,
    #[serde(skip)]
    pub place: Option<Place>,
}

/// The kinds of guards against a repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// A key made for de-duplication is stored and looked up.
    Key,
    /// A unique constraint on what the client sends, an upsert by it.
    Unique,
    /// A look before the write, with no constraint that could be found behind it.
    Check,
    /// A state machine: a second time is refused or changes nothing.
    State,
    /// Nothing was found.
    None,
    Unknown,
}

/// A protobuf package that declares services: one subject a service.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RpcService {
    pub package: String,
    pub service: String,
    pub methods: Vec<String>,
}

/// A handler of a queue or topic.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MessageConsumer {
    pub broker: String,
    /// The queue or topic where it is constant; else empty.
    pub topic: String,
    pub handler: String,
    pub effect: Effect,
    pub repeat: Repeat,
}

/// A hand-written retry.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RetryLoop {
    pub bounded: bool,
    pub delay: Delay,
    pub jitter: bool,
    /// What is repeated: `outbound` (a call over the network), `consumer` (a connection to a
    /// broker or a database), `other`.
    pub repeats: String,
}

/// How a loop waits between tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Delay {
    None,
    Constant,
    Growing,
    Unknown,
}

/// The service itself.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ServiceFacts {
    pub name: String,
    pub languages: Vec<String>,
    pub frameworks: Vec<String>,
    pub owners: Vec<String>,
    /// Empty where unknown.
    pub tier: String,
    /// Whether it makes outbound HTTP or gRPC calls.
    pub calls_out: bool,
    pub tracing: Tracing,
    /// The best retry policy that covers some of its outbound calls, with its place; where there is
    /// none, the place is that of the first outbound client.
    pub retry: Knob,
}

/// How a service takes part in distributed tracing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tracing {
    pub state: TracingState,
    /// What shows it: the call, dependency or setting.
    pub by: String,
    #[serde(skip)]
    pub place: Option<Place>,
}

/// Whether traces leave a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TracingState {
    /// An SDK, agent or self-configuring starter is set up and covers what is served or called.
    SetUp,
    /// A library is there, but nothing starts it, or spans have nowhere to go.
    Incomplete,
    /// Only a service mesh makes spans.
    Mesh,
    None,
    /// Something outside the repository may set it up.
    Unknown,
}

impl Attributes {
    /// The kind that these attributes describe.
    pub fn kind(&self) -> SubjectKind {
        match self {
            Attributes::OutboundCall(_) => SubjectKind::OutboundCall,
            Attributes::LogStatement(_) => SubjectKind::LogStatement,
            Attributes::HttpRoute(_) => SubjectKind::HttpRoute,
            Attributes::RpcService(_) => SubjectKind::RpcService,
            Attributes::MessageConsumer(_) => SubjectKind::MessageConsumer,
            Attributes::RetryLoop(_) => SubjectKind::RetryLoop,
            Attributes::Service(_) => SubjectKind::Service,
        }
    }
}

impl SubjectKind {
    /// Every kind.
    pub const ALL: [SubjectKind; 7] = [
        SubjectKind::OutboundCall,
        SubjectKind::LogStatement,
        SubjectKind::HttpRoute,
        SubjectKind::RpcService,
        SubjectKind::MessageConsumer,
        SubjectKind::RetryLoop,
        SubjectKind::Service,
    ];

    /// The name of the variable that holds the subject in a condition.
    pub fn variable(self) -> &'static str {
        match self {
            SubjectKind::OutboundCall => "call",
            SubjectKind::LogStatement => "log",
            SubjectKind::HttpRoute => "route",
            SubjectKind::RpcService => "rpc",
            SubjectKind::MessageConsumer => "consumer",
            SubjectKind::RetryLoop => "retry",
            SubjectKind::Service => "service",
        }
    }

    /// The attributes of the kind as a JSON schema.
    pub fn schema(self) -> Schema {
        match self {
            SubjectKind::OutboundCall => schemars::schema_for!(OutboundCall),
            SubjectKind::LogStatement => schemars::schema_for!(LogStatement),
            SubjectKind::HttpRoute => schemars::schema_for!(HttpRoute),
            SubjectKind::RpcService => schemars::schema_for!(RpcService),
            SubjectKind::MessageConsumer => schemars::schema_for!(MessageConsumer),
            SubjectKind::RetryLoop => schemars::schema_for!(RetryLoop),
            SubjectKind::Service => schemars::schema_for!(ServiceFacts),
        }
    }
}

impl Subject {
    /// The place that an attribute of the subject points at: the deadline's knob, the tracing
    /// evidence. None where the attribute has none.
    pub fn place_of(&self, attribute: &str) -> Option<&Place> {
        match (&self.attributes, attribute) {
            (Attributes::OutboundCall(call), "deadline") => call.deadline.place.as_ref(),
            (Attributes::OutboundCall(call), "retry") => call.retry.place.as_ref(),
            (Attributes::Service(service), "tracing") => service.tracing.place.as_ref(),
            (Attributes::Service(service), "retry") => service.retry.place.as_ref(),
            (Attributes::HttpRoute(route), "repeat") => route.repeat.place.as_ref(),
            (Attributes::MessageConsumer(consumer), "repeat") => consumer.repeat.place.as_ref(),
            _ => None,
        }
    }
}
