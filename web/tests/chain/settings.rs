//! What the settings say of chains and gateways.

use std::time::Duration;

use verifier::evm::Address;
use web::settings::{AnchorTerms, EvmSettings, Finality, HttpSettings, Settings, SettingsError};

fn terms(kind: &str, lines: &str) -> Result<AnchorTerms, SettingsError> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("web.toml");
    let text = format!("[[anchor]]\nkind = \"{kind}\"\nlabel = \"a\"\nurl = \"https://a.cn/\"\n{lines}");
    std::fs::write(&file, text).unwrap();
    let settings = Settings::read(Some(&file), |_| None, &[])?;
    Ok(settings.anchors[0].terms().clone())
}

#[test]
fn a_chain_is_taken_over_and_nothing_is_paid_unasked() {
    let usual = EvmSettings::default();
    assert_eq!((usual.gas_price, usual.max_gas_price, usual.header), (None, None, true));
    assert_eq!(terms("evm", "").unwrap(), AnchorTerms::Evm(usual));
    let all = "confirmations = 12\ngas_price = 0\nmax_gas_price = 30000000000\nmax_gas = 90000\n\
               to = \"0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F\"\nheader = \"none\"\npoll = 2\nresend = 60\n";
    let expected = EvmSettings {
        finality: Finality::Depth(12),
        gas_price: Some(0),
        max_gas_price: Some(30_000_000_000),
        max_gas: 90_000,
        to: Address::parse("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"),
        header: false,
        poll: Duration::from_secs(2),
        resend: Duration::from_secs(60),
    };
    assert_eq!(terms("evm", all).unwrap(), AnchorTerms::Evm(expected));
    let finalized = terms("evm", "confirmations = \"finalized\"\n").unwrap();
    assert!(matches!(finalized, AnchorTerms::Evm(EvmSettings { finality: Finality::Finalized, .. })));
    for bad in [
        "confirmations = 0",
        "confirmations = \"latest\"",
        "gas_price = -1",
        "gas_price = 1.5",
        "max_gas_price = \"1 gwei\"",
        "max_gas = 20999",
        "to = \"9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f\"",
        "header = true",
        "poll = 0",
        "resend = 86401",
        "token_file = \"x\"",
    ] {
        let error = terms("evm", &format!("{bad}\n")).unwrap_err();
        assert!(error.at.ends_with(":5") && !error.zh.is_empty(), "{bad}: {error}");
    }
}

#[test]
fn a_gateway_is_taken_over_and_no_header_of_the_client_is_changed() {
    assert_eq!(terms("http", "").unwrap(), AnchorTerms::Http(HttpSettings::default()));
    let AnchorTerms::Http(read) =
        terms("http", "token_file = \"t\"\ntoken_header = \"x-api-key\"\n").unwrap()
    else {
        panic!("another kind")
    };
    assert_eq!(read.token_header, "x-api-key");
    assert!(
        read.token_file.is_some_and(|file| file.ends_with("t") && file.is_absolute()),
        "beside the settings"
    );
    for bad in ["Authorization", "content-length", "host", "a b", ""] {
        let error = terms("http", &format!("token_header = \"{bad}\"\n")).unwrap_err();
        assert!(error.at.ends_with(":5"), "{bad}: {error}");
    }
}
