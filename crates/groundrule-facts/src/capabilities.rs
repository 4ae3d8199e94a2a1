//! What is understood of each language, kind by kind: supported and shown by a test, or declared as
//! not supported. What is not supported is unknown, never satisfied.

use groundrule_unit::Language;

/// Something that may be found in code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    HttpCall,
    GrpcCall,
    Connection,
    RetryPolicy,
    RetryLoop,
    LogStatement,
    HttpRoute,
    Handler,
    MessageConsumer,
    Tracing,
    RpcService,
}

/// Whether something is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    Supported,
    /// Why not, as a clause.
    Unsupported(&'static str),
}

const IN_CONTRACTS: &str = "services are declared in protobuf files";
const NO_CODE: &str = "a contract holds no code";

/// Everything that some language does not have. What is not listed is supported.
const GAPS: &[(Capability, &[Language], &str)] = &[
    (Capability::RpcService, &Language::ALL, IN_CONTRACTS),
    (Capability::HttpCall, &[Language::Protobuf], NO_CODE),
    (Capability::GrpcCall, &[Language::Protobuf], NO_CODE),
    (Capability::Connection, &[Language::Protobuf], NO_CODE),
    (Capability::RetryPolicy, &[Language::Protobuf], NO_CODE),
    (Capability::RetryLoop, &[Language::Protobuf], NO_CODE),
    (Capability::LogStatement, &[Language::Protobuf], NO_CODE),
    (Capability::Handler, &[Language::Protobuf], NO_CODE),
    (Capability::MessageConsumer, &[Language::Protobuf], NO_CODE),
    (Capability::Tracing, &[Language::Protobuf], NO_CODE),
];

impl Capability {
    /// Every kind, in the order in which it is listed.
    pub const ALL: [Capability; 11] = [
        Capability::HttpCall,
        Capability::GrpcCall,
        Capability::Connection,
        Capability::RetryPolicy,
        Capability::RetryLoop,
        Capability::LogStatement,
        Capability::HttpRoute,
        Capability::Handler,
        Capability::MessageConsumer,
        Capability::Tracing,
        Capability::RpcService,
    ];

    /// The languages of code, then the one of contracts.
    pub fn languages() -> impl Iterator<Item = Language> {
        Language::ALL.into_iter().chain([Language::Protobuf])
    }

    /// What it is called in lists.
    pub fn title(self) -> &'static str {
        match self {
            Capability::HttpCall => "HTTP calls and clients",
            Capability::GrpcCall => "gRPC calls",
            Capability::Connection => "connections to databases, caches, brokers",
            Capability::RetryPolicy => "retry policies",
            Capability::RetryLoop => "hand-written retries",
            Capability::LogStatement => "log statements and what they print",
            Capability::HttpRoute => "HTTP routes",
            Capability::Handler => "what handlers do with a repeat",
            Capability::MessageConsumer => "message consumers",
            Capability::Tracing => "tracing set-up",
            Capability::RpcService => "RPC services",
        }
    }

    /// Whether it is found in code of a language.
    pub fn support(self, language: Language) -> Support {
        GAPS.iter()
            .find(|(gap, languages, _)| *gap == self && languages.contains(&language))
            .map_or(Support::Supported, |(_, _, why)| Support::Unsupported(why))
    }
}
