//! Whether a log is whole, and each of its records a legal step of the plan.
