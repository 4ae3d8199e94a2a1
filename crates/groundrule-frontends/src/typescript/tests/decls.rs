//! Types and functions.

use super::{js, ts};

#[test]
fn classes() {
    insta::assert_snapshot!(ts(r#"
@Controller('users')
export class UsersController<T extends Base & Named> extends BaseController<User> implements OnInit {
  private readonly logger = new Logger(UsersController.name);
  static count: number = 0;
  #secret?: string;
  @Column({ length: 5 }) name!: string;
  handle = async (req: Request) => req.ip;

  constructor(private readonly http: HttpService, @Inject('CFG') protected cfg: Config, plain: string) {
    super(plain);
    this.plain = plain;
  }

  @Get(':id')
  @UseGuards(AuthGuard)
  async find(@Param('id') id: string, @Body() { email }: CreateDto): Promise<User | null> {
    return this.http.get(id);
  }

  find2(a: string): void;
  find2(a: any) {}
  get full(): string { return this.name }
  set full(value: string) { this.name = value }
  static { UsersController.count++; }
  *items() { yield 1; }
}
abstract class Shape { abstract area(): number; protected abstract side: number; }
class Strategy extends PassportStrategy(Jwt, 'jwt') {}
const Named = class { x = 1 };
use(class Inner {}, class extends Base {});
"#), @r#"
    module src/app/main
    export UsersController = UsersController
    @Controller("users")
    class UsersController<T: Base + Named> : BaseController<User>, OnInit
      private field logger = new Logger(UsersController.name)
      field count: number = 0 static
      private field #secret: string
      @Column({length: 5})
      field name: string
      field handle = λ0
      private field http: HttpService header
      @Inject("CFG")
      internal field cfg: Config header
      field full: string getter λ4
      async fn λ0(req: Request) => req.ip
      constructor fn UsersController::new(http: HttpService, @Inject("CFG") cfg: Config, plain: string)
        this.http = http
        this.cfg = cfg
        this(plain)
        this.plain = plain
      @Get(":id")
      @UseGuards(AuthGuard)
      async fn UsersController::find(@Param("id") id: string, @Body() : CreateDto) -> Promise<User> => this.http.get(id)
        var email = {}1.email
        return this.http.get(id)
      fn UsersController::find2(a: any)
      fn UsersController::full() -> string => this.name
        return this.name
      fn UsersController::full(value: string)
        this.name = value
      block
        UsersController.count
        (++ UsersController.count)
      fn UsersController::items() => 1
    abstract class Shape
      internal field side: number
      bodiless fn Shape::area() -> number
    class Strategy : PassportStrategy<Jwt>
    PassportStrategy(Jwt, "jwt")
    class Named
      field x = 1
    use(Inner, ?())
    class Inner
    class  : Base
    "#);
}

#[test]
fn plain_javascript_classes() {
    insta::assert_snapshot!(js(r#"
class Cart extends Store {
  static limit = 3;
  #items = [];
  constructor(db) { super(); this.db = db; }
  async add(item) { await this.#items.push(item); }
  get size() { return this.#items.length }
}
"#), @r#"
    module src/app/main
    class Cart : Store
      field limit = 3 static
      private field #items = []
      field size getter λ2
      constructor fn Cart::new(db)
        this()
        this.db = db
      async fn Cart::add(item)
        this.#items.push(item)
      fn Cart::size() => this.#items.length
        return this.#items.length
    "#);
}

#[test]
fn interfaces_aliases_and_enums() {
    insta::assert_snapshot!(ts(r#"
interface User extends Person, Dated<string> {
  readonly id: string;
  email?: string | null;
  roles: Array<Role>;
  tags: string[];
  pair: [string, number];
  byId: Record<string, User>;
  index: { [key: string]: number };
  address: { street: string; zip: string };
  greet(name: string): void;
  callback: (x: number) => Promise<void>;
}
type Dto = { password: string };
type Both = Base & { extra: boolean };
type Id = string | number | undefined;
type State = 'on' | 'off';
type Schema = z.infer<typeof userSchema>;
type Keys = keyof User;
type Field = User['email'];
const enum Level { Low = 1, High = 'high' }
declare function outside(x: number): string;
declare module 'x' { interface Inner { a: string } }
namespace Tools { export const t = 1; }
"#), @r#"
    module src/app/main
    export t = t
    interface User : Person, Dated<string>
      field id: string
      field email: string
      field roles: []<Role>
      field tags: []<string>
      field pair: (,)<string, number>
      field byId: {}<string, User>
      field index: {}<string, number>
      field address: {}@239
      field callback: ()<Promise<void>>
      struct {}@239
        field street: string
        field zip: string
      bodiless fn User::greet(name: string) -> void
    struct Dto
      field password: string
    struct Both : Base
      field extra: boolean
    alias Id = |<string, number>
    alias State = string
    alias Schema = z.infer<typeof<userSchema>>
    alias Keys = keyof<User>
    alias Field = 
    enum Level
      field Low: Level = 1 static
      field High: Level = "high" static
    bodiless fn outside(x: number) -> string
    interface Inner
      field a: string
    let t = 1
    "#);
}

#[test]
fn functions_and_parameters() {
    insta::assert_snapshot!(ts(r#"
async function load<T>(id: string, retries = 3, ...rest: string[]): Promise<T> { return call(id); }
function overloaded(a: string): void;
function overloaded(a: any) {}
function* many() { yield* other(); }
const arrow = x => x + 1;
const both = ({ ip, path: p = '/', ...others }: Request, [first, , third] = []) => { log(ip); };
function typed(this: Window, a?: number) {}
const object = { run() { return 1 }, async *gen() {}, get v() { return 2 }, f: function named() {}, [key]: 1, 'a-b': 2, ...base, ['c']: 3 };
(function () { iife(); })();
"#), @r#"
    module src/app/main
    async fn load<T>(id: string, retries = 3, *rest: []<string>) -> Promise<T> => call(id)
      return call(id)
    fn overloaded(a: any)
    fn many() => other()
    let arrow = λ3
    fn λ3(x) => (x + 1)
    let both = λ4
    fn λ4(: Request,  = [])
      var ip = {}0.ip
      var p = ({}0.path | "/")
      var others = {...{}0}
      var first = {}1.#0
      var third = {}1.#2
      log(ip)
    fn typed(a: number)
    let object = {run: λ6, gen: λ7, v: λ8, f: λ9, [key]: 1, "a-b": 2, c: 3, ...base}
    fn λ6() => 1
      return 1
    async fn λ7()
    fn λ8() => 2
      return 2
    fn named()
    λ10()
    fn λ10()
      iife()
    "#);
}
