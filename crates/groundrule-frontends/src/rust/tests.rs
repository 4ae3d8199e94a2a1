//! What Rust sources lower to, construct by construct, and that hostile ones do no harm.

use insta::assert_snapshot;

use crate::dump::{assert_sound, dump, source};
use crate::{Package, Source};

fn lowered_at(path: &str, text: &str) -> String {
    let package = Some(Package { name: "order-service", root: "services/orders" });
    let unit = super::lower(&Source { package, ..source(path, text) });
    assert_sound(&unit, text);
    dump(&unit)
}

fn lowered(text: &str) -> String {
    lowered_at("services/orders/src/routes/orders.rs", text)
}

fn module(path: &str) -> String {
    let package = Some(Package { name: "order-service", root: "services/orders" });
    let unit = super::lower(&Source { package, ..source(path, "") });
    unit.module.to_string()
}

#[test]
fn modules_are_named_by_crate_and_path() {
    assert_eq!(module("services/orders/src/lib.rs"), "order_service");
    assert_eq!(module("services/orders/src/main.rs"), "order_service");
    assert_eq!(module("services/orders/src/routes/mod.rs"), "order_service.routes");
    assert_eq!(module("services/orders/src/routes/orders.rs"), "order_service.routes.orders");
    assert_eq!(module("services/orders/src/bin/send-mail.rs"), "send_mail");
    let bare = super::lower(&source("a/my-crate/src/x.rs", ""));
    assert_eq!(bare.module, "my_crate.x");
}

#[test]
fn use_trees_are_made_absolute() {
    assert_snapshot!(lowered(
        r#"
use reqwest::{self, Client as Http, header::{HeaderMap, *}};
use crate::config::{self, Settings};
use super::shared::r#type;
use self::inner::Thing;
use inner::deep::Other;
use sibling::Local;
pub use super::*;
use std::fmt::Write as _;
extern crate serde as s;
mod sibling;
mod inner {
    use super::Outer;
    pub struct Thing;
}
"#
    ));
}

#[test]
fn types_with_fields_derives_and_variants() {
    assert_snapshot!(lowered(
        r#"
/// A user.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User<T: Send> where T: Sync {
    #[serde(skip)]
    pub email: String,
    pub(crate) tags: Vec<&'static str>,
    data: Option<Box<dyn Store<T>>>,
    bytes: [u8; 32],
}
pub struct Secret(String, pub u32);
struct Unit;
#[cfg_attr(feature = "full", derive(Debug))]
pub enum Event { Created, Paid(Payment), Moved(f64, f64), Failed { email: String, code: u16 }, Code = 7 }
pub trait Store<T>: Send + Clone {
    const LIMIT: usize = 3;
    async fn find(&self, id: &str) -> Result<T, Error>;
    fn all(&self) -> Vec<T> { Vec::new() }
}
pub type Shared = Arc<dyn Store<User<()>>>;
type Handler = fn(Request) -> Response;
static LIMIT: Duration = Duration::from_secs(5);
"#
    ));
}

#[test]
fn functions_belong_to_the_type_of_their_impl() {
    assert_snapshot!(lowered(
        r#"
struct Client { http: reqwest::Client }
impl<T: Send> Client {
    pub const RETRIES: u32 = 3;
    pub fn new(http: reqwest::Client) -> Self { Self { http } }
    async fn send(&mut self, (a, b): (u32, String), Json(body): Json<Body>, _: u8) -> Result<Response> {
        let timeout = Self::default_timeout();
        self.http = Self::build();
        let response = self.http.post(&self.url).timeout(timeout).json::<Body>(&body).send().await?;
        if !response.status().is_success() { return Err(anyhow!("bad {}", response.status())); }
        Ok(response)
    }
}
impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{} {:?}", self.http, b"x") }
}
fn apply(f: impl Fn(u32) -> String, g: Box<dyn Store>) -> String { f(1) }
"#
    ));
}

#[test]
fn attributes_carry_their_arguments() {
    assert_snapshot!(lowered(
        r#"
#[post("/orders/{id}", wrap = "Auth")]
#[tracing::instrument(name = "create", skip(pool, form), fields(order.id = %form.id, user = ?user, request_id = tracing::field::Empty), err)]
#[instrument(skip_all)]
async fn create(pool: web::Data<Pool>, form: Form) {}
#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() {}
#[retry(delay(millis = 10), times = 3)]
#[path = "x.rs"]
#[allow(dead_code)]
fn f() {}
"#
    ));
}

#[test]
fn expressions_and_places() {
    assert_snapshot!(lowered(
        r#"
fn f() {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
    let config = Config { timeout: Some(limit), name, inner: crate::Inner { .. }, ..Default::default() };
    let list = [1, 2]; let zeros = [0u8; 16]; let pair = (1, "b"); let raw = r"a\b"; let big = 1_000.5f32;
    let x: u64 = *value as u64 + -1; let not = !done && a == b || c >= d;
    let none: Option<u8> = None; let item = &list[0]; let range = (1..=3, ..4, 0..);
    self_.count += 1; total -= pair.0; headers["x"] = "y"; (a, b) = swap(); *guard = 3; _ = f();
    let parsed = "5".parse::<u32>(); let v = Vec::<u8>::with_capacity(3); let q = <T as Default>::default();
    let moved = move |x: u32, (k, v)| x + k; let unit = || (); 
    let made = async move { client.get(url).send().await };
    tokio::spawn(async { loop { tick().await; } });
    super::helper(crate::LIMIT, self::local());
    let text = unsafe { read() };
}
"#
    ));
}

#[test]
fn branches_loops_and_patterns() {
    assert_snapshot!(lowered(
        r#"
fn f(input: Option<u8>) -> u8 {
    let Some(value) = input else { return 0 };
    let text = if value > 3 { "a" } else if let Some(n) = next() && n > 1 { name(n) } else { "c" };
    let got = match call().await {
        Ok(Response { status, body: Body(inner), .. }) if status == 200 => inner,
        Err(e) | Other(e) => { error!("failed: {e}"); return 1 }
        Kind::Point(x, 3) => x,
        [first, .., last] => first,
        "POST" | None | MAX => 5,
        n @ 1..=9 => n,
        _ => panic!(),
    };
    let Point { x, y: (a, mut b) } = point;
    match (left, right) { (Some(l), r) => use_both(l, r), _ => () }
    for (index, item) in items.iter().enumerate() { touch(index, item); }
    for attempt in 0..3 { if attempt > 1 { continue; } }
    for n in 0.. { break; }
    while retries < 5 { retries += 1; }
    while let Some(message) = receiver.recv().await { handle(message); }
    'outer: loop { break 'outer; }
    while true {}
    let found = loop { break 5; };
    found
}
"#
    ));
}

#[test]
fn log_macros_show_fields_sigils_and_captures() {
    assert_snapshot!(lowered(
        r#"
fn f() {
    info!("plain");
    info!(target: "audit", user = %user.email, ?order, %self.id, count = 3, "user {} paid {amount:?} {0}", user.name);
    tracing::error!({ error = ?e, code }, "failed");
    warn!(name: "x", parent: &span, http.method = "GET", "otel.kind" = "server", order);
    log::debug!(key:? = value, other:% = text; "message {x}", x = 3);
    event!(Level::INFO, password, "login");
    println!("{:>width$} {:.*} {{literal}} {name}", a, 3, b);
    let s = format!("{}/{path}", base) + &format!("none");
    panic!("at {}", place);
    assert_eq!(a, b, "differ: {a}");
    my_log!("user {}", email); my_route!("/users/{id}", handler);
    write!(out, "{email}\n")?;
}
"#
    ));
}

#[test]
fn other_macros_are_read_as_far_as_possible() {
    assert_snapshot!(lowered(
        r#"
lazy_static! { static ref CLIENT: reqwest::Client = reqwest::Client::new(); }
thread_local! { static N: u8 = start(); }
macro_rules! m { ($x:expr) => { $x }; }
table! { users (id) { id -> Int4, email -> Nullable<Text>, } }
fn f() {
    let v = vec![a(), b]; let w = vec![0; 16]; let e = vec![];
    let j = json!({ "email": user.email, key: [1, null, { "deep": f(x)? }], "path": a::b, "last": true, });
    let is = matches!(result, Err(Error::Timeout(d)) if d > limit);
    tokio::select! {
        biased;
        Some(message) = receiver.recv() => { handle(message).await; }
        _ = sleep(Duration::from_secs(1)), if armed => stop(),
        else => break,
    }
    bail!("no {thing}");
    let (a, b) = tokio::try_join!(one(), two())?;
    let s = stream! { let x = next().await; yield x; };
    routes! { GET "/x" => handler, POST "/y" => make(1) };
    cfg_select! { feature = "full" => { use a::B; fn g() { h(); } } _ => {} }
    sqlx::query!("SELECT 1 WHERE a = $1", id).fetch_one(&pool).await?;
    let map = hashmap! { "a" => 1, b => c() };
    let generic = pick!(HashMap::<String, u8>::new(), 2);
}
"#
    ));
}

#[test]
fn test_code_is_noted() {
    assert_snapshot!(lowered(
        "fn f() {}\n#[cfg(test)]\nmod tests {\n  use super::*;\n  #[test]\n  fn t() { f(); }\n}\n#[cfg(all(unix, test))]\nfn helper() {}\n#[tokio::test]\nasync fn u() {}\n#[cfg(not(test))]\nfn live() {}\n"
    ));
}

#[test]
fn comments_to_groundrule_are_noted() {
    assert_snapshot!(lowered(
        "// groundrule: allow(timeouts) -- slow\nlet_it!(\"// groundrule: no\", r#\"\"// groundrule: no\"#, '\"');\n/* groundrule: allow(retries) /* nested */ */ fn f() {}\n"
    ));
}

#[test]
fn a_file_that_cannot_be_parsed_is_unread_where_it_breaks() {
    assert_snapshot!(lowered("use a::b;\nfn f() {\n    let x = ;\n}\n"), @r"
    module order_service.routes.orders
    unread 3
    ");
    assert_snapshot!(lowered("fn f() {\n \"open\n"), @r"
    module order_service.routes.orders
    unread 2
    ");
}

#[test]
fn spans_count_from_the_start_of_the_file() {
    for before in ["\u{feff}", "#!/usr/bin/env run\n", "// é\n", "\u{feff}#!/x\n// ü\n"] {
        let text = format!("{before}fn f() {{ g(\"ö\", h) }}");
        let unit = super::lower(&source("src/main.rs", &text));
        assert_sound(&unit, &text);
        let called: Vec<&str> = unit
            .exprs
            .iter()
            .map(|expr| &text[expr.span.start as usize..expr.span.end as usize])
            .collect();
        assert_eq!(called, ["g", "\"ö\"", "h", "g(\"ö\", h)"]);
    }
}

#[test]
fn hostile_sources_are_survived() {
    for deep in [100, 3_000, 30_000] {
        for (open, middle, close) in [
            ("(", "1", ")"),
            ("{", "1", "}"),
            ("a(", "1", ")"),
            ("m!(", "1", ")"),
            ("!", "x", ""),
            ("match a { b => {", "1", "} }"),
            ("", "x", ".a()"),
            ("", "1", " + 1"),
            ("|a| ", "1", ""),
            ("return ", "1", ""),
            ("json!({ \"a\": ", "1", "})"),
        ] {
            let body = format!("{}{middle}{}", open.repeat(deep), close.repeat(deep));
            let text = format!("fn f() {{ let x = {body}; }}");
            let unit = super::lower(&source("src/a.rs", &text));
            assert_sound(&unit, &text);
        }
        for text in [
            format!("use {}b;", "a::".repeat(deep)),
            format!("use {}b{};", "a::{".repeat(deep), "}".repeat(deep)),
            format!("type T = {}u8{};", "A<".repeat(deep), ">".repeat(deep)),
            format!("{}{}", "mod a {".repeat(deep), "}".repeat(deep)),
            format!("fn f() {{ let {}a = 1; }}", "&".repeat(deep)),
            "(".repeat(deep),
        ] {
            let unit = super::lower(&source("src/a.rs", &text));
            assert_sound(&unit, &text);
        }
    }
    let garbage = [0xff, 0xfe, 0, 1, b'{', 0xc3, b'"', b'r', b'#'];
    for text in [String::new(), String::from_utf8_lossy(&garbage).into_owned()] {
        let unit = super::lower(&source("src/a.rs", &text));
        assert_sound(&unit, &text);
    }
}

#[test]
fn every_prefix_of_a_source_is_survived() {
    let text = r##"#[a(b = %c, d)] pub fn f<T: A>(Json(x): Json<X>) -> R { info!(?x, "é {x:?}", y = 1); let Some(v) = g().await? else { return }; select! { a = b() => c, else => d } json!({"k": [v, {}]}); match v { Ok(P { a, .. }) => r#"x"#, _ => 1..=2 } }"##;
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        // Closed again, so that more of the prefixes parse.
        for tail in ["", "}", ")}", "})}", "\"); }"] {
            let text = format!("{}{tail}", &text[..end]);
            let unit = super::lower(&source("src/a.rs", &text));
            assert_sound(&unit, &text);
        }
    }
}
