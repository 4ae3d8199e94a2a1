//! What Go's constructs become.

use groundrule_unit::Unit;

use super::lower;
use crate::dump::{assert_sound, dump, source};
use crate::{Package, Source};

fn lowered(text: &str) -> Unit {
    let unit = lower(&source("svc/pay/main.go", text));
    assert_sound(&unit, text);
    unit
}

/// The dump of statements inside a function.
fn body(statements: &str) -> String {
    dump(&lowered(&format!("package p\n\nfunc f() {{\n{statements}\n}}\n")))
}

#[test]
fn imports_get_the_names_that_the_file_uses() {
    insta::assert_snapshot!(dump(&lowered(
        r#"package main

import (
	"net/http"
	_ "github.com/lib/pq"
	. "github.com/onsi/gomega"
	log "github.com/sirupsen/logrus"
	"github.com/go-chi/chi/v5"
	"github.com/redis/go-redis/v9"
	"gopkg.in/yaml.v3"
	"github.com/getsentry/sentry-go"
)

var r = chi.NewRouter()
var c *redis.Client
var s = sentry.Init
"#
    )),
    @r#"
    module svc/pay
    import http <- net/http
    import  <- github.com/lib/pq
    import  <- github.com/onsi/gomega wildcard
    import log <- github.com/sirupsen/logrus
    import chi <- github.com/go-chi/chi/v5
    import go-redis <- github.com/redis/go-redis/v9
    import redis <- github.com/redis/go-redis/v9
    import yaml <- gopkg.in/yaml.v3
    import sentry-go <- github.com/getsentry/sentry-go
    import sentry <- github.com/getsentry/sentry-go
    var r = chi.NewRouter()
    var c: redis.Client
    var s = sentry.Init
    "#);
}

#[test]
fn an_import_that_no_guess_fits_gets_the_name_that_nothing_else_explains() {
    let unit = lowered(
        r#"package p

import (
	"example.com/libs/observe/log"
	"example.com/go-sensor"
	"net/http"
)

func f(ctx context, client *http.Client) {
	local := client.Do()
	logging.FromContext(ctx).Info(local.Name)
	acme.Start()
}
"#,
    );
    let names: Vec<_> = unit.imports.iter().map(|import| import.local.as_str()).collect();
    // Two imports, two names: likeness tells the first, and nothing the second.
    assert_eq!(names, ["log", "go-sensor", "http", "logging"]);
    let alone = lowered("package p\nimport \"example.com/go-sensor\"\nvar s = acme.Start()\n");
    assert_eq!(alone.imports[1].local, "acme");
}

#[test]
fn a_module_is_the_import_path_or_the_folder() {
    let module = |package, path| lower(&Source { package, ..source(path, "") }).module;
    let package = |root| Some(Package { name: "example.com/shop", root });
    assert_eq!(module(package("."), "internal/pay/pay.go"), "example.com/shop/internal/pay");
    assert_eq!(module(package("svc/shop"), "svc/shop/api/api.go"), "example.com/shop/api");
    assert_eq!(module(package("svc/shop"), "svc/shop/main.go"), "example.com/shop");
    assert_eq!(module(None, "svc/shop/api/api.go"), "svc/shop/api");
    assert_eq!(module(None, "main.go"), ".");
}

#[test]
fn types_keep_their_fields_tags_and_supers() {
    insta::assert_snapshot!(dump(&lowered(
        r#"package p

type User struct {
	Base
	*http.Client
	Email, phone string `json:"email" log:"-"`
	tags    []*Tag
	Meta    map[string][]Value
	Inner   struct{ Password string }
	Done    chan<- error
	New     func(ctx context.Context) (*Client, error)
	Cache   Set[string, int]
}

type Store interface {
	io.Closer
	Find(ctx context.Context, id ...string) (user *User, err error)
}

type Number interface { ~int | ~float64 }

type (
	ID    string
	Users []User
	Alias = http.Client
)

type Set[K comparable, V any] struct{ m map[K]V }
"#
    )),
    @r#"
    module svc/pay
    struct User : Base, http.Client
      field Base: Base embedded
      field Client: http.Client embedded
      field Email: string tag "json:\"email\" log:\"-\""
      private field phone: string tag "json:\"email\" log:\"-\""
      private field tags: []<Tag>
      field Meta: {}<string, []<Value>>
      field Inner: struct@147
      field Done: chan<error>
      field New: ()<(,)<Client, error>>
      field Cache: Set<string, int>
      private struct struct@147
        field Password: string
    abstract interface Store : io.Closer
      bodiless fn Store::Find(ctx: context.Context, *id: string) -> (,)<User, error>
    abstract interface Number
    alias ID = string
    alias Users = []<User>
    alias Alias = http.Client
    struct Set<K: comparable, V: any>
      private field m: {}<K, V>
    "#);
}

#[test]
fn functions_keep_receivers_parameters_and_results() {
    insta::assert_snapshot!(dump(&lowered(
        r#"package p

func New(opts ...Option) (*Server, error) {
	return &Server{opts: opts}, nil
}

func (s *Server) Start(_ context.Context, host, port string) error { return s.run(host) }

func (Server) name() string { return "server" }

func (s *Set[K, V]) Add(k K) {}

func Map[T, U any](xs []T, f func(T) U) (out []U) {
	for _, x := range xs {
		out = append(out, f(x))
	}
	return
}

func two() (a int, err error) {
	return
}

func assembly(x int) int
"#
    )),
    @r#"
    module svc/pay
    fn New(*opts: Option) -> (,)<Server, error> => [Server{opts: opts}, null]
      return [Server{opts: opts}, null]
    fn <Server>::Start(receiver s, _: context.Context, host: string, port: string) -> error => s.run(host)
      return s.run(host)
    private fn <Server>::name() -> string => "server"
      return "server"
    fn <Set<K, V>>::Add<K, V>(receiver s, k: K)
    fn Map<T: any, U: any>(xs: []<T>, f: ()<U>) -> []<U> => out
      var out: []<U>
      loop xs bounded
        each x = each(xs)
        out = append(out, f(x))
      return out
    private fn two() -> (,)<int, error> => [a, err]
      var a: int
      var err: error
      return [a, err]
    private bodiless fn assembly(x: int) -> int
    "#);
}

#[test]
fn constants_count_up_with_iota() {
    insta::assert_snapshot!(dump(&lowered(
        r#"package p

type Level int

const (
	_ Level = iota
	Low
	High
)

const (
	KB = 1 << (10 * (iota + 1))
	MB
)

const Timeout, name = 5 * time.Second, "a" + "b"

var (
	client = &http.Client{Timeout: Timeout}
	a, b   string
	x, err = load()
)
"#
    )),
    @r#"
    module svc/pay
    alias Level = int
    0
    let Low: Level = 1
    let High: Level = 2
    let KB = (1 << (10 * (0 + 1)))
    let MB = (1 << (10 * (1 + 1)))
    let Timeout = (5 * time.Second)
    let name = ("a" + "b")
    var client = http.Client{Timeout: Timeout}
    var a: string
    var b: string
    var x = load().#0
    var err = load().#1
    "#);
}

#[test]
fn literals_give_their_elements_the_types_that_they_elide() {
    insta::assert_snapshot!(body(
        r#"
	a := []Route{{"GET", "/v1", h}, {Method: "POST"}}
	b := []*Route{{Path: "/"}}
	c := map[string]Route{"x": {Path: "/x"}, key: {}}
	d := [...]string{Low: "low", High: "high"}
	e := [][]int{{1, 2}, {3}}
	g := http.Header{"X-Key": {"v"}, pkg.Name: nil}
	h := struct{ Name string }{Name: "n"}
	i := []struct{ path string }{{"/a"}, {path: "/b"}}
	j := &http.Server{Addr: ":80", TLSConfig: &tls.Config{}}
	k := Set[string]{}
	type Routes []Route
	l := Routes{{Method: "PUT"}}
	m := new(http.Client)
	n := make(map[string]int, 8)
	o := map[Point]string{{1, 2}: "a"}
"#
    ),
    @r#"
    module svc/pay
    private fn f()
      var a = [Route{"GET", "/v1", h}, Route{Method: "POST"}]
      var b = [Route{Path: "/"}]
      var c = {}<string, Route>{x: Route{Path: "/x"}, [key]: Route{}}
      var d = []<string>{[Low]: "low", [High]: "high"}
      var e = [[1, 2], [3]]
      var g = http.Header{"X-Key": {"v"}, [pkg.Name]: null}
      var h = struct@279{Name: "n"}
      private struct struct@279
        field Name: string
      var i = [struct@320{"/a"}, struct@320{path: "/b"}]
      private struct struct@320
        private field path: string
      var j = http.Server{Addr: ":80", TLSConfig: tls.Config{}}
      var k = Set<string>{}
      alias Routes = []<Route>
      var l = Routes{Route{Method: "PUT"}}
      var m = http.Client{}
      var n = make<{}<string, int>>(8)
      var o = {}<Point, string>{[Point{1, 2}]: "a"}
    "#);
}

#[test]
fn expressions() {
    insta::assert_snapshot!(body(
        r#"
	a := (*p).field
	b := items[0][1:n]
	c := string(data) + []byte("x")[:]
	d, ok := v.(*http.Client)
	e, found := m["k"]
	g, open := <-ch
	h := -x * ^y
	i := !done && (n > 3 || n == 'a')
	j := func(x int) int { return x + 1 }(2)
	k := Map[string, int](xs, f)
	l := `raw\n` + "tab\t\u00e9"
	m := pkg.Client().With("a", "b").Do(args...)
	n := (*T)(q)
	o := time.Duration(3)
	q := 0x1F + 1.5e3
	fmt.Errorf("pay: %w", err)
	_ = f()
"#
    ),
    @r#"
    module svc/pay
    private fn f()
      var a = p.field
      var b = items[0][(1 : n)]
      var c = ((data as string) + ("x" as []<byte>)[(null : null)])
      var d = (v as http.Client)
      var ok = (v as http.Client).#1
      var e = m["k"]
      var found = m["k"].#1
      var g = (<- ch)
      var open = (<- ch).#1
      var h = ((- x) * (^ y))
      var i = ((! done) && ((n > 3) || (n == 'a')))
      var j = λ1(2)
      private fn λ1(x: int) -> int => (x + 1)
        return (x + 1)
      var k = Map<string, int>(xs, f)
      var l = ("raw\\n" + "tab\té")
      var m = pkg.Client().With("a", "b").Do(...args)
      var n = T(q)
      var o = time.Duration(3)
      var q = (0x1F + 1.5e3)
      fmt.Errorf("pay: %w", err)
      f()
    "#);
}

#[test]
fn assignments() {
    insta::assert_snapshot!(body(
        r#"
	a, b := f()
	a, c := 1, 2
	s.client.Timeout = 5
	headers["X"], x = v, w
	total += n
	*out = T{}
	i++
	s.n--
	_, err = g()
	ch <- value
"#
    ),
    @r#"
    module svc/pay
    private fn f()
      var a = f().#0
      var b = f().#1
      var a = 1
      var c = 2
      s.client.Timeout = 5
      headers["X"] = v
      x = w
      total += n
      out = T{}
      i += 1
      s.n += -1
      err = g().#1
      (ch <- value)
    "#);
}

#[test]
fn branches_have_their_conditions_and_initializers() {
    insta::assert_snapshot!(body(
        r#"
	if err := f(); err != nil {
		return err
	} else if x := g(); x {
		h(err)
	} else {
		k()
	}
	switch n := next(); n {
	case 1:
		one()
	case 2, 3:
		break
	default:
		many()
	}
	switch {
	case a > b, c:
		return
	}
	switch e := err.(type) {
	case *net.Error:
		e.Timeout()
	case A, B:
		both(e)
	case nil:
	default:
		log.Print(e)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case msg, ok := <-messages:
		handle(msg, ok)
	case last = <-done:
	case out <- v:
		sent()
	default:
	}
"#
    ),
    @r#"
    module svc/pay
    private fn f() => err; ctx.Err()
      block
        var err = f()
        branch (err != null)
          return err
        branch
          block
            var x = g()
            branch x
              h(err)
            branch
              k()
      block
        var n = next()
        branch (n == 1)
          one()
        branch (n == (2 | 3))
        branch
          many()
      branch ((a > b) | c)
        return
      branch (err as net.Error)
        var e: net.Error = (err as net.Error)
        e.Timeout()
      branch
        var e = err
        both(e)
      branch
        var e = err
      branch
        var e = err
        log.Print(e)
      branch (<- ctx.Done())
        return ctx.Err()
      branch (<- messages)
        var msg = (<- messages)
        var ok = (<- messages).#1
        handle(msg, ok)
      branch (<- done)
        last = (<- done)
      branch (out <- v)
        sent()
      branch
    "#);
}

#[test]
fn loops_say_whether_they_end() {
    insta::assert_snapshot!(body(
        r#"
	for i := 0; i < 3; i++ {
		try(i)
	}
	for {
		if done { break }
		switch x { case 1: break }
	}
	for true {
		continue
	}
	for err != nil {
	}
	for attempt <= max && err != nil {
	}
	for e := l.Front(); e != nil; e = e.Next() {
	}
	for err := f(); err != nil; err = f() {
	}
	for i, item := range items {
		use(i, item)
	}
	for msg := range messages {
		_ = msg
	}
	for range 3 {
	}
	for k = range m {
	}
outer:
	for ; ; {
		select { case <-c: break outer }
	}
"#
    ),
    @r#"
    module svc/pay
    private fn f()
      block
        loop (i < 3) bounded
          i += 1
          try(i)
        var i = 0
      loop
        branch done
          break
        branch (x == 1)
      loop
        continue
      true
      loop (err != null)
      loop ((attempt <= max) && (err != null)) bounded
      block
        loop (e != null) bounded
          e = e.Next()
        var e = l.Front()
      block
        loop (err != null)
          err = f()
        var err = f()
      loop items bounded
        each i = each(items).#0
        each item = each(items)
        use(i, item)
      loop messages bounded
        each msg = each(messages).#0
        msg
      loop 3 bounded
      loop m bounded
        each k = each(m).#0
      block
        loop
          branch (<- c)
            break
    "#);
}

#[test]
fn wrappers_are_transparent_and_closures_are_functions() {
    insta::assert_snapshot!(body(
        r#"
	defer resp.Body.Close()
	go func(id string) {
		defer wg.Done()
		work(id)
	}(name)
	g.Go(func() (err error) { return run() })
	handlers := map[string]func(w http.ResponseWriter){"a": func(w http.ResponseWriter) {}}
	{
		inner := 1
		_ = inner
	}
"#
    ),
    @r#"
    module svc/pay
    private fn f()
      resp.Body.Close()
      private fn λ1(id: string)
        wg.Done()
        work(id)
      λ1(name)
      g.Go(λ2)
      private fn λ2() -> error => run()
        var err: error
        return run()
      var handlers = {}<string, ()>{a: λ3}
      private fn λ3(w: http.ResponseWriter)
      block
        var inner = 1
        inner
    "#);
}

#[test]
fn comments_to_groundrule_and_unreadable_code_are_noted() {
    let unit = lowered("package p\n\n// groundrule: allow(timeouts) -- x\nfunc f() { := } }\n");
    assert_eq!(unit.comments[0].text, "groundrule: allow(timeouts) -- x");
    assert!(!unit.unread.is_empty());
}
