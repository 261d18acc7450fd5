//! `init`: a new office.

use std::sync::Arc;

use notary::office::{Clock, NewOffice, Office, SealPolicy, SystemClock};
use serde::Serialize;
use verifier::key::VerifierKey;
use verifier::origin::Origin;

use crate::args::{Common, Init};
use crate::door::reach::open;
use crate::first_accounts::{self, FirstAccount};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::{passphrase, say};

/// The longest interval between batches, in milliseconds: a day.
const INTERVAL_MAX: u64 = 86_400_000;

#[derive(Serialize)]
struct Made {
    origin: String,
    root: String,
    accounts: Vec<FirstAccount>,
}

pub fn run(args: &Init, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let origin = Origin::parse(&args.origin).map_err(|refused| {
        Failure::usage(
            format!("账本名称不对：{refused}；应如 credit.example.gov.cn/ledger"),
            format!("not a ledger's name: {refused}; write it like credit.example.gov.cn/ledger"),
        )
        .at("--origin")
    })?;
    let new = NewOffice {
        origin,
        name: args.name.clone(),
        organisation: args.organisation.clone(),
        host: args.host.clone(),
        seal: seal_policy(&args.seal)?,
    };
    let passphrase = passphrase::new(common.passphrase_file.as_deref(), lang)?;
    let created = Office::create(&args.dir, &new, Arc::clone(&passphrase), SystemClock.now())?;
    let accounts = first_accounts::officers(&open(&args.dir, &passphrase)?)?;
    let people = first_accounts::describe(&accounts, lang);
    let made = Made { origin: created.origin, root: created.root, accounts };
    let (dir, name, root) = (args.dir.display(), &made.origin, &made.root);
    let fingerprint =
        VerifierKey::parse(root).map(|root| verifier::trust::fingerprint(&root)).unwrap_or_default();
    let text = say!(
        lang,
        "机构已建立：{dir}\n账本：{name}\n根公钥：{root}\n根公钥指纹：{fingerprint}\n\n\
         {people}\n\
         接下来：\n  1. 把 {dir}/keys 中的根密钥文件移到离线介质保存，口令另行保管\n  \
         2. xinzheng trust {dir} export office.xzt    把信任名单和指纹交给核验方\n  \
         3. xinzheng submit {dir} report.json         签发第一张证书\n  \
         4. xinzheng serve {dir}                      启动服务，用上面的账号登录\n",
        "The office is made: {dir}\nledger: {name}\nroot key: {root}\nfingerprint of the root: {fingerprint}\n\n\
         {people}\n\
         Next:\n  1. move the root key's file from {dir}/keys to a medium that is kept offline, the passphrase elsewhere\n  \
         2. xinzheng trust {dir} export office.xzt    give verifiers the bundle and the fingerprint\n  \
         3. xinzheng submit {dir} report.json         issue the first certificate\n  \
         4. xinzheng serve {dir}                      start the service and sign in with these accounts\n"
    );
    Ok(Answer::new(&made, text))
}

fn seal_policy(text: &str) -> Result<SealPolicy, Failure> {
    if text == "manual" {
        return Ok(SealPolicy::Manual);
    }
    text.parse().ok().filter(|ms| (1..=INTERVAL_MAX).contains(ms)).map(SealPolicy::IntervalMs).ok_or_else(
        || {
            Failure::usage(
                format!("--seal 应为 1 至 {INTERVAL_MAX} 的毫秒数，或 manual"),
                format!("--seal is milliseconds from 1 to {INTERVAL_MAX}, or manual"),
            )
            .at("--seal")
        },
    )
}
