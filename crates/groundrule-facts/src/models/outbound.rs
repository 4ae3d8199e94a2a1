//! `[[outbound]]`, `[[deadline-scope]]`, `[[retry]]`: calls over the network, what bounds them and
//! what repeats them.

use groundrule_unit::Name;
use serde::Deserialize;

use super::{Library, VersionRange};
use crate::Protocol;

/// A call over the network, or the construction of a client.
#[derive(Clone, Debug)]
pub struct Outbound {
    pub library: Library,
    pub row: OutboundRow,
}

/// A row of the table `[[outbound]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OutboundRow {
    /// Qualified names of the calls, or of the type that is constructed.
    #[serde(default)]
    pub calls: Vec<String>,
    pub protocol: Protocol,
    /// Whether it is the construction of a client, judged there and not at each call.
    #[serde(default)]
    pub client: bool,
    /// The row speaks of these versions of the library only.
    #[serde(default)]
    pub versions: Option<VersionRange>,
    /// What bounds it.
    pub deadline: KnobModel,
    /// What repeats it; left out where the library has nothing of the kind.
    #[serde(default)]
    pub retry: KnobModel,
    /// The HTTP method: `name` for the call's own name, `argument:N` for a constant argument.
    #[serde(default)]
    pub method: Option<Name>,
    /// It wraps a client that is judged where it is made: a subject only where a deadline is found
    /// on the way.
    #[serde(default)]
    pub wraps: bool,
    /// It is a subject only where this many arguments or more are given (`http.get(url)` is a call,
    /// `map.get()` is not).
    #[serde(default)]
    pub arguments: usize,
    /// Annotations of types that declare a client (`@FeignClient`), by qualified name; `calls` may
    /// be empty then.
    #[serde(default)]
    pub annotations: Vec<Name>,
    /// The row speaks only of calls one of whose arguments denotes one of these names.
    #[serde(default)]
    pub given: Vec<Name>,
    /// The row speaks only of services that depend on one of these packages.
    #[serde(default)]
    pub with: Vec<Name>,
    /// It is no subject where one of these is set on the way: the object that is handed over there
    /// is the client (`Retrofit.Builder().client(ok)`).
    #[serde(default)]
    pub unless: Vec<Name>,
    /// It is no subject where a text among its arguments, or the name of a function that makes
    /// one, holds one of these: a database inside the process (`sqlite`).
    #[serde(default)]
    pub unless_text: Vec<Name>,
    /// Types one of which the call must be given as a type argument (`new::<PgConnection>`).
    #[serde(default)]
    pub of: Vec<Name>,
    /// Calls or base classes, by qualified name, that make the client for a framework: where one of
    /// them stands in the service, that is the subject and not the calls of this row.
    #[serde(default)]
    pub unless_made_by: Vec<String>,
    /// A class that extends the type counts as a construction: its body holds the settings.
    #[serde(default)]
    pub subclass: bool,
    /// Constructions are not meant, though a star matches them.
    #[serde(default)]
    pub methods: bool,
    /// The calls by which the client is used: where each of them is bounded, so is the client.
    #[serde(default)]
    pub uses: Option<Uses>,
    /// It opens a connection that calls go through: no subject, but a sign that the service makes
    /// calls.
    #[serde(default)]
    pub connection: bool,
    /// Texts one of which some import of the repository holds wherever a pattern that ends in a
    /// star can match. Where none are named, every call is looked at.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Last parts that a pattern with a star does not mean (`withDeadlineAfter` of a stub).
    #[serde(default)]
    pub except: Vec<String>,
    /// The receiver comes from a framework. It is no subject where the repository has a function
    /// that makes such a receiver.
    #[serde(default)]
    pub injected: bool,
}

/// The calls on a client, and what bounds each of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Uses {
    /// The client's type.
    pub object: Name,
    /// Names of the methods that start a call.
    pub calls: Vec<Name>,
    pub deadline: KnobModel,
}

/// How a library lets something be set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KnobModel {
    /// Names under which it is set anywhere on the way the object was made: keyword arguments,
    /// keys of option objects, fields of literals, builder methods, setters, properties.
    #[serde(default)]
    pub set: Vec<Name>,
    /// Positions of arguments of the call itself that set it, counted from 0.
    #[serde(default)]
    pub positions: Vec<u32>,
    /// The position of an argument whose own deadline counts: a Go context.
    #[serde(default)]
    pub context: Option<u32>,
    /// Names under which a signal, token or prepared request is handed over that carries a
    /// deadline of its own (`signal`, `cancellationToken`).
    #[serde(default)]
    pub carriers: Vec<Name>,
    /// Keys in configuration files that set it for the whole service; a `*` part stands for any.
    #[serde(default)]
    pub config: Vec<Name>,
    /// Methods that hand on the deadline of whoever called (`EnableCallContextPropagation`).
    #[serde(default)]
    pub inherited_by: Vec<Name>,
    /// What `0` means; other languages' words for nothing always mean none.
    #[serde(default)]
    pub zero: ZeroMeans,
    /// Methods that switch it off (`disable_timeout`).
    #[serde(default)]
    pub disabled_by: Vec<Name>,
    /// What holds where nobody sets it: empty for nothing, else what the documentation says
    /// (`5 s for connect, read, write and pool`).
    #[serde(default)]
    pub default: Name,
    /// What holds where nobody sets it cannot be told from the repository.
    #[serde(default)]
    pub default_unknown: bool,
    /// The object cannot be looked into (a configuration made elsewhere): nothing set means
    /// unknown, not the default, where an argument is not a literal.
    #[serde(default)]
    pub opaque_arguments: bool,
    /// Qualified names of calls or places that set it for every client of the service
    /// (`socket.setdefaulttimeout`, `axios.defaults.timeout`).
    #[serde(default)]
    pub elsewhere: Vec<Name>,
    /// Assigning to a member of the client has no effect (`session.timeout = 5`).
    #[serde(default)]
    pub ignores_assignment: bool,
    /// Texts in constant arguments that set it: parameters of a connection string
    /// (`socketTimeout=`).
    #[serde(default)]
    pub text: Vec<Name>,
}

/// What a library takes `0` for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ZeroMeans {
    /// No bound at all.
    #[default]
    None,
    /// The library's default.
    Default,
    /// A bound of zero.
    Finite,
}

/// A construct that bounds every call inside it: `asyncio.timeout`, `withTimeout`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeadlineScope {
    /// Qualified names. As an annotation it covers the function, as a call its arguments, as the
    /// head of `with` or `using` the block.
    pub calls: Vec<String>,
    /// The position of the deadline among the arguments, or its name; none where any counts.
    #[serde(default)]
    pub positions: Vec<u32>,
}

/// A library that repeats calls.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    pub library: Library,
    pub row: RetryRow,
}

/// A row of the table `[[retry]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RetryRow {
    /// Qualified names of calls or annotations.
    pub calls: Vec<String>,
    /// It is a policy only where an argument's text holds one of these (`retryPolicy` in a service
    /// config).
    #[serde(default)]
    pub says: Vec<Name>,
    #[serde(default)]
    pub reach: RetryReach,
    /// How the number of tries is bounded.
    #[serde(default)]
    pub stop: KnobModel,
    /// How it waits between tries.
    #[serde(default)]
    pub wait: KnobModel,
}

/// What a retry policy covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryReach {
    /// The function or block that it is put around: it counts where that makes an outbound call.
    #[default]
    Wrapped,
    /// The clients of the service: it counts wherever it stands.
    Clients,
}

/// A function that makes a context, signal, token or request, and the deadline that it carries.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Carrier {
    /// Qualified names of functions or constructors.
    pub calls: Vec<String>,
    /// It speaks only of calls with this many arguments or more.
    #[serde(default)]
    pub arguments: usize,
    /// What is called on it, or set, to give it a deadline after all (`CancelAfter`).
    #[serde(default)]
    pub sets: Vec<Name>,
    pub state: CarrierState,
}

/// The deadline that a carrier has from birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CarrierState {
    /// `context.WithTimeout`, `AbortSignal.timeout`.
    Finite,
    /// `context.Background`, a request made without a context.
    None,
    /// That of whoever called.
    Inherited,
    /// Finite where a timer ends it (`setTimeout(() => controller.abort(), 5000)`).
    Timer,
    /// The best of its arguments' (`AbortSignal.any`).
    Any,
}
