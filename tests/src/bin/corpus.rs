//! `cargo run -p e2e --bin corpus`: writes the seeds of every fuzz target where cargo-fuzz looks for them,
//! `verifier/fuzz/corpus/TARGET/` (and `notary/fuzz/corpus/TARGET/`).

use e2e::{paths, seeds};

fn main() -> std::io::Result<()> {
    for (target, _) in seeds::TARGETS {
        let home = ["verifier/fuzz", "notary/fuzz"].map(|f| paths::root().join(f));
        let home = home.iter().find(|f| f.join("fuzz_targets").join(target).with_extension("rs").exists());
        let folder = home.expect("every target has a file").join("corpus").join(target);
        std::fs::create_dir_all(&folder)?;
        let seeds = seeds::seeds(target);
        for (n, seed) in seeds.iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{n:04}")), seed)?;
        }
        println!("{}: {} seeds", folder.display(), seeds.len());
    }
    Ok(())
}
