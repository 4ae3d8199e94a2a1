//! C#.

use groundrule_facts::Capability;

use crate::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: Capability::HttpCall,
        path: "Prices.cs",
        packages: &[],
        text: "namespace Shop;\n\nclass Prices\n{\n    private readonly HttpClient client = new HttpClient();\n}\n",
    },
    Sample {
        shows: Capability::GrpcCall,
        path: "Prices.cs",
        packages: &["Grpc.Net.Client"],
        text: "namespace Shop;\n\nclass Reader(Prices.PricesClient client)\n{\n    public void Read(Request request)\n    {\n        client.Read(request);\n    }\n}\n",
    },
    Sample {
        shows: Capability::Connection,
        path: "Db.cs",
        packages: &["Npgsql"],
        text: "using Npgsql;\n\nnamespace Shop;\n\nclass Db\n{\n    object Open() => new NpgsqlConnection(\"Host=db\");\n}\n",
    },
    Sample {
        shows: Capability::RetryPolicy,
        path: "Program.cs",
        packages: &["Microsoft.Extensions.Http.Resilience"],
        text: "var builder = WebApplication.CreateBuilder(args);\nbuilder.Services.AddHttpClient(\"prices\").AddStandardResilienceHandler();\nbuilder.Build().Run();\n",
    },
    Sample {
        shows: Capability::RetryLoop,
        path: "Prices.cs",
        packages: &[],
        text: "namespace Shop;\n\nclass Prices\n{\n    private readonly HttpClient client = new HttpClient();\n\n    public async Task<string> Price()\n    {\n        while (true)\n        {\n            try\n            {\n                return await client.GetStringAsync(\"https://prices.example\");\n            }\n            catch (HttpRequestException)\n            {\n                continue;\n            }\n        }\n    }\n}\n",
    },
    Sample {
        shows: Capability::LogStatement,
        path: "Greeter.cs",
        packages: &[],
        text: "using Microsoft.Extensions.Logging;\n\nnamespace Shop;\n\nrecord Customer(long Id, string email);\n\nclass Greeter(ILogger<Greeter> logger)\n{\n    public void Greet(Customer customer)\n    {\n        logger.LogInformation(\"greeting {Customer}\", customer);\n    }\n}\n",
    },
    Sample {
        shows: Capability::HttpRoute,
        path: "Program.cs",
        packages: &[],
        text: "var app = WebApplication.CreateBuilder(args).Build();\nvar v1 = app.MapGroup(\"/v1\");\nv1.MapGet(\"/orders\", () => new List<string>());\napp.Run();\n",
    },
    Sample {
        shows: Capability::Handler,
        path: "Program.cs",
        packages: &[],
        text: "var app = WebApplication.CreateBuilder(args).Build();\napp.MapPost(\"/v1/orders\", async (Order order, ShopContext db) =>\n{\n    db.Orders.Add(order);\n    await db.SaveChangesAsync();\n});\napp.Run();\n\nclass ShopContext : DbContext\n{\n    public DbSet<Order> Orders { get; set; }\n}\n",
    },
    Sample {
        shows: Capability::MessageConsumer,
        path: "Paid.cs",
        packages: &["MassTransit"],
        text: "using MassTransit;\n\nnamespace Shop;\n\nclass Paid(OrderRepository orders) : IConsumer<PaymentMade>\n{\n    public async Task Consume(ConsumeContext<PaymentMade> context)\n    {\n        await orders.SaveAsync(context.Message);\n    }\n}\n",
    },
    Sample {
        shows: Capability::Tracing,
        path: "Program.cs",
        packages: &["OpenTelemetry.Extensions.Hosting"],
        text: "using OpenTelemetry.Trace;\n\nvar builder = WebApplication.CreateBuilder(args);\nbuilder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddOtlpExporter());\nbuilder.Build().Run();\n",
    },
];
