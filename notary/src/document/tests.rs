//! Documents against the samples, one rule at a time, and made at random.

mod generated;
mod properties;
mod rules;
mod sampled;
