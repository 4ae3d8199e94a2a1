//! One file a command.

mod check;
mod explain;
mod init;
mod policy_list;
mod policy_test;
mod threads;

pub(crate) use check::check;
pub(crate) use explain::explain;
pub(crate) use init::init;
pub(crate) use policy_list::policy_list;
pub(crate) use policy_test::policy_test;
