//! What the settings say of a chain.
//!
//! ```toml
//! [[anchor]]
//! kind = "evm"
//! label = "fisco-city"             # chain id and sender are in the trust bundle's line with this label
//! url = "http://10.0.3.7:8545"     # the web3 RPC of a node; plain HTTP only where outgoing.plain_http names the host
//! confirmations = 1                # blocks, the one with the transaction counts; or "finalized"
//! gas_price = 0                    # wei a unit of gas, on chains where the price is fixed
//! max_gas_price = 30000000000      # else: the most that is paid for a unit, in wei; without it nothing is paid
//! max_gas = 200000                 # the most units of one transaction
//! to = "0x…"                       # whom it goes to; the sender itself where nothing is said
//! poll = 5                         # seconds between two looks for a receipt
//! resend = 600                     # seconds until a transaction that no block has is signed again with a higher fee
//! header = "none"                  # for chains whose blocks are hashed otherwise (FISCO BCOS); else "ethereum"
//! ```

use verifier::evm::Address;

use std::time::Duration;

use super::{Keys, Wrong};

/// Confirmations that are waited for where nothing is said: chains of a consortium are final with one.
const CONFIRMATIONS: u64 = 1;
/// Confirmations, at most.
const CONFIRMATIONS_MAX: u64 = 10_000;
/// Units of gas of one transaction where nothing is said: one takes about 22,000.
const GAS: u64 = 200_000;
/// Units of gas that can be allowed.
const GAS_MAX: u64 = 10_000_000;

/// Seconds between two looks for a receipt where nothing is said.
const POLL: u64 = 5;
/// Seconds until a higher fee where nothing is said.
const RESEND: u64 = 600;
/// Seconds of either, at most.
const SECONDS_MAX: u64 = 86_400;

/// A chain whose node speaks Ethereum's words. Its number and the sender are in the trust bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvmSettings {
    /// When a transaction is there for good.
    pub finality: Finality,
    /// What is paid for a unit of gas, in wei; asked of the node where there is nothing.
    pub gas_price: Option<u128>,
    /// The most that is ever paid for a unit of gas, in wei; nothing where there is nothing.
    pub max_gas_price: Option<u128>,
    /// The most units of gas of one transaction.
    pub max_gas: u64,
    /// Whom it goes to; the sender itself where there is nothing.
    pub to: Option<Address>,
    /// Whether the block's header is kept, and has to hash to the block's hash.
    pub header: bool,
    /// Between two looks for a receipt.
    pub poll: Duration,
    /// Until a transaction that no block has is signed again with a higher fee.
    pub resend: Duration,
}

/// When a transaction is there for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finality {
    /// With so many blocks, its own counts as the first.
    Depth(u64),
    /// When the node counts its block among the finalized ones.
    Finalized,
}

impl Default for EvmSettings {
    fn default() -> Self {
        EvmSettings {
            finality: Finality::Depth(CONFIRMATIONS),
            gas_price: None,
            max_gas_price: None,
            max_gas: GAS,
            to: None,
            header: true,
            poll: Duration::from_secs(POLL),
            resend: Duration::from_secs(RESEND),
        }
    }
}

pub(super) fn read(keys: &mut Keys<'_>) -> Result<EvmSettings, Wrong> {
    let finality = |text: &str| match text {
        "finalized" => Some(Finality::Finalized),
        text => number(text).filter(|n| (1..=CONFIRMATIONS_MAX).contains(n)).map(Finality::Depth),
    };
    let header = |text: &str| match text {
        "ethereum" => Some(true),
        "none" => Some(false),
        _ => None,
    };
    let wei = ["不带前导零的整数（wei）", "a whole number of wei"];
    let seconds = |text: &str| {
        let fits = number(text).filter(|seconds| (1..=SECONDS_MAX).contains(seconds));
        fits.map(Duration::from_secs)
    };
    let right = ["秒数，1 至 86400", "seconds, 1 to 86400"];
    let usual = EvmSettings::default();
    Ok(EvmSettings {
        finality: keys
            .take("confirmations", "1 至 10000，或 finalized", "1 to 10000, or finalized", finality)?
            .unwrap_or(usual.finality),
        gas_price: keys.take("gas_price", wei[0], wei[1], price)?,
        max_gas_price: keys.take("max_gas_price", wei[0], wei[1], price)?,
        max_gas: keys
            .take("max_gas", "21000 至 10000000", "21000 to 10000000", |text| {
                number(text).filter(|gas| (21_000..=GAS_MAX).contains(gas))
            })?
            .unwrap_or(usual.max_gas),
        to: keys.take("to", "0x 加 40 位十六进制", "0x and 40 hex digits", Address::parse)?,
        header: keys.take("header", "ethereum 或 none", "ethereum or none", header)?.unwrap_or(usual.header),
        poll: keys.take("poll", right[0], right[1], seconds)?.unwrap_or(usual.poll),
        resend: keys.take("resend", right[0], right[1], seconds)?.unwrap_or(usual.resend),
    })
}

fn number(text: &str) -> Option<u64> {
    verifier::time::parse_decimal(text)
}

fn price(text: &str) -> Option<u128> {
    number(text).map(u128::from)
}
