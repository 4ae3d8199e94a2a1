//! What C# sources lower to, construct by construct, and that hostile ones do no harm.

use insta::assert_snapshot;

use crate::dump::{assert_sound, dump, source};

fn lowered(text: &str) -> String {
    let unit = super::lower(&source("src/Api/Program.cs", text));
    assert_sound(&unit, text);
    dump(&unit)
}

#[test]
fn usings_and_namespaces() {
    assert_snapshot!(lowered(
        r#"
global using System.Net.Http;
using static System.Math;
using Json = Newtonsoft.Json;
using Microsoft.Extensions.Logging;
namespace Shop.Orders;
public static class Empty { }
"#
    ));
    assert_snapshot!(lowered(
        "namespace A.B { namespace C { internal class D : global::X.Y { } } }"
    ));
}

#[test]
fn types_with_fields_properties_and_attributes() {
    assert_snapshot!(lowered(
        r#"
[Route("api/[controller]"), ApiController]
public partial class Orders<T> : Base<T>, IOrders where T : class, ICommand<T>, new()
{
    private readonly ILogger<Orders> _logger = new(), _other;
    public const string Path = "orders";
    [Required, Length(3, Max = 30)]
    public string? Email { get; init; } = "none";
    internal int Count => _items.Count;
    public int Total { get { return Sum(); } set { _total = value; } }
    public event EventHandler Changed = delegate { };
    protected Dictionary<string, List<int>> Map { get; } = new() { ["a"] = new List<int>(), { "b", null } };
    public string this[int at] => _items[at];
    private class Inner { string secret; }
}
public enum Level : byte { Low = 1, [Obsolete] High }
public interface IOrders { int Count { get; } Task<Order> Find(int id); }
public struct Point { public int X, Y; }
public delegate Task<int> Handler(string text);
"#
    ));
}

#[test]
fn primary_constructors_make_record_fields_and_class_parameters() {
    assert_snapshot!(lowered(
        r#"
public record Card([property: JsonPropertyName("n")] string Number, int Cvv = 0) : Base(Number), IThing;
public readonly record struct Money(decimal Amount) { public string Text => $"{Amount:F2}"; }
public class Client(HttpClient http, ILogger<Client> logger) : Root(logger)
{
    public Task Send() => http.GetAsync("/x");
}
"#
    ));
}

#[test]
fn methods_constructors_and_extensions() {
    assert_snapshot!(lowered(
        r#"
public class Orders
{
    private readonly HttpClient _http;
    public Orders(HttpClient http) : base(http, name: "orders") { _http = http; this.Name = "x"; }
    public Orders() : this(new HttpClient { Timeout = TimeSpan.FromSeconds(5) }) { }
    [HttpPost("items/{id}", Name = "add")]
    [ProducesResponseType(typeof(Item), 200)]
    public async Task<Item> Add<U>([FromBody] U item, CancellationToken token = default, params string[] rest) where U : Item, IThing
    {
        if (item == null) throw new ArgumentException("item");
        else if (rest.Length > 3) return new("a");
        return await _http.PostAsync($"items/{item.Id}", item, token).ConfigureAwait(false);
    }
    void IThing.Do() { }
    public abstract void Later();
    public static Orders operator +(Orders a, Orders b) => a;
    static Orders() { }
}
public static class Extensions
{
    public static IServiceCollection AddOrders(this IServiceCollection services, string url, ref int n)
    {
        int Twice(int x) => x * 2;
        services.AddHttpClient<Orders>(c => { c.BaseAddress = new Uri(url); c.Timeout = Limit; });
        return services;
    }
}
"#
    ));
}

#[test]
fn top_level_statements_and_calls() {
    assert_snapshot!(lowered(
        r#"
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHttpClient("x", client => client.Timeout = TimeSpan.FromSeconds(3))
    .AddPolicyHandler(Policy.Handle<HttpRequestException>().RetryAsync(3));
app.MapPost("/orders", async (int id, [FromBody] Order order) => { await Save(order); return Results.Ok(order); });
app.MapGet("/", Root);
using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = Forever }) { Timeout = TimeSpan.Zero };
var found = await cache?.Get<Order>(key, timeout: limit)?.Items[0]?.Name ?? throw new Missing(nameof(key));
HttpClient other = new() { DefaultRequestHeaders = { Accept = { "a", "b" } } };
logger.LogInformation("User {User} " + name, user!.Email);
System.Console.WriteLine(this, (string)x, y as Order, typeof(Order), default(int));
m["k"] = 3;
total += 1;
name ??= "none";
(a, var b) = Pair();
var (first, (second, _)) = Nested();
x.Count++;
var range = xs[1..^2];
Func<int, int> f = delegate (int q) { return q; };
"#
    ));
}

#[test]
fn strings_of_all_notations() {
    assert_snapshot!(lowered(
        r##"
Log("a\tb\u0041\"", 'c', @"c:\x ""q""", """one "q" line""", "bytes"u8);
Log($"a {x:F2} {y,5} \n {{z}}", $@"p\q ""{x}"" {{", $"plain");
var raw = """
    first
      second
    """;
var rawly = $"""
    a {x}
    b
    """;
Log(1_000, 0x1F, 2.5m, true, null);
"##
    ));
}

#[test]
fn records_collections_and_choices() {
    assert_snapshot!(lowered(
        r#"
var anonymous = new { Id = 1, order.Email, name };
var copy = order with { Email = "x", Id = 2 };
var list = new List<string> { "a", "b" };
var map = new Dictionary<string, string> { { "Authorization", token }, [key] = value, ["k"] = v };
var array = new[] { 1, 2 };
var sized = new byte[size];
int[] collection = [1, ..others];
var pair = (1, b: 2);
var either = flag ? new Order() : other ?? fallback;
var text = shape switch
{
    Circle { Radius: var r } c when r > 1 => $"{c}",
    (var p, 2) => "pair",
    null => throw new Bad(),
    _ => "none",
};
var query = from o in orders join c in customers on o.Id equals c.Id let n = c.Name where o.Paid orderby n select new { o, n };
"#
    ));
}

#[test]
fn patterns_bind_their_variables() {
    assert_snapshot!(lowered(
        r#"
if (o is string { Length: > 3 } s && q is not null and Order order) Use(s, order);
if (d.TryGetValue("x", out var value) && int.TryParse(t, out int n) && F(out known, out _)) { }
if (a is Order) { }
if (a is Order(var p, _) { Buyer.Name: "x" or "y" }) { }
if (xs is [var head, .., 3]) { }
switch (result)
{
    case Success ok when ok.Value > 0: Done(ok); break;
    case 1:
    case Failure f: throw f.Error;
    default: return;
}
"#
    ));
}

#[test]
fn loops_resources_and_exceptions() {
    assert_snapshot!(lowered(
        r#"
async Task Run()
{
    for (var i = 0; i < 3; i++) { Try(i); }
    for (;;) { break; }
    while (true) { continue; }
    while (attempts++ < 5 && !done) Try(attempts);
    while (reader.Read()) { }
    do { Try(0); } while (retries <= limit);
    foreach (var item in items) Use(item);
    await foreach (var (k, v) in stream) { }
    using (var scope = Begin()) { Use(scope); }
    await using var held = Open();
    using (Begin()) Use(1);
    lock (gate) { Use(2); }
    try { Send(); }
    catch (HttpRequestException e) when (e.StatusCode == 500) { throw; }
    catch { yield break; }
    finally { Close(); }
    const int Limit = 3;
    yield return Limit;
}
"#
    ));
}

#[test]
fn conditional_compilation_is_read_on_all_branches() {
    assert_snapshot!(lowered(
        "class A {\n#if DEBUG\n  int x = 1;\n#else\n  int y = 2;\n#endif\n  void M() {\n#if NET\n    F();\n#endif\n    G();\n  }\n}\n"
    ));
}

#[test]
fn comments_to_groundrule_and_unread_regions_are_noted() {
    assert_snapshot!(lowered(
        "class A {\n  // groundrule: allow(timeouts) -- slow\n  void M() { F(; }\n  void N() { G(); }\n}\n"
    ));
}

#[test]
fn hostile_sources_are_survived() {
    let deep = 100_000;
    for text in [
        String::new(),
        format!("var x = {}1{};", "(".repeat(deep), ")".repeat(deep)),
        "{".repeat(deep),
        format!("class A {{ void M() {}", "{ if (x) ".repeat(2_000)),
        format!("var x = 1{};", " + 1".repeat(20_000)),
        format!("x{};", ".A()".repeat(20_000)),
        format!("var x = {};", "!".repeat(5_000)),
        format!("List<{} x;", "A<".repeat(2_000)),
        "class A { void M() { var x = \"un".to_owned(),
        String::from_utf8_lossy(&[0xff, 0xfe, 0, 1, b'{', 0xc3, b'"', b'$', b'@']).into_owned(),
        "namespace é { class ü { string ö = $\"ß{ä:é}\"; } }".to_owned(),
    ] {
        let unit = super::lower(&source("a.cs", &text));
        assert_sound(&unit, &text);
    }
}

#[test]
fn every_prefix_of_a_source_is_survived() {
    let text = r#"[A(b: 1)] record R(int x) : B(x) { int P { get => $"{x:F}"; } void M<T>(this int q = 1) where T : new() { foreach (var (a, b) in new() { [1] = 2 }) x = y is { Z: var z } ? from c in d select c : a switch { _ => 1 }; } }"#;
    for end in 0..text.len() {
        let unit = super::lower(&source("a.cs", &text[..end]));
        assert_sound(&unit, &text[..end]);
    }
}
