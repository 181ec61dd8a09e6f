//! From the bytes of a log to its lines, one by one, and from a line to what it says; a line that could hide something is no record.

use std::io::{self, BufRead};

use serde_json::{Map, Value};

use super::Line;

/// The lines of one file, in order. Only one is held at a time, so a log may be larger than memory.
pub struct Rows<R> {
    from: R,
    number: u64,
}

/// A line as it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Its number in the file, from 1.
    pub number: u64,
    /// Its bytes, without the newline.
    pub bytes: Vec<u8>,
    /// Whether no newline ends it: whoever wrote it was stopped.
    pub torn: bool,
}

impl<R: BufRead> Rows<R> {
    /// Of a file.
    pub fn new(from: R) -> Self {
        Self { from, number: 0 }
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = io::Result<Read>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bytes = Vec::new();
        match self.from.read_until(b'\n', &mut bytes) {
            Err(error) => Some(Err(error)),
            Ok(0) => None,
            Ok(_) => {
                self.number += 1;
                let torn = bytes.pop_if(|last| *last == b'\n').is_none();
                Some(Ok(Read { number: self.number, bytes, torn }))
            }
        }
    }
}

/// What a line says, or why it is no record. A member that no record has, or one that stands twice, is refused: nothing hides in a line.
pub fn parse(bytes: &[u8]) -> Result<Line, String> {
    if bytes.is_empty() {
        return Err("it is empty".to_owned());
    }
    let line: Line = serde_json::from_slice(bytes).map_err(|error| reason(&error))?;
    let plain = serde_json::to_vec(&line).map_err(|error| reason(&error))?;
    if plain == bytes {
        // As byokc writes it.
        return Ok(line);
    }
    crate::verify::distinct(bytes)?;
    let (given, meant) = (object(bytes)?, object(&plain)?);
    for (name, value) in &given {
        match meant.get(name) {
            None => return Err(format!("it has the member `{name}`, which no such record has")),
            Some(other) if !same(value, other) => return Err(format!("its member `{name}` holds what no record holds there")),
            Some(_) => {}
        }
    }
    Ok(line)
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    serde_json::from_slice(bytes).map_err(|error| reason(&error))
}

/// Whether all that the first says is in the second.
fn same(given: &Value, meant: &Value) -> bool {
    match (given, meant) {
        (Value::Object(given), Value::Object(meant)) => {
            given.iter().all(|(name, value)| meant.get(name).is_some_and(|meant| same(value, meant)))
        }
        (Value::Array(given), Value::Array(meant)) => {
            given.len() == meant.len() && given.iter().zip(meant).all(|(given, meant)| same(given, meant))
        }
        // Reading a fraction, writing and reading it again may change its last digit.
        (Value::Number(given), Value::Number(meant)) if given.is_f64() => meant.is_f64(),
        _ => given == meant,
    }
}

/// What is wrong with a line, without the place in it: a line is one line.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let said = text.rsplit_once(" at line ").map_or(&*text, |(said, _)| said);
    if error.is_data() {
        format!("{said}, at column {}", error.column())
    } else {
        format!("it is not JSON: {said}, at column {}", error.column())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{After, Asked, Attempt, Denied, Entry, Head};

    fn line(entry: &Entry<'_>) -> String {
        let mut bytes = Head::default().append("2026-11-24T10:00:00.000Z", &serde_json::to_vec(entry).unwrap());
        assert_eq!(bytes.pop(), Some(b'\n'));
        String::from_utf8(bytes).unwrap()
    }

    fn denied() -> Entry<'static> {
        let asked = Asked { request: "r".into(), plan: "p".into(), data: vec!["internal".into()], ..Asked::default() };
        Entry::Denied(Denied { asked, code: "refused".into(), ..Denied::default() })
    }

    #[test]
    fn every_line_is_read_with_its_number_and_a_torn_one_is_seen() {
        let rows: Vec<Read> = Rows::new(&b"a\n\nb"[..]).map(Result::unwrap).collect();
        let of = |number, bytes: &str, torn| Read { number, bytes: bytes.into(), torn };
        assert_eq!(rows, [of(1, "a", false), of(2, "", false), of(3, "b", true)]);
        assert_eq!(Rows::new(&b""[..]).count(), 0);
    }

    #[test]
    fn what_the_writer_writes_is_read() {
        let after = After { attempt: 0, class: "timeout".into(), tries: 2, duration_ms: 9 };
        let messages = Some(serde_json::json!([{"b": 1.1, "a": [0.1, 1e300, "\u{1}é"]}]));
        for entry in [
            denied(),
            Entry::Attempt(Box::new(Attempt { after: Some(after), messages, ..Attempt::default() })),
            Entry::Attempt(Box::default()),
            Entry::End(Box::default()),
            Entry::Closed {},
        ] {
            assert_eq!(parse(line(&entry).as_bytes()).map(|line| line.entry), Ok(entry));
        }
    }

    #[test]
    fn nothing_hides_in_a_line() {
        let good = line(&denied());
        for (from, to, why) in [
            (r#""byokc.plan""#, r#""more":1,"byokc.plan""#, "no such record has"),
            (r#""byokc.plan""#, r#""byokc.route":null,"byokc.plan""#, "no such record has"),
            (r#""byokc.plan""#, r#""byokc.plan":"q","byokc.plan""#, "twice"),
            (r#""byokc.plan":"p","#, "", "missing field"),
            (r#""denied""#, r#""closed""#, "no such record has"),
            (r#""denied""#, r#""dented""#, "unknown variant"),
            (r#"["internal"]"#, "7", "column"),
            ("}", "", "it is not JSON"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            let said = parse(bad.as_bytes()).unwrap_err();
            assert!(said.contains(why) || (why == "twice" && said.contains("duplicate")), "{bad}: {said}");
        }
        // Half of what came before would be dropped in silence.
        let after = After { attempt: 0, class: "timeout".into(), tries: 2, duration_ms: 9 };
        let whole = line(&Entry::Attempt(Box::new(Attempt { after: Some(after), ..Attempt::default() })));
        let half = whole.replacen(r#","byokc.after.tries":2"#, "", 1);
        assert!(parse(half.as_bytes()).unwrap_err().contains("byokc.after"), "{half}");
        assert!(parse(good.replacen(',', ", ", 3).as_bytes()).is_ok(), "white space hides nothing");
    }
}
