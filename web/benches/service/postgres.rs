//! Single-row durable inserts in PostgreSQL, by its own `pgbench`, in a cluster made for it on the same disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Inserts a second by so many clients; or why that can't be told here.
pub fn inserts(clients: usize, row: &[u8], span: Duration) -> Result<f64, String> {
    let bin = programs().ok_or("it is not installed")?;
    let dir = tempfile::Builder::new().prefix("bench-pg").tempdir().map_err(|error| error.to_string())?;
    let owner = Owner::of(dir.path())?;
    let data = dir.path().join("data");
    owner.run(&bin.join("initdb"), &["-A", "trust", "-U", "bench", "-D", text(&data)])?;
    // Only a socket in the folder; flushes and synchronous commit are on by default.
    let options = format!("-c listen_addresses= -c unix_socket_directories={}", text(dir.path()));
    let log = dir.path().join("log");
    owner.run(&bin.join("pg_ctl"), &["-D", text(&data), "-l", text(&log), "-w", "-o", &options, "start"])?;
    let measured = measure(&owner, &bin, dir.path(), clients, row, span);
    owner.run(&bin.join("pg_ctl"), &["-D", text(&data), "-m", "immediate", "-w", "stop"])?;
    measured
}

fn measure(
    owner: &Owner,
    bin: &Path,
    dir: &Path,
    clients: usize,
    row: &[u8],
    span: Duration,
) -> Result<f64, String> {
    let connect = ["-h", text(dir), "-U", "bench"];
    let table =
        "CREATE TABLE documents (id bigserial PRIMARY KEY, made timestamptz DEFAULT now(), body bytea)";
    owner.run(&bin.join("psql"), &[&connect[..], &["-d", "postgres", "-c", table]].concat())?;
    let hex: String = row.iter().map(|byte| format!("{byte:02x}")).collect();
    let script = dir.join("insert.sql");
    let insert = format!("INSERT INTO documents (body) VALUES (decode('{hex}', 'hex'));\n");
    fs::write(&script, insert).map_err(|error| error.to_string())?;
    let (clients, seconds) = (clients.to_string(), span.as_secs().to_string());
    let words = ["-n", "-f", text(&script), "-c", &clients, "-j", "1", "-T", &seconds, "postgres"];
    let told = owner.run(&bin.join("pgbench"), &[&connect[..], &words].concat())?;
    let tps = told.lines().find_map(|line| line.strip_prefix("tps = ")).ok_or("pgbench said nothing")?;
    tps.split(' ').next().and_then(|number| number.parse().ok()).ok_or_else(|| tps.to_string())
}

/// The newest installed version's programs.
fn programs() -> Option<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|e| e.path().join("bin")).collect();
    all.retain(|bin| bin.join("initdb").exists() && bin.join("pgbench").exists());
    all.sort();
    all.pop()
}

/// The database refuses to run as root, so there it runs as its own user.
struct Owner {
    root: bool,
}

impl Owner {
    fn of(dir: &Path) -> Result<Owner, String> {
        let id = Command::new("id").arg("-u").output().map_err(|error| error.to_string())?;
        let root = id.stdout.starts_with(b"0");
        if root {
            let given = Command::new("chown").arg("postgres").arg(dir).status();
            if !given.is_ok_and(|status| status.success()) {
                return Err("there is no user postgres".into());
            }
        }
        Ok(Owner { root })
    }

    fn run(&self, program: &Path, words: &[&str]) -> Result<String, String> {
        let mut command = match self.root {
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--"]).arg(program);
                command
            }
            false => Command::new(program),
        };
        // pg_ctl's server would keep the pipes open: what it says goes to its log.
        let output = command.args(words).current_dir("/").output().map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let why = String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_string();
        Err(format!("{}: {why}", program.display()))
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}
