//! What is found in small C# services.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failing test may panic")]

mod support;

use support::{Repository, deadlines, linked, loops, routes, service};

#[test]
fn a_client_has_a_hundred_seconds_unless_it_is_told_otherwise() {
    let subjects = linked(&[(
        "Clients.cs",
        r#"
using System.Net.Http;
class Clients {
    HttpClient a = new HttpClient();
    HttpClient b = new() { Timeout = TimeSpan.FromSeconds(5) };
    HttpClient c = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
}
"#,
    )]);
    assert_eq!(
        deadlines(&subjects),
        [
            "4 HttpClient LibraryDefault HttpClient.Timeout, 100 s",
            "5 HttpClient Finite Timeout",
            "6 HttpClient None Timeout",
        ]
    );
}

#[test]
fn clients_of_the_factory_are_configured_by_callbacks_and_handlers() {
    let subjects = linked(&[(
        "Program.cs",
        r#"
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHttpClient<Orders>(c => { c.Timeout = TimeSpan.FromSeconds(3); });
builder.Services.AddHttpClient("pay", c => c.Timeout = Timeout.InfiniteTimeSpan);
builder.Services.AddRefitClient<IStock>().AddPolicyHandler(Policies.Retry());
static class Policies {
    public static IAsyncPolicy<HttpResponseMessage> Retry() =>
        HttpPolicyExtensions.HandleTransientHttpError().WaitAndRetryAsync(3, n => TimeSpan.FromSeconds(Math.Pow(2, n)));
}
"#,
    )]);
    assert_eq!(
        deadlines(&subjects),
        [
            "3 builder.Services.AddHttpClient Finite Timeout",
            "4 builder.Services.AddHttpClient None Timeout",
            "5 builder.Services.AddRefitClient LibraryDefault HttpClient.Timeout, 100 s",
        ]
    );
    assert_eq!(service(&subjects), "tracing: None, retry: Finite");
}

#[test]
fn extension_methods_are_told_by_name_whatever_they_extend() {
    let subjects = linked(&[(
        "Startup.cs",
        r#"
class Startup {
    void Configure(Unknown context) {
        context.Things.AddDbContext<Db>(options => options.UseNpgsql(context.Text));
        context.Things.AddStackExchangeRedisCache(o => o.Configuration = "redis");
    }
}
"#,
    )]);
    assert_eq!(
        deadlines(&subjects),
        [
            "4 options.UseNpgsql LibraryDefault the provider's command timeout, 30 s",
            "5 context.Things.AddStackExchangeRedisCache LibraryDefault syncTimeout and asyncTimeout, 5 s",
        ]
    );
}

#[test]
fn namespaces_may_be_imported_for_the_whole_project() {
    let files = |globals| {
        deadlines(&linked(&[
            ("src/Shop/Usings.cs", globals),
            ("src/Shop/Data/Db.cs", "class Db { object Open() => new SqlConnection(\"x\"); }"),
            (
                "src/Shop/Shop.csproj",
                "<Project><ItemGroup><Using Include=\"Npgsql\"/></ItemGroup></Project>",
            ),
            ("src/Shop/Data/Pg.cs", "class Pg { object Open() => new NpgsqlConnection(\"x\"); }"),
        ]))
    };
    assert_eq!(files("global using Microsoft.Data.SqlClient;").len(), 2);
    assert_eq!(files("").len(), 1);
}

#[test]
fn a_stub_takes_its_deadline_with_each_call() {
    let repository = Repository {
        files: &[(
            "Cart.cs",
            r#"
class Cart(CartService.CartServiceClient client) {
    public void All(Request request, CancellationToken token) {
        client.GetCart(request);
        client.GetCartAsync(request, deadline: DateTime.UtcNow.AddSeconds(5));
        client.GetCartAsync(request, null, DateTime.UtcNow.AddSeconds(5));
        client.GetCartAsync(request, cancellationToken: token);
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        client.GetCartAsync(request, cancellationToken: source.Token);
        client.GetCartAsync(request, new CallOptions(deadline: Soon()));
    }
}
"#,
        )],
        rpc_services: &["CartService"],
        ..Repository::default()
    };
    assert_eq!(
        deadlines(&repository.linked()),
        [
            "4 client.GetCart None",
            "5 client.GetCartAsync Finite deadline",
            "6 client.GetCartAsync Finite argument 3",
            "7 client.GetCartAsync Inherited token",
            "9 client.GetCartAsync Finite CancellationTokenSource",
            "10 client.GetCartAsync Finite deadline",
        ]
    );
}

#[test]
fn handlers_for_all_clients_bound_stubs_too() {
    let with = |line: &str| {
        let program = format!("var builder = WebApplication.CreateBuilder(args);\n{line}\n");
        let repository = Repository {
            files: &[
                ("Program.cs", program.as_str()),
                (
                    "Cart.cs",
                    "class Cart(CartService.CartServiceClient client) { void All(Request request) { client.GetCart(request); } }",
                ),
            ],
            rpc_services: &["CartService"],
            ..Repository::default()
        };
        deadlines(&repository.linked()).pop().unwrap_or_default()
    };
    assert_eq!(
        with(
            "builder.Services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());"
        ),
        "1 client.GetCart Finite AddStandardResilienceHandler"
    );
    assert_eq!(
        with(
            "builder.Services.AddGrpcClient<CartService.CartServiceClient>(o => o.Address = uri).EnableCallContextPropagation();"
        ),
        "1 client.GetCart Inherited EnableCallContextPropagation"
    );
    assert_eq!(
        with("builder.Services.AddGrpcClient<CartService.CartServiceClient>();"),
        "1 client.GetCart None"
    );
}

#[test]
fn controllers_join_their_templates() {
    let subjects = linked(&[(
        "OrdersController.cs",
        r#"
using Microsoft.AspNetCore.Mvc;
[ApiController]
[Route("api/v1/[controller]")]
public class OrdersController : ControllerBase {
    [HttpGet("{id:int}")] public IActionResult One(int id) => Ok();
    [HttpPost] public IActionResult Create() => Ok();
    [HttpPut, Route("{id}/lines")] public IActionResult Change() => Ok();
    [HttpDelete("/orders/{id}")] public IActionResult Remove() => Ok();
    [HttpGet("[action]")] public IActionResult OpenAsync() => Ok();
    [Route("any")] public IActionResult Any() => Ok();
    public IActionResult Helper() => Ok();
}
"#,
    )]);
    assert_eq!(
        routes(&subjects),
        [
            "GET /api/v1/Orders/{id:int}",
            "POST /api/v1/Orders",
            "PUT /api/v1/Orders/{id}/lines",
            "DELETE /orders/{id}",
            "GET /api/v1/Orders/Open",
            "ANY /api/v1/Orders/any",
        ]
    );
}

#[test]
fn versions_of_controllers_count_where_the_framework_enforces_them() {
    let controller = (
        "Controllers.cs",
        r#"
using Asp.Versioning;
using Microsoft.AspNetCore.Mvc;
[ApiVersion("2.0")] [Route("api/v{version:apiVersion}/stock")]
public class StockController : ControllerBase { [HttpGet] public int Get() => 1; }
[ApiVersion("1.0")] [Route("api/things")]
public class ThingsController : ControllerBase { [HttpGet] public int Get() => 1; }
"#,
    );
    let program = |text| ("Program.cs", text);
    let by_query = linked(&[controller, program("builder.Services.AddApiVersioning();")]);
    assert_eq!(routes(&by_query), ["GET /api/v2.0/stock by path", "GET /api/things by query"]);
    let by_segment = linked(&[
        controller,
        program(
            "builder.Services.AddApiVersioning(o => o.ApiVersionReader = new UrlSegmentApiVersionReader());",
        ),
    ]);
    assert_eq!(routes(&by_segment), ["GET /api/v2.0/stock by path", "GET /api/things"]);
    let not_at_all = linked(&[controller]);
    assert_eq!(routes(&not_at_all), ["GET /api/v2.0/stock by path", "GET /api/things"]);
}

#[test]
fn minimal_routes_are_found_through_groups_extensions_and_modules() {
    let subjects = linked(&[
        (
            "Program.cs",
            r#"
var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
app.UsePathBase("/shop");
app.MapGet("/ping", () => "pong");
app.MapGroup("/v1").MapOrders();
var versioned = app.NewVersionedApi("Stock");
var stock = versioned.MapGroup("stock").HasApiVersion(1.0).WithTags("stock");
stock.MapPost("/", () => 1);
app.MapMethods("/both", new[] { "PUT", "PATCH" }, () => 1);
"#,
        ),
        (
            "Orders.cs",
            r#"
using Microsoft.AspNetCore.Builder;
public static class Orders {
    public static RouteGroupBuilder MapOrders(this RouteGroupBuilder group) {
        var orders = group.MapGroup("/orders").RequireAuthorization();
        orders.MapPost("/", Create).WithName("create").Produces(201);
        orders.MapGet("/{id}", () => 1);
        return group;
    }
    static int Create() => 1;
}
"#,
        ),
    ]);
    let mut found = routes(&subjects);
    found.sort();
    assert_eq!(
        found,
        [
            "GET /shop/ping",
            "GET /shop/v1/orders/{id}",
            "PATCH /shop/both",
            "POST /shop/stock by query",
            "POST /shop/v1/orders",
            "PUT /shop/both",
        ]
    );
}

#[test]
fn endpoints_behind_an_interface_are_mapped_where_the_interface_is() {
    let subjects = linked(&[
        (
            "Program.cs",
            r#"
var app = WebApplication.CreateBuilder(args).Build();
RouteGroupBuilder group = app.MapGroup("api/v{version:apiVersion}");
app.MapEndpoints(group);
public interface IEndpoint { void MapEndpoint(IEndpointRouteBuilder app); }
public static class Extensions {
    public static void MapEndpoints(this WebApplication app, RouteGroupBuilder? group = null) {
        IEndpointRouteBuilder builder = group is null ? app : group;
        foreach (IEndpoint endpoint in All()) { endpoint.MapEndpoint(builder); }
    }
}
"#,
        ),
        (
            "Create.cs",
            r#"
public class Create : IEndpoint {
    public void MapEndpoint(IEndpointRouteBuilder app) { app.MapPost("orders", () => 1); }
}
"#,
        ),
    ]);
    assert!(
        routes(&subjects).contains(&"POST /api/v1/orders by query".to_owned()),
        "{:?}",
        routes(&subjects)
    );
}

#[test]
fn a_prefix_that_only_a_framework_of_the_repository_knows_is_open() {
    let of = |bases: &str| {
        let text = format!(
            "public interface IEndpoint {{ void Map(IEndpointRouteBuilder app); }}\npublic class Create{bases} {{ public void Map(IEndpointRouteBuilder app) {{ app.MapPost(\"orders\", () => 1); }} }}\n"
        );
        let subjects = linked(&[("Create.cs", text.as_str())]);
        subjects.iter().any(|subject| match &subject.attributes {
            groundrule_facts::Attributes::HttpRoute(route) => route.path_known,
            _ => false,
        })
    };
    assert!(of(" : ICarterModule"));
    assert!(!of(" : IEndpoint"));
}

#[test]
fn functions_and_endpoint_classes_declare_their_own_routes() {
    let subjects = linked(&[
        (
            "Functions.cs",
            r#"
using Microsoft.Azure.Functions.Worker;
public class Functions {
    [Function("CreateOrder")]
    public int Create([HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/orders")] HttpRequestData request) => 1;
    [Function("Ping")]
    public int Ping([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequestData request) => 1;
}
"#,
        ),
        (
            "Endpoint.cs",
            r#"
using FastEndpoints;
public class CreateThing : Endpoint<Thing> {
    public override void Configure() { Post("/things"); Version(2); }
}
"#,
        ),
    ]);
    let mut found = routes(&subjects);
    found.sort();
    assert_eq!(found, ["GET /api/Ping", "POST /api/v1/orders", "POST /v2/things"]);
}

#[test]
fn tracing_is_set_up_in_code_or_by_a_profiler() {
    let code = linked(&[(
        "Program.cs",
        "builder.Services.AddOpenTelemetry().WithTracing(t => t.AddOtlpExporter());",
    )]);
    assert!(service(&code).starts_with("tracing: SetUp"));
    let agent = linked(&[
        ("Program.cs", "var x = 1;"),
        ("Dockerfile", "FROM base\nENV CORECLR_ENABLE_PROFILING=1\n"),
    ]);
    assert!(service(&agent).starts_with("tracing: SetUp"));
    let sentry = |options| linked(&[("Program.cs", options)]);
    assert!(
        service(&sentry("builder.WebHost.UseSentry(o => { o.Dsn = dsn; });"))
            .starts_with("tracing: Incomplete")
    );
    assert!(
        service(&sentry("builder.WebHost.UseSentry(o => o.TracesSampleRate = 0.2);"))
            .starts_with("tracing: SetUp")
    );
}

#[test]
fn polly_covers_what_it_executes() {
    let with = |policy| {
        let text = format!(
            r#"
using Polly;
class Sender {{
    readonly HttpClient http = new HttpClient();
    readonly IAsyncPolicy policy = Policy.Handle<HttpRequestException>().{policy};
    public Task Send() => policy.ExecuteAsync(() => http.GetAsync("x"));
}}
"#
        );
        let subjects = linked(&[("Sender.cs", text.as_str())]);
        (service(&subjects), loops(&subjects))
    };
    let (covered, none) = with("WaitAndRetryAsync(3, n => TimeSpan.FromSeconds(n))");
    assert_eq!((covered.as_str(), none.len()), ("tracing: None, retry: Finite", 0));
    let (_, hasty) = with("RetryAsync(3)");
    assert_eq!(hasty, ["5 bounded None"]);
    let (_, endless) = with("WaitAndRetryForeverAsync(n => TimeSpan.FromSeconds(n))");
    assert_eq!(endless, ["5 endless Unknown"]);
}
