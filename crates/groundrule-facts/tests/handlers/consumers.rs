use crate::repeats;

#[test]
fn listeners_of_the_jvm() {
    let found = repeats(&[(
        "Listeners.kt",
        r#"
package shop

import org.springframework.kafka.annotation.KafkaListener
import org.springframework.transaction.event.TransactionalEventListener

class Listeners(private val orders: OrderRepository, private val inbox: ProcessedMessageRepository) {
    @KafkaListener(topics = ["orders"])
    fun orders(record: ConsumerRecord<String, String>) {
        orders.save(Order(record.value()))
    }

    @KafkaListener(topics = ["payments"])
    fun payments(record: ConsumerRecord<String, String>) {
        if (inbox.existsById(record.messageId)) return
        inbox.save(ProcessedMessage(record.messageId))
        orders.save(Order(record.value()))
    }

    @TransactionalEventListener
    fun inProcess(event: OrderCreated) {
        orders.save(Order(event.id))
    }
}

class Order(val text: String)
class ProcessedMessage(val id: String)
"#,
    )]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0], "kafka orders: Writes None");
    assert!(found[1].starts_with("kafka payments: Writes Key"), "{found:?}");
}

#[test]
fn handlers_of_node() {
    let found = repeats(&[(
        "src/worker.ts",
        r#"
import { Kafka } from "kafkajs";
import { Worker } from "bullmq";

const kafka = new Kafka({ brokers: ["a"] });
const consumer = kafka.consumer({ groupId: "g" });

await consumer.run({
  eachMessage: async ({ message }) => {
    await db.collection("orders").insertOne(JSON.parse(message.value));
  },
});

new Worker("mails", async (job) => {
  await mailer.sendMail({ to: job.data.to });
});
"#,
    )]);
    assert_eq!(found, ["kafka: Writes None", "bullmq mails: Writes None"]);
}

#[test]
fn tasks_and_callbacks_of_python() {
    let found = repeats(&[(
        "tasks.py",
        r#"
import pika
from celery import shared_task

@shared_task
def charge(order_id):
    requests.post("https://pay.example/charges", json={"order": order_id})

@shared_task
def close_the_day():
    requests.post("https://pay.example/days", json={})

def on_message(channel, method, properties, body):
    db.orders.insert_one({"body": body})

connection = pika.BlockingConnection()
channel = connection.channel()
channel.basic_consume(queue="orders", on_message_callback=on_message)
"#,
    )]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().any(|line| line == "celery: Writes None"), "{found:?}");
    assert!(found.iter().any(|line| line == "rabbitmq orders: Writes None"), "{found:?}");
}

#[test]
fn consumers_of_dotnet() {
    let found = repeats(&[(
        "Consumers.cs",
        r#"
using MassTransit;

public class OrderConsumer : IConsumer<OrderPlaced>
{
    public async Task Consume(ConsumeContext<OrderPlaced> context)
    {
        await _repository.AddAsync(new Order(context.Message.Id));
    }
}

public class PaymentHandler : IIntegrationEventHandler<PaymentMade>
{
    public async Task Handle(PaymentMade @event)
    {
        await connection.ExecuteAsync("INSERT INTO inbox_messages (id) VALUES (@Id)", @event);
    }
}
"#,
    )]);
    assert_eq!(found, ["masstransit: Writes None", "events-bus: Writes Key inbox_messages"]);
}

#[test]
fn loops_and_subscriptions_of_go() {
    let found = repeats(&[(
        "main.go",
        r#"
package main

import (
	"context"

	"github.com/nats-io/nats.go"
	"github.com/segmentio/kafka-go"
)

func consume(ctx context.Context) {
	reader := kafka.NewReader(kafka.ReaderConfig{Topic: "orders"})
	for {
		message, err := reader.ReadMessage(ctx)
		if err != nil {
			return
		}
		db.Exec("INSERT INTO orders (body) VALUES ($1)", message.Value)
	}
}

func subscribe() {
	conn, _ := nats.Connect("nats://x")
	conn.Subscribe("mails", func(m *nats.Msg) {
		mailer.SendMail(m.Data)
	})
}
"#,
    )]);
    assert_eq!(found, ["kafka: Writes None", "nats mails: Writes None"]);
}
