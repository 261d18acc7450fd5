//! The documents that `demo` notarizes, built in: the good samples of `tests/samples`.

/// A sample: its file's name and its bytes.
pub struct Sample {
    /// Without folders.
    pub name: &'static str,
    /// As the file has them.
    pub bytes: &'static [u8],
}

macro_rules! samples {
    ($($name:literal)+) => {
        &[$(Sample {
            name: $name,
            bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/samples/", $name)),
        }),+]
    };
}

/// All of them: each kind of report and of commitment, and natural persons.
pub const SAMPLES: &[Sample] = samples!(
    "report-general-clean.json"
    "report-general-penalty.json"
    "report-special-clean.json"
    "report-special-partly-covered.json"
    "report-special-serious.json"
    "report-sole-trader.json"
    "report-person.json"
    "report-full.json"
    "commitment-approval-substitute.json"
    "commitment-cert-item.json"
    "commitment-gov-public.json"
    "commitment-industry.json"
    "commitment-person.json"
    "commitment-repair.json"
    "commitment-tolerance.json"
    "commitment-voluntary.json"
);

#[cfg(test)]
mod tests {
    use super::SAMPLES;

    /// Every good sample of the folder is built in.
    #[test]
    fn none_is_forgotten() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/samples");
        let mut there: Vec<String> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".json") && name != "expected.json")
            .collect();
        let mut here: Vec<String> = SAMPLES.iter().map(|sample| sample.name.to_string()).collect();
        there.sort();
        here.sort();
        assert_eq!(here, there);
    }
}
