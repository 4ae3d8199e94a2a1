//! Bindings, expressions, branches and loops.

use super::{ts, unit};
use crate::dump::dump;

#[test]
fn bindings() {
    insta::assert_snapshot!(ts(r#"
const a = 1, b: number = 2;
let c;
var { d, e: { f }, g = 5, ['h']: h, ...others } = source();
const [i, , j = 2, ...k] = list;
const { data }: Reply = await fetch(url);
c = 3;
this.client = new Client();
headers['X-Key'] = value;
total += 2;
cache ??= create();
count++;
({ x: o.p, y } = z);
first = second = third;
"#), @r#"
    module src/app/main
    let a = 1
    let b: number = 2
    var c
    var d = source().d
    var f = source().e.f
    var g = (source().g | 5)
    var h = source().h
    var others = {...source()}
    let i = list.#0
    let j = (list.#2 | 2)
    let k = [each(list)]
    let data = (fetch(url) as Reply).data
    c = 3
    this.client = new Client()
    headers["X-Key"] = value
    total += 2
    cache = (cache | create())
    count
    (++ count)
    o.p = z.x
    y = z.y
    first = third
    second = third
    "#);
}

#[test]
fn expressions() {
    insta::assert_snapshot!(ts(r#"
a?.b?.[c]?.(d)!;
x as Foo;
y satisfies Bar;
z as const;
<Foo>old;
typeof v === 'string';
'key' in obj;
err instanceof HttpError;
/^v\d+$/i;
new Map<string, User>();
new Plain;
f<T>(...args, last);
tag`a ${b}\n`;
`just text`;
`user ${u.id}: ${await name()}`;
[1, ...more, null, undefined];
-1; !done; void 0; delete o.x;
(1, two);
import.meta.url;
super_(() => ({ a }));
await Promise.all(xs.map(async (x) => { await go(x) }));
chain.one(1).two({ timeout: 5_000 }).three;
'it\'s\t' + "\u0041";
"#), @r#"
    module src/app/main
    a.b[c](d)
    (x as Foo)
    y
    z
    (old as Foo)
    ((typeof v) === "string")
    ("key" in obj)
    (err instanceof HttpError)
    "^v\\d+$"
    new Map<string, User>()
    new Plain()
    f<T>(...args, last)
    tag(`a ${b}\n`)
    "just text"
    `user ${u.id}: ${name()}`
    [1, each(more), null, null]
    (- 1)
    (! done)
    (void 0)
    (delete o.x)
    1
    two
    import.meta.url
    super_(λ0)
    fn λ0() => {a: a}
    Promise.all(xs.map(λ1))
    async fn λ1(x)
      go(x)
    chain.one(1).two({timeout: 5_000}).three
    ("it's\t" + "A")
    "#);
}

#[test]
fn choices_and_conditions() {
    insta::assert_snapshot!(ts(r#"
const a = process.env.PORT || config.port || 8080;
const b = given ?? fallback;
const c = test || other ? yes : no;
const d = x === 1 || y === 2;
const e = user && user.name;
const f = user && (a || b);
if (a || b && !(c || d)) go();
"#), @r#"
    module src/app/main
    let a = (process.env.PORT | config.port | 8080)
    let b = (given | fallback)
    let c = (yes | no)
    (test || other)
    let d = ((x === 1) || (y === 2))
    let e = (user && user.name)
    let f = (user && (a | b))
    branch (a || (b && (! (c || d))))
      go()
    "#);
}

#[test]
fn control_flow() {
    insta::assert_snapshot!(ts(r#"
function run(kind) {
  if (a) { one(); } else if (b) two(); else { three(); }
  switch (kind) { case 'x': four(); break; case y: default: five(); }
  try { six(); } catch (error: unknown) { throw new Wrapped(error); } finally { seven(); }
  try { eight(); } catch ({ message }) { nine(message); }
  outer: for (const item of items) { continue outer; }
  { const inner = 1; }
  if (!a) return;
  return ten(), eleven();
}
"#), @r#"
    module src/app/main
    fn run(kind) => eleven()
      branch a
        one()
      branch b
        two()
      branch
        three()
      branch (kind === "x")
        four()
        break
      branch (kind === y)
      branch
        five()
      try
        six()
      catch
        caught error: unknown
        throw new Wrapped(error)
      finally
        seven()
      try
        eight()
      catch
        caught message
        nine(message)
      loop items bounded
        each item = each(items)
        continue
      block
        let inner = 1
      branch (! a)
        return
      return eleven()
      ten()
    "#);
}

#[test]
fn loops_and_what_limits_them() {
    insta::assert_snapshot!(ts(r#"
for (let i = 0; i < max; i++) { go(i); }
for (;;) { if (done) break; }
for (let tries = 0; ; tries++) go();
for await (const [key, value] of pairs) go(key);
for (const name in object) go(name);
while (true) { go(); }
while (attempt <= limit && !done) { attempt += 1; }
while (this.left > 0) { this.left--; }
while (queue.length > 0) { go(); }
while (Date.now() - start < limit) go();
while (n--) go();
do { go(); } while (!ok);
while (!ok && tries < 5) { tries = tries + 1; }
"#), @r#"
    module src/app/main
    block
      loop (i < max) bounded
        i
        (++ i)
        go(i)
      var i = 0
    block
      loop
        branch done
          break
    block
      loop
        tries
        (++ tries)
        go()
      var tries = 0
    loop pairs bounded
      each key = each(pairs).#0
      each value = each(pairs).#1
      go(key)
    loop object bounded
      each name = ?(object)
      go(name)
    loop
      true
      go()
    loop ((attempt <= limit) && (! done)) bounded
      attempt += 1
    loop (this.left > 0) bounded
      this.left
      (-- this.left)
    loop (queue.length > 0)
      go()
    loop ((Date.now() - start) < limit) bounded
      go()
    loop (-- n) bounded
      n
      go()
    loop (! ok)
      go()
    loop ((! ok) && (tries < 5)) bounded
      tries = (tries + 1)
    "#);
}

#[test]
fn jsx_keeps_its_expressions() {
    let text = "'use client';\nconst page = <Page title='t' user={user} {...rest}>text {load(id)} <b onClick={() => go()}/></Page>;";
    insta::assert_snapshot!(dump(&unit("a/page.tsx", text)), @r#"
    module a/page
    "use client"
    let page = ?("t", user, rest, load(id), ?(λ0))
    fn λ0() => go()
    "#);
    insta::assert_snapshot!(dump(&unit("a/page.jsx", text)), @r#"
    module a/page
    "use client"
    let page = ?("t", user, rest, load(id), ?(λ0))
    fn λ0() => go()
    "#);
}
