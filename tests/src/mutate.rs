//! Seeded mutations: the same seed makes the same inputs, on every machine and in every run.
//!
//! Here: a small generator and the mutations. Not here: what is done with an input, see `tests/e2e/fuzz.rs`.

/// How many inputs a target gets: `XINZHENG_FUZZ_ROUNDS`, or 20,000.
pub fn rounds() -> u64 {
    let asked = std::env::var("XINZHENG_FUZZ_ROUNDS").ok();
    asked.map_or(20_000, |n| n.parse().expect("XINZHENG_FUZZ_ROUNDS is a number"))
}

/// xorshift64*: enough to choose mutations by, and the same everywhere.
pub struct Dice(u64);

impl Dice {
    /// Any seed will do.
    pub fn new(seed: u64) -> Dice {
        Dice(seed ^ 0x9E37_79B9_7F4A_7C15 | 1)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { ((self.roll() >> 32) as usize) % end }
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Numbers at the edges of what formats hold, as text.
const NUMBERS: [&str; 20] = [
    "0",
    "1",
    "-1",
    "00",
    "007",
    "+1",
    "255",
    "256",
    "4095",
    "4096",
    "65536",
    "2147483648",
    "4294967296",
    "9007199254740991",
    "9007199254740992",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "253402300799",
    "253402300800",
];

/// Makes inputs from seeds. What got through the reader can be given back with [`Mutator::keep`] and is mutated further.
pub struct Mutator {
    dice: Dice,
    pool: Vec<Vec<u8>>,
    seeds: usize,
    tokens: Vec<Vec<u8>>,
    input: Vec<u8>,
    longest: usize,
}

/// Inputs beyond the seeds that are kept for further mutation.
const KEPT: usize = 512;
/// No input is longer than the longest seed and this many bytes.
const GROWTH: usize = 256;

impl Mutator {
    /// `tokens` are words that the format is made of.
    pub fn new(seed: u64, seeds: Vec<Vec<u8>>, tokens: Vec<Vec<u8>>) -> Mutator {
        assert!(!seeds.is_empty(), "there is nothing to mutate");
        let longest = seeds.iter().map(Vec::len).max().unwrap_or(0) + GROWTH;
        let count = seeds.len();
        Mutator { dice: Dice::new(seed), pool: seeds, seeds: count, tokens, input: Vec::new(), longest }
    }

    /// The next input: a seed, or as often a kept input, after one to six mutations.
    pub fn next_input(&mut self) -> &[u8] {
        let among = if self.dice.below(2) == 0 { self.seeds } else { self.pool.len() };
        let from = self.dice.below(among);
        self.input.clear();
        self.input.extend_from_slice(&self.pool[from]);
        // One mutation half of the time, two a quarter of the time, and so on.
        for _ in 0..=self.dice.roll().trailing_zeros().min(5) {
            self.mutate();
            self.input.truncate(self.longest);
        }
        &self.input
    }

    /// The input that was made last.
    pub fn input(&self) -> &[u8] {
        &self.input
    }

    /// Keeps the last input for further mutation; an old one makes room for it, a seed never does.
    pub fn keep(&mut self) {
        if self.pool.len() < self.seeds + KEPT {
            self.pool.push(self.input.clone());
        } else {
            let place = self.seeds + self.dice.below(KEPT);
            self.pool[place].clone_from(&self.input);
        }
    }

    fn mutate(&mut self) {
        match self.dice.below(14) {
            0..=2 => self.flip_bit(),
            3 | 4 => self.change_byte(),
            5 => self.truncate(),
            6 => self.cut_out(),
            7 => self.repeat(),
            8 => self.insert_bytes(),
            9 => self.splice(),
            10 => self.token(),
            11 => self.number(),
            12 => self.swap_parts(),
            _ => self.like_byte(),
        }
    }

    fn flip_bit(&mut self) {
        let at = self.dice.below(self.input.len());
        let bit = 1u8 << self.dice.below(8);
        if let Some(byte) = self.input.get_mut(at) {
            *byte ^= bit;
        }
    }

    fn change_byte(&mut self) {
        let at = self.dice.below(self.input.len());
        let value = self.dice.roll() as u8;
        if let Some(byte) = self.input.get_mut(at) {
            *byte = value;
        }
    }

    /// A character of the same class in place of one: texts stay texts, digits stay digits.
    fn like_byte(&mut self) {
        let at = self.dice.below(self.input.len());
        let roll = self.dice.below(26) as u8;
        if let Some(byte) = self.input.get_mut(at) {
            *byte = match *byte {
                b'0'..=b'9' => b'0' + roll % 10,
                b'a'..=b'z' => b'a' + roll,
                b'A'..=b'Z' => b'A' + roll,
                other => other ^ 1,
            };
        }
    }

    fn truncate(&mut self) {
        let keep = self.dice.below(self.input.len() + 1);
        self.input.truncate(keep);
    }

    /// A range of the input, short most of the time.
    fn range(&mut self) -> std::ops::Range<usize> {
        let start = self.dice.below(self.input.len());
        let most = (self.input.len() - start).min(if self.dice.below(4) == 0 { 512 } else { 12 });
        start..start + self.dice.below(most + 1)
    }

    fn cut_out(&mut self) {
        let range = self.range();
        self.input.drain(range);
    }

    fn repeat(&mut self) {
        let range = self.range();
        let piece = self.input[range.clone()].to_vec();
        let times = 1 + self.dice.below(3);
        self.input.splice(range.end..range.end, piece.repeat(times));
    }

    fn insert_bytes(&mut self) {
        let at = self.dice.below(self.input.len() + 1);
        let count = 1 + self.dice.below(8);
        let bytes: Vec<u8> = (0..count).map(|_| self.dice.roll() as u8).collect();
        self.input.splice(at..at, bytes);
    }

    /// The beginning of this and the end of another.
    fn splice(&mut self) {
        let other = self.dice.below(self.pool.len());
        let from = self.dice.below(self.pool[other].len());
        let at = self.dice.below(self.input.len() + 1);
        self.input.truncate(at);
        self.input.extend_from_slice(&self.pool[other][from..]);
    }

    fn token(&mut self) {
        if self.tokens.is_empty() {
            return self.flip_bit();
        }
        let token = self.dice.below(self.tokens.len());
        let range = self.range();
        let range = if self.dice.below(2) == 0 { range.start..range.start } else { range };
        self.input.splice(range, self.tokens[token].iter().copied());
    }

    /// Another number in place of one.
    fn number(&mut self) {
        let from = self.dice.below(self.input.len());
        let Some(start) = self.input[from..].iter().position(u8::is_ascii_digit).map(|n| from + n) else {
            return self.flip_bit();
        };
        let rest = &self.input[start..];
        let length = rest.iter().position(|b| !b.is_ascii_digit()).unwrap_or(rest.len());
        let number = NUMBERS[self.dice.below(NUMBERS.len())];
        self.input.splice(start..start + length, number.bytes());
    }

    /// Two neighbouring parts (lines, members, words) change places, or one is taken out.
    fn swap_parts(&mut self) {
        let divider = *self.dice.pick(b"\n,\n /{");
        let from = self.dice.below(self.input.len());
        let mut places = (from..self.input.len()).filter(|n| self.input[*n] == divider);
        let (Some(a), Some(b), Some(c)) = (places.next(), places.next(), places.next()) else {
            return self.change_byte();
        };
        if self.dice.below(3) == 0 {
            self.input.drain(a..b);
        } else {
            self.input[a..c].rotate_left(b - a);
        }
    }
}
