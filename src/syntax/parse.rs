//! The parser: the grammar for what is right, in large pieces and on several threads; what it refuses goes to `recover`, piece by piece.

use std::sync::atomic::{AtomicUsize, Ordering};

use pest::Parser as _;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

use super::ast::{Declaration, File};
use super::recover::Recovery;
use super::scan::{Scan, offset, scan};
use super::tree::Tree;
use super::{edition, explain};

pub(super) use grammar::{Grammar, Rule};

#[allow(missing_docs, reason = "pest writes this")]
mod grammar {
    use pest_derive::Parser;

    /// The parser that pest makes of the grammar.
    #[derive(Parser)]
    #[grammar = "../grammar/byok.pest"]
    pub(in super::super) struct Grammar;
}

/// A tree *and* what is wrong with it.
#[derive(Debug)]
pub struct Parsed<'s> {
    /// What could be read.
    pub file: File<'s>,
    /// What could not.
    pub diagnostics: Vec<Diagnostic>,
}

/// About how many bytes pest is given at a time.
const PIECE: usize = 64 << 10;
/// From this size on further threads are worth their start.
const LARGE: usize = 128 << 10;
/// More threads than this have little left to win: the rest of the compiler takes its time.
const MOST_THREADS: usize = 8;

/// Parses one file.
pub fn parse(id: FileId, text: &str) -> Parsed<'_> {
    let scan = scan(id, text);
    let pieces = pieces(text, &scan);
    let mut declarations = Vec::new();
    let mut recovery = Recovery::new(id, text, &scan);
    for (piece, read) in pieces.iter().zip(read(id, text, &pieces)) {
        match read {
            Some(read) => {
                declarations.extend(read.declarations);
                recovery.escapes(&read.escapes);
            }
            None => recovery.piece(piece, &mut declarations),
        }
    }
    let (whole, findings) = recovery.finish();
    let mut diagnostics = edition::judge(&declarations, findings);
    diagnostics.extend(scan.invisible.iter().take(Recovery::MOST).map(|span| explain::invisible(text, *span)));
    if let Some(next) = scan.invisible.get(Recovery::MOST) {
        diagnostics.push(explain::more_invisible(*next, scan.invisible.len() - Recovery::MOST));
    }
    diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
    Parsed { file: File { id, declarations, whole, comments: scan.comments }, diagnostics }
}

/// A run of whole declarations.
pub(super) struct Piece<'a> {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Places inside where braces are balanced.
    pub(super) ends: &'a [u32],
}

fn pieces<'a>(text: &str, scan: &'a Scan) -> Vec<Piece<'a>> {
    let mut out = Vec::with_capacity(text.len() / PIECE + 1);
    let (mut start, mut ends) = (0, scan.ends.as_slice());
    while text.len() - start > PIECE {
        let count = ends.partition_point(|end| (*end as usize) < start + PIECE) + 1;
        let Some((inside, rest)) = ends.split_at_checked(count) else { break };
        let Some(end) = inside.last() else { break };
        out.push(Piece { start: offset(start), end: *end, ends: inside });
        (start, ends) = (*end as usize, rest);
    }
    out.push(Piece { start: offset(start), end: offset(text.len()), ends });
    out
}

/// What pest makes of a piece.
struct Read<'s> {
    declarations: Vec<Declaration<'s>>,
    escapes: Vec<Span>,
}

/// Reads all pieces; `None` for those with a mistake.
fn read<'s>(id: FileId, text: &'s str, pieces: &[Piece<'_>]) -> Vec<Option<Read<'s>>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut out = Vec::new();
        while let Some((at, piece)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, pieces.get(at)?))) {
            out.push((at, read_piece(id, text, piece)));
        }
        out
    };
    let read = if text.len() < LARGE {
        work()
    } else {
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads(pieces.len())).map(|_| scope.spawn(work)).collect();
            let mut read = work();
            read.extend(others.into_iter().flat_map(|other| other.join().unwrap_or_default()));
            read
        })
    };
    let mut out: Vec<_> = pieces.iter().map(|_| None).collect();
    for (at, piece) in read {
        if let Some(slot) = out.get_mut(at) {
            *slot = piece;
        }
    }
    out
}

/// How many threads read so many pieces.
fn threads(pieces: usize) -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS).min(pieces)
}

fn read_piece<'s>(id: FileId, text: &'s str, piece: &Piece<'_>) -> Option<Read<'s>> {
    let text = text.get(piece.start as usize..piece.end as usize)?;
    let file = Grammar::parse(Rule::file, text).ok()?.next()?;
    let pairs = file.into_inner();
    let mut tree = Tree::new(id, piece.start);
    let mut declarations = Vec::with_capacity(pairs.len());
    declarations.extend(pairs.filter_map(|pair| tree.declaration(&pair)));
    // What looks like a comment of another language is refused, so that it is explained.
    (!tree.foreign).then_some(Read { declarations, escapes: tree.escapes })
}
