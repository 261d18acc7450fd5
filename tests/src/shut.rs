//! Running a program where it has no network, and watching whether it asks for one.

use std::path::Path;
use std::process::Command;

/// Wraps a program in a network namespace of its own, which holds nothing but a loopback device that is down.
pub fn in_empty_network(program: &Command) -> Command {
    let mut wrapped = Command::new("unshare");
    // Ordinary users need a user namespace around it.
    wrapped.args(["--map-root-user", "--net", "--"]);
    over(&mut wrapped, program);
    wrapped
}

/// Wraps a program in strace, which writes every system call that has to do with networks to `log`.
pub fn watched(program: &Command, log: &Path) -> Command {
    let mut wrapped = Command::new("strace");
    wrapped.args(["-f", "-qq", "-e", "trace=%network", "-e", "signal=none", "-o"]).arg(log).arg("--");
    over(&mut wrapped, program);
    wrapped
}

fn over(wrapped: &mut Command, program: &Command) {
    wrapped.arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    if let Some(folder) = program.get_current_dir() {
        wrapped.current_dir(folder);
    }
}
