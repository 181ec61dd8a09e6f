//! The layout of a plan's document: two spaces for each level, as `serde_json`'s own, but a line's indentation is written at once.

use std::io::{self, Write};

use serde_json::ser::Formatter;

/// Deeper than any plan goes; what would be deeper is written in pieces.
const SPACES: &[u8] = &[b' '; 64];

/// Writes a document with indentation.
#[derive(Default)]
pub(super) struct Indented {
    depth: usize,
    /// Whether the array or object at hand holds anything.
    filled: bool,
}

impl Indented {
    fn open<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        out.write_all(bracket)
    }

    fn close<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.filled {
            self.line(out, b"\n")?;
        }
        out.write_all(bracket)
    }

    fn line<W: ?Sized + Write>(&self, out: &mut W, end: &[u8]) -> io::Result<()> {
        out.write_all(end)?;
        let mut width = self.depth * 2;
        while let Some(rest) = width.checked_sub(SPACES.len()) {
            out.write_all(SPACES)?;
            width = rest;
        }
        out.write_all(SPACES.get(..width).unwrap_or_default())
    }
}

impl Formatter for Indented {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.line(out, if first { b"\n" } else { b",\n" })
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.line(out, if first { b"\n" } else { b",\n" })
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Serializer, Value, json, to_string_pretty};

    use super::*;

    #[test]
    fn it_is_the_layout_of_serde_json() {
        let deep =
            (0..40).fold(json!([]), |inner, number| if number % 2 == 0 { json!([inner, {}]) } else { json!({ "a": inner, "b": 1 }) });
        for value in [json!([]), json!({}), json!([[], {}, [1, "a\n"], { "x": [], "y": {} }]), json!({ "a": { "b": null } }), deep] {
            let mut text = Vec::new();
            Value::serialize(&value, &mut Serializer::with_formatter(&mut text, Indented::default())).unwrap();
            assert_eq!(String::from_utf8(text).unwrap(), to_string_pretty(&value).unwrap());
        }
    }
}
