//! An edit as people read it: the lines that go and the lines that come, under the place where they stand.

use crate::diagnostic::Edit;
use crate::edit::applied;
use crate::source::{Sources, Span};

/// What an edit makes of a few lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    /// Where: the first line that is shown.
    pub(super) place: Span,
    /// Each line with its sign: ` ` stays, `-` goes, `+` comes.
    pub(super) lines: Vec<(char, String)>,
}

/// The lines of one edit. One that only adds is shown below the line before.
pub(super) fn hunk(sources: &Sources, edit: &Edit) -> Hunk {
    let text = sources.get(edit.span.file).map_or("", |source| source.text());
    let (start, end) = (edit.span.start as usize, edit.span.end as usize);
    let begin = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let finish = text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| end + length);
    let old = text.get(begin..finish).unwrap_or_default();
    let offset = u32::try_from(begin).unwrap_or(0);
    let local = Span { start: edit.span.start - offset, end: edit.span.end - offset, ..edit.span };
    let new = applied(old, &[Edit { span: local, text: edit.text.clone() }]);
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(one, other)| one == other).count();
    let before = same(&mut old.iter().zip(&new));
    let after = same(&mut old.iter().skip(before).rev().zip(new.iter().skip(before).rev()));
    let gone = old.get(before..old.len() - after).unwrap_or_default();
    let come = new.get(before..new.len() - after).unwrap_or_default();
    let context = before.checked_sub(1).filter(|_| gone.is_empty());
    let first = context.unwrap_or(before);
    let skipped: usize = old.iter().take(first).map(|line| line.len() + 1).sum();
    let place = offset + u32::try_from(skipped).unwrap_or(0);
    let kept = context.and_then(|line| old.get(line)).map(|line| (' ', (*line).to_owned()));
    let lines =
        kept.into_iter().chain(gone.iter().map(|line| ('-', (*line).to_owned()))).chain(come.iter().map(|line| ('+', (*line).to_owned())));
    Hunk { place: Span { start: place, end: place, ..edit.span }, lines: lines.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn drawn(text: &str, start: u32, end: u32, put: &str) -> (usize, String) {
        let sources = Sources::default();
        let file = sources.add(Source::new("a.byok", text));
        let hunk = hunk(&sources, &Edit { span: Span { file, start, end }, text: put.to_owned() });
        let lines: Vec<String> = hunk.lines.iter().map(|(sign, line)| format!("{sign}{line}")).collect();
        (sources.start(hunk.place).line, lines.join("|"))
    }

    #[test]
    fn a_line_is_added_below_the_one_before() {
        assert_eq!(drawn("a\nb\nc\n", 3, 3, "\nx"), (2, " b|+x".to_owned()));
    }

    #[test]
    fn a_word_is_changed_in_its_line() {
        assert_eq!(drawn("a\nb c\nd\n", 4, 5, "x"), (2, "-b c|+b x".to_owned()));
    }

    #[test]
    fn a_line_goes() {
        assert_eq!(drawn("a\nb\nc\n", 2, 4, ""), (2, "-b".to_owned()));
    }

    #[test]
    fn a_block_comes_before_the_first_line() {
        assert_eq!(drawn("route\n", 0, 0, "provider\n\n"), (1, "+provider|+".to_owned()));
    }
}
