//! Dependencies with their versions and places.

use groundrule_unit::DependencyScope;

use crate::repo::{Repo, dependency, service};

fn check(files: &[(&str, &str)], folder: &str, expected: &[(&str, Option<&str>, bool, u32)]) {
    let repository = Repo::new(files).discover();
    let service = service(&repository, folder);
    for &(name, version, exact, line) in expected {
        let found = dependency(service, name);
        assert_eq!(
            (found.version.as_deref(), found.exact, found.place.line),
            (version, exact, line),
            "{name}"
        );
    }
}

#[test]
fn npm_resolves_by_the_lock_file_around_the_package() {
    let package = "{\n  \"name\": \"api\",\n  \"scripts\": {\"start\": \"node server.js\"},\n  \"dependencies\": {\n    \"express\": \"^4.0.0\",\n    \"axios\": \"~1.6.0\"\n  },\n  \"devDependencies\": {\n    \"jest\": \"29\"\n  }\n}\n";
    let files = [
        ("api/package.json", package),
        ("api/server.js", "app.listen(1);\n"),
        (
            "package-lock.json",
            r#"{"packages":{"node_modules/express":{"version":"4.18.2"},"api/node_modules/axios":{"version":"1.6.8"},"node_modules/axios":{"version":"0.27.0"}}}"#,
        ),
    ];
    check(
        &files,
        "api",
        &[
            ("express", Some("4.18.2"), true, 5),
            ("axios", Some("1.6.8"), true, 6),
            ("jest", Some("29"), true, 9),
        ],
    );
    let repository = Repo::new(&files).discover();
    let jest = dependency(service(&repository, "api"), "jest");
    assert_eq!(jest.scope, DependencyScope::Development);
}

#[test]
fn yarn_and_pnpm_lock_files_are_read() {
    let package = r#"{"dependencies":{"express":"^4.0.0"},"scripts":{"start":"node server.js"}}"#;
    let server = ("server.js", "app.listen(1);\n");
    let yarn = "# yarn lockfile v1\n\n\"express@^4.0.0\", express@^4.1.0:\n  version \"4.19.0\"\n";
    check(
        &[("package.json", package), server, ("yarn.lock", yarn)],
        ".",
        &[("express", Some("4.19.0"), true, 1)],
    );
    let pnpm = "lockfileVersion: '6.0'\nimporters:\n  .:\n    dependencies:\n      express:\n        specifier: ^4.0.0\n        version: 4.20.0(supports-color@5)\npackages:\n";
    check(
        &[("package.json", package), server, ("pnpm-lock.yaml", pnpm)],
        ".",
        &[("express", Some("4.20.0"), true, 1)],
    );
}

#[test]
fn go_leaves_indirect_requirements_out() {
    let module = "module example.com/shop\n\ngo 1.22\n\nrequire github.com/gin-gonic/gin v1.9.1\n\nrequire (\n\tgoogle.golang.org/grpc v1.60.0\n\tgolang.org/x/sys v0.1.0 // indirect\n)\n";
    let files = [("go.mod", module), ("main.go", "package main\nfunc main() {}\n")];
    check(
        &files,
        ".",
        &[
            ("github.com/gin-gonic/gin", Some("v1.9.1"), true, 5),
            ("google.golang.org/grpc", Some("v1.60.0"), true, 8),
        ],
    );
    let repository = Repo::new(&files).discover();
    assert_eq!(service(&repository, ".").dependencies.len(), 2);
}

#[test]
fn python_reads_requirements_projects_and_lock_files() {
    let app = ("app.py", "app = FastAPI()\n");
    let requirements = "# pinned\nfastapi[all]==0.110.0 ; python_version > '3'\nRequests_OAuthlib>=1.3\n-r base.txt\n";
    let files = [("requirements.txt", requirements), ("base.txt", "httpx==0.27.0\n"), app];
    check(
        &files,
        ".",
        &[
            ("fastapi", Some("0.110.0"), true, 2),
            ("requests-oauthlib", Some(">=1.3"), false, 3),
            ("httpx", Some("0.27.0"), true, 1),
        ],
    );
    let repository = Repo::new(&files).discover();
    assert_eq!(dependency(service(&repository, "."), "fastapi").features, ["all"]);

    let project = "[project]\nname = \"shop\"\ndependencies = [\n  \"httpx>=0.20\",\n]\n[dependency-groups]\ndev = [\"pytest\"]\n";
    let lock = "[[package]]\nname = \"httpx\"\nversion = \"0.27.2\"\n";
    check(
        &[("pyproject.toml", project), ("uv.lock", lock), app],
        ".",
        &[("httpx", Some("0.27.2"), true, 4), ("pytest", None, false, 7)],
    );

    let poetry = "[tool.poetry]\nname = \"shop\"\n[tool.poetry.dependencies]\npython = \"^3.11\"\nredis = \"^5.0\"\n[tool.poetry.group.dev.dependencies]\nmypy = \"1.8.0\"\n";
    check(
        &[("pyproject.toml", poetry), app],
        ".",
        &[("redis", Some("^5.0"), false, 5), ("mypy", Some("1.8.0"), true, 7)],
    );

    let setup = "from setuptools import setup\nsetup(\n    name='shop',\n    install_requires=[\n        'flask==2.0',\n        \"redis\",\n    ],\n    extras={'x': 'y'},\n)\n";
    check(
        &[("setup.py", setup), app],
        ".",
        &[("flask", Some("2.0"), true, 5), ("redis", None, false, 6)],
    );
}

#[test]
fn maven_resolves_properties_parents_and_managed_versions() {
    let parent = "<project>\n<groupId>shop</groupId><artifactId>parent</artifactId><version>1</version><packaging>pom</packaging>\n<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.2.1</version><relativePath/></parent>\n<properties><okhttp.version>4.12.0</okhttp.version></properties>\n<dependencyManagement><dependencies><dependency><groupId>com.squareup.okhttp3</groupId><artifactId>okhttp</artifactId><version>${okhttp.version}</version></dependency></dependencies></dependencyManagement>\n</project>\n";
    let child = "<project>\n<artifactId>api</artifactId>\n<parent><groupId>shop</groupId><artifactId>parent</artifactId><version>1</version></parent>\n<dependencies>\n<dependency><groupId>com.squareup.okhttp3</groupId><artifactId>okhttp</artifactId></dependency>\n<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>\n<dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>[4,5)</version><scope>test</scope></dependency>\n</dependencies>\n</project>\n";
    let files = [
        ("pom.xml", parent),
        ("api/pom.xml", child),
        (
            "api/src/main/java/ApiApplication.java",
            "class A {\n public static void main(String[] a) {}\n}\n",
        ),
    ];
    check(
        &files,
        "api",
        &[
            ("com.squareup.okhttp3:okhttp", Some("4.12.0"), true, 5),
            ("org.springframework.boot:spring-boot-starter-parent", Some("3.2.1"), true, 3),
            ("org.springframework.boot:spring-boot-starter-web", Some("3.2.1"), true, 6),
            ("junit:junit", Some("[4,5)"), false, 7),
        ],
    );
    let repository = Repo::new(&files).discover();
    let manifests = &service(&repository, "api").manifests;
    assert_eq!(manifests.iter().map(|m| &**m).collect::<Vec<_>>(), ["api/pom.xml", "pom.xml"]);
}

#[test]
fn gradle_reads_catalogues_plugins_and_variables() {
    let build = "plugins {\n    id(\"org.springframework.boot\") version \"3.3.0\"\n    alias(libs.plugins.kotlin.jvm)\n}\nval okhttp = \"4.12.0\"\ndependencies {\n    implementation(libs.ktor.client)\n    implementation(\"com.squareup.okhttp3:okhttp:$okhttp\")\n    implementation(\"org.springframework.boot:spring-boot-starter-web\")\n    testImplementation(\"io.mockk:mockk:1.13.0\")\n}\n";
    let catalog = "[versions]\nktor = \"2.3.7\"\nkotlin = \"2.0.0\"\n[libraries]\nktor-client = { module = \"io.ktor:ktor-client-core\", version.ref = \"ktor\" }\n[plugins]\nkotlin-jvm = { id = \"org.jetbrains.kotlin.jvm\", version.ref = \"kotlin\" }\n";
    let files = [
        ("settings.gradle.kts", "rootProject.name = \"shop\"\n"),
        ("build.gradle.kts", build),
        ("gradle/libs.versions.toml", catalog),
        (
            "src/main/kotlin/Application.kt",
            "@SpringBootApplication\nclass Application\n\nfun main(args: Array<String>) {\n}\n",
        ),
    ];
    check(
        &files,
        ".",
        &[
            ("org.springframework.boot", Some("3.3.0"), true, 2),
            ("org.jetbrains.kotlin.jvm", Some("2.0.0"), true, 3),
            ("io.ktor:ktor-client-core", Some("2.3.7"), true, 7),
            ("com.squareup.okhttp3:okhttp", Some("4.12.0"), true, 8),
            ("org.springframework.boot:spring-boot-starter-web", Some("3.3.0"), true, 9),
            ("io.mockk:mockk", Some("1.13.0"), true, 10),
        ],
    );
}

#[test]
fn cargo_resolves_by_the_workspace_and_its_lock_file() {
    let files = [
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"server\"]\n[workspace.dependencies]\nreqwest = { version = \"0.12\", features = [\"json\"] }\n",
        ),
        (
            "Cargo.lock",
            "[[package]]\nname = \"reqwest\"\nversion = \"0.11.27\"\n\n[[package]]\nname = \"reqwest\"\nversion = \"0.12.4\"\n",
        ),
        (
            "server/Cargo.toml",
            "[package]\nname = \"server\"\n[dependencies]\nreqwest = { workspace = true, features = [\"gzip\"] }\naxum = \"0.7\"\n",
        ),
        ("server/src/main.rs", "fn main() {}\n"),
    ];
    check(&files, ".", &[("reqwest", Some("0.12.4"), true, 4), ("axum", Some("0.7"), false, 5)]);
    let repository = Repo::new(&files).discover();
    assert_eq!(dependency(service(&repository, "."), "reqwest").features, ["json", "gzip"]);
}

#[test]
fn dotnet_reads_central_versions_and_private_packages() {
    let files = [
        (
            "Api/Api.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<ItemGroup>\n<PackageReference Include=\"Polly\" />\n<PackageReference Include=\"Serilog\" Version=\"3.1.1\" />\n<PackageReference Include=\"StyleCop\" Version=\"1.0\" PrivateAssets=\"All\" />\n</ItemGroup>\n</Project>\n",
        ),
        ("Api/Program.cs", "WebApplication.CreateBuilder(args);\n"),
        (
            "Directory.Packages.props",
            "<Project><ItemGroup><PackageVersion Include=\"Polly\" Version=\"8.2.0\" /></ItemGroup></Project>",
        ),
    ];
    check(&files, "Api", &[("Polly", Some("8.2.0"), true, 3), ("Serilog", Some("3.1.1"), true, 4)]);
    let repository = Repo::new(&files).discover();
    let style = dependency(service(&repository, "Api"), "StyleCop");
    assert_eq!(style.scope, DependencyScope::Development);
}

#[test]
fn npm_lock_files_of_every_age_are_read() {
    let package = r#"{"dependencies":{"express":"^4.0.0"},"scripts":{"start":"node server.js"}}"#;
    let server = ("server.js", "app.listen(1);\n");
    for (name, lock, version) in [
        (
            "package-lock.json",
            r#"{"lockfileVersion":1,"dependencies":{"express":{"version":"4.16.0"}}}"#,
            "4.16.0",
        ),
        (
            "npm-shrinkwrap.json",
            r#"{"lockfileVersion":3,"packages":{"":{},"node_modules/express":{"version":"4.17.0"}}}"#,
            "4.17.0",
        ),
        (
            "yarn.lock",
            "__metadata:\n  version: 8\n\n\"express@npm:^4.0.0\":\n  version: 4.18.0\n  resolution: \"express@npm:4.18.0\"\n",
            "4.18.0",
        ),
        (
            "pnpm-lock.yaml",
            "lockfileVersion: 5.3\n\nspecifiers:\n  express: ^4.0.0\n\ndependencies:\n  express: 4.19.1\n\npackages:\n",
            "4.19.1",
        ),
        (
            "pnpm-lock.yaml",
            "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      express:\n        specifier: ^4.0.0\n        version: 4.21.2\n\npackages:\n\n  express@4.21.2:\n    resolution: {}\n",
            "4.21.2",
        ),
    ] {
        check(
            &[("package.json", package), server, (name, lock)],
            ".",
            &[("express", Some(version), true, 1)],
        );
    }
}

#[test]
fn pnpm_tells_the_packages_of_a_workspace_apart() {
    let package = r#"{"name":"api","dependencies":{"express":"^4.0.0"},"scripts":{"start":"node server.js"}}"#;
    let lock = "lockfileVersion: '9.0'\nimporters:\n  apps/api:\n    dependencies:\n      express:\n        specifier: ^4.0.0\n        version: 4.20.0\n  apps/old:\n    dependencies:\n      express:\n        specifier: ^3.0.0\n        version: 3.21.2\n";
    check(
        &[
            ("package.json", r#"{"name":"root","private":true}"#),
            ("pnpm-workspace.yaml", "packages:\n  - apps/*\n"),
            ("pnpm-lock.yaml", lock),
            ("apps/api/package.json", package),
            ("apps/api/server.js", "app.listen(1);\n"),
        ],
        "apps/api",
        &[("express", Some("4.20.0"), true, 1)],
    );
}

#[test]
fn go_takes_the_version_of_a_replacement() {
    let module = "module example.com/shop\n\nrequire google.golang.org/grpc v1.60.0\n\nreplace google.golang.org/grpc => google.golang.org/grpc v1.29.1\n";
    check(
        &[("go.mod", module), ("main.go", "package main\nfunc main() {}\n")],
        ".",
        &[("google.golang.org/grpc", Some("v1.29.1"), true, 3)],
    );
}

#[test]
fn python_lock_files_settle_what_is_asked_for() {
    let app = ("app.py", "app = FastAPI()\n");
    let poetry = "[tool.poetry]\nname = \"shop\"\n[tool.poetry.dependencies]\nredis = \"^5.0\"\n";
    let lock = "[[package]]\nname = \"redis\"\nversion = \"5.0.8\"\ndescription = \"x\"\n";
    check(
        &[("pyproject.toml", poetry), ("poetry.lock", lock), app],
        ".",
        &[("redis", Some("5.0.8"), true, 4)],
    );
    let pipfile = "[packages]\nredis = \"*\"\n[dev-packages]\npytest = \"==8.1.0\"\n";
    let lock =
        r#"{"default":{"redis":{"version":"==5.2.0"}},"develop":{"pytest":{"version":"==8.1.0"}}}"#;
    check(
        &[("Pipfile", pipfile), ("Pipfile.lock", lock), app],
        ".",
        &[("redis", Some("5.2.0"), true, 2), ("pytest", Some("8.1.0"), true, 4)],
    );
    let files = [
        ("requirements-prod.txt", "redis==5.1.1\n"),
        ("requirements-dev.txt", "pytest==8.0.0\n"),
        app,
    ];
    check(&files, ".", &[("redis", Some("5.1.1"), true, 1), ("pytest", Some("8.0.0"), true, 1)]);
}

#[test]
fn constraints_settle_what_requirements_leave_open() {
    let files = [
        ("requirements.txt", "redis\nhttpx>=0.20\n-c constraints.txt\n"),
        ("constraints.txt", "redis==5.1.1\nhttpx==0.28.0\nunused==1.0\n"),
        ("app.py", "app = FastAPI()\n"),
    ];
    check(&files, ".", &[("redis", Some("5.1.1"), true, 1), ("httpx", Some("0.28.0"), true, 2)]);
    let repository = Repo::new(&files).discover();
    assert_eq!(service(&repository, ".").dependencies.len(), 2);
}

#[test]
fn gradle_reads_properties_and_bundles() {
    let files = [
        ("settings.gradle", "rootProject.name = 'shop'\n"),
        ("gradle.properties", "okhttpVersion=4.12.0\n"),
        (
            "gradle/libs.versions.toml",
            "[libraries]\nktor-core = \"io.ktor:ktor-client-core:2.3.7\"\nktor-cio = { group = \"io.ktor\", name = \"ktor-client-cio\", version = \"2.3.8\" }\n[bundles]\nktor = [\"ktor-core\", \"ktor-cio\"]\n",
        ),
        (
            "build.gradle",
            "plugins {\n    id 'application'\n}\ndependencies {\n    implementation \"com.squareup.okhttp3:okhttp:${okhttpVersion}\"\n    implementation libs.bundles.ktor\n    implementation group: 'redis.clients', name: 'jedis', version: '5.1.0'\n}\n",
        ),
        (
            "src/main/java/Application.java",
            "class Application {\n public static void main(String[] a) {}\n}\n",
        ),
        (
            "Dockerfile",
            "FROM eclipse-temurin:21\nCOPY . .\nCMD [\"java\", \"-jar\", \"shop.jar\"]\n",
        ),
    ];
    check(
        &files,
        ".",
        &[
            ("com.squareup.okhttp3:okhttp", Some("4.12.0"), true, 5),
            ("io.ktor:ktor-client-core", Some("2.3.7"), true, 6),
            ("io.ktor:ktor-client-cio", Some("2.3.8"), true, 6),
            ("redis.clients:jedis", Some("5.1.0"), true, 7),
        ],
    );
}

#[test]
fn dotnet_overrides_and_properties_decide_over_central_versions() {
    let files = [
        (
            "src/Api/Api.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<ItemGroup>\n<PackageReference Include=\"Polly\" VersionOverride=\"7.2.4\" />\n<PackageReference Include=\"RestSharp\" />\n</ItemGroup>\n</Project>\n",
        ),
        ("src/Api/Program.cs", "WebApplication.CreateBuilder(args);\n"),
        (
            "Directory.Build.props",
            "<Project><PropertyGroup><RestVersion>110.2.0</RestVersion></PropertyGroup></Project>",
        ),
        (
            "Directory.Packages.props",
            "<Project><ItemGroup><PackageVersion Include=\"Polly\" Version=\"8.2.0\" /><PackageVersion Include=\"RestSharp\" Version=\"$(RestVersion)\" /></ItemGroup></Project>",
        ),
    ];
    check(
        &files,
        "src/Api",
        &[("Polly", Some("7.2.4"), true, 3), ("RestSharp", Some("110.2.0"), true, 4)],
    );
}
