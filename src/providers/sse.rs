//! Turns the bytes of a stream, however they are cut, into its server-sent events.

use std::borrow::Cow;
use std::mem::take;

use crate::failure::Failure;

use super::Failed;

/// The longest line and the most data of one event, in bytes: what is longer is no answer of a model.
const LIMIT: usize = 16 << 20;

/// The name under which JSON without `data:` is given out: Gemini writes its errors so in the middle of a stream.
pub(super) const BARE: &str = "bare";

/// Who is given the events: the name, empty where there is none, and the data.
pub(super) type Each<'a> = dyn FnMut(&str, &str) -> Result<(), Failed> + 'a;

/// What of a stream is not given out yet.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// The beginning of a line.
    line: Vec<u8>,
    /// The event whose lines are coming.
    begun: Begun<'static>,
    /// A line has been read: there is no byte order mark any more.
    started: bool,
    /// The last byte was a carriage return: a line feed now belongs to it.
    after_return: bool,
}

impl Frames {
    /// Gives out the events that this chunk completes. An event that lies whole in the chunk is not copied.
    pub(super) fn push(&mut self, chunk: &[u8], each: &mut Each<'_>) -> Result<(), Failed> {
        let mut begun: Begun<'_> = take(&mut self.begun);
        let mut rest = chunk;
        while !rest.is_empty() {
            if take(&mut self.after_return)
                && let Some(after) = rest.strip_prefix(b"\n")
            {
                rest = after;
                continue;
            }
            let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else { break };
            let (head, tail) = rest.split_at(end);
            self.after_return = tail.first() == Some(&b'\r');
            rest = tail.get(1..).unwrap_or_default();
            if self.line.is_empty() {
                let line = text(head, &mut self.started)?;
                begun.add(line, Cow::Borrowed, each)?;
            } else {
                self.keep(head)?;
                let whole = take(&mut self.line);
                let line = text(&whole, &mut self.started)?;
                begun.add(line, |part| Cow::Owned(part.to_owned()), each)?;
            }
        }
        self.keep(rest)?;
        self.begun = begun.into_owned();
        Ok(())
    }

    /// Gives out what is left when the body ends: not everybody ends the last event with an empty line.
    pub(super) fn end(&mut self, each: &mut Each<'_>) -> Result<(), Failed> {
        let mut begun = take(&mut self.begun);
        let last = take(&mut self.line);
        if !last.is_empty() {
            let line = text(&last, &mut self.started)?;
            begun.add(line, |part| Cow::Owned(part.to_owned()), each)?;
        }
        begun.give(each)
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        if self.line.len() + bytes.len() > LIMIT {
            return Err(broken());
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }
}

/// An event of which some lines have been read.
#[derive(Debug, Default)]
struct Begun<'c> {
    name: Cow<'c, str>,
    data: Cow<'c, str>,
    /// Whether there was a line of data: the next one goes on a new line.
    any: bool,
    bare: bool,
}

impl<'c> Begun<'c> {
    /// Reads a line; `hold` makes what is kept of it live as long as the event.
    fn add<'l>(&mut self, line: &'l str, hold: impl Fn(&'l str) -> Cow<'c, str>, each: &mut Each<'_>) -> Result<(), Failed> {
        if line.is_empty() {
            return take(self).give(each);
        }
        if self.bare {
            return self.extend(line, hold);
        }
        if line.starts_with(['{', '[']) {
            take(self).give(each)?;
            self.bare = true;
            return self.extend(line, hold);
        }
        // A line that begins with a colon is a comment: its field has no name.
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => self.extend(value, hold)?,
            "event" => self.name = hold(value),
            _ => {}
        }
        Ok(())
    }

    fn extend<'l>(&mut self, line: &'l str, hold: impl Fn(&'l str) -> Cow<'c, str>) -> Result<(), Failed> {
        if self.data.len() + line.len() >= LIMIT {
            return Err(broken());
        }
        if self.any {
            let data = self.data.to_mut();
            data.push('\n');
            data.push_str(line);
        } else {
            self.data = hold(line);
            self.any = true;
        }
        Ok(())
    }

    /// Gives the event out; one without data says nothing.
    fn give(self, each: &mut Each<'_>) -> Result<(), Failed> {
        if self.data.is_empty() {
            return Ok(());
        }
        each(if self.bare { BARE } else { &self.name }, &self.data)
    }

    fn into_owned(self) -> Begun<'static> {
        Begun { name: Cow::Owned(self.name.into_owned()), data: Cow::Owned(self.data.into_owned()), any: self.any, bare: self.bare }
    }
}

/// The text of a whole line, without the mark that may stand before the first.
fn text<'l>(line: &'l [u8], started: &mut bool) -> Result<&'l str, Failed> {
    if line.len() > LIMIT {
        return Err(broken());
    }
    let line = if *started { line } else { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) };
    *started = true;
    std::str::from_utf8(line).map_err(|_| broken())
}

fn broken() -> Failed {
    Failed::of(Failure::ServerError)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Events = Vec<(String, String)>;

    fn events<'c>(chunks: impl IntoIterator<Item = &'c [u8]>) -> Result<Events, Failed> {
        let mut frames = Frames::default();
        let mut out = Events::new();
        let mut each = |name: &str, data: &str| {
            out.push((name.to_owned(), data.to_owned()));
            Ok(())
        };
        for chunk in chunks {
            frames.push(chunk, &mut each)?;
        }
        frames.end(&mut each)?;
        Ok(out)
    }

    fn of(stream: &str) -> Events {
        events([stream.as_bytes()]).unwrap()
    }

    fn owned(expected: &[(&str, &str)]) -> Events {
        expected.iter().map(|(name, data)| ((*name).to_owned(), (*data).to_owned())).collect()
    }

    #[test]
    fn names_data_and_comments() {
        let stream = ": OPENROUTER PROCESSING\n\nevent: ping\ndata: {}\n\nid: 7\nretry: 5\ndata:a\ndata:  b\ndata\n\ndata: last";
        assert_eq!(of(stream), owned(&[("ping", "{}"), ("", "a\n b\n"), ("", "last")]));
    }

    #[test]
    fn every_end_of_line_is_one() {
        for end in ["\n", "\r", "\r\n"] {
            let stream = format!("\u{feff}event: a{end}data: 1{end}data: 2{end}{end}data: ä{end}{end}");
            assert_eq!(of(&stream), owned(&[("a", "1\n2"), ("", "ä")]), "{end:?}");
        }
    }

    #[test]
    fn an_event_without_data_says_nothing_and_leaves_no_name_behind() {
        assert_eq!(of("event: a\n\nevent: b\ndata:\n\ndata: 1\n\n"), owned(&[("", "1")]));
    }

    #[test]
    fn json_without_data_is_bare_up_to_an_empty_line() {
        let stream = "data: {\"a\":1}\n\n{\n  \"error\": {\n    \"code\": 503\n  }\n}\n\ndata: 2\n{\"error\":1}";
        let error = "{\n  \"error\": {\n    \"code\": 503\n  }\n}";
        assert_eq!(of(stream), owned(&[("", "{\"a\":1}"), (BARE, error), ("", "2"), (BARE, "{\"error\":1}")]));
    }

    #[test]
    fn what_is_no_text_is_a_failure_of_the_server() {
        assert_eq!(events([b"data: \xff\n\n".as_slice()]), Err(broken()));
        assert_eq!(events([b"data: \xc3".as_slice(), b"\xa4\n\n"]), Ok(owned(&[("", "ä")])));
        assert_eq!(events([b"data: \xc3".as_slice()]), Err(broken()));
    }

    #[test]
    fn memory_is_bounded() {
        let megabyte = vec![b'a'; 1 << 20];
        let line = std::iter::once(b"data: ".as_slice()).chain(std::iter::repeat_n(megabyte.as_slice(), 17));
        assert_eq!(events(line), Err(broken()));
        let mut row = b"data: ".to_vec();
        row.extend(&megabyte);
        row.push(b'\n');
        assert_eq!(events(std::iter::repeat_n(row.as_slice(), 17)), Err(broken()));
        let at_once = row.repeat(17);
        assert_eq!(events([at_once.as_slice()]), Err(broken()));
        assert_eq!(events(std::iter::repeat_n(row.as_slice(), 15)).map(|events| events.len()), Ok(1));
    }

    #[test]
    fn whoever_is_given_the_events_can_stop_them() {
        let refuse = &mut |_: &str, _: &str| Err(Failed::of(Failure::Overloaded));
        assert_eq!(Frames::default().push(b"data: 1\n\n", refuse), Err(Failed::of(Failure::Overloaded)));
    }

    proptest! {
        #[test]
        fn cuts_change_nothing(
            pieces in proptest::collection::vec(
                prop_oneof![
                    "(event|data|id|):? ?[a-zäß\u{1f600}]{0,4}",
                    Just("\n".to_owned()), Just("\r".to_owned()), Just("\r\n".to_owned()), Just("\u{feff}".to_owned()), "[\\[{]\"",
                ],
                0..40,
            ),
            cuts in proptest::collection::vec(0_usize..200, 0..20),
        ) {
            let stream = pieces.concat().into_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(stream.len())).chain([0, stream.len()]).collect();
            cuts.sort_unstable();
            let chunks = cuts.windows(2).map(|pair| &stream[pair[0]..pair[1]]);
            prop_assert_eq!(events(chunks), events([stream.as_slice()]));
        }

        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let _ = events([bytes.as_slice()]);
            let single = events(bytes.chunks(1));
            prop_assert_eq!(single, events([bytes.as_slice()]));
        }
    }
}
