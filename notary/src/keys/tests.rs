use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use ::pkcs8::der::{Encode, SecretDocument};
use ::pkcs8::pkcs5::pbes2::{EncryptionScheme, Kdf, Parameters, Pbkdf2Params, ScryptParams};
use ::pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{EncodePrivateKey, KeypairBytes};
use tempfile::TempDir;
use verifier::base64;
use verifier::key::VerifierKey;
use verifier::time::Time;

use super::*;

const FEW: u32 = 1;

fn passphrase(text: &str) -> Arc<Passphrase> {
    Arc::new(Passphrase::new(text).unwrap())
}

fn named(name: &str) -> KeyName {
    KeyName::parse(name).unwrap()
}

fn made(dir: &TempDir) -> KeyFile {
    KeyFile::generate(dir.path(), KeyUse::Batch, &named("a.cn/l/batch"), passphrase("right"), FEW).unwrap()
}

fn code<T>(result: Result<T, KeyError>) -> &'static str {
    result.err().map_or("-", |e| e.code())
}

fn unlocked(pem: &Path, text: &str) -> &'static str {
    match KeyFile::open(pem, passphrase(text)) {
        Ok(key) => code(key.unlock()),
        Err(e) => e.code(),
    }
}

/// Runs the `openssl` program, which `tests/run` installs where it is missing.
fn openssl(args: &[&str]) -> String {
    let done = Command::new("openssl").args(args).output().expect("the openssl program");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// The 32 bytes of the public key that OpenSSL finds in a file.
fn public_by_openssl(pem: &Path, text: &str) -> Vec<u8> {
    let pem = openssl(&["pkey", "-in", pem.to_str().unwrap(), "-passin", &format!("pass:{text}"), "-pubout"]);
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    base64::decode(&body).unwrap().split_off(12)
}

#[test]
fn openssl_reads_what_we_write() {
    let dir = TempDir::new().unwrap();
    let key = KeyFile::generate(
        dir.path(),
        KeyUse::Ledger,
        &named("a.cn/l"),
        passphrase("口令 with spaces"),
        ITERATIONS,
    )
    .unwrap();
    assert_eq!(public_by_openssl(key.path(), "口令 with spaces"), key.key().public());
    let shown = openssl(&["asn1parse", "-in", key.path().to_str().unwrap()]);
    for part in ["PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc", ":0927C0"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert_eq!(unlocked(key.path(), "口令 with spaces"), "-");
    assert_eq!(unlocked(key.path(), "another"), "KEY_PASSPHRASE");
}

#[test]
fn we_read_what_openssl_writes() {
    let dir = TempDir::new().unwrap();
    let path = |name: &str| dir.path().join(name);
    let text = |name: &str| path(name).to_str().unwrap().to_owned();
    let with = ["-aes256", "-pass", "pass:right", "-out"];
    openssl(&[&["genpkey", "-algorithm", "ed25519"], &with[..], &[&text("batch.pem")]].concat());
    let topk8 = ["pkcs8", "-topk8", "-passin", "pass:right", "-passout", "pass:right"];
    let scrypt = ["-scrypt", "-in", &text("batch.pem"), "-out", &text("batch-2.pem")];
    openssl(&[&topk8[..], &scrypt].concat());

    for file in ["batch.pem", "batch-2.pem"] {
        let file = path(file);
        assert_eq!(unlocked(&file, "right"), "KEY_MISSING", "the .vkey file");
        let adopt = |text| KeyFile::adopt(&file, KeyUse::Batch, &named("a.cn/l/batch"), passphrase(text));
        assert_eq!(code(adopt("wrong")), "KEY_PASSPHRASE");
        let key = adopt("right").unwrap();
        assert_eq!(public_by_openssl(&file, "right"), key.key().public());
        assert_eq!(unlocked(&file, "right"), "-");
    }
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", &text("pdf.pem")]);
    let open = KeyFile::adopt(&path("pdf.pem"), KeyUse::Pdf, &named("a.cn/l/pdf"), passphrase("right"));
    assert_eq!(code(open), "KEY_NOT_ENCRYPTED");
    openssl(&[&["genpkey", "-algorithm", "x25519"], &with[..], &[&text("root.pem")]].concat());
    let other = KeyFile::adopt(&path("root.pem"), KeyUse::Root, &named("a.cn/root"), passphrase("right"));
    assert_eq!(code(other), "KEY_DAMAGED");
}

#[test]
fn every_changed_byte_of_a_key_file_is_found_or_harmless() {
    let dir = TempDir::new().unwrap();
    let key = made(&dir);
    for file in [key.path().to_owned(), key.path().with_extension("vkey")] {
        let whole = fs::read(&file).unwrap();
        for (place, bit) in (0..whole.len()).flat_map(|place| [(place, 1), (place, 0x40), (place, 0x80)]) {
            let mut changed = whole.clone();
            changed[place] ^= bit;
            fs::write(&file, &changed).unwrap();
            // What still opens is the same key: `open` compares it with the .vkey file.
            match KeyFile::open(key.path(), passphrase("right")) {
                Ok(opened) if opened.unlock().is_ok() => assert_eq!(opened.key(), key.key(), "byte {place}"),
                Ok(opened) => assert_eq!(code(opened.unlock()), "KEY_DAMAGED", "byte {place}"),
                Err(e) => assert_eq!(e.code(), "KEY_DAMAGED", "byte {place}"),
            }
            assert_eq!(fs::read(&file).unwrap(), changed);
        }
        let first = whole.iter().position(|byte| *byte == b'\n').unwrap();
        for length in 0..whole.len() - 1 {
            fs::write(&file, &whole[..length]).unwrap();
            // A .vkey file cut after its first line is one without a digest.
            let digestless = file.extension().unwrap() == "vkey" && (first..=first + 1).contains(&length);
            let told = unlocked(key.path(), "right");
            assert_eq!(told, if digestless { "-" } else { "KEY_DAMAGED" }, "{length}");
        }
        fs::write(&file, &whole).unwrap();
    }
}

#[test]
fn a_file_may_not_ask_for_everything() {
    let plain = KeypairBytes { secret_key: [1; 32], public_key: None }.to_pkcs8_der().unwrap();
    let salt = Pbkdf2Params::hmac_sha256(1, &[0; 16]).unwrap().salt;
    let pbkdf2 = |n| {
        Kdf::Pbkdf2(Pbkdf2Params { iteration_count: n, ..Pbkdf2Params::hmac_sha256(1, &[0; 16]).unwrap() })
    };
    let scrypt = |cost_parameter, block_size, parallelization| {
        Kdf::Scrypt(ScryptParams { salt, cost_parameter, block_size, parallelization, key_length: None })
    };
    let file = |kdf| {
        let algorithm = Parameters { kdf, encryption: EncryptionScheme::Aes256Cbc { iv: [0; 16] } };
        let data = ::pkcs8::der::asn1::OctetStringRef::new(plain.as_bytes()).unwrap();
        let info =
            EncryptedPrivateKeyInfoRef { encryption_algorithm: algorithm.into(), encrypted_data: data };
        let document = SecretDocument::try_from(info.to_der().unwrap()).unwrap();
        document.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).unwrap()
    };
    let words = Passphrase::new("right").unwrap();
    for kdf in [
        pbkdf2(0),
        pbkdf2(10_000_001),
        scrypt(0, 8, 1),
        scrypt(1, 8, 1),
        scrypt(1 << 14, 0, 1),
        scrypt(1 << 14, 8, 0),
        scrypt(1 << 14, 8, 17),
        scrypt(1 << 22, 8, 1),
        scrypt(1 << 63, 8, 1),
    ] {
        let refused = pkcs8::decrypt(&file(kdf.clone()), &words).err();
        assert!(matches!(refused, Some(pkcs8::Why::Form(_))), "{kdf:?}");
    }
    // A cost that is no power of two is the library's to refuse.
    assert!(pkcs8::decrypt(&file(scrypt(3, 8, 1)), &words).is_err());
    // The same with parameters that are fine, so that it was the parameters.
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(1, &[0; 16], [0; 16]).unwrap();
    let sealed = PrivateKeyInfoRef::try_from(plain.as_bytes()).unwrap();
    let sealed = sealed.encrypt_with_params(parameters, b"right").unwrap();
    let pem = sealed.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).unwrap();
    assert_eq!(pkcs8::decrypt(&pem, &words).unwrap().to_bytes(), [1; 32]);
}

#[test]
fn nothing_is_overwritten() {
    let dir = TempDir::new().unwrap();
    let keys = example::write(dir.path()).unwrap();
    let before = fs::read(keys[0].path()).unwrap();
    assert_eq!(code(example::write(dir.path())), "KEY_EXISTS");
    let again =
        KeyFile::adopt(keys[0].path(), KeyUse::Root, keys[0].key().name(), passphrase(example::PASSPHRASE));
    assert_eq!(code(again), "KEY_EXISTS");
    assert_eq!(fs::read(keys[0].path()).unwrap(), before);
}

#[test]
fn a_folder_is_listed_without_a_passphrase() {
    let dir = TempDir::new().unwrap();
    let keys = example::write(dir.path()).unwrap();
    fs::remove_file(dir.path().join("root.pem")).unwrap();
    fs::write(dir.path().join("notes.txt"), "of no interest").unwrap();
    let listed = list(dir.path()).unwrap();
    assert_eq!(listed.len(), 6);
    for found in &listed {
        let key = keys.iter().find(|key| key.key_use() == found.key_use).unwrap();
        assert_eq!((&found.vkey, found.path.as_path()), (key.key(), key.path()));
        assert_eq!(found.present, found.key_use != KeyUse::Root);
    }
    assert_eq!(unlocked(&dir.path().join("root.pem"), example::PASSPHRASE), "KEY_MISSING");

    fs::copy(dir.path().join("batch.vkey"), dir.path().join("status.vkey")).unwrap();
    assert_eq!(code(list(dir.path())), "KEY_DAMAGED", "a name of another use");
    fs::remove_file(dir.path().join("status.vkey")).unwrap();
    fs::copy(dir.path().join("batch.vkey"), dir.path().join("other.vkey")).unwrap();
    assert_eq!(code(list(dir.path())), "KEY_DAMAGED", "no use in the file's name");
}

#[test]
fn a_key_under_another_keys_name_is_found() {
    let dir = TempDir::new().unwrap();
    let (one, two) = (made(&dir), made(&dir));
    fs::copy(one.path(), two.path()).unwrap();
    assert_eq!(unlocked(two.path(), "right"), "KEY_DAMAGED");
    assert_eq!(unlocked(one.path(), "right"), "-");
    assert!(!one.is_exposed());
}

#[test]
fn several_are_opened_at_once() {
    let dir = TempDir::new().unwrap();
    let words = passphrase(example::PASSPHRASE);
    example::write(dir.path()).unwrap();
    let open =
        |name: &str, words: &Arc<Passphrase>| KeyFile::open(&dir.path().join(name), words.clone()).unwrap();
    let keys = [open("ledger.pem", &words), open("batch.pem", &passphrase("wrong")), open("pdf.pem", &words)];
    let signers = keys.each_ref().map(|key| key as &dyn Signer);
    let outcomes: Vec<_> = unlock_all(&signers).into_iter().map(code).collect();
    assert_eq!(outcomes, ["-", "KEY_PASSPHRASE", "-"]);
    assert_eq!(code(keys[1].sign(b"x")), "KEY_PASSPHRASE");
}

#[test]
fn a_key_signs_what_it_is_for() {
    let dir = TempDir::new().unwrap();
    let keys = example::write(dir.path()).unwrap();
    let [root, ledger, batch, .., witness] = &keys[..] else { panic!("six keys") };
    let checkpoint = "credit.example.gov.cn/ledger\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    assert_eq!(ledger.sign_note(checkpoint).unwrap().verify_one(ledger.key()), Ok(()));
    assert_eq!(ledger.sign_note(checkpoint).unwrap(), ledger.sign_note(checkpoint).unwrap(), "RFC 8032");
    for key in [root, batch, witness] {
        assert_eq!(code(key.sign_note(checkpoint)), "KEY_WRONG_USE");
        assert_eq!(code(key.sign_note("")), "KEY_WRONG_USE");
    }
    assert_eq!(code(batch.sign_note("credit.example.gov.cn/ledger/batch")), "KEY_WRONG_USE", "no line break");

    let time = Time::new(1_795_310_130).unwrap();
    let line = witness.cosign(time, checkpoint).unwrap();
    assert_eq!(verifier::cosignature::verify(witness.key(), &line, checkpoint), Ok(time));
    assert_eq!(code(ledger.cosign(time, checkpoint)), "KEY_WRONG_USE");
    assert_eq!(code(witness.cosign(Time::new(0).unwrap(), checkpoint)), "KEY_SIGNATURE_BAD");
}

#[test]
fn a_name_of_another_use_is_refused() {
    let dir = TempDir::new().unwrap();
    for (key_use, name) in [
        (KeyUse::Batch, "a.cn/l"),
        (KeyUse::Ledger, "a.cn/l/batch"),
        (KeyUse::Root, "/root"),
        (KeyUse::Pdf, "A.cn/pdf"),
    ] {
        let made = KeyFile::generate(dir.path(), key_use, &named(name), passphrase("right"), FEW);
        assert_eq!(code(made), "KEY_WRONG_USE", "{name}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    for key_use in KeyUse::ALL {
        assert_eq!(KeyUse::parse(key_use.as_str()), Some(key_use));
        let name = key_use.key_name(&Origin::parse("a.cn/l").unwrap());
        assert!(key_use.fits(&named(&name), key_use.kind()));
    }
}

#[test]
fn passphrases_have_a_form() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("passphrase");
    for (text, told) in [
        ("right", "-"),
        ("right\n", "-"),
        ("right\r\n", "-"),
        (" 口令 ", "-"),
        (&format!("{}\r\n", "x".repeat(1024)), "-"),
        ("", "KEY_PASSPHRASE_FORM"),
        ("\n", "KEY_PASSPHRASE_FORM"),
        ("right\n\n", "KEY_PASSPHRASE_FORM"),
        ("two\nlines", "KEY_PASSPHRASE_FORM"),
        (&"x".repeat(1025), "KEY_PASSPHRASE_FORM"),
        (&"x".repeat(5000), "KEY_PASSPHRASE_FORM"),
    ] {
        fs::write(&file, text).unwrap();
        assert_eq!(code(Passphrase::from_file(&file)), told, "{text:?}");
    }
    assert_eq!(code(Passphrase::from_file(&dir.path().join("none"))), "KEY_MISSING");
}

#[test]
fn the_example_keys_are_the_published_ones() {
    let published = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../keys/example");
    let dir = TempDir::new().unwrap();
    for key in example::write(dir.path()).unwrap() {
        for extension in ["pem", "vkey"] {
            let file = key.path().with_extension(extension);
            let there = fs::read(published.join(file.file_name().unwrap())).unwrap();
            assert_eq!(there, fs::read(&file).unwrap(), "{}", file.display());
        }
        assert!(is_example_key(key.key()));
        let renamed = VerifierKey::new(named("other.cn/l"), KeyKind::Note, key.key().public()).unwrap();
        assert!(is_example_key(&renamed));
        assert_eq!(public_by_openssl(key.path(), example::PASSPHRASE), key.key().public());
    }
    let public = SigningKey::from_bytes(&[1; 32]).verifying_key();
    assert!(!is_example_key(&VerifierKey::new(named("a.cn/l"), KeyKind::Note, public.as_bytes()).unwrap()));
}
