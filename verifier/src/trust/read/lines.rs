//! The lines of a trust bundle, one after the other, with their place for messages.

use crate::error::Refused;
use crate::time::{Time, parse_decimal};
use alloc::format;
use alloc::vec::Vec;
use core::iter::Peekable;
use core::str::Split;

/// What is left of the text.
pub(super) struct Lines<'a> {
    rest: Peekable<Split<'a, char>>,
    place: usize,
}

impl<'a> Lines<'a> {
    /// The text ends in LF.
    pub(super) fn of(text: &'a str) -> Result<Lines<'a>, Refused> {
        let body = text.strip_suffix('\n').ok_or_else(|| refuse(0, "the text has to end in LF"))?;
        Ok(Lines { rest: body.split('\n').peekable(), place: 0 })
    }

    /// Number of the line read last, from 1.
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// A refusal at the line read last.
    pub(super) fn fail<T>(&self, what: &str) -> Result<T, Refused> {
        Err(refuse(self.place, what))
    }

    pub(super) fn next_line(&mut self) -> Result<&'a str, Refused> {
        self.place = self.place.saturating_add(1);
        self.rest.next().ok_or_else(|| refuse(self.place, "is missing: the bundle ends too early"))
    }

    /// What follows the word that the next line has to begin with.
    pub(super) fn field(&mut self, word: &str) -> Result<&'a str, Refused> {
        match after(self.next_line()?, word) {
            Some(rest) => Ok(rest),
            None => self.fail(&format!("a line \"{word} …\" has to be here")),
        }
    }

    /// The same, if the next line begins with the word.
    pub(super) fn optional(&mut self, word: &str) -> Result<Option<&'a str>, Refused> {
        if self.begins_with(word) { self.field(word).map(Some) } else { Ok(None) }
    }

    /// All that stands next to each other and begins with the word; `read` takes its lines.
    pub(super) fn many<T>(
        &mut self,
        word: &str,
        limit: usize,
        mut read: impl FnMut(&mut Lines<'a>) -> Result<T, Refused>,
    ) -> Result<Vec<T>, Refused> {
        let mut all = Vec::new();
        while self.begins_with(word) {
            if all.len() >= limit {
                return self.fail(&format!("no more than {limit} lines \"{word} …\" may be here"));
            }
            all.push(read(self)?);
        }
        Ok(all)
    }

    pub(super) fn number(&mut self, word: &str) -> Result<u64, Refused> {
        let text = self.field(word)?;
        parse_decimal(text).ok_or_else(|| refuse(self.place, "is not a decimal number"))
    }

    pub(super) fn time(&mut self, word: &str) -> Result<Time, Refused> {
        let text = self.field(word)?;
        self.time_of(text)
    }

    pub(super) fn time_of(&self, text: &str) -> Result<Time, Refused> {
        Time::parse_seconds(text).map_err(|e| refuse(self.place, e.what()))
    }

    /// Exactly N words after the word that the next line has to begin with, one space between; the last may hold more.
    pub(super) fn words<const N: usize>(&mut self, word: &str) -> Result<[&'a str; N], Refused> {
        let words: Vec<&str> = self.field(word)?.splitn(N, ' ').collect();
        <[&str; N]>::try_from(words).map_err(|_| refuse(self.place, "has too few words"))
    }

    pub(super) fn end(mut self) -> Result<(), Refused> {
        if self.rest.peek().is_none() {
            return Ok(());
        }
        self.next_line()?;
        self.fail("nothing may follow the quorum; or a line above is out of order")
    }

    fn begins_with(&mut self, word: &str) -> bool {
        self.rest.peek().is_some_and(|line| after(line, word).is_some())
    }
}

/// A refusal at a line, from 1; 0 for the whole.
pub(super) fn refuse(place: usize, what: &str) -> Refused {
    let at = if place == 0 { Default::default() } else { format!("line {place}") };
    Refused::new("trust bundle", at, what)
}

fn after<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.strip_prefix(word)?.strip_prefix(' ')
}
