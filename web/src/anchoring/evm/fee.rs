//! What a transaction pays: what the settings say, or what the node asks for up to what they allow.

use notary::block::Block;
use serde_json::json;
use verifier::evm::Fee;

use super::super::client::Failed;
use super::rpc::{Fault, Node, unreadable};
use crate::settings::EvmSettings;

/// For whoever makes the block, in wei, where the node has no opinion.
const TIP: u128 = 1_000_000_000;

/// The fee of a new transaction.
pub fn first(node: &mut Node<'_>, settings: &EvmSettings) -> Result<Fee, Failed> {
    if let Some(gas_price) = settings.gas_price {
        return Ok(Fee::Legacy { gas_price });
    }
    let head = node.call("eth_getBlockByNumber", json!(["latest", false]))?;
    let head = Block::of(&head).ok_or_else(|| unreadable("eth_getBlockByNumber", "is no block"))?;
    let most = settings.max_gas_price.unwrap_or(0);
    let Some(base) = head.base_fee else {
        let gas_price = node.number("eth_gasPrice", json!([]))?;
        return match gas_price <= most {
            true => Ok(Fee::Legacy { gas_price }),
            false => Err(too_dear(gas_price, most)),
        };
    };
    if base > most {
        return Err(too_dear(base, most));
    }
    let tip = match node.number("eth_maxPriorityFeePerGas", json!([])) {
        Ok(tip) => tip,
        Err(Fault::Error { .. }) => TIP,
        Err(fault) => return Err(fault.into()),
    };
    // Twice the base fee holds for six full blocks in a row.
    let max = base.saturating_mul(2).saturating_add(tip).min(most);
    Ok(Fee::Dynamic { tip: tip.min(max), max })
}

/// A fee that takes the place of this one: a quarter more, and what the chain asks for now if that is more still. `None`
/// where the settings allow no more, or nothing is paid at all.
pub fn higher(fee: Fee, now: Fee, settings: &EvmSettings) -> Option<Fee> {
    let most = settings.max_gas_price.unwrap_or(0);
    // Nodes want a tenth more of both; a price of nothing can't grow.
    let more = |price: u128| price.saturating_add(price / 4).saturating_add(1);
    match (fee, now) {
        _ if settings.gas_price.is_some() => None,
        (Fee::Dynamic { tip, max }, Fee::Dynamic { tip: tip_now, max: max_now }) => {
            let (tip, max) = (more(tip).max(tip_now), more(max).max(max_now));
            (max <= most).then(|| Fee::Dynamic { tip: tip.min(max), max })
        }
        (Fee::Legacy { gas_price }, Fee::Legacy { gas_price: price_now }) => {
            let gas_price = more(gas_price).max(price_now);
            (gas_price <= most).then_some(Fee::Legacy { gas_price })
        }
        // The chain changed its kind of fees meanwhile: the old transaction may still be taken.
        _ => None,
    }
}

fn too_dear(asked: u128, most: u128) -> Failed {
    Failed::new("fee", format!("the chain asks for {asked} wei a unit of gas, max_gas_price allows {most}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_grows_by_a_quarter_and_never_beyond_what_is_allowed() {
        let settings = EvmSettings { max_gas_price: Some(1_000), ..EvmSettings::default() };
        let legacy = |gas_price| Fee::Legacy { gas_price };
        assert_eq!(higher(legacy(100), legacy(0), &settings), Some(legacy(126)));
        assert_eq!(higher(legacy(100), legacy(900), &settings), Some(legacy(900)));
        assert_eq!(higher(legacy(799), legacy(0), &settings), Some(legacy(999)));
        assert_eq!(higher(legacy(800), legacy(0), &settings), None);
        assert_eq!(higher(legacy(u128::MAX), legacy(0), &settings), None);
        let dynamic = |tip, max| Fee::Dynamic { tip, max };
        assert_eq!(higher(dynamic(100, 100), dynamic(1, 400), &settings), Some(dynamic(126, 400)));
        assert_eq!(higher(dynamic(1, 900), dynamic(0, 0), &settings), None);
        assert_eq!(higher(dynamic(1, 9), legacy(1), &settings), None);
        let fixed = EvmSettings { gas_price: Some(0), ..settings };
        assert_eq!(higher(legacy(0), legacy(0), &fixed), None);
    }
}
