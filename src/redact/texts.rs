//! Texts that stand one behind the other in a message: what is found may be cut in two between them.

use std::ops::Range;

use super::{Detector, Detectors, Found, find};

/// Where something is found: in one of the texts, or begun in one and ended in a later one.
pub(super) struct Piece {
    /// Which text.
    pub(super) text: usize,
    /// Where in it.
    pub(super) range: Range<usize>,
    pub(super) detector: Detector,
    /// What of it stands in the texts behind.
    pub(super) more: Vec<(usize, Range<usize>)>,
}

/// What is found in texts that stand one behind the other, in order.
pub(super) fn find_all(texts: &[&str], detectors: Detectors) -> Vec<Piece> {
    let single = |text: usize, found: Found| Piece { text, range: found.range, detector: found.detector, more: Vec::new() };
    let mut pieces: Vec<Piece> = texts
        .iter()
        .enumerate()
        .flat_map(|(text, content)| find(content, detectors).into_iter().map(move |found| single(text, found)))
        .collect();
    if texts.len() > 1 {
        for piece in cut(texts, detectors) {
            add(&mut pieces, piece);
        }
        pieces.sort_by_key(|piece| (piece.text, piece.range.start));
    }
    pieces
}

/// What is found across the ends of texts.
fn cut(texts: &[&str], detectors: Detectors) -> Vec<Piece> {
    let mut starts = Vec::with_capacity(texts.len());
    let mut all = String::new();
    for text in texts {
        starts.push(all.len());
        all.push_str(text);
    }
    let parts = |found: &Found| -> Vec<(usize, Range<usize>)> {
        let first = starts.partition_point(|start| *start <= found.range.start).saturating_sub(1);
        let places = starts.iter().zip(texts).enumerate().skip(first).take_while(|(_, (start, _))| **start < found.range.end);
        places
            .map(|(text, (start, content))| (text, found.range.start.saturating_sub(*start)..(found.range.end - start).min(content.len())))
            .filter(|(_, range)| !range.is_empty())
            .collect()
    };
    let piece = |found: Found| {
        let mut parts = parts(&found).into_iter();
        let (text, range) = parts.next()?;
        let more: Vec<_> = parts.collect();
        (!more.is_empty()).then_some(Piece { text, range, detector: found.detector, more })
    };
    find(&all, detectors).into_iter().filter_map(piece).collect()
}

/// What one text shows by itself counts (behind `ann@example.com` the next text may begin with a word), unless check digits say that it goes on.
fn add(pieces: &mut Vec<Piece>, whole: Piece) {
    let parts = || std::iter::once((whole.text, &whole.range)).chain(whole.more.iter().map(|(text, range)| (*text, range)));
    let overlaps =
        |piece: &Piece| parts().any(|(text, range)| piece.text == text && piece.range.start < range.end && range.start < piece.range.end);
    let sure = matches!(whole.detector, Detector::CreditCard | Detector::Iban);
    if !pieces.iter().any(overlaps) {
        pieces.push(whole);
    } else if sure && !pieces.iter().any(|piece| overlaps(piece) && !piece.more.is_empty()) {
        let inside = |piece: &Piece| {
            parts().any(|(text, range)| piece.text == text && range.start <= piece.range.start && piece.range.end <= range.end)
        };
        if pieces.iter().filter(|piece| overlaps(piece)).all(inside) {
            pieces.retain(|piece| !inside(piece));
            pieces.push(whole);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[&str]) -> Vec<String> {
        let whole = |piece: &Piece| {
            let more = piece.more.iter().map(|(text, range)| format!("|{}", &texts[*text][range.clone()]));
            std::iter::once(texts[piece.text][piece.range.clone()].to_owned()).chain(more).collect()
        };
        find_all(texts, Detectors::ALL).iter().map(whole).collect()
    }

    #[test]
    fn what_is_cut_in_two_is_found() {
        assert_eq!(found(&["foo@exa", "mple.com"]), ["foo@exa|mple.com"]);
        assert_eq!(found(&["4111 1111", "", " 1111 11", "11 and a@example.com"]), ["4111 1111| 1111 11|11", "a@example.com"]);
    }

    #[test]
    fn what_one_text_shows_is_not_made_longer_by_the_next() {
        assert_eq!(found(&["Ask ann@example.com", "Then sum it up"]), ["ann@example.com"]);
        assert_eq!(found(&["4111 1111 1111 1111", "2 items"]), ["4111 1111 1111 1111"]);
    }
}
