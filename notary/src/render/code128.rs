//! Code 128 (ISO/IEC 15417) of an even count of digits, in code set C: two digits a symbol character.
//!
//! ```text
//! start C · 16 pairs · check character · stop      of a window code: 211 modules, without the quiet zones
//! ```
//!
//! A scanner that acts as a keyboard types it through any input method.

/// White modules on both sides.
pub const QUIET_ZONE: usize = 10;

const START_C: usize = 105;
const STOP: usize = 106;

/// Widths of bars and spaces in turn, of each of the values 0 to 105, and of the stop character.
const PATTERNS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];

/// The bars of these digits: where each begins and how wide it is, in modules; and the width of all. None unless they are
/// an even count of digits.
#[must_use]
pub fn bars(digits: &str) -> Option<(Vec<(usize, usize)>, usize)> {
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let pairs =
        digits.as_bytes().chunks(2).map(|pair| pair.iter().fold(0, |n, b| n * 10 + usize::from(b - b'0')));
    let mut values = vec![START_C];
    values.extend(pairs);
    let check = values.iter().enumerate().fold(0, |sum, (place, value)| sum + value * place.max(1)) % 103;
    values.extend([check, STOP]);
    let mut bars = Vec::new();
    let mut at = 0;
    for pattern in values.iter().filter_map(|value| PATTERNS.get(*value)) {
        for (place, width) in pattern.bytes().map(|b| usize::from(b - b'0')).enumerate() {
            if place % 2 == 0 {
                bars.push((at, width));
            }
            at += width;
        }
    }
    Some((bars, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_decoder_reads_it() {
        for digits in ["20261122401709386125740123456789", "00000000000000000000000000000000", "0099"] {
            let (bars, width) = bars(digits).unwrap();
            assert_eq!(width, 11 * (digits.len() / 2) + 35);
            let (scale, height) = (3, 40);
            let side = (width + 2 * QUIET_ZONE) * scale;
            let mut row = vec![255_u8; side];
            for (at, wide) in bars {
                row[(at + QUIET_ZONE) * scale..(at + QUIET_ZONE + wide) * scale].fill(0);
            }
            let luma = row.repeat(height);
            let read = rxing::helpers::detect_in_luma(
                luma,
                side as u32,
                height as u32,
                Some(rxing::BarcodeFormat::CODE_128),
            );
            assert_eq!(read.expect("a code").getText(), digits);
        }
    }

    #[test]
    fn patterns_are_whole_and_different() {
        for (n, pattern) in PATTERNS.iter().enumerate() {
            let sum: u32 = pattern.bytes().map(|b| u32::from(b - b'0')).sum();
            assert_eq!(sum, if n == STOP { 13 } else { 11 }, "{n}");
            assert!(!PATTERNS[..n].contains(pattern), "{n}");
        }
    }

    #[test]
    fn only_pairs_of_digits() {
        assert!(bars("123").is_none() && bars("12a4").is_none());
    }
}
