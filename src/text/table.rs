//! Rows of cells as aligned columns of plain text.

use super::{hidden, one_line};

/// A table. Cells are made safe to show when they are put in.
#[derive(Debug)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
}

impl Table {
    /// An empty one with these heads.
    pub fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|word| word.to_uppercase()).collect(), rows: Vec::new(), right: Vec::new() }
    }

    /// With the numbers of these columns, from 0, flush right.
    #[must_use]
    pub fn right(mut self, columns: &[usize]) -> Self {
        self.right = columns.to_vec();
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| one_line(&cell).into_owned()).collect());
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, each after so many spaces; no line ends with a space.
    pub fn render(&self, indent: usize) -> String {
        let rows = || std::iter::once(&self.head).chain(&self.rows);
        let columns = rows().map(Vec::len).max().unwrap_or(0);
        let wide = |column: usize| rows().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(wide).collect();
        let mut text = String::new();
        for row in rows() {
            let mut line = " ".repeat(indent);
            for (column, (cell, wide)) in row.iter().zip(&widths).enumerate() {
                let space = " ".repeat(wide.saturating_sub(width(cell)));
                let (before, after) = if self.right.contains(&column) { (&*space, "") } else { ("", &*space) };
                line.extend([before, cell, after, "  "]);
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

/// How many columns a cell takes: one for each character that is seen.
fn width(cell: &str) -> usize {
    cell.chars().filter(|char| !hidden(*char)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let mut table = Table::new(&["name", "tokens"]).right(&[1]);
        table.row(["é\u{1b}".to_owned(), "20k".to_owned()]);
        table.row(["long name".to_owned(), String::new()]);
        assert_eq!(table.render(1), " NAME       TOKENS\n é\\u{1b}       20k\n long name\n");
    }
}
