//! C#.

use groundrule_facts::Shape;

use super::{fields, names, statements, value};

fn csharp(statement: &str, declared: &str) -> String {
    format!(
        "using Serilog;\nnamespace A;\nclass S {{\n private readonly ILogger _logger;\n \
         void F(Order order) {{\n  {statement}\n }}\n}}\n{declared}\n"
    )
}

#[test]
fn only_destructuring_prints_properties() {
    let declared = "class Order { public string Email { get; } internal string Name { get; } }";
    let destructured = csharp("_logger.Information(\"o {@Order}\", order);", declared);
    assert_eq!(fields(&value("S.cs", &destructured)), ["Email"]);
    let text = csharp("_logger.Information(\"o {Order}\", order);", declared);
    assert_eq!(value("S.cs", &text).shape, Shape::Opaque);
    let record = "record Order(string Email);";
    let text = csharp("_logger.Information(\"o {Order}\", order);", record);
    assert_eq!(fields(&value("S.cs", &text)), ["Email"]);
}

#[test]
fn a_bound_stands_for_what_implements_it_with_as_many_parameters() {
    let text = "using Serilog;\nnamespace A;\ninterface ICommand { }\ninterface ICommand<R> { }\n\
                class LogIn : ICommand<int> { public string Password { get; } }\n\
                class Quiet : ICommand { public string Email { get; } }\n\
                class D<T, R> where T : ICommand<R> {\n private readonly ILogger _logger;\n \
                void H(T command) { _logger.Information(\"{@Command}\", command); }\n}\n";
    assert_eq!(fields(&value("D.cs", text)), ["Password"]);
}

#[test]
fn a_statement_that_is_declared_apart_is_found_where_it_is_called() {
    let text = "using Microsoft.Extensions.Logging;\nnamespace A;\nstatic partial class Log {\n \
                [LoggerMessage(Level = LogLevel.Information, Message = \"mail {Email}\")]\n \
                public static partial void Sent(ILogger logger, string email);\n}\nclass S {\n \
                void F(ILogger logger, User user) {\n  Log.Sent(logger, user.Address);\n }\n}\n";
    let found = statements("S.cs", text);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, 9);
    assert_eq!(names(&found[0].1.values[0]), ["Address", "email"]);
}

#[test]
fn a_setting_is_named_by_what_reads_it() {
    let statement = "_logger.Information(\"c: \" + _configuration.GetConnectionString(\"Main\"));";
    assert_eq!(names(&value("S.cs", &csharp(statement, ""))), ["GetConnectionString"]);
}
