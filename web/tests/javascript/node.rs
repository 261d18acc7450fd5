//! Running node: a script that judges by itself, or one that answers questions.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

fn command(name: &str) -> Command {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/js");
    let mut command = Command::new("node");
    command.arg(folder.join(name));
    command
}

/// Runs a script to its end; it says by its exit status whether all is well.
pub fn script(name: &str, args: &[&str]) {
    let output = command(name).args(args).output().expect("node runs; Debian package nodejs");
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name} {args:?}\n{said}\n{wrong}");
}

/// The verifier in JavaScript, answering questions.
pub struct Judge {
    child: Child,
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Judge {
    /// With the platform's Ed25519, or with nothing but the scripts.
    pub fn new(own: bool) -> Judge {
        let mut command = command("judge.js");
        command.args(own.then_some("--own")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("node runs; Debian package nodejs");
        let asks = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Judge { child, asks, answers }
    }

    /// The answers to these questions, in their order. They are written by a thread of their own, for neither side waits.
    pub fn ask(&mut self, questions: &[Value]) -> Vec<Value> {
        let mut asks = self.asks.take().unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(move || {
                questions.iter().for_each(|question| writeln!(asks, "{question}").unwrap());
                asks
            });
            let answers = questions.iter().map(|question| {
                let mut line = String::new();
                self.answers.read_line(&mut line).unwrap();
                let answer: Value =
                    serde_json::from_str(&line).unwrap_or_else(|_| panic!("no answer to {question}"));
                assert!(answer.get("crash").is_none(), "{question}\n{}", answer["crash"]);
                answer
            });
            let answers = answers.collect();
            self.asks = Some(writer.join().unwrap());
            answers
        })
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        drop(self.asks.take());
        self.child.wait().unwrap();
    }
}
