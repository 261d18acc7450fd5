//! Makes the folder `keys/example`: the keys that everybody has. They come out the same every time.
//!
//! ```text
//! cargo run -p notary --example make_example_keys -- keys/example
//! ```

use std::path::PathBuf;
use std::process::ExitCode;

use notary::keys::{Signer, example};

fn main() -> ExitCode {
    let Some(dir) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: make_example_keys DIR");
        return ExitCode::from(3);
    };
    match example::write(&dir) {
        Ok(keys) => {
            for key in keys {
                println!("{}", key.key().encode());
            }
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("{}: {e}", e.code());
            ExitCode::FAILURE
        }
    }
}
