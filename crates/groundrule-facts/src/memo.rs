//! What was found out once: results of look-ups that depend on nothing but the program.
//!
//! A result is kept under everything that it depends on, so that threads may fill the memory in
//! any order without changing what is said.

use std::hash::Hash;
use std::sync::Mutex;

use rustc_hash::FxHashMap;

use crate::program::UnitIx;

/// Results by something in a unit (an expression, a scope), one part a unit so that threads rarely
/// meet.
#[derive(Debug)]
pub(crate) struct Memo<I, K, V> {
    units: Vec<MemoOf<(I, K), V>>,
}

impl<I: Eq + Hash, K: Eq + Hash, V: Clone> Memo<I, K, V> {
    /// An empty memory for that many units.
    pub(crate) fn new(units: usize) -> Self {
        Self { units: std::iter::repeat_with(MemoOf::default).take(units).collect() }
    }

    /// The result for a part of a unit and what else it depends on, found out if need be.
    pub(crate) fn get(
        &self,
        (UnitIx(unit), id): (UnitIx, I),
        key: K,
        find: impl FnOnce(&K) -> V,
    ) -> V {
        self.units[unit as usize].get((id, key), |(_, key)| find(key))
    }
}

/// Results by a key of any kind.
#[derive(Debug)]
pub(crate) struct MemoOf<K, V>(Mutex<FxHashMap<K, V>>);

impl<K, V> Default for MemoOf<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> MemoOf<K, V> {
    /// The result for a key, found out if need be. Nothing is locked while it is found out.
    pub(crate) fn get(&self, key: K, find: impl FnOnce(&K) -> V) -> V {
        if let Ok(known) = self.0.lock()
            && let Some(value) = known.get(&key)
        {
            return value.clone();
        }
        let value = find(&key);
        if let Ok(mut known) = self.0.lock() {
            known.insert(key, value.clone());
        }
        value
    }
}
