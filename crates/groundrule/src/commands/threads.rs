//! The threads that parsing and linking run on.

use rayon::ThreadPool;

use crate::errors::Failure;

/// Lowering recurses with the source's nesting, which is bounded: this is enough for the bound.
const STACK: usize = 16 << 20;

/// Starts `jobs` threads; 0 starts one for each processor.
///
/// # Errors
/// When the system refuses.
pub(super) fn start(jobs: usize) -> Result<ThreadPool, Failure> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .stack_size(STACK)
        .build()
        .map_err(|source| Failure::Threads { source })
}
