//! Goes through every combination of choices: the first round takes the first of each, every further round changes the last that can change.

/// The choices of one round, and how many there were to choose from.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    choices: Vec<(usize, usize)>,
    at: usize,
}

impl Tape {
    /// One of so many; the same in the next round, unless it is the one that changes.
    pub(crate) fn choose(&mut self, of: usize) -> usize {
        if self.at == self.choices.len() {
            self.choices.push((0, of));
        }
        let (choice, known) = self.choices[self.at];
        assert_eq!(known, of, "a round that begins alike goes on alike");
        self.at += 1;
        choice
    }

    /// Winds back for the next round; false where there is none.
    pub(crate) fn next_round(&mut self) -> bool {
        self.at = 0;
        while self.choices.last().is_some_and(|(choice, of)| choice + 1 == *of) {
            self.choices.pop();
        }
        match self.choices.last_mut() {
            Some((choice, _)) => *choice += 1,
            None => return false,
        }
        true
    }
}

#[test]
fn every_combination_comes_once() {
    let mut tape = Tape::default();
    let mut rounds = Vec::new();
    loop {
        let first = tape.choose(2);
        // What there is to choose may hang on what was chosen.
        let second = if first == 0 { tape.choose(3) } else { 9 };
        rounds.push((first, second));
        if !tape.next_round() {
            break;
        }
    }
    assert_eq!(rounds, [(0, 0), (0, 1), (0, 2), (1, 9)]);
}
