use crate::{keys, repeats};

#[test]
fn a_service_behind_a_controller_is_followed() {
    let found = repeats(&[
        (
            "src/orders.controller.ts",
            r#"
import { Controller, Post, Body } from "@nestjs/common";
import { OrdersService } from "./orders.service";

@Controller("orders")
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  create(@Body() body: NewOrder) {
    return this.orders.create(body);
  }

  @Post("quote")
  quote(@Body() body: NewOrder) {
    return this.orders.quote(body);
  }
}
"#,
        ),
        (
            "src/orders.service.ts",
            r#"
import { Injectable } from "@nestjs/common";
import { InjectRepository } from "@nestjs/typeorm";
import { Repository } from "typeorm";

@Injectable()
export class OrdersService {
  constructor(@InjectRepository(Order) private readonly repository: Repository<Order>) {}

  async create(body: NewOrder) {
    return this.repository.save({ ...body });
  }

  quote(body: NewOrder) {
    return body.items.reduce((sum, item) => sum + item.price, 0);
  }
}
"#,
        ),
    ]);
    assert_eq!(found, ["POST /orders: Writes None", "POST /orders/quote: Reads Unknown"]);
}

#[test]
fn a_schema_keeps_what_the_client_sends_unique() {
    let found = repeats(&[
        (
            "src/app.js",
            r#"
const express = require("express");
const { User } = require("./user");
const app = express();

app.post("/users", async (req, res) => {
  const { email, name } = req.body;
  const user = await User.create({ email, name });
  res.status(201).json(user);
});
"#,
        ),
        (
            "src/user.js",
            r#"
const mongoose = require("mongoose");
const userSchema = new mongoose.Schema({
  email: { type: String, unique: true },
  name: String,
});
module.exports = { User: mongoose.model("User", userSchema) };
"#,
        ),
    ]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("POST /users: Writes Unique"), "{found:?}");
}

#[test]
fn a_key_of_the_body_or_header_is_listed() {
    let found = keys(&[(
        "src/app.ts",
        r#"
import express from "express";
const app = express();
app.post("/payments", async (req, res) => {
  const key = req.get("Idempotency-Key");
  const { clientToken } = req.body;
  await db.payments.insertOne({ key, clientToken });
  res.json({});
});
"#,
    )]);
    assert_eq!(found, ["header idempotency-key", "body clientToken"]);
}

#[test]
fn middleware_over_a_handler_counts() {
    let found = keys(&[
        (
            "src/app.ts",
            r#"
import express from "express";
import { idempotent } from "./idempotent";
const app = express();
app.use(idempotent);
app.post("/payments", async (req, res) => {
  await db.payments.insertOne(req.body);
  res.json({});
});
"#,
        ),
        (
            "src/idempotent.ts",
            r#"
export async function idempotent(req, res, next) {
  const key = req.headers["idempotency-key"];
  if (key && (await redis.get(key))) {
    return res.status(409).end();
  }
  next();
}
"#,
        ),
    ]);
    assert_eq!(found, ["header idempotency-key"]);
}

#[test]
fn an_interface_is_followed_to_the_classes_that_implement_it() {
    let found = repeats(&[
        (
            "src/carts.controller.ts",
            r#"
import { Controller, Post, Body, Param, Inject } from "@nestjs/common";
import { ICarts } from "./carts";

@Controller("carts")
export class CartsController {
  constructor(@Inject("Carts") private carts: ICarts) {}

  @Post(":id")
  replace(@Param("id") id: string, @Body() body: Cart) {
    return this.carts.set(id, JSON.stringify(body));
  }
}
"#,
        ),
        (
            "src/carts.ts",
            r#"
export interface ICarts {
  set(id: string, cart: string): Promise<string>;
}
"#,
        ),
        (
            "src/redis.carts.ts",
            r#"
import { createClient } from "redis";
import { ICarts } from "./carts";

export class RedisCarts implements ICarts {
  async set(id: string, cart: string): Promise<string> {
    const client = await this.client();
    await client.set(id, cart);
    return cart;
  }

  client() {
    return createClient({ url: this.url });
  }
}
"#,
        ),
    ]);
    assert_eq!(found, ["POST /carts/:id: Writes State set"]);
}
