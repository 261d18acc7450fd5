//! How often one client may ask: token buckets by address, in memory.
//!
//! ```text
//! shared.rates().look_up(&client)?;                   Problem 429 with Retry-After, 查询过于频繁，请稍后再试
//! shared.rates().compare(&number, || …)?;             the same, for a number that is being guessed at
//! shared.rates().failed_look_up(&client, &number);    number unknown or check code wrong: counts against both
//! ```
//!
//! A check code (查验码) has 10 digits: 10^10 values, drawn at random, tried online only. By default an address has 120
//! wrong look-ups an hour. Somebody with 1,000 addresses would try 120,000 codes an hour and in a year find the code of
//! one certificate with a chance of 120,000 × 8,760 / 10^10 = 10.5 %. So wrong codes also count for the number they were
//! tried on: [`WRONG_CODES_AN_HOUR`] from everywhere together, that is 60 × 8,760 / 10^10 = 0.005 % a year whatever the
//! addresses. A number that is guessed at so often is refused until the hour has passed; its QR code, its file and its
//! PDF go on being verified, since they need no code. Numbers that do not exist count alike, so that nothing tells them
//! apart.
//!
//! An address is one of IPv4, or the first 64 bits of one of IPv6. Memory is bounded: at [`buckets::KEYS_MAX`] addresses
//! those that were quiet are forgotten, and while that is not enough, new ones share the bucket of their network.

mod buckets;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::Deserialize;

use self::buckets::{Buckets, Key};
use crate::client::Client;
use crate::problem::{Common, Problem};

/// Look-ups with a wrong check code for one certificate number, from all addresses together.
pub const WRONG_CODES_AN_HOUR: u32 = 60;
/// Nobody is told to come back later than after this time, in seconds.
const RETRY_MAX: u64 = 3_600;

/// How often one address may do what in an hour; a twelfth of it may come at once. 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hourly {
    /// Certificates looked up by number and check code, or by window code.
    pub look_ups: u32,
    /// Of these, such as named no certificate or a wrong code.
    pub wrong_look_ups: u32,
    /// Passwords compared. A whole office signs in at half past eight; guessing is stopped by the lock of the account.
    pub sign_ins: u32,
    /// Files, pictures and texts sent to be decoded and verified.
    pub decodings: u32,
    /// Documents submitted.
    pub submissions: u32,
    /// Requests of any kind.
    pub requests: u32,
}

impl Default for Hourly {
    /// For a county's office, whose windows may all sit behind one address.
    fn default() -> Hourly {
        Hourly {
            look_ups: 7_200,
            wrong_look_ups: 120,
            sign_ins: 1_200,
            decodings: 7_200,
            submissions: 720_000,
            requests: 720_000,
        }
    }
}

/// The buckets of one server.
pub struct Rates {
    look_ups: Buckets,
    wrong_look_ups: Buckets,
    wrong_codes: Buckets,
    sign_ins: Buckets,
    decodings: Buckets,
    submissions: Buckets,
    requests: Buckets,
    refused: AtomicU64,
}

impl Rates {
    /// Nobody has asked yet.
    pub fn new(hourly: &Hourly) -> Rates {
        Rates {
            look_ups: Buckets::new(hourly.look_ups),
            wrong_look_ups: Buckets::new(hourly.wrong_look_ups),
            wrong_codes: Buckets::new(WRONG_CODES_AN_HOUR),
            sign_ins: Buckets::new(hourly.sign_ins),
            decodings: Buckets::new(hourly.decodings),
            submissions: Buckets::new(hourly.submissions),
            requests: Buckets::new(hourly.requests),
            refused: AtomicU64::new(0),
        }
    }

    /// Before a certificate is looked up by number and check code.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub fn look_up(&self, client: &Client) -> Result<(), Problem> {
        self.tell(self.wrong_look_ups.allows(&address(client), Instant::now()))?;
        self.take(&self.look_ups, client)
    }

    /// Before a check code is compared with that of a certificate number, whether there is such a certificate or not.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    fn try_code(&self, number: &str) -> Result<(), Problem> {
        self.tell(self.wrong_codes.allows(&Key::number(number), Instant::now()))
    }

    /// Compares a check code: only if the number is not being guessed at, and what was found is told only if it is not
    /// being guessed at by then either. Else a thousand guesses sent at once would all be compared before the first counts.
    ///
    /// # Errors
    /// `RATE_LIMITED`, and what `look` says.
    pub fn compare<T>(&self, number: &str, look: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
        self.try_code(number)?;
        let found = look()?;
        self.try_code(number)?;
        Ok(found)
    }

    /// After a look-up that found no such number, or another code.
    pub fn failed_look_up(&self, client: &Client, number: &str) {
        self.wrong_look_ups.count(&address(client), Instant::now());
        self.wrong_codes.count(&Key::number(number), Instant::now());
    }

    /// As [`Rates::failed_look_up`], for a job of a known caller: counts against the number alone.
    pub fn wrong_code(&self, number: &str) {
        self.wrong_codes.count(&Key::number(number), Instant::now());
    }

    /// Before a password is compared.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub fn sign_in(&self, client: &Client) -> Result<(), Problem> {
        self.take(&self.sign_ins, client)
    }

    /// Before a file, picture or text is decoded and verified.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub fn decode(&self, client: &Client) -> Result<(), Problem> {
        self.take(&self.decodings, client)
    }

    /// Before documents are taken in.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub fn submit(&self, client: &Client) -> Result<(), Problem> {
        self.take(&self.submissions, client)
    }

    /// Before any request; the server asks this itself.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub fn request(&self, client: &Client) -> Result<(), Problem> {
        self.take(&self.requests, client)
    }

    /// Requests refused so far.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn take(&self, buckets: &Buckets, client: &Client) -> Result<(), Problem> {
        self.tell(buckets.take(&address(client), Instant::now()))
    }

    fn tell(&self, taken: Result<(), Duration>) -> Result<(), Problem> {
        taken.map_err(|wait| {
            self.refused.fetch_add(1, Ordering::Relaxed);
            let seconds = wait.as_secs().saturating_add(1).min(RETRY_MAX);
            Common::RateLimited.problem().retry_after(u32::try_from(seconds).unwrap_or(u32::MAX))
        })
    }
}

/// What tells addresses apart: whoever has one of IPv6 has the other 2^64 of its network too.
fn address(client: &Client) -> Key {
    Key::Address(match client.address() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    })
}

/// The network whose strangers share a bucket while there are too many of them.
fn crowd(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 16))),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 96))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Client {
        Client::new(address.parse().unwrap(), false)
    }

    fn rates(hourly: Hourly) -> Rates {
        Rates::new(&hourly)
    }

    #[test]
    fn whoever_asks_too_often_is_told_when_to_come_again() {
        let rates = rates(Hourly { sign_ins: 12, ..Hourly::default() });
        let one = client("192.0.2.1");
        assert!(rates.sign_in(&one).is_ok());
        let problem = rates.sign_in(&one).unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (429, "RATE_LIMITED"));
        let answer = problem.empty();
        let seconds: u64 = answer.headers().get("retry-after").unwrap().to_str().unwrap().parse().unwrap();
        assert!((1..=300).contains(&seconds), "{seconds}");
        assert!(rates.sign_in(&client("192.0.2.2")).is_ok(), "another address has its own");
        assert!(rates.look_up(&one).is_ok(), "another class has its own");
        assert_eq!(rates.refused(), 1);
    }

    #[test]
    fn wrong_codes_count_against_the_address_and_the_number() {
        let rates = rates(Hourly { wrong_look_ups: 12, ..Hourly::default() });
        let one = client("192.0.2.1");
        assert!(rates.look_up(&one).is_ok() && rates.look_up(&one).is_ok());
        rates.failed_look_up(&one, "N");
        assert!(rates.look_up(&one).is_err(), "a twelfth of 12 wrong ones at once");
        // From ever new addresses: only the number is left to count.
        for n in 0..WRONG_CODES_AN_HOUR {
            rates.failed_look_up(&client(&format!("192.0.2.{n}")), "M");
        }
        assert!(rates.try_code("M").is_err());
        assert!(rates.try_code("other").is_ok());
    }

    #[test]
    fn guesses_sent_at_once_are_not_told_which_was_right() {
        let rates = rates(Hourly::default());
        assert!(rates.compare("M", || Ok(())).is_ok());
        // While this one is compared, others are found wrong.
        let found = rates.compare("M", || {
            (0..WRONG_CODES_AN_HOUR)
                .for_each(|n| rates.failed_look_up(&client(&format!("192.0.2.{n}")), "M"));
            Ok("the right one")
        });
        assert_eq!(found.unwrap_err().code(), "RATE_LIMITED");
        assert!(rates.compare("M", || -> Result<(), Problem> { panic!("not compared") }).is_err());
    }

    #[test]
    fn an_ipv6_network_is_one_client() {
        let rates = rates(Hourly { sign_ins: 12, ..Hourly::default() });
        assert!(rates.sign_in(&client("2001:db8::1")).is_ok());
        assert!(rates.sign_in(&client("2001:db8::ffff")).is_err());
        assert!(rates.sign_in(&client("2001:db8:0:1::1")).is_ok());
    }

    #[test]
    fn no_limit_is_no_limit() {
        let rates = rates(Hourly { requests: 0, ..Hourly::default() });
        assert!((0..10_000).all(|_| rates.request(&client("192.0.2.1")).is_ok()));
    }
}
