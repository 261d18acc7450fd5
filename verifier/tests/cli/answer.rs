//! Running the program, and what it answered.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::office::Office;

/// What the program answered.
pub struct Answer {
    /// Exit status.
    pub exit: i32,
    /// Standard output, in bytes.
    pub bytes: Vec<u8>,
    /// Standard error.
    pub errors: String,
}

impl Answer {
    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}{}", self.text(), self.errors))
    }

    /// `code` of each result, in order.
    pub fn codes(&self) -> Vec<String> {
        let json = self.json();
        let results = json["results"].as_array().unwrap();
        results.iter().map(|result| result["code"].as_str().unwrap().to_owned()).collect()
    }

    /// `file` of each result, without the folder of the test.
    pub fn files(&self, office: &Office) -> Vec<String> {
        let json = self.json();
        let folder = format!("{}{}", office.folder().display(), std::path::MAIN_SEPARATOR);
        let results = json["results"].as_array().unwrap();
        results
            .iter()
            .map(|result| result["file"].as_str().unwrap().replace(&folder, "").replace('\\', "/"))
            .collect()
    }
}

/// Runs a command to its end.
pub fn answer(mut command: Command, input: &[u8]) -> Answer {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // The program may end before it has read everything.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Answer {
        exit: output.status.code().unwrap_or(-1),
        bytes: output.stdout,
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
