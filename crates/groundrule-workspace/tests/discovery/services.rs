//! Which folders are services, and which libraries they use.

use groundrule_unit::Language;
use groundrule_workspace::{OverrideKind, ServiceOverride};

use crate::repo::{Repo, folders, service, services, uses};

const GO_MAIN: &str = "package main\n\nfunc main() {\n}\n";
const SPRING: &str = "package a;\n\n@SpringBootApplication\npublic class ShopApplication {\n  public static void main(String[] args) {}\n}\n";

fn boot_pom(artifact: &str, more: &str) -> String {
    format!(
        "<project><artifactId>{artifact}</artifactId><groupId>shop</groupId><dependencies><dependency>\
         <groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId>\
         </dependency>{more}</dependencies></project>"
    )
}

#[test]
fn one_go_binary_is_deployed_from_its_modules_root() {
    let files = [
        ("go.mod", "module example.com/shop\n"),
        ("cmd/shop/main.go", GO_MAIN),
        ("tools/gen/main.go", GO_MAIN),
        ("internal/api/api.go", "package api\n"),
        ("Dockerfile", "FROM golang\nCOPY . .\nRUN go build ./cmd/shop\nCMD [\"shop\"]\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["."]);
    let entry = service(&repository, ".").entry.clone().unwrap();
    assert_eq!((&*entry.path, entry.line), ("cmd/shop/main.go", 3));
    assert!(repository.layout.services_running("tools/gen/main.go").is_empty());
}

#[test]
fn go_programs_with_images_of_their_own_share_what_they_import() {
    let files = [
        ("go.mod", "module example.com/shop\n"),
        (
            "services/cart/main.go",
            "package main\nimport \"example.com/shop/pkg/log\"\nfunc main() {\n}\n",
        ),
        ("services/cart/Dockerfile", "FROM golang\nCOPY . .\nCMD [\"cart\"]\n"),
        ("services/user/main.go", GO_MAIN),
        ("services/user/Dockerfile", "FROM golang\nCOPY . .\nCMD [\"user\"]\n"),
        ("pkg/log/log.go", "package log\nimport \"example.com/shop/pkg/text\"\n"),
        ("pkg/text/text.go", "package text\n"),
        ("pkg/unused/unused.go", "package unused\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["services/cart", "services/user"]);
    assert_eq!(uses(&repository, "services/cart"), ["pkg/log", "pkg/text"]);
    assert!(uses(&repository, "services/user").is_empty());
    let running = repository.layout.services_running("pkg/text/text.go");
    assert_eq!(running.iter().map(|s| &*s.folder).collect::<Vec<_>>(), ["services/cart"]);
}

#[test]
fn a_cargo_workspace_with_one_server_is_one_service() {
    let files = [
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\nshop_db = { path = \"crates/db\" }\n",
        ),
        (
            "crates/server/Cargo.toml",
            "[package]\nname = \"shop_server\"\n[dependencies]\nshop_db.workspace = true\naxum = \"0.8\"\n",
        ),
        ("crates/server/src/main.rs", "#[tokio::main]\nasync fn main() {}\n"),
        ("crates/db/Cargo.toml", "[package]\nname = \"shop_db\"\n"),
        ("crates/db/src/lib.rs", "pub fn open() {}\n"),
        ("crates/db/src/main.rs", "fn main() {}\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["."]);
    assert_eq!(uses(&repository, "."), ["crates/db"]);
    assert_eq!(service(&repository, ".").entry.as_ref().unwrap().line, 2);
    assert_eq!(service(&repository, ".").languages, [Language::Rust]);
}

#[test]
fn modules_of_maven_with_an_application_class_are_services() {
    let core = "<dependency><groupId>shop</groupId><artifactId>core</artifactId></dependency>";
    let files = [
        (
            "pom.xml",
            "<project><artifactId>all</artifactId><packaging>pom</packaging><modules><module>orders</module></modules></project>",
        ),
        ("orders/pom.xml", &*boot_pom("orders", core)),
        ("orders/src/main/java/a/ShopApplication.java", SPRING),
        ("core/pom.xml", &*boot_pom("core", "")),
        ("core/src/main/java/a/Money.java", "package a;\nclass Money {}\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["orders"]);
    assert_eq!(uses(&repository, "orders"), ["core"]);
    assert_eq!(service(&repository, "orders").name, "orders");
    assert_eq!(service(&repository, "orders").entry.as_ref().unwrap().line, 5);
}

#[test]
fn a_module_that_others_link_is_a_library_even_with_a_main_beside() {
    let model = "<dependency><groupId>shop</groupId><artifactId>model</artifactId></dependency>";
    let files = [
        ("orders/pom.xml", &*boot_pom("orders", model)),
        ("orders/src/main/java/a/ShopApplication.java", SPRING),
        ("model/pom.xml", &*boot_pom("model", "")),
        (
            "model/src/main/java/a/Generator.java",
            "class G {\n  public static void main(String[] a) {}\n}\n",
        ),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["orders"]);
    assert_eq!(uses(&repository, "orders"), ["model"]);
}

#[test]
fn a_module_that_a_framework_starts_needs_no_main() {
    let quarkus = |artifact: &str, more: &str| {
        format!(
            "<project><artifactId>{artifact}</artifactId><dependencies><dependency>\
             <groupId>io.quarkus</groupId><artifactId>quarkus-rest</artifactId></dependency>\
             </dependencies>{more}</project>"
        )
    };
    let plugin = "<build><plugins><plugin><artifactId>quarkus-maven-plugin</artifactId></plugin>\
                  </plugins></build>";
    let files = [
        ("orders/pom.xml", &*quarkus("orders", plugin)),
        ("orders/src/main/java/a/OrderResource.java", "package a;\nclass OrderResource {}\n"),
        ("orders/src/main/resources/application.properties", "quarkus.http.port=8080\n"),
        ("model/pom.xml", &*quarkus("model", "")),
        ("model/src/main/java/a/Order.java", "package a;\nclass Order {}\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["orders"]);
    let entry = service(&repository, "orders").entry.clone().unwrap();
    assert_eq!(&*entry.path, "orders/src/main/resources/application.properties");
}

#[test]
fn a_module_that_only_documents_a_program_is_not_the_service() {
    let program = "<dependency><groupId>shop</groupId><artifactId>shop</artifactId></dependency>";
    let image = "<plugin><artifactId>jib-maven-plugin</artifactId>";
    let skipped = format!(
        "<project><artifactId>docs</artifactId><dependencies>{program}</dependencies><build><plugins>\
         {image}<configuration><skip>true</skip></configuration></plugin></plugins></build></project>"
    );
    let files = [
        ("docs/pom.xml", &*skipped),
        ("docs/src/main/java/a/Reader.java", "package a;\nclass Reader {}\n"),
        ("shop/pom.xml", &*boot_pom("shop", "")),
        (
            "shop/src/main/java/a/Shop.java",
            "class Shop {\n  public static void main(String[] a) {}\n}\n",
        ),
    ];
    assert_eq!(folders(&Repo::new(&files).discover()), ["shop"]);
}

#[test]
fn gradle_projects_link_each_other_by_path() {
    let files = [
        ("settings.gradle.kts", "include(\":apps:orders\", \":core\")\n"),
        ("build.gradle.kts", "plugins { }\n"),
        (
            "apps/orders/build.gradle.kts",
            "plugins {\n    application\n}\ndependencies {\n    implementation(project(\":core\"))\n    implementation(\"io.ktor:ktor-server-netty:3.0.0\")\n}\n",
        ),
        ("apps/orders/src/main/kotlin/Main.kt", "fun main() {\n}\n"),
        ("core/build.gradle.kts", "dependencies {\n}\n"),
        ("core/src/main/kotlin/Money.kt", "class Money\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["apps/orders"]);
    assert_eq!(uses(&repository, "apps/orders"), ["core"]);
}

#[test]
fn projects_of_dotnet_link_libraries_by_wildcards_in_shared_properties() {
    let files = [
        ("src/Api/Shop.Api.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"></Project>"),
        ("src/Api/Program.cs", "var builder = WebApplication.CreateBuilder(args);\n"),
        (
            "src/Modules/Cart/Infrastructure/Shop.Cart.Infrastructure.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><ProjectReference Include=\"..\\Domain\\Shop.Cart.Domain.csproj\" /></ItemGroup></Project>",
        ),
        (
            "src/Modules/Cart/Domain/Shop.Cart.Domain.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk\"></Project>",
        ),
        (
            "src/Directory.Build.props",
            "<Project><ItemGroup Condition=\"$(MSBuildProjectName.EndsWith('Api'))\"><ProjectReference Include=\"..\\Modules\\**\\Infrastructure\\*.csproj\" /></ItemGroup></Project>",
        ),
        ("tests/Shop.Tests/Shop.Tests.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"></Project>"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["src/Api"]);
    assert_eq!(
        uses(&repository, "src/Api"),
        ["src/Modules/Cart/Domain", "src/Modules/Cart/Infrastructure"]
    );
}

#[test]
fn a_console_program_is_a_service_once_an_image_runs_it() {
    let project = "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup></Project>";
    let files = [
        ("src/Api/Api.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"></Project>"),
        ("src/Api/Program.cs", "var app = WebApplication.CreateBuilder(args);\n"),
        ("src/Db/Migrator/Migrator.csproj", project),
        ("src/Db/Migrator/Program.cs", "class P { static void Main(string[] args) {} }\n"),
        (
            "src/Db/Dockerfile_Migrator",
            "FROM sdk\nCOPY [\"./Db/Migrator/Migrator.csproj\", \"x\"]\n",
        ),
        ("build/_build.csproj", project),
        ("build/Build.cs", "class B { public static int Main() => 0; }\n"),
    ];
    assert_eq!(services(&files), ["src/Api", "src/Db/Migrator"]);
}

#[test]
fn packages_of_an_npm_workspace_are_services_when_they_start_a_server() {
    let files = [
        (
            "package.json",
            r#"{"name":"all","workspaces":["packages/*","!packages/old"],"scripts":{"start":"concurrently x"}}"#,
        ),
        (
            "packages/api/package.json",
            r#"{"name":"api","scripts":{"start":"node dist/server.js"},"dependencies":{"express":"^4","@shop/core":"*"}}"#,
        ),
        ("packages/api/src/server.ts", "const app = express();\napp.listen(3000);\n"),
        ("packages/core/package.json", r#"{"name":"@shop/core"}"#),
        ("packages/core/index.ts", "export const x = 1;\n"),
        (
            "packages/old/package.json",
            r#"{"name":"old","scripts":{"start":"node server.js"},"dependencies":{"express":"^4"}}"#,
        ),
        ("packages/old/server.js", "app.listen(1);\n"),
        (
            "packages/portal/package.json",
            r#"{"name":"portal","scripts":{"start":"ng serve"},"dependencies":{"@angular/core":"17"}}"#,
        ),
        ("packages/portal/src/main.ts", "bootstrap();\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["packages/api"]);
    assert_eq!(uses(&repository, "packages/api"), ["packages/core"]);
    let entry = service(&repository, "packages/api").entry.clone().unwrap();
    assert_eq!((&*entry.path, entry.line), ("packages/api/src/server.ts", 2));
}

#[test]
fn a_linked_or_published_package_is_no_service_for_its_start_script() {
    let files = [
        (
            "apps/api/package.json",
            r#"{"name":"api","scripts":{"start":"nest start"},"dependencies":{"@nestjs/core":"10","@shop/dal":"workspace:*"}}"#,
        ),
        ("apps/api/src/main.ts", "NestFactory.create(App);\n"),
        (
            "libs/dal/package.json",
            r#"{"name":"@shop/dal","scripts":{"start":"node dist/index.js"},"main":"dist/index.js","dependencies":{"@nestjs/core":"10"}}"#,
        ),
        ("libs/dal/src/index.ts", "export {};\n"),
        (
            "apps/widget/package.json",
            r#"{"name":"widget","dependencies":{"react":"18","@shop/dal":"workspace:*"}}"#,
        ),
        ("apps/widget/Dockerfile", "FROM node\nCOPY libs/dal ./libs/dal\nCMD [\"serve\"]\n"),
        (
            "packages/cli/package.json",
            r#"{"name":"shop","files":["dist"],"bin":{"shop":"x.js"},"scripts":{"start":"node x.js"},"dependencies":{"express":"4"}}"#,
        ),
        ("packages/cli/x.js", "app.listen(1);\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["apps/api"]);
    assert_eq!(uses(&repository, "apps/api"), ["libs/dal"]);
}

#[test]
fn python_services_have_requirements_and_an_application() {
    let files = [
        ("src/cart/requirements.txt", "flask==3.0.0\n"),
        (
            "src/cart/cart.py",
            "from flask import Flask\n\nif __name__ == '__main__':\n    app.run()\n",
        ),
        ("src/cart/Dockerfile", "FROM python\nCOPY . .\nCMD [\"python\", \"cart.py\"]\n"),
        ("src/jobs/pyproject.toml", "[project]\nname = \"jobs\"\ndependencies = [\"celery\"]\n"),
        ("src/jobs/jobs/app.py", "app = Celery('jobs')\n"),
        ("lib/common/pyproject.toml", "[project]\nname = \"common\"\n"),
        ("lib/common/common/text.py", "x = 1\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["src/cart", "src/jobs"]);
    assert_eq!(service(&repository, "src/cart").entry.as_ref().unwrap().line, 3);
}

#[test]
fn projects_that_share_a_package_are_services_of_their_own() {
    let package = r#"{"name":"shop","scripts":{"start":"nx serve"},"dependencies":{"@nestjs/core":"10","react":"18"}}"#;
    let nx = [
        ("package.json", package),
        ("nx.json", "{}"),
        (
            "apps/api/project.json",
            r#"{"name":"api","projectType":"application","targets":{"build":{"options":{"main":"apps/api/src/main.ts"}}}}"#,
        ),
        ("apps/api/src/main.ts", "NestFactory.create(App);\n"),
        ("apps/web/project.json", r#"{"name":"web","projectType":"application"}"#),
        ("apps/web/src/main.tsx", "createRoot(x).render(y);\n"),
        ("apps/api-e2e/project.json", r#"{"name":"api-e2e","projectType":"application"}"#),
        ("libs/mail/project.json", r#"{"name":"mail","projectType":"library"}"#),
        ("libs/mail/src/index.ts", "export const x = 1;\n"),
        ("Dockerfile", "FROM node\nCOPY . .\nCMD node dist/apps/api/main.js\n"),
    ];
    let repository = Repo::new(&nx).discover();
    assert_eq!(folders(&repository), ["apps/api"]);
    assert_eq!(uses(&repository, "apps/api"), ["libs/mail"]);
    assert!(!service(&repository, "apps/api").dependencies.is_empty());
    let nest = [
        ("package.json", package),
        (
            "nest-cli.json",
            r#"{"monorepo":true,"projects":{"orders":{"type":"application","root":"apps/orders","sourceRoot":"apps/orders/src"},"core":{"type":"library","root":"libs/core"}}}"#,
        ),
        ("apps/orders/src/main.ts", "NestFactory.create(App);\n"),
        ("libs/core/src/index.ts", "export const x = 1;\n"),
    ];
    let repository = Repo::new(&nest).discover();
    assert_eq!(folders(&repository), ["apps/orders"]);
    assert_eq!(uses(&repository, "apps/orders"), ["libs/core"]);
}

#[test]
fn python_applications_may_be_made_by_a_function_or_be_of_a_class_of_their_own() {
    for (path, text) in [
        ("wsgi.py", "from shop import create_app\n\napp = create_app('production')\n"),
        ("application.py", "from shop import ShopApp\n\napplication = ShopApp('shop')\n"),
        ("shop/__init__.py", "from flask import Flask\n\napp = Flask(__name__)\n"),
        ("lambda_function.py", "import os\n\ndef lambda_handler(event, context):\n    pass\n"),
    ] {
        let repository =
            Repo::new(&[("requirements.txt", "flask==3.0.0\n"), (path, text)]).discover();
        assert_eq!(folders(&repository), ["."], "{path}");
        assert_eq!(service(&repository, ".").entry.as_ref().unwrap().line, 3, "{path}");
    }
}

#[test]
fn a_main_package_of_go_may_name_where_it_is_imported_from() {
    let main = "package main // import \"example.com/shop\"\n\nfunc main() {\n}\n";
    let repository =
        Repo::new(&[("go.mod", "module example.com/shop\n"), ("main.go", main)]).discover();
    assert_eq!(folders(&repository), ["."]);
}

#[test]
fn an_image_takes_in_shared_code_beside_the_service() {
    let files = [
        ("cart/main.py", "if __name__ == '__main__':\n    pass\n"),
        (
            "cart/Dockerfile",
            "FROM python\nCOPY cart/ /app\nCOPY common/ /app/common\nCMD [\"python\", \"main.py\"]\n",
        ),
        ("common/text.py", "x = 1\n"),
        (
            "docker-compose.yml",
            "services:\n  cart:\n    build:\n      context: .\n      dockerfile: cart/Dockerfile\n",
        ),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["cart"]);
    assert_eq!(uses(&repository, "cart"), ["common"]);
}

#[test]
fn an_image_alone_makes_a_service_when_it_has_code_or_is_a_proxy() {
    let files = [
        ("dispatch/main.go", GO_MAIN),
        ("dispatch/Dockerfile", "FROM golang\nCOPY *.go .\nCMD dispatch\n"),
        ("ratings/html/index.php", "<?php\n"),
        ("ratings/Dockerfile", "FROM php:8-apache\nCOPY html/ /var/www\n"),
        ("web/Dockerfile", "FROM nginx:1.21\nCOPY static /usr/share/nginx/html\n"),
        ("web/static/app.js", "x();\n"),
        ("mongo/Dockerfile", "FROM mongo:5\nCOPY *.js /docker-entrypoint-initdb.d/\n"),
        ("mongo/users.js", "db.users.insert({});\n"),
        (".nais/proxy/Dockerfile", "FROM nginx\nCOPY nginx.conf /etc\n"),
    ];
    assert_eq!(services(&files), ["dispatch", "ratings", "web"]);
}

#[test]
fn a_load_generator_is_a_service_only_where_it_is_deployed() {
    let mut files = vec![
        ("load-gen/locustfile.py", "class Shop(HttpUser):\n    pass\n"),
        ("load-gen/requirements.txt", "locust\n"),
        ("load-gen/Dockerfile", "FROM python\nCOPY . .\nCMD locust\n"),
        ("api/requirements.txt", "flask\n"),
        ("api/app.py", "app = Flask(__name__)\n"),
    ];
    assert_eq!(services(&files), ["api"]);
    files.push(("k8s/load.yaml", "kind: Deployment\nmetadata:\n  name: load-gen\n"));
    assert_eq!(services(&files), ["api", "load-gen"]);
}

#[test]
fn a_service_whose_sources_lie_in_src_is_its_parent_folder() {
    let files = [
        ("services/cart/src/cart.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"></Project>"),
        ("services/cart/src/Program.cs", "Host.CreateDefaultBuilder(args);\n"),
        ("services/cart/src/Dockerfile", "FROM sdk\nCOPY . .\nENTRYPOINT [\"cart\"]\n"),
    ];
    assert_eq!(services(&files), ["services/cart"]);
}

#[test]
fn deployment_files_anywhere_belong_to_the_service_that_they_name() {
    let files = [
        ("src/cart/package.json", r#"{"name":"cart","dependencies":{"express":"4"}}"#),
        ("src/cart/server.js", "app.listen(1);\n"),
        ("src/user/package.json", r#"{"name":"user","dependencies":{"express":"4"}}"#),
        ("src/user/server.js", "app.listen(1);\n"),
        (
            "deploy/helm/templates/cart.yaml",
            "kind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  image: registry/shop/cart:{{ .Tag }}\n",
        ),
        (
            "docker-compose.yml",
            "services:\n  cart:\n    build: ./src/cart\n  redis:\n    image: redis\n",
        ),
        ("docker-compose.tracing.yml", "services:\n  user:\n    image: registry/user\n"),
        ("infra/main.tf", "resource \"x\" \"user\" {}\n"),
    ];
    let repository = Repo::new(&files).discover();
    let files_of = |folder: &str| {
        service(&repository, folder).deployment.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(files_of("src/cart"), ["deploy/helm/templates/cart.yaml", "docker-compose.yml"]);
    assert_eq!(files_of("src/user"), ["docker-compose.tracing.yml", "infra/main.tf"]);
}

#[test]
fn a_folder_of_contracts_is_no_service() {
    let files = [
        ("protos/shop.proto", "syntax = \"proto3\";\n"),
        ("openapi/openapi.yaml", "openapi: 3.0.0\n"),
        ("api/go.mod", "module example.com/api\n"),
        ("api/main.go", GO_MAIN),
    ];
    assert_eq!(services(&files), ["api"]);
}

#[test]
fn settings_decide_over_what_is_found() {
    let mut repo = Repo::new(&[
        ("api/go.mod", "module example.com/api\n"),
        ("api/main.go", GO_MAIN),
        ("job/run.sh", "echo\n"),
        ("old/go.mod", "module example.com/old\n"),
        ("old/main.go", GO_MAIN),
    ]);
    let entry = |path: &str, kind| ServiceOverride {
        path: path.to_string(),
        kind,
        ..ServiceOverride::default()
    };
    let job = ServiceOverride {
        name: Some("nightly".into()),
        owner: Some("@ops".into()),
        tier: Some("1".into()),
        ..entry("job", OverrideKind::Service)
    };
    repo.options.overrides = vec![job, entry("old", OverrideKind::Ignore)];
    let repository = repo.discover();
    assert_eq!(folders(&repository), ["api", "job"]);
    let job = service(&repository, "job");
    assert_eq!(
        (&*job.name, job.tier.as_deref(), &*job.owners.names[0]),
        ("nightly", Some("1"), "@ops")
    );
    assert!(repository.left_out("old/main.go").is_some());

    repo.options.overrides =
        vec![entry("api", OverrideKind::Library), entry("../..", OverrideKind::Service)];
    let repository = repo.discover();
    assert_eq!(folders(&repository), ["old"]);
    assert!(repository.layout.libraries.iter().any(|l| &*l.folder == "api"));
}

#[test]
fn a_service_that_is_only_declared_starts_where_its_code_does() {
    let mut repo = Repo::new(&[("jobs/lib.go", "package main\n"), ("jobs/main.go", GO_MAIN)]);
    repo.options.overrides = vec![ServiceOverride {
        path: "jobs".into(),
        name: None,
        owner: None,
        tier: None,
        kind: OverrideKind::Service,
    }];
    let repository = repo.discover();
    let entry = service(&repository, "jobs").entry.clone().unwrap();
    assert_eq!((&*entry.path, entry.line), ("jobs/main.go", 3));
}
