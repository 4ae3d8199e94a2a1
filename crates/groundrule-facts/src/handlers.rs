//! Handlers: what the function behind a route does with a request, and with a repeated one.

use crate::program::Program;
use crate::routes::FoundRoute;
use crate::{Effect, Guard, Repeat, RequestKey, Serves};

/// What is known of a handler.
#[derive(Clone, Debug)]
pub(crate) struct Handling {
    pub(crate) serves: Serves,
    pub(crate) effect: Effect,
    pub(crate) repeat: Repeat,
    pub(crate) request_keys: Vec<RequestKey>,
}

impl Program<'_> {
    /// What a route's handler does.
    pub(crate) fn handling(&self, route: &FoundRoute) -> Handling {
        let serves = if route.page { Serves::Page } else { Serves::Api };
        Handling {
            serves,
            effect: Effect::Unknown,
            repeat: Repeat { guard: Guard::Unknown, by: String::new(), place: None },
            request_keys: Vec::new(),
        }
    }
}
