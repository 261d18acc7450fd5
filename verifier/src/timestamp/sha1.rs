//! SHA-1 (FIPS 180-4), for one thing only: attributes that name a signer's certificate by it (RFC 2634). The signature
//! covers the attribute and the chain vouches for the certificate, so a collision gains nobody anything.

/// The 20 bytes.
pub(super) fn sha1(message: &[u8]) -> [u8; 20] {
    let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    let (blocks, rest) = message.as_chunks::<64>();
    blocks.iter().for_each(|block| compress(&mut state, block));
    // 0x80, zeros, and the length in bits: one block, or two where the first has no room.
    let mut last = [0; 128];
    let padded = rest.iter().chain(&[0x80]);
    last.iter_mut().zip(padded).for_each(|(to, from)| *to = *from);
    let bits = u64::try_from(message.len()).unwrap_or(u64::MAX).saturating_mul(8).to_be_bytes();
    let end = if rest.len() < 56 { 64 } else { 128 };
    let (used, _) = last.split_at_mut(end);
    used.iter_mut().rev().zip(bits.iter().rev()).for_each(|(to, from)| *to = *from);
    used.as_chunks::<64>().0.iter().for_each(|block| compress(&mut state, block));
    let mut out = [0; 20];
    let bytes = state.iter().flat_map(|word| word.to_be_bytes());
    out.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    out
}

fn compress(state: &mut [u32; 5], block: &[u8; 64]) {
    // The sixteen words that were mixed last, the oldest first.
    let mut words = [0u32; 16];
    let (fours, _) = block.as_chunks::<4>();
    words.iter_mut().zip(fours).for_each(|(word, bytes)| *word = u32::from_be_bytes(*bytes));
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    for round in 0..80u32 {
        let [oldest, _, two, _, _, _, _, _, eight, _, _, _, _, thirteen, _, _] = words;
        let (mix, constant) = match round {
            0..=19 => ((b & c) | (!b & d), 0x5a82_7999),
            20..=39 => (b ^ c ^ d, 0x6ed9_eba1),
            40..=59 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6u32),
        };
        let next =
            a.rotate_left(5).wrapping_add(mix).wrapping_add(e).wrapping_add(constant).wrapping_add(oldest);
        (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
        words.rotate_left(1);
        let [.., newest] = &mut words;
        *newest = (oldest ^ two ^ eight ^ thirteen).rotate_left(1);
    }
    let mixed = [a, b, c, d, e];
    state.iter_mut().zip(mixed).for_each(|(word, by)| *word = word.wrapping_add(by));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        let hex = |message: &[u8]| {
            sha1(message).iter().map(|b| alloc::format!("{b:02x}")).collect::<alloc::string::String>()
        };
        // FIPS 180-4's examples; the million of "a" has whole blocks only.
        assert_eq!(hex(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hex(b""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(
            hex(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        );
        assert_eq!(hex(&alloc::vec![b'a'; 1_000_000]), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    }
}
