//! The codes that commands refuse with by themselves. The office's own are `notary`'s, those of certificates and trust
//! bundles are in `verifier/spec/verdict.md`. `notary/REFUSALS.md` lists them for readers; a test holds the two together.

macro_rules! codes {
    ($($name:ident)+) => {
        $(pub const $name: &str = stringify!($name);)+
        /// All of them, in the order of the page.
        #[cfg(test)]
        const ALL: &[&str] = &[$(stringify!($name)),+];
    };
}

codes! {
    USAGE
    FILE_UNREADABLE
    FILE_UNWRITABLE
    FILE_EXISTS
    NOT_CONFIRMED
    POINTER_UNKNOWN
    QR_TOO_LONG
    LEDGER_UNREADABLE
    SOURCE_UNREACHABLE
    SOURCE_BAD
    AUDIT_STATE_BAD
    SETTINGS_BAD
    LISTEN_FAILED
    SERVE_FAILED
    DOOR_FAILED
    CERTIFICATE_UNFIT
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn the_page_lists_exactly_these_codes() {
        let page = include_str!("../../notary/REFUSALS.md");
        let (_, commands) = page.split_once("\n## Commands\n").expect("the page has a part for commands");
        let listed: Vec<&str> =
            commands.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        assert_eq!(listed, ALL);
    }
}
