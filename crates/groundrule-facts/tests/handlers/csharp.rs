use crate::{keys, repeats};

#[test]
fn a_mediator_hands_a_command_to_its_handler() {
    let found = repeats(&[
        (
            "OrdersController.cs",
            r#"
using Microsoft.AspNetCore.Mvc;
namespace Shop;

[ApiController]
[Route("orders")]
public class OrdersController : ControllerBase
{
    private readonly IMediator _mediator;

    public OrdersController(IMediator mediator) { _mediator = mediator; }

    [HttpPost]
    public async Task<IActionResult> Create([FromBody] CreateOrderRequest request)
    {
        var id = await _mediator.Send(new CreateOrderCommand(request.Name));
        return Ok(id);
    }
}
"#,
        ),
        (
            "CreateOrder.cs",
            r#"
namespace Shop;

public record CreateOrderCommand(string Name) : IRequest<Guid>;

public class CreateOrderHandler : IRequestHandler<CreateOrderCommand, Guid>
{
    private readonly ShopContext _context;

    public async Task<Guid> Handle(CreateOrderCommand command, CancellationToken token)
    {
        var order = new Order { Name = command.Name };
        _context.Orders.Add(order);
        await _context.SaveChangesAsync(token);
        return order.Id;
    }
}
"#,
        ),
    ]);
    assert_eq!(found, ["POST /orders: Writes None"]);
}

#[test]
fn a_query_that_a_mediator_hands_to_its_handler_only_reads() {
    let found = repeats(&[(
        "Sales.cs",
        r#"
using Microsoft.AspNetCore.Mvc;
namespace Shop;

public class SalesQuery : IRequest<Sales> { public string Agent { get; set; } }

public class SalesHandler : IRequestHandler<SalesQuery, Sales>
{
    private readonly ISalesRepository _repository;

    public Task<Sales> Handle(SalesQuery query, CancellationToken token)
    {
        return _repository.FindSales(query.Agent);
    }
}

[ApiController]
[Route("sales")]
public class SalesController : ControllerBase
{
    private readonly IMediator bus;

    [HttpPost]
    public async Task<Sales> Sales([FromBody] SalesQuery query)
    {
        return await bus.Send(query);
    }
}
"#,
    )]);
    assert_eq!(found, ["POST /sales: Reads Unknown"]);
}

#[test]
fn an_index_of_the_model_keeps_what_the_client_sends_unique() {
    let found = repeats(&[(
        "Users.cs",
        r#"
using Microsoft.AspNetCore.Mvc;
namespace Shop;

public class NewUser { public string Login { get; set; } }
public class User { public Guid Id { get; set; } public string Login { get; set; } }

public class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.HasIndex(user => user.Login).IsUnique();
    }
}

[ApiController]
[Route("users")]
public class UsersController : ControllerBase
{
    private readonly ShopContext _context;

    [HttpPost]
    public async Task<IActionResult> Create(NewUser body)
    {
        _context.Users.Add(new User { Login = body.Login });
        await _context.SaveChangesAsync();
        return Ok();
    }
}
"#,
    )]);
    assert_eq!(found, ["POST /users: Writes Unique User(Login)"]);
}

#[test]
fn a_header_that_fills_a_parameter_is_listed() {
    let found = keys(&[(
        "Payments.cs",
        r#"
using Microsoft.AspNetCore.Mvc;

[ApiController]
[Route("payments")]
public class PaymentsController : ControllerBase
{
    [HttpPost]
    public async Task<IActionResult> Pay([FromHeader(Name = "x-requestid")] string requestId, Payment body)
    {
        await _store.InsertAsync(body);
        return Ok();
    }
}
"#,
    )]);
    assert_eq!(found, ["header x-requestid"]);
}
