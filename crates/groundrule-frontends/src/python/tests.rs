//! Snapshots over small sources, one a group of constructs, and hostile input.

use groundrule_unit::{ExprKind, Unit};

use crate::dump::{assert_sound, dump, source};

fn lower_at(path: &str, text: &str) -> Unit {
    let unit = super::lower(&source(path, text));
    assert_sound(&unit, text);
    unit
}

fn picture(text: &str) -> String {
    dump(&lower_at("app/main.py", text))
}

#[test]
fn imports_are_absolute_and_packages_hand_on() {
    let text = "
import os, numpy as np
import opentelemetry.sdk.trace
from requests import Session as S, get
from . import models
from .client import Client
from ..shared.http import *
";
    insta::assert_snapshot!(dump(&lower_at("src/api/client.py", text)), @r"
    module src.api.client
    import os <- os
    import np <- numpy
    import opentelemetry <- opentelemetry
    import  <- opentelemetry.sdk.trace
    import S <- requests item Session
    import get <- requests item get
    import models <- src.api item models
    import Client <- src.api.client item Client
    import  <- src.shared.http wildcard
");
    insta::assert_snapshot!(dump(&lower_at("src/api/__init__.py", "from .client import Client")), @r"
    module src.api
    import Client <- src.api.client item Client reexport
");
    assert_eq!(lower_at("__init__.py", "").module, "");
    assert_eq!(lower_at("tool.py", "from ... import x").imports[0].module, "");
}

#[test]
fn calls_keep_names_spreads_and_chains() {
    insta::assert_snapshot!(picture("
requests.get(url, timeout=5, *args, **options)
session.mount('https://', HTTPAdapter(max_retries=Retry(3)))
stub.with_options(a).call((await fetch()))
total(x for x in xs)
print >>err, 1
"), @r#"
    module app.main
    requests.get(url, timeout=5, ...args, ...options)
    session.mount("https://", HTTPAdapter(max_retries=Retry(3)))
    stub.with_options(a).call(fetch())
    total([x])
    loop xs bounded
      each x = each(xs)
    print(1)
"#);
}

#[test]
fn strings_are_decoded_and_joined() {
    insta::assert_snapshot!(picture(r#"
a = 'it\'s\n\x41\u00e9\
 end' r"\d" b'raw'
b = f"user {user.id!r:>{width}} {{x}} {name=} {n:.2f}" " tail"
c = "%s and %d" % (name, 3)
d = "{} {}".format(a, b)
e = """documented"""
f'{a}'
"#), @r#"
    module app.main
    a = "it's\nAé end\\draw"
    b = `user ${user.id!r:>{width}} {x} name=${name} ${n:.2f} tail`
    width
    c = ("%s and %d" % [name, 3])
    d = "{} {}".format(a, b)
    e = "documented"
    `${a}`
"#);
}

#[test]
fn operators_choose_and_compare() {
    insta::assert_snapshot!(picture("
a = x if c or d else y
b = x or 'default'
c = x and y
d = not (x or y)
e = 1 < x <= 3 is not None
f = -x ** 2 // 3
g = token[:4] + token[-4:] + m['k'][0, 1] + xs[::2]
h = {'a': 1, KEY: 2, f'{k}': 3, **more}
i = [1, *rest, (2, 3), {4, 5}]
if (n := len(xs)) > 3 and not done: pass
j = lambda p, *q, r=1: p + r
k = x \\
    if c else y
"), @r#"
    module app.main
    a = (x | y)
    (c or d)
    b = (x | "default")
    c = (x and y)
    d = (not (x or y))
    e = (((1 < x) <= 3) is not null)
    f = ((- (x ** 2)) // 3)
    g = (((token[(null : 4)] + token[((- 4) : null)]) + m["k"][[0, 1]]) + xs[((null : null) : 2)])
    h = {a: 1, [KEY]: 2, [`${k}`]: 3, ...more}
    i = [1, each(rest), [2, 3], [4, 5]]
    n = len(xs)
    branch ((len(xs) > 3) and (not done))
    j = λ0
    fn λ0(p, *q, r = 1) => (p + r)
    k = (x | y)
    c
"#);
}

#[test]
fn comprehensions_are_literals_inside_loops() {
    insta::assert_snapshot!(picture("
a = [f(x) for x in xs if x > 1 or y]
b = {k: v for k, v in request.form.items()}
c = {y for x in xs for y in x}
d = [f(i) async for i in stream()]
"), @r"
    module app.main
    a = [f(x)]
    loop xs bounded
      branch ((x > 1) or y)
      each x = each(xs)
    b = {[k]: v}
    loop request.form.items() bounded
      each k = each(request.form.items()).#0
      each v = each(request.form.items()).#1
    c = [y]
    loop xs bounded
      loop x bounded
        each y = each(x)
      each x = each(xs)
    d = [f(i)]
    loop stream() bounded
      each i = each(stream())
");
}

#[test]
fn assignments_bind_every_part() {
    insta::assert_snapshot!(picture("
x: int = 1
y: str
a = b = f()
c, (d, *e) = g()
h, i = 1, 2
client.timeout = 5
headers['X-Key'], z = make()
n += 1
self.total -= 2
"), @r#"
    module app.main
    x: int = 1
    y: str
    a = f()
    b = f()
    c = g().#0
    d = g().#1.#0
    e = [each(g().#1)]
    h = 1
    i = 2
    [1, 2]
    client.timeout = 5
    headers["X-Key"] = make().#0
    z = make().#1
    n += 1
    self.total += 2
"#);
}

#[test]
fn control_flow_makes_scopes_and_exits() {
    insta::assert_snapshot!(picture("
def work(xs):
    for i, x in enumerate(xs):
        if x == 1:
            continue
        elif x or i:
            break
        else:
            return x, i
    else:
        nothing()
    while True:
        try:
            return call()
        except (Timeout, errors.Refused) as e:
            raise Failure('no') from e
        except ValueError:
            pass
        except:
            log()
        else:
            fine()
        finally:
            close()
"), @r#"
    module app.main
    fn work(xs) => [x, i]; call()
      loop enumerate(xs) bounded
        each i = each(enumerate(xs)).#0
        each x = each(enumerate(xs)).#1
        branch (x == 1)
          continue
        branch (x or i)
          break
        branch
          return [x, i]
      block
        nothing()
      true
      loop
        try
          return call()
        [Timeout, errors.Refused]
        catch
          caught e: Union<Timeout, errors.Refused>
          throw Failure("no")
          e
        ValueError
        catch
          caught : ValueError
        catch
          log()
        block
          fine()
        finally
          close()
"#);
}

#[test]
fn loops_with_a_counter_a_clock_or_a_collection_are_bounded() {
    insta::assert_snapshot!(picture("
while tries < 5:
    tries += 1
while self.left > 0 and not done:
    self.left = self.left - 1
while time.monotonic() < deadline: poll()
while not done or n < 3: n += 1
while pending: step()
while 1: step()
while left: left -= 1
for i in range(3): step()
for i in itertools.count(): step()
for line in iter(read, ''): step()
"), @r#"
    module app.main
    loop (tries < 5) bounded
      tries += 1
    loop ((self.left > 0) and (not done)) bounded
      self.left = (self.left - 1)
    loop (time.monotonic() < deadline) bounded
      poll()
    loop ((not done) or (n < 3))
      n += 1
    loop pending
      step()
    1
    loop
      step()
    loop left bounded
      left += 1
    loop range(3) bounded
      each i = each(range(3))
      step()
    loop itertools.count()
      each i = each(itertools.count())
      step()
    loop iter(read, "")
      each line = each(iter(read, ""))
      step()
"#);
}

#[test]
fn with_statements_bind_resources() {
    insta::assert_snapshot!(picture("
with open(p) as f, lock:
    f.read()
async def go():
    async with httpx.AsyncClient(timeout=5) as client, session.get(u) as (a, b):
        await client.get(u)
"), @r"
    module app.main
    with open(p)
      resource f = open(p)
      with lock
        f.read()
    async fn go()
      with httpx.AsyncClient(timeout=5)
        resource client = httpx.AsyncClient(timeout=5)
        with session.get(u)
          resource a = session.get(u).#0
          resource b = session.get(u).#1
          client.get(u)
");
}

#[test]
fn match_binds_what_patterns_capture() {
    insta::assert_snapshot!(picture("
match request.method, n:
    case 'POST', _: create()
match command:
    case {'kind': 'a', 'value': v, **rest} if v > 3: use(v)
    case Point(x, y=0) as p: use(p)
    case [first, *others]: use(others)
    case 'x' | Colour.RED: pass
    case -1: pass
    case other: pass
"), @r#"
    module app.main
    branch
      ([request.method, n].#0 == "POST")
      [request.method, n].#1
      create()
    branch (v > 3)
      (command["kind"] == "a")
      v = command["value"]
      rest = command
      use(v)
    branch Point
      x = command.#0
      (command.y == 0)
      p: Point = command
      use(p)
    branch
      first = command.#0
      others = [each(command)]
      use(others)
    branch ((command == "x") or (command == Colour.RED))
    branch (command == (- 1))
    branch
      other = command
"#);
}

#[test]
fn functions_have_parameters_owners_and_results() {
    insta::assert_snapshot!(picture("
@app.route('/v1/x', methods=['POST'])
@retry
async def create(
    order: Order,
    db: Annotated[Session, Depends(get_db)],
    n: Optional[int] = None,
    *args: str,
    flag=Depends(check),
    **kw,
) -> list[str] | None:
    def inner(self):
        return self
    yield order
    yield from others
    return [lambda: inner]

class Service(Base, Generic[T], metaclass=ABCMeta):
    '''Documentation.'''
    def __init__(self, client: 'Client', *, retries: int = 3):
        super().__init__(client)
        self.client: Client = client
        handler = lambda: self.client
    @classmethod
    def make(cls): return cls(None)
    @staticmethod
    def help(x): return x
    @property
    def url(self) -> str: return self._url
    @abstractmethod
    def run(self): ...
    def _hidden(self, /, a): pass
def generic[T: Model](x: T) -> dict[str, T]: ...
"), @r#"
    module app.main
    @app.route("/v1/x", methods=["POST"])
    @retry()
    async fn create(order: Order, @Depends(get_db) db: Session, n: int = null, *args: str, flag = Depends(check), **kw) -> []<str> => order; each(others); [λ2]
      fn inner(self) => self
        return self
      ?(order)
      ?(others)
      return [λ2]
      fn λ2() => inner
    ABCMeta
    abstract class Service : Base, Generic<T>
      field url: str getter λ7
      constructor fn Service::new(receiver self, client: Client, retries: int = 3)
        this.__init__(client)
        this.client: Client = client
        handler = λ4
        fn λ4() => this.client
      @classmethod()
      static fn Service::make(receiver cls) => this(null)
        return this(null)
      @staticmethod()
      static fn Service::help(x) => x
        return x
      @property()
      fn Service::url(receiver self) -> str => this._url
        return this._url
      @abstractmethod()
      bodiless fn Service::run(receiver self)
        Ellipsis
      private fn Service::_hidden(receiver self, a)
    bodiless fn generic<T: Model>(x: T) -> {}<str, T>
      Ellipsis
"#);
}

#[test]
fn class_attributes_are_fields() {
    insta::assert_snapshot!(picture("
@dataclass(frozen=True)
class User:
    email: str
    tags: 'list[str] | None' = field(default_factory=list)
    LIMIT: ClassVar[int] = 3
    _cache = {}
class Colour(str, Enum):
    RED = 'red'
class Shape(Protocol):
    def area(self) -> float: ...
class Row(TypedDict):
    id: NotRequired[int]
class Order(models.Model):
    email = models.EmailField(max_length=9)
    class Meta:
        table = 'orders'
    if DEBUG:
        extra = 1
    a = b = 2
type Handler = Callable[[Request, int], Awaitable[None]]
"), @r#"
    module app.main
    alias Handler = ()<Request, int, Awaitable<None>>
    @dataclass(frozen=true)
    dataclass User
      field email: str header
      field tags: []<str> = field(default_factory=list) header
      field LIMIT: int = 3 static
      private field _cache = {}
    enum Colour : str, Enum
      field RED = "red" static
    interface Shape : Protocol
      bodiless fn Shape::area(receiver self) -> float
        Ellipsis
    struct Row : TypedDict
      field id: int header
    class Order : models.Model
      field email = models.EmailField(max_length=9)
      class Meta
        field table = "orders"
      branch DEBUG
        extra = 1
      a = 2
      b = 2
"#);
}

#[test]
fn globals_are_bound_in_the_file() {
    insta::assert_snapshot!(picture("
stub = None
def connect():
    global stub
    stub = Stub(channel)
    count = 0
    def inner():
        nonlocal count
        count += 1
if __name__ == '__main__':
    connect()
"), @r#"
    module app.main
    stub = null
    fn connect()
      count = 0
      fn inner()
      count += 1
    stub = Stub(channel)
    branch (__name__ == "__main__")
      connect()
"#);
}

#[test]
fn comments_that_address_groundrule_are_kept() {
    insta::assert_snapshot!(picture("
x = 1  # groundrule: allow(timeouts) until=2027-01-01 owner=@a -- slow
# something else
"), @r#"
    module app.main
    comment "groundrule: allow(timeouts) until=2027-01-01 owner=@a -- slow"
    x = 1
"#);
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_lowered() {
    let text = "x = requests.get(u)\ndef broken(:\n  $$ y = \n\nz = requests.post(u)\n";
    let unit = lower_at("a.py", text);
    assert!(!unit.unread.is_empty());
    assert!(dump(&unit).contains("requests.post(u)"));
}

#[test]
fn any_nesting_and_any_bytes_are_survived() {
    let deep = 100_000;
    for text in [
        format!("x = {}1{}", "(".repeat(deep), ")".repeat(deep)),
        "[".repeat(deep),
        format!("x = {}1", "not ".repeat(deep)),
        format!("x = {}", "a.b().".repeat(deep)),
        format!("x = 1{}", " + 1".repeat(deep)),
        format!("x = {}1", "lambda: ".repeat(20_000)),
        format!("x: {}int{}", "list[".repeat(deep), "]".repeat(deep)),
        format!("{}a{} = 1", "(".repeat(deep), ",)".repeat(deep)),
        "f'{".repeat(2_000),
        (0..3_000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect(),
        (0..600).map(|depth| format!("{}class A:\n", " ".repeat(depth))).collect(),
        format!("if a: b\n{}", "elif a: b\n".repeat(20_000)),
        format!("match x:\n case {}1{}: pass", "[".repeat(deep), "]".repeat(deep)),
        String::from_utf8_lossy(&(0..=255).collect::<Vec<u8>>().repeat(50)).into_owned(),
        String::new(),
        "\u{feff}x = 1".to_owned(),
        "'\\".to_owned(),
        "f'{x!".to_owned(),
        "'\\x4é \\u12 \\777 \\N{DASH}'".to_owned(),
    ] {
        lower_at("a.py", &text);
    }
}

#[test]
fn a_source_cut_anywhere_is_survived() {
    let text = "@app.get(f'/{x}')\nasync def f(a: int = 1, *b):\n  with g() as (c, d):\n    \
                match c:\n      case {'k': [v, *w]}: return lambda: {'é': v, **w}\n";
    for (at, _) in text.char_indices() {
        lower_at("a.py", &text[..at]);
    }
}

#[test]
fn a_call_spans_its_whole_chain() {
    let text = "x = a.b(1)\\\n  .c( 2 )";
    let unit = lower_at("a.py", text);
    let longest = unit
        .exprs
        .iter()
        .filter(|expr| matches!(expr.kind, ExprKind::Call(_)))
        .map(|expr| &text[expr.span.start as usize..expr.span.end as usize])
        .max_by_key(|said| said.len());
    assert_eq!(longest, Some("a.b(1)\\\n  .c( 2 )"));
}
