//! Who owns a service.

use crate::repo::{Repo, folders, service};

const MAIN: &str = "package main\nfunc main() {}\n";

#[test]
fn the_last_pattern_that_matches_names_the_owners() {
    let repository = Repo::new(&[
        (".github/CODEOWNERS", "* @org/all\n/cart/ @org/cart @ann # note\n/user/\n"),
        ("CODEOWNERS", "* @org/other\n"),
        ("cart/go.mod", "module a\n"),
        ("cart/main.go", MAIN),
        ("user/go.mod", "module b\n"),
        ("user/main.go", MAIN),
        ("pay/go.mod", "module c\n"),
        ("pay/main.go", MAIN),
    ])
    .discover();
    let owners = |folder: &str| service(&repository, folder).owners.clone();
    assert_eq!(owners("cart").names, ["@org/cart", "@ann"]);
    assert_eq!(owners("cart").source.as_deref(), Some(".github/CODEOWNERS"));
    assert!(owners("user").names.is_empty());
    assert_eq!(owners("pay").names, ["@org/all"]);
    assert_eq!(repository.owners_of("README.md").names, ["@org/all"]);
}

#[test]
fn a_catalogue_component_marks_a_service_and_names_its_owner() {
    let repository = Repo::new(&[
        ("CODEOWNERS", "* @org/all\n"),
        ("cart/catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: cart-api\n---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shopping-cart\n  labels:\n    tier: \"1\"\nspec:\n  type: service\n  owner: payments\n"),
        ("cart/main.pl", "print 1;\n"),
        ("lib/catalog-info.yaml", "kind: Component\nmetadata:\n  name: lib\nspec:\n  type: library\n  owner: user:ann\n"),
    ])
    .discover();
    assert_eq!(folders(&repository), ["cart"]);
    let cart = service(&repository, "cart");
    assert_eq!((&*cart.name, cart.tier.as_deref()), ("shopping-cart", Some("1")));
    assert_eq!(cart.owners.names, ["group:default/payments"]);
    assert_eq!(cart.owners.source.as_deref(), Some("cart/catalog-info.yaml"));
}
