use std::collections::BTreeMap;

use super::*;
use crate::client::{ForwardedBy, Proxies};

const EXAMPLE: &str = include_str!("../../settings.example.toml");

fn from_file(text: &str) -> Result<Settings, SettingsError> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("web.toml");
    std::fs::write(&file, text).unwrap();
    let result = Settings::read(Some(&file), |_| None, &[]);
    result.map_err(|error| SettingsError {
        at: error.at.replace(&format!("{}", file.display()), "web.toml"),
        ..error
    })
}

fn from_environment(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let pairs: BTreeMap<&str, &str> = pairs.iter().copied().collect();
    Settings::read(None, |name| pairs.get(name).map(|value| value.to_string()), &[])
}

/// What the example says a key is when it is not set: lines such as `#key = value`, in their table.
fn defaults_of_the_example() -> BTreeMap<String, String> {
    let (mut table, mut found) = (String::new(), BTreeMap::new());
    for line in EXAMPLE.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = format!("{name}.");
        }
        let Some((key, value)) = line.strip_prefix('#').and_then(|rest| rest.split_once(" = ")) else {
            continue;
        };
        if key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
            found.insert(format!("{table}{key}"), value.to_string());
        }
    }
    found
}

#[test]
fn the_example_has_every_key_and_sets_none() {
    let keys: Vec<String> = defaults_of_the_example().into_keys().collect();
    let mut all: Vec<String> = KEYS.iter().map(|key| key.to_string()).collect();
    all.sort();
    assert_eq!(keys, all);
    assert_eq!(format!("{:?}", from_file(EXAMPLE).unwrap()), format!("{:?}", Settings::default()));
}

#[test]
fn the_examples_values_are_those_of_the_code() {
    // Those that have no value unless they are set show what one looks like.
    let shown = [
        "public_address",
        "tls.certificate",
        "tls.key",
        "proxies.trusted",
        "metrics.listen",
        "metrics.token_file",
        "outgoing.roots",
        "outgoing.plain_http",
        "witness.ask",
    ];
    let text: String = defaults_of_the_example()
        .iter()
        .filter(|(key, _)| !shown.contains(&key.as_str()))
        .map(|(key, value)| format!("{key} = {value}\n"))
        .collect();
    assert_eq!(format!("{:?}", from_file(&text).unwrap()), format!("{:?}", Settings::default()));
    for key in ["public_address", "proxies.trusted", "metrics.listen", "outgoing.plain_http", "witness.ask"] {
        let value = &defaults_of_the_example()[key];
        assert!(from_file(&format!("{key} = {value}\n")).is_ok(), "{key} = {value}");
    }
}

#[test]
fn the_command_line_counts_more_than_the_environment_and_that_more_than_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("web.toml");
    std::fs::write(&file, "listen = \"0.0.0.0:1\"\nlog = \"json\"\nworkers = 3\n").unwrap();
    let environment = |name: &str| match name {
        "XINZHENG_LISTEN" => Some("0.0.0.0:2".to_string()),
        "XINZHENG_WORKERS" => Some("4".to_string()),
        _ => None,
    };
    let settings = Settings::read(Some(&file), environment, &[("listen", "0.0.0.0:3".into())]).unwrap();
    assert_eq!((settings.listen.as_str(), settings.workers), ("0.0.0.0:3", 4));
    assert_eq!(settings.log, LogFormat::Json);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, at, word) in [
        ("\nlisten = \"here\"\n", "web.toml:2", "0.0.0.0:8080"),
        ("lisen = \"0.0.0.0:1\"\n", "web.toml:1", "lisen"),
        ("[tls]\n\nkeys = \"x\"\n", "web.toml:3", "tls.keys"),
        ("[tsl]\nkey = \"x\"\n", "web.toml:2", "tsl.key"),
        ("[tls]\nkey = \"x\"\n", "web.toml:2", "tls.certificate"),
        ("listen = \"0.0.0.0:1\"\nlisten = \"0.0.0.0:2\"\n", "web.toml:2", "TOML"),
        ("workers = 0\n", "web.toml:1", "1 to 64"),
        ("workers = 1.5\n", "web.toml:1", "whole number"),
        ("session_idle_minutes = 1441\n", "web.toml:1", "1440"),
        ("public_address = \"https://x/\"\n", "web.toml:1", "slash"),
        ("public_address = \"credit.example.gov.cn\"\n", "web.toml:1", "https://"),
        ("[proxies]\ntrusted = [\"proxy.example\"]\n", "web.toml:2", "10.1.0.5"),
        ("[proxies.trusted]\nx = 1\n", "web.toml:1", "proxies.trusted"),
        ("[metrics]\nlisten = \":9090\"\n", "web.toml:2", "127.0.0.1:9090"),
        ("[metrics]\ntoken_file = \"nothing\"\n", "web.toml:2", "nothing"),
        ("[hourly]\nlook_ups = -1\n", "web.toml:2", "0 for no limit"),
        ("[outgoing]\nplain_http = [\"http://a\"]\n", "web.toml:2", "10.1.0.7:8080"),
        ("[outgoing]\nroots = \"nothing.pem\"\n", "web.toml:2", "nothing.pem"),
        ("[witness]\nask = [\"https://a.cn/witness\"]\n", "web.toml:2", "vkey"),
        ("= 1\n", "web.toml:1", "TOML"),
        ("anchor = 1\n", "web.toml:1", "[[anchor]]"),
        ("[anchor]\nkind = \"evm\"\n", "web.toml:1", "[[anchor]]"),
        ("anchor = [1]\n", "web.toml:1", "[[anchor]]"),
        ("\n[[anchor]]\nlabel = \"a\"\n", "web.toml:2", "no kind"),
        ("[[anchor]]\nkind = \"sms\"\n", "web.toml:2", "rfc3161, evm or http"),
        ("[[anchor]]\nkind = \"http\"\nlabel = \"A\"\n", "web.toml:3", "a letter first"),
        ("[[anchor]]\nkind = \"http\"\nlabel = \"a\"\n", "web.toml:1", "no url"),
        ("[[anchor]]\nkind = \"http\"\nlabel = \"a\"\nurl = \"ftp://a.cn/\"\n", "web.toml:4", "https://"),
        ("[[anchor]]\nkind = \"http\"\nlabel = \"a\"\nurl = \"https://u@a.cn/\"\n", "web.toml:4", "https://"),
        (
            "[[anchor]]\nkind = \"rfc3161\"\nlabel = \"a\"\nurl = \"https://a.cn/\"\nevery = \"10s\"\n",
            "web.toml:5",
            "1m",
        ),
        (
            "[[anchor]]\nkind = \"rfc3161\"\nlabel = \"a\"\nurl = \"https://a.cn/\"\nevery = 60\n",
            "web.toml:5",
            "1m",
        ),
        (
            "[[anchor]]\nkind = \"rfc3161\"\nlabel = \"a\"\nurl = \"https://a.cn/\"\nevery = [1]\n",
            "web.toml:5",
            "every",
        ),
        (
            "[[anchor]]\nkind = \"rfc3161\"\nlabel = \"a\"\nurl = \"https://a.cn/\"\npolicy = \"1.2.x\"\n",
            "web.toml:5",
            "object identifier",
        ),
        (
            "[[anchor]]\nkind = \"rfc3161\"\nlabel = \"a\"\nurl = \"https://a.cn/\"\nconfirmations = 1\n",
            "web.toml:5",
            "confirmations",
        ),
        (
            "[[anchor]]\nkind = \"rfc3161\"\nlabel = \"a\"\nurl = \"https://a.cn/\"\n[[anchor]]\nkind = \"http\"\nlabel = \"a\"\nurl = \"https://a.cn/\"\n",
            "web.toml:5",
            "twice",
        ),
    ] {
        let error = from_file(text).unwrap_err();
        assert_eq!(error.at, at, "{text:?}: {error}");
        assert!(error.en.contains(word), "{text:?}: {error}");
        assert!(!error.zh.is_empty());
    }
    let error = from_environment(&[("XINZHENG_LOG", "loud")]).unwrap_err();
    assert_eq!(
        (error.at.as_str(), error.en.as_str()),
        ("XINZHENG_LOG", "\"loud\" can't be; it must be text, json or none")
    );
}

#[test]
fn proxies_and_rates_are_taken_over() {
    let settings = from_file(
        "[proxies]\ntrusted = [\"10.1.0.5\", \"fd00::/8\"]\nheader = \"Forwarded\"\n[hourly]\nsign_ins = 7\n",
    )
    .unwrap();
    let networks = ["10.1.0.5", "fd00::/8"].map(|text| text.parse().unwrap()).to_vec();
    assert_eq!(settings.proxies, Proxies::new(networks, ForwardedBy::Forwarded));
    assert_eq!(settings.hourly.sign_ins, 7);
    let settings = from_environment(&[("XINZHENG_PROXIES_TRUSTED", "10.1.0.5, 10.2.0.0/16")]).unwrap();
    assert!(settings.proxies.trusts("10.2.3.4".parse().unwrap()));
}

#[test]
fn a_witness_is_a_key_that_cosigns_and_an_address() {
    let key = "example.com/foo/witness+2630d955+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let read = |ask: &str| from_file(&format!("[witness]\nask = [{ask}]\n"));
    let settings = read(&format!("\"{key} https://w.example/witness/\"")).unwrap();
    assert_eq!(settings.witnesses[0].key().encode(), key);
    assert_eq!(settings.witnesses[0].url(), "https://w.example/witness");
    for bad in [
        format!("\"{key}\""),
        format!("\"{key} ftp://w.example/\""),
        format!("\"{key} https://w.example/?x\""),
        format!("\"{key} https://w.example/\", \"{key} https://other.example/\""),
        "\"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k https://w.example/\"".into(),
    ] {
        assert_eq!(read(&bad).unwrap_err().at, "web.toml:2", "{bad}");
    }
}

#[test]
fn a_token_is_read_beside_the_file_and_never_shown() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("web.toml");
    std::fs::write(&file, "[metrics]\ntoken_file = \"token\"\n").unwrap();
    std::fs::write(dir.path().join("token"), "short\n").unwrap();
    assert!(Settings::read(Some(&file), |_| None, &[]).unwrap_err().en.contains("16"));
    std::fs::write(dir.path().join("token"), "0123456789abcdef\n").unwrap();
    let settings = Settings::read(Some(&file), |_| None, &[]).unwrap();
    let MetricsFor::Token(token) = &settings.metrics else { panic!("{settings:?}") };
    assert!(token.is("0123456789abcdef") && !format!("{settings:?}").contains("0123456789"));
}

#[test]
fn targets_of_anchors_are_taken_over_and_the_example_shows_one() {
    // What the example shows behind two spaces, without its comment signs.
    let shown: String =
        EXAMPLE.lines().filter_map(|line| line.strip_prefix("#  ")).map(|line| format!("{line}\n")).collect();
    let settings = from_file(&shown).unwrap();
    let policy = verifier::timestamp::Policy::parse("1.3.6.1.4.1.99999.1").unwrap();
    let hour = Duration::from_secs(3_600);
    let tsa = AnchorTarget::authority("tsa", "https://tsa.example.gov.cn/tsr", hour, Some(policy)).unwrap();
    assert_eq!(settings.anchors[0], tsa);
    let each = |n: usize| {
        format!("[[anchor]]\nkind = \"http\"\nlabel = \"a{n}\"\nurl = \"https://a.cn/\"\nevery = \"1d\"\n")
    };
    let many = |n: usize| from_file(&(0..n).map(each).collect::<String>());
    assert_eq!(many(ANCHORS_MAX).unwrap().anchors.len(), ANCHORS_MAX);
    assert_eq!(many(1).unwrap().anchors[0].every(), Duration::from_secs(86_400));
    assert!(many(ANCHORS_MAX + 1).unwrap_err().en.contains("16"));
    for (every, good) in [
        ("1m", true),
        ("31d", true),
        ("32d", false),
        ("0m", false),
        ("01h", false),
        ("h", false),
        ("", false),
        ("分", false),
        ("99999999999999999999d", false),
    ] {
        let text = format!(
            "[[anchor]]\nkind = \"http\"\nlabel = \"a\"\nurl = \"https://a.cn/\"\nevery = \"{every}\"\n"
        );
        assert_eq!(from_file(&text).is_ok(), good, "{every}");
    }
}
