//! Tests of the Kotlin front end: small sources, and what becomes of them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use groundrule_unit::ExprKind;
use insta::assert_snapshot;

use super::lower;
use crate::dump::{assert_sound, dump, source};

fn lowered(text: &str) -> String {
    let unit = lower(&source("src/main/kotlin/shop/Orders.kt", text));
    assert_sound(&unit, text);
    dump(&unit)
}

/// The statements of a function.
fn body(statements: &str) -> String {
    let whole = lowered(&format!("fun m(x: Any) {{\n{statements}\n}}"));
    let start = whole.find("fn m").unwrap();
    whole[start..].to_owned()
}

#[test]
fn package_and_imports_have_their_canonical_form() {
    assert_snapshot!(lowered(
        "@file:JvmName(\"Orders\")
package shop.`in`.orders

import java.time.Duration
import io.ktor.client.*
import shop.Client as HttpClient
import shop.Outer.Companion.LIMIT
"
    ), @r#"
    module shop.in.orders
    import Duration <- java.time item Duration
    import  <- io.ktor.client wildcard
    import HttpClient <- shop item Client
    import LIMIT <- shop.Outer.Companion item LIMIT
    "#);
}

#[test]
fn classes_have_headers_properties_and_companions() {
    assert_snapshot!(lowered(
        r#"@RestController
@RequestMapping("/api/v1", produces = [MediaType.JSON])
class Orders<T : Any>(
    @Qualifier("slow") private val template: RestTemplate,
    builder: Builder = Builder(),
    @field:NotNull vararg var hosts: String,
) : Base<T>(builder), Api by template where T : Comparable<T> {
    @Autowired
    lateinit var repo: Repo
    private val client = builder.build()
    val lazyClient: Client by lazy { make() }
    val size: Int
        get() = hosts.size
    var limit: Int = 3
        private set
    protected var name
        get() { return field.trim() }
        set(value) { field = value }
    init {
        require(builder.ok)
    }
    constructor(host: String) : this(host, Builder()) {
        limit = 5
    }
    companion object : KLogging() {
        const val PATH = "/orders"
        private val log = LoggerFactory.getLogger(Orders::class.java)
        @JvmStatic fun of(x: Int): Orders = Orders(x)
    }
    @GetMapping("/{id}")
    suspend fun <R> find(@PathVariable id: Long, retries: Int = 3): R? = null
    inner class Nested
}
"#
    ), @r#"
    module 
    @RestController()
    @RequestMapping("/api/v1", produces=[MediaType.JSON])
    class Orders<T: Any + Comparable<T>> : Base<T>, Api
      @Qualifier("slow")
      private field template: RestTemplate header
      @NotNull()
      field hosts: String header
      @Autowired()
      field repo: Repo
      private field client = builder.build()
      field lazyClient: Client = lazy(λ1)
      field size: Int getter λ2
      field limit: Int = 3
      internal field name getter λ3
      field PATH = "/orders" static
      private field log = LoggerFactory.getLogger(Orders.class.java) static
      constructor bodiless fn Orders::new(@Qualifier("slow") template: RestTemplate, builder: Builder = Builder(), @NotNull() *hosts: String)
      constructor bodiless fn Orders::new(@Qualifier("slow") template: RestTemplate, builder: Builder = Builder(), @NotNull() *hosts: String)
        this(builder)
        template
      constructor bodiless fn Orders::new(@Qualifier("slow") template: RestTemplate, builder: Builder = Builder(), @NotNull() *hosts: String)
      constructor bodiless fn Orders::new(@Qualifier("slow") template: RestTemplate, builder: Builder = Builder(), @NotNull() *hosts: String)
        fn λ1(implicit it) => make()
      fn Orders::size() -> Int => hosts.size
      constructor bodiless fn Orders::new(@Qualifier("slow") template: RestTemplate, builder: Builder = Builder(), @NotNull() *hosts: String)
      fn Orders::name() => field.trim()
        return field.trim()
      fn Orders::set(value)
        field = value
      constructor bodiless fn Orders::new(@Qualifier("slow") template: RestTemplate, builder: Builder = Builder(), @NotNull() *hosts: String)
        require(builder.ok)
      constructor fn Orders::new(host: String)
        this(host, Builder())
        limit = 5
      object Companion : KLogging
      this()
      @JvmStatic()
      static fn Orders::of(x: Int) -> Orders => Orders(x)
      @GetMapping("/{id}")
      async fn Orders::find<R>(@PathVariable() id: Long, retries: Int = 3) -> R => null
      class Nested
    "#);
}

#[test]
fn every_kind_of_type_is_known() {
    assert_snapshot!(lowered(
        r#"data class User(val name: String, internal val tags: List<Map<String, Int?>> = listOf())
enum class Level(val weight: Int) : Named {
    LOW(1),
    HIGH(2) {
        override fun label() = "high"
    },
    NONE;
    abstract fun label(): String
}
sealed interface Shape {
    data object Empty : Shape
    class Circle(val r: Double) : Shape
}
fun interface Step { fun go(x: Int): suspend (Int) -> Unit }
object Single { val log = logger() }
@JvmInline value class Id(val value: String)
annotation class Retry(val attempts: Int = 3, val on: Array<KClass<*>> = [])
typealias Handler<T> = Map<String, (T, Int) -> Unit>
abstract class Part { abstract val id: String }
"#
    ), @r#"
    module 
    alias Handler<T> = Map<String, ()<Unit>>
    dataclass User
      field name: String header
      internal field tags: List<Map<String, Int>> = listOf() header
      constructor bodiless fn User::new(name: String, tags: List<Map<String, Int>> = listOf())
    enum Level : Named
      field weight: Int header
      field LOW: Level = Level(1) static
      field HIGH: Level = Level(2) static
      field NONE: Level static
      constructor bodiless fn Level::new(weight: Int)
      private class  : Level
        fn ::label() => "high"
      bodiless fn Level::label() -> String
    abstract interface Shape
      object Empty : Shape
      class Circle : Shape
        field r: Double header
        constructor bodiless fn Circle::new(r: Double)
    abstract interface Step
      bodiless fn Step::go(x: Int) -> ()<Unit>
    object Single
      field log = logger() static
    @JvmInline()
    dataclass Id
      field value: String header
      constructor bodiless fn Id::new(value: String)
    class Retry
      field attempts: Int = 3 header
      field on: Array<KClass<*>> = [] header
      constructor bodiless fn Retry::new(attempts: Int = 3, on: Array<KClass<*>> = [])
    abstract class Part
      field id: String
    "#);
}

#[test]
fn the_file_has_functions_properties_and_extensions() {
    assert_snapshot!(lowered(
        r#"const val TIMEOUT = "5" + "s"
private val log = KotlinLogging.logger {}
val now: Instant get() = Instant.now()
val List<Int>.half: Int get() = this.size / 2
fun String?.orDash(): String = this ?: "-"
internal fun `does a thing`(vararg xs: Int, f: (Int) -> Unit = {}) {
    fun inner() = xs.size
}
"#
    ), @r#"
    module 
    let TIMEOUT = ("5" + "s")
    let log = KotlinLogging.logger(λ0)
    fn λ0(implicit it)
    let now: Instant = Instant.now()
    fn now() -> Instant => Instant.now()
    extension fn <List<Int>>::half() -> Int => (this.size / 2)
    extension fn <String>::orDash() -> String => (this | "-")
    internal fn does a thing(*xs: Int, f: ()<Unit> = λ5)
      fn λ5(implicit it)
      fn inner() => xs.size
    "#);
}

#[test]
fn calls_have_named_arguments_and_trailing_lambdas() {
    assert_snapshot!(body(
        r#"client.get<User>(url, timeout = 5, *rest) { header("a", "b") }
builder().apply { timeout = 3 }.run { build() }.also { log.info(it.name) }
xs.map { it.id }.filter { (a, _) -> a }.forEach { x, y -> use(x) }
a?.b?.c(1)!!.d
Pair("a" to 1, 1 until 3)
f(a)(b)
run(::handle, String::length, List<Int>::size, this::go, Orders::class.java)
with(client) { send(1) }
f(fun(n: Int): Int { return n })"#
    ), @r#"
    fn m(x: Any)
      client.get<User>(url, timeout=5, ...rest, λ1)
      fn λ1(implicit it) => header("a", "b")
      builder().apply(λ2).run(λ3).also(λ4)
      fn λ2()
        timeout = 3
      fn λ3() => build()
      fn λ4(implicit it) => log.info(it.name)
      xs.map(λ5).filter(λ6).forEach(λ7)
      fn λ5(implicit it) => it.id
      fn λ6() => a
        let a = {}0.#0
      fn λ7(x, y) => use(x)
      a.b.c(1).d
      Pair("a".to(1), 1.until(3))
      f(a)(b)
      run(handle, String.length, List.size, this.go, Orders.class.java)
      with(client, λ8)
      fn λ8() => send(1)
      f(λ9)
      fn λ9(n: Int) -> Int => n
        return n
    "#);
}

#[test]
fn object_expressions_are_types_beside_their_call() {
    assert_snapshot!(body(
        "val a = object : Thread(\"t\"), Named {
    val tries = 0
    override fun run() = work(tries)
}
val b = object : Runnable { override fun run() {} }"
    ), @r#"
    fn m(x: Any)
      let a = Thread("t")
      private class  : Thread, Named
        field tries = 0
        fn ::run() => work(tries)
      let b = Runnable()
      private class  : Runnable
        fn ::run()
    "#);
}

#[test]
fn strings_are_decoded_and_templates_have_parts() {
    assert_snapshot!(body(
        r#"f("a\tb\"c\u0041\$x", 'x', '\n', "$ 5", "5$", "$5")
f("a $x b", "$x", "${x.y}$x$this.z", "$dto.id", "$`a b`!", "$å-$æø_1")
f("""raw $x ${f(1)} "q" \n $ 5""")
f(1_000L, 0xFF, 1.5f, true, null, -5, !x, arrayOf(1)[0], m["k", 2])"#
    ), @r#"
    fn m(x: Any)
      f("a\tb\"cA$x", "x", "\n", "$ 5", "5$", "$5")
      f(`a ${x} b`, `${x}`, `${x.y}${x}${this}.z`, `${dto}.id`, `${a b}!`, `${å}-${æø_1}`)
      f(`raw ${x} ${f(1)} \"q\" \\n $ 5`)
      f(1_000L, 0xFF, 1.5f, true, null, (- 5), (! x), arrayOf(1)[0], m[["k", 2]])
    "#);
}

#[test]
fn assignments_bind_names_and_places() {
    assert_snapshot!(body(
        "val a: Int = 1
var b: Int
b = 2
b += 3
b++
this.count--
this.x = a
m[\"k\"] = 5
o?.client!!.timeout = 6
val (p, _, q) = pair
val c by lazy { 1 }"
    ), @r#"
    fn m(x: Any)
      let a: Int = 1
      var b: Int
      b = 2
      b += 3
      b
      (++ b)
      this.count
      (-- this.count)
      this.x = a
      m["k"] = 5
      o.client.timeout = 6
      let p = pair.#0
      let q = pair.#2
      let c = lazy(λ1)
      fn λ1(implicit it) => 1
    "#);
}

#[test]
fn branches_are_choices_where_their_value_is_wanted() {
    assert_snapshot!(body(
        r#"val a = if (x) 1 else if (y) { log(); 2 } else throw Bad()
if (x) go() else b = 3
val c = when (val r = get()) {
    is Ok -> r.body
    !is Err, null -> { log(r); 1 }
    in 1..3 -> return
    else -> throw Bad(r)
}
when {
    x > 1 -> go()
    else -> {}
}
val d = try { call() } catch (e: IOException) { null } finally { close() }
val e = map[k] ?: default ?: return
val f = find() ?: throw NotFound("x")
val g = x as? String
if (x is String && x !in xs) return@m"#
    ), @r#"
    fn m(x: Any)
      let a = (1 | 2)
      branch x
      branch
        branch y
          log()
        branch
          throw Bad()
      branch x
        go()
      branch
        b = 3
      let c = (r.body | 1)
      block
        let r = get()
        branch (get() is Ok)
        branch (get() !is Err)
          log(r)
        null
        branch (get() in (1 .. 3))
          return
        branch
          throw Bad(r)
      block
        branch (x > 1)
          go()
        branch
      let d = (call() | null)
      try
      catch
        caught e: IOException
      finally
        close()
      let e = (map[k] | default)
      return
      let f = find()
      throw NotFound("x")
      let g = (x as String)
      branch ((x is String) && (x !in xs))
        return
    "#);
}

#[test]
fn functions_and_lambdas_have_results() {
    assert_snapshot!(lowered(
        r#"fun f(x: Int) = if (x > 1) a() else b()
fun g(x: Int): Int {
    xs.forEach { if (it == x) return 1 }
    xs.map label@{ if (it == x) return@label 2; 3 }
    val h = xs.first { y ->
        log(y)
        when (y) { 1 -> "a"; else -> "b" }
    }
    return h
}
"#
    ), @r#"
    module 
    fn f(x: Int) => (a() | b())
      branch (x > 1)
      branch
    fn g(x: Int) -> Int => 1; h
      xs.forEach(λ2)
      fn λ2(implicit it)
        branch (it == x)
          return 1
      xs.map(λ3)
      fn λ3(implicit it) => 2; 3
        branch (it == x)
          return 2
      let h = xs.first(λ4)
      fn λ4(y) => ("a" | "b")
        log(y)
        block
          y
          branch 1
          branch
      return h
    "#);
}

#[test]
fn a_loop_is_bounded_by_its_collection_or_its_counter() {
    assert_snapshot!(body(
        "for (i in 1..3) { if (i == 2) continue }
for ((k, v) in map) use(k)
outer@ while (true) { break@outer }
while (attempt < max) { attempt++ }
while (status < 500) { status = poll() }
do { go() } while (left-- > 0)
repeat(3) { go() }"
    ), @r#"
    fn m(x: Any)
      loop (1 .. 3) bounded
        each i = each((1 .. 3))
        branch (i == 2)
          continue
      loop map bounded
        each k = each(map).#0
        each v = each(map).#1
        use(k)
      loop
        true
        break
      loop (attempt < max) bounded
        attempt
        (++ attempt)
      loop (status < 500)
        status = poll()
      loop ((-- left) > 0) bounded
        go()
        left
      repeat(3, λ1)
      fn λ1(implicit it) => go()
    "#);
}

#[test]
fn comments_to_groundrule_and_broken_text_are_noted() {
    assert_snapshot!(lowered(
        "class A {
    // groundrule: allow(timeouts) until=2027-01-01 owner=@a plan=u -- r
    fun m() { go() }
    fun n( { call(1) }
}
val b = f(2)
"
    ), @r#"
    module 
    comment "groundrule: allow(timeouts) until=2027-01-01 owner=@a plan=u -- r"
    unread 1
    A
    fn m()
      go()
    n
    "#);
}

#[test]
fn labels_in_any_script_are_read() {
    let text = "fun f() { xs.forEach løkke@{ return@løkke } }\nval path = \"sett-på-vent\"";
    let unit = lower(&source("A.kt", text));
    assert!(unit.unread.is_empty());
    assert!(
        unit.exprs
            .iter()
            .any(|expr| matches!(&expr.kind, ExprKind::String(text) if text == "sett-på-vent"))
    );
}

#[test]
fn what_the_grammar_misses_is_read() {
    for text in [
        "data class A(val x: Int) { fun f() = x }",
        "enum class E(val v: Int) : I { A(1) { override fun f() = 1 }, B(2); abstract fun f(): Int }",
        "fun f() = when (x) {\n    is String if x.isEmpty() -> 1\n    else -> 2\n}",
        "annotation class A(val on: Array<KClass<*>> = [])",
        "class A(@Value($$\"${a.b}\") val x: String, @Value($$\"\"\"$a $${x}\"\"\") val y: String)",
        "class A {\n    context(_: Raise<E>, c: (X) -> Y)\n    fun f() = 1\n}",
        "class A :\n    B<\n        C,\n        D,\n        >(\n        1,\n    )",
        "fun f() {\n    a[\n        b(),\n    ] = 1\n}",
        "fun f() {\n    val f = suspend { g() }\n    f()\n}",
        "val a = object { val s = \"${ \"}\" } }\" /* } */ }",
    ] {
        let unit = lower(&source("A.kt", text));
        assert!(unit.unread.is_empty(), "{text}: {:?}", unit.unread);
    }
    assert!(!lower(&source("A.kt", "class A { fun f( }")).unread.is_empty());
}

#[test]
fn a_call_below_a_property_is_no_getter() {
    let text =
        "fun Route.a() {\n    val log = logger {}\n    get(PATH) {\n        run()\n    }\n}\n";
    let unit = lower(&source("A.kt", text));
    assert!(unit.unread.is_empty(), "{:?}", unit.unread);
    let names: Vec<&str> = unit
        .exprs
        .iter()
        .filter_map(|expr| match &expr.kind {
            ExprKind::Call(call) => match &unit.expr(call.callee).kind {
                ExprKind::Name(name) => Some(name.as_str()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert!(names.contains(&"get") && names.contains(&"run"), "{names:?}");
}

#[test]
fn what_nests_too_deeply_is_noted_as_unread() {
    let text = format!("val x = {}1{}", "(".repeat(500), ")".repeat(500));
    assert_eq!(lower(&source("A.kt", &text)).unread.len(), 1);
}

#[test]
fn hostile_text_is_survived() {
    let deep = 100_000;
    for text in [
        String::new(),
        "\u{FFFD}\u{0}\u{1}class {{{ \" ' \"\"\" /* $".repeat(50),
        format!("val x = {}1{}", "(".repeat(deep), ")".repeat(deep)),
        format!("fun m() {}{}", "{".repeat(deep), "}".repeat(deep)),
        format!("val x = {}", "a.b(".repeat(deep)),
        format!("val x = {}1", "1 + ".repeat(deep)),
        format!("val x = a{}", ".b()".repeat(deep)),
        "class A {\n".repeat(deep / 10),
        format!("val x: {}", "L<".repeat(deep / 10)),
        "@A(".repeat(deep / 10),
        format!("fun m() {{ {} }}", "if (a) x() else ".repeat(deep / 10)),
        format!("val x = {}", "\"${".repeat(deep / 100)),
        format!("fun f( {}}}", " ".repeat(deep)),
        format!("fun f( {}", "é@ ".repeat(deep)),
        "fun f( '\\".to_owned(),
        format!("val x = {}", "object : A {\nval y = ".repeat(deep / 100)),
    ] {
        assert_sound(&lower(&source("A.kt", &text)), &text);
    }
    let whole = "class A(val x: Int) { @B(c = [1]) fun m(x: Int) = when (x) { 1 -> \"é$x\"; else -> f { it } } }";
    for end in (0..whole.len()).filter(|&end| whole.is_char_boundary(end)) {
        assert_sound(&lower(&source("A.kt", &whole[..end])), &whole[..end]);
    }
}

#[test]
fn an_annotation_that_reads_like_a_value_belongs_to_the_declaration_after_it() {
    let text =
        "@A\n@B(\"/x\")\nclass C(val x: X) {\n    fun f() {}\n}\nclass D(\n    val y: Y,\n)\n";
    let unit = lower(&source("A.kt", text));
    let annotations = &unit.types[0].annotations;
    assert_eq!(annotations.len(), 2);
    assert_eq!(annotations[1].args.len(), 1);
    assert!(unit.types[1].annotations.is_empty());
}
