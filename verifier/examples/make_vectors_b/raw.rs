//! Cores put together item by item.

use verifier::cbor::Writer;

/// A core as pairs of key and encoded value, in the order in which they are written.
#[derive(Clone)]
pub struct Raw(pub Vec<(u64, Vec<u8>)>);

impl Raw {
    /// The core of an ordinary report, as the page shows it.
    pub fn ordinary() -> Raw {
        Raw(vec![
            (0, item(|w| w.unsigned(1))),
            (1, item(|w| w.unsigned(1))),
            (2, item(|w| w.text("2026112240170938612531"))),
            (3, item(|w| w.unsigned(1))),
            (4, item(|w| w.array(3).unsigned(1).text("渭水样例食品有限公司").text("91619900MA0DEM021U"))),
            (5, item(|w| w.text("公共信用信息报告"))),
            (6, item(|w| w.unsigned(9))),
            (8, item(|w| w.unsigned(1_795_310_130))),
            (9, item(|w| w.unsigned(1_803_086_130))),
            (10, item(|w| w.array(2).unsigned(19_683).unsigned(20_778))),
            (11, item(|w| w.unsigned(1_795_276_799))),
            (12, item(|w| w.array(2).array(2).unsigned(1).unsigned(2).array(2).unsigned(3).unsigned(1))),
            (13, item(|w| w.map(2).unsigned(2).unsigned(1).unsigned(3).unsigned(1))),
            (14, item(|w| w.bytes(&[0x52; 32]))),
            (15, item(|w| w.bytes(b"sixteen bytes, !"))),
        ])
    }

    /// With another value at a key; a new key goes to its place.
    pub fn set(mut self, key: u64, value: Vec<u8>) -> Raw {
        self.0.retain(|(k, _)| *k != key);
        let place = self.0.iter().position(|(k, _)| *k > key).unwrap_or(self.0.len());
        self.0.insert(place, (key, value));
        self
    }

    pub fn without(mut self, key: u64) -> Raw {
        self.0.retain(|(k, _)| *k != key);
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut out = item(|w| w.map(self.0.len() as u64));
        for (key, value) in &self.0 {
            out.extend(item(|w| w.unsigned(*key)));
            out.extend(value);
        }
        out
    }
}

/// One encoded item, or several in a row.
pub fn item(write: impl FnOnce(&mut Writer) -> &mut Writer) -> Vec<u8> {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.finish()
}
