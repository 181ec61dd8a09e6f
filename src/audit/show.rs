//! What a log tells people: who saw what, which route fell back and why, what it cost.
