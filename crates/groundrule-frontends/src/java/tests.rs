//! Tests of the Java front end: small sources, and what becomes of them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use groundrule_unit::{ExprKind, ScopeKind};
use insta::assert_snapshot;

use super::lower;
use crate::dump::{assert_sound, dump, source};

fn lowered(text: &str) -> String {
    let unit = lower(&source("src/main/java/shop/Orders.java", text));
    assert_sound(&unit, text);
    dump(&unit)
}

/// The statements of a method.
fn body(statements: &str) -> String {
    let whole = lowered(&format!("class T {{ Object m(Object x) {{ {statements} }} }}"));
    let start = whole.find("fn T::m").unwrap();
    whole[start..].to_owned()
}

#[test]
fn package_and_imports_have_their_canonical_form() {
    assert_snapshot!(lowered(
        "package shop.orders;
         import java.util.List;
         import java.time.*;
         import static java.util.concurrent.TimeUnit.SECONDS;
         import static org.mockito.Mockito.*;
         import a.b.Outer.Inner;"
    ), @r#"
    module shop.orders
    import List <- java.util item List
    import  <- java.time wildcard
    import SECONDS <- java.util.concurrent.TimeUnit item SECONDS
    import  <- org.mockito.Mockito wildcard
    import Inner <- a.b.Outer item Inner
    "#);
}

#[test]
fn classes_have_fields_methods_and_annotations() {
    assert_snapshot!(lowered(
        r#"@RestController
        @RequestMapping(value = {"/api/v1", "/api"}, produces = MediaType.JSON)
        public abstract class Orders<T extends Base & Other<T>> extends a.b.Parent<T> implements Runnable {
            private static final Logger log = LoggerFactory.getLogger(Orders.class);
            @Value("${timeout}") protected int timeout = 5, retries;
            Map<String, List<int[]>> byId;
            char[] secret[];
            { timeout = 7; }
            static { Registry.add(Orders.class); }
            @Autowired
            public Orders(@Qualifier("slow") RestTemplate template, final String... hosts) {
                super(hosts);
                this.template = template;
            }
            @GetMapping("/orders/{id}")
            public <R> Optional<R> find(@PathVariable Long id) throws IOException { return Optional.of(id); }
            abstract void save();
            static class Nested { int n; }
            @ApiResponses({@ApiResponse(code = 200), @ApiResponse(code = 404)})
            private interface Sub extends A, B { int MAX = 3; void go(); default int one() { return 1; } }
        }"#
    ), @r#"
    module 
    @RestController()
    @RequestMapping(value=["/api/v1", "/api"], produces=MediaType.JSON)
    abstract class Orders<T: Base + Other<T>> : a.b.Parent<T>, Runnable
      private field log: Logger = LoggerFactory.getLogger(Orders.class) static
      @Value("${timeout}")
      internal field timeout: int = 5
      @Value("${timeout}")
      internal field retries: int
      internal field byId: Map<String, List<[]<int>>>
      internal field secret: []<[]<char>>
      block
        timeout = 7
      block
        Registry.add(Orders.class)
      @Autowired()
      constructor fn Orders::new(@Qualifier("slow") template: RestTemplate, *hosts: String)
        this(hosts)
        this.template = template
      @GetMapping("/orders/{id}")
      fn Orders::find<R>(@PathVariable() id: Long) -> Optional<R> => Optional.of(id)
        return Optional.of(id)
      internal bodiless fn Orders::save() -> void
      internal class Nested
        internal field n: int
      @ApiResponses([ApiResponse(code=200), ApiResponse(code=404)])
      private abstract interface Sub : A, B
        field MAX: int = 3 static
        bodiless fn Sub::go() -> void
        fn Sub::one() -> int => 1
          return 1
    "#);
}

#[test]
fn records_enums_and_annotation_types_are_types() {
    assert_snapshot!(lowered(
        r#"record User(@NotNull String name, int age) implements Named {
            static int count = 0;
        }
        record Range(int low, int high) { Range { if (low > high) throw new Bad(low); } }
        public enum Level {
            LOW(1), HIGH(2) { @Override int weight() { return 9; } }, NONE;
            private final int weight;
            Level() { this(0); }
            Level(int weight) { this.weight = weight; }
        }
        @interface Retry { int attempts() default 3; String[] on() default {}; }"#
    ), @r#"
    module 
    internal record User : Named
      @NotNull()
      field name: String header
      field age: int header
      internal field count: int = 0 static
      constructor bodiless fn User::new(@NotNull() name: String, age: int)
    internal record Range
      field low: int header
      field high: int header
      internal constructor fn Range::new(low: int, high: int)
        branch (low > high)
          throw new Bad(low)
    enum Level
      field LOW: Level = new Level(1) static
      field HIGH: Level = new Level(2) static
      field NONE: Level static
      private field weight: int
      private class  : Level
        @Override()
        internal fn ::weight() -> int => 9
          return 9
      internal constructor fn Level::new()
        this(0)
      internal constructor fn Level::new(weight: int)
        this.weight = weight
    internal abstract interface Retry
      bodiless fn Retry::attempts() -> int => 3
      bodiless fn Retry::on() -> []<String> => []
    "#);
}

#[test]
fn calls_keep_their_chain_type_arguments_and_form() {
    assert_snapshot!(body(
        r#"WebClient.builder().baseUrl("http://x").build().<Foo>get(1);
        send(a, this.b, super.c, Outer.this.d);
        super.send(x);
        var client = new http.Client<String>(5);
        List<String> names = new ArrayList<>();
        outer.new Inner(1);
        run(Foo::bar, String[]::new, this::go, list.get(0)::x, Foo.class, int[].class);"#
    ), @r#"
    fn T::m(x: Object) -> Object
        WebClient.builder().baseUrl("http://x").build().get<Foo>(1)
        send(a, this.b, this.c, this.d)
        this.send(x)
        var client = new http.Client<String>(5)
        var names: List<String> = new ArrayList()
        new outer.Inner(1)
        run(Foo.bar, [].new, this.go, list.get(0).x, Foo.class, [].class)
    "#);
}

#[test]
fn anonymous_classes_are_types_beside_their_call() {
    assert_snapshot!(body(
        "executor.submit(new Callable<String>() {
            private int tries = 0;
            @Override public String call() { return x.fetch(tries); }
        });"
    ), @r#"
    fn T::m(x: Object) -> Object
        executor.submit(new Callable<String>())
        private class  : Callable<String>
          private field tries: int = 0
          @Override()
          fn ::call() -> String => x.fetch(tries)
            return x.fetch(tries)
    "#);
}

#[test]
fn lambdas_have_parameters_and_results() {
    assert_snapshot!(body(
        "xs.map(y -> y.id()); xs.each((String a, final int b) -> { return a; }); go(() -> {}); f((a, b) -> a + b);"
    ), @r#"
    fn T::m(x: Object) -> Object
        xs.map(λ1)
        fn λ1(y) => y.id()
        xs.each(λ2)
        fn λ2(a: String, b: int) => a
          return a
        go(λ3)
        fn λ3()
        f(λ4)
        fn λ4(a, b) => (a + b)
    "#);
}

#[test]
fn literals_are_decoded() {
    assert_snapshot!(body(
        r#"f("a\tb\"c\u0041\101", 'x', '\n', 10L, 0xFF, 1_000, 1.5f, true, false, null, -5, !x);
        var text = """
            {
              "id": %d
            }
            """;
        var path = "/a" + id + "/b";
        int[] numbers = {1, 2};
        var more = new String[] {"a"};
        var bytes = new byte[1024];
        Object o = (List<String> & Other) x;
        var one = ok ? map.get("k") : xs[0];"#
    ), @r#"
    fn T::m(x: Object) -> Object
        f("a\tb\"cAA", "x", "\n", 10L, 0xFF, 1_000, 1.5f, true, false, null, (- 5), (! x))
        var text = "{\n  \"id\": %d\n}\n"
        var path = (("/a" + id) + "/b")
        var numbers: []<int> = [1, 2]
        var more = ["a"]
        var bytes = ?(1024)
        var o: Object = (x as List<String>)
        var one = (map.get("k") | xs[0])
        ok
    "#);
}

#[test]
fn assignments_bind_names_and_places() {
    assert_snapshot!(body(
        "final int a = 1; int b; b = 2; b += 3; b++; this.count--; this.x = y = 4; xs[0] = 5; o.client.timeout = 6;"
    ), @r#"
    fn T::m(x: Object) -> Object
        let a: int = 1
        var b: int
        b = 2
        b += 3
        b
        (++ b)
        this.count
        (-- this.count)
        this.x = 4
        y = 4
        xs[0] = 5
        o.client.timeout = 6
    "#);
}

#[test]
fn control_flow_opens_scopes() {
    assert_snapshot!(body(
        r#"if (x instanceof String s && s.isEmpty()) { return s; } else if (b) go(); else { stop(); }
        if (!(x instanceof Point(int px, Line(var a, var _)))) return null;
        try (var in = open(); conn) { in.read(); } catch (IOException | TimeoutException e) { throw new Failed(e); } finally { close(); }
        synchronized (lock) { touch(); }
        outer: while (true) { break outer; }
        assert x != null : "no x";
        class Local { }
        throw x;"#
    ), @r#"
    fn T::m(x: Object) -> Object => s; null
        let s: String = x
        branch ((x instanceof String) && s.isEmpty())
          return s
        branch
          branch b
            go()
          branch
            stop()
        let px: int = x.#0
        let a = x.#1.#0
        x.#1.#1
        branch (! (x instanceof Point))
          return null
        try
          with open()
            resource in = open()
            with conn
              in.read()
        catch
          caught e: |<IOException, TimeoutException>
          throw new Failed(e)
        finally
          close()
        with lock
          touch()
        loop
          true
          break
        (x != null)
        "no x"
        internal class Local
        throw x
    "#);
}

#[test]
fn a_loop_is_bounded_by_its_collection_or_its_counter() {
    assert_snapshot!(body(
        "for (String s : names) { use(s); }
        for (int i = 0; i < 3; i++) { i(); }
        for (;;) { forever(); }
        while (attempt < max && !done) { attempt = attempt + 1; }
        while (status < 500) { status = poll(); }
        while (it.hasNext()) { it.next(); }
        while (running) { continue; }
        do { go(); } while (left-- > 0);
        do { go(); } while (true);
        while (tries.incrementAndGet() <= 3) go();"
    ), @r#"
    fn T::m(x: Object) -> Object
        loop names bounded
          each s: String = each(names)
          use(s)
        block
          loop (i < 3) bounded
            i
            (++ i)
            i()
          var i: int = 0
        block
          loop
            forever()
        loop ((attempt < max) && (! done)) bounded
          attempt = (attempt + 1)
        loop (status < 500)
          status = poll()
        loop it.hasNext() bounded
          it.next()
        loop running
          continue
        loop ((-- left) > 0) bounded
          go()
          left
        loop
          go()
          true
        loop (tries.incrementAndGet() <= 3) bounded
          go()
    "#);
}

#[test]
fn switches_are_branches_and_choices() {
    assert_snapshot!(body(
        r#"switch (x) { case 1: case 2: one(); break; default: other(); }
        switch (x) { case A -> one(); default -> { two(); } }
        return switch (x) {
            case A, B -> "ab";
            case String s when s.isEmpty() -> { log(s); yield "empty"; }
            case Point(int px, int py) -> px;
            default -> throw new Bad();
        };"#
    ), @r#"
    fn T::m(x: Object) -> Object => ("ab" | "empty" | px)
        x
        branch 1
        branch 2
          one()
          break
        branch
          other()
        x
        branch A
          one()
        branch
          two()
        return ("ab" | "empty" | px)
        branch A
          B
        branch String
          let s: String = x
          s.isEmpty()
          log(s)
        branch Point
          let px: int = x.#0
          let py: int = x.#1
        branch
          throw new Bad()
    "#);
}

#[test]
fn comments_to_groundrule_and_broken_text_are_noted() {
    assert_snapshot!(lowered(
        "class A {
            // groundrule: allow(timeouts) until=2027-01-01 owner=@a plan=u -- r
            void m() { go(); }
            void n( { call(1); }
        }
        class B { int b = f(2); }"
    ), @r#"
    module 
    comment "groundrule: allow(timeouts) until=2027-01-01 owner=@a plan=u -- r"
    unread 4
    internal class A
      internal fn A::m() -> void
        go()
      internal fn A::n() -> void
        call(1)
    internal class B
      internal field b: int = f(2)
    "#);
}

#[test]
fn a_method_in_a_type_in_a_method_knows_its_scopes() {
    let text = "class A { void m() { new B() { void n() { go(); } }; } }";
    let unit = lower(&source("A.java", text));
    let (_, call) = unit
        .iter_exprs()
        .find(|(_, expr)| matches!(&expr.kind, ExprKind::Name(name) if name == "go"))
        .unwrap();
    let inner = unit.function(unit.function_around(call.scope).unwrap());
    assert_eq!(inner.name, "n");
    assert_eq!(unit.type_decl(unit.type_around(call.scope).unwrap()).name, "");
    let outer = unit.function(unit.function_around(inner.declared_in).unwrap());
    assert_eq!(outer.name, "m");
    assert!(
        unit.scopes.iter().all(|scope| scope.kind == ScopeKind::File || scope.parent.is_some())
    );
}

#[test]
fn what_nests_too_deeply_is_noted_as_unread() {
    let text = format!("class A {{ int x = {}1{}; }}", "(".repeat(500), ")".repeat(500));
    assert_eq!(lower(&source("A.java", &text)).unread.len(), 1);
}

#[test]
fn hostile_text_is_survived() {
    let deep = 100_000;
    for text in [
        String::new(),
        "\u{FFFD}\u{0}\u{1}class {{{ \" ' \"\"\" /* ".repeat(50),
        format!("class A {{ int x = {}1{}; }}", "(".repeat(deep), ")".repeat(deep)),
        format!("class A {{ void m() {}{} }}", "{".repeat(deep), "}".repeat(deep)),
        format!("class A {{ int x = {}; }}", "a.b(".repeat(deep)),
        format!("class A {{ int x = {}1; }}", "1 + ".repeat(deep)),
        "class A { ".repeat(deep),
        format!("class A {{ {}x; }}", "L<".repeat(deep)),
        "@A(".repeat(deep),
        format!("class A {{ Object x = {}; }}", "() -> ".repeat(deep)),
        format!("class A {{ void m() {{ {} }} }}", "if (a) x(); else ".repeat(deep)),
    ] {
        assert_sound(&lower(&source("A.java", &text)), &text);
    }
    let whole = "class A { @B(c = {1}) int m(int x) { return switch (x) { case 1 -> \"é\"; default -> f(y -> y); }; } }";
    for end in (0..whole.len()).filter(|&end| whole.is_char_boundary(end)) {
        assert_sound(&lower(&source("A.java", &whole[..end])), &whole[..end]);
    }
}
