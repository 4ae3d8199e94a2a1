use crate::{keys, repeats};

#[test]
fn a_repository_behind_a_service_is_a_write() {
    let found = repeats(&[
        (
            "OrderController.java",
            r#"
package shop;

import org.springframework.web.bind.annotation.*;

@RestController
@RequestMapping("/orders")
class OrderController {
    private final OrderService orders;

    OrderController(OrderService orders) { this.orders = orders; }

    @PostMapping
    Order create(@RequestBody NewOrder body) { return orders.create(body); }

    @PostMapping("/find")
    Order find(@RequestBody Query query) { return orders.findByName(query.name()); }
}
"#,
        ),
        (
            "OrderService.java",
            r#"
package shop;

import org.springframework.stereotype.Service;

@Service
class OrderService {
    private final OrderRepository repository;

    OrderService(OrderRepository repository) { this.repository = repository; }

    Order create(NewOrder body) {
        Order order = new Order(body.name());
        return repository.save(order);
    }

    Order findByName(String name) { return repository.findByName(name); }
}
"#,
        ),
        (
            "OrderRepository.java",
            r#"
package shop;

import org.springframework.data.jpa.repository.JpaRepository;

interface OrderRepository extends JpaRepository<Order, Long> {
    Order findByName(String name);
}
"#,
        ),
        (
            "Order.java",
            r#"
package shop;

@Entity
class Order {
    @Id @GeneratedValue Long id;
    String name;
    Order(String name) { this.name = name; }
}
"#,
        ),
    ]);
    assert_eq!(found, ["POST /orders: Writes None", "POST /orders/find: Reads Unknown"]);
}

#[test]
fn an_entity_keeps_what_the_client_sends_unique() {
    let found = repeats(&[(
        "Users.kt",
        r#"
package shop

import org.springframework.web.bind.annotation.*
import org.springframework.data.jpa.repository.JpaRepository

data class NewUser(val email: String, val name: String)

@Entity
class User(@Id val id: UUID, @Column(unique = true) val email: String, val name: String)

interface UserRepository : JpaRepository<User, UUID>

@RestController
class UserController(private val users: UserRepository) {
    @PostMapping("/users")
    fun create(@RequestBody body: NewUser): User =
        users.save(User(UUID.randomUUID(), body.email, body.name))
}
"#,
    )]);
    assert_eq!(found, ["POST /users: Writes Unique User(email)"]);
}

#[test]
fn a_request_id_in_a_cache_is_a_key() {
    let found = repeats(&[(
        "Payments.java",
        r#"
package shop;

import org.springframework.web.bind.annotation.*;

@RestController
class Payments {
    private final Cache<String, Long> cache;
    private final PaymentRepository repository;

    @PostMapping("/payments")
    public void pay(@RequestBody Payment payment) {
        if (this.cache.asMap().containsKey(payment.getRequestUuid())) {
            throw new IllegalStateException("duplicate");
        }
        repository.save(payment);
        this.cache.put(payment.getRequestUuid(), 1L);
    }
}
"#,
    )]);
    assert_eq!(found, ["POST /payments: Writes Key getRequestUuid"]);
}

#[test]
fn a_header_that_fills_a_parameter_is_listed() {
    let found = keys(&[(
        "Payments.kt",
        r#"
package shop

import org.springframework.web.bind.annotation.*

@RestController
class Payments(private val service: PaymentService) {
    @PostMapping("/payments")
    fun pay(@RequestHeader("Idempotency-Key") key: String, @RequestBody body: Payment) =
        service.pay(key, body)
}
"#,
    )]);
    assert_eq!(found, ["header idempotency-key"]);
}

#[test]
fn a_state_that_is_checked_and_set_is_a_guard() {
    let found = repeats(&[(
        "Orders.java",
        r#"
package shop;

import org.springframework.web.bind.annotation.*;

@RestController
class Orders {
    private final OrderRepository repository;

    @PostMapping("/orders/{id}/ship")
    public void ship(@PathVariable String id) {
        Order order = repository.findById(id).orElseThrow();
        order.ship();
        repository.save(order);
    }
}

class Order {
    private Status status;

    void ship() {
        if (this.status != Status.PAID) {
            throw new IllegalStateException("cannot ship");
        }
        this.status = Status.SHIPPED;
    }
}
"#,
    )]);
    assert_eq!(found, ["POST /orders/{id}/ship: Writes State status"]);
}

#[test]
fn a_table_by_another_name_is_the_entitys() {
    let found = repeats(&[
        (
            "Waiting.kt",
            r#"
package shop

import org.springframework.web.bind.annotation.*
import org.springframework.data.jpa.repository.JpaRepository

@Entity
@Table(name = "on_hold")
class Waiting(@Id @GeneratedValue val id: Long = 0, val orderId: Long)

interface WaitingRepository : JpaRepository<Waiting, Long>

@RestController
class WaitingController(private val waitings: WaitingRepository) {
    @PostMapping("/orders/{orderId}/wait")
    fun wait(@PathVariable orderId: Long) {
        store(Waiting(orderId = orderId))
    }

    private fun store(waiting: Waiting) = waitings.save(waiting)
}
"#,
        ),
        ("db/1.sql", "create unique index u on on_hold(fk_order_id, active) where active;"),
    ]);
    assert_eq!(found, ["POST /orders/{orderId}/wait: Writes Unique Waiting(fk_order_id, active)"]);
}
