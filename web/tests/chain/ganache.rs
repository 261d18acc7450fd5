//! A real chain that speaks Ethereum's words: ganache, from npm (`tests/chain`).

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::{Value, json};

use crate::common::raw;

/// The chain's number, FISCO BCOS's usual one.
pub const CHAIN: u64 = 20_200;

/// A chain on a port of its own, ended when dropped.
pub struct Ganache {
    pub at: SocketAddr,
    child: Child,
}

impl Ganache {
    /// Starts it with these further arguments and waits until it listens.
    pub fn start(arguments: &[&str]) -> Ganache {
        Ganache::start_at(free_port(), arguments)
    }

    /// The same on this port.
    pub fn start_at(at: SocketAddr, arguments: &[&str]) -> Ganache {
        let program = folder().join("node_modules/ganache/dist/node/cli.js");
        assert!(program.is_file(), "run `npm ci --prefix tests/chain` first, or tests/run");
        let mut child = Command::new("node")
            .arg(program)
            .args(["--server.host", "127.0.0.1", "--server.port", &at.port().to_string()])
            .args(["--chain.chainId", &CHAIN.to_string(), "--wallet.deterministic"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the node program");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let listens = lines.any(|line| line.is_ok_and(|line| line.contains("RPC Listening")));
        assert!(listens, "ganache did not start");
        // It writes on, and would stop where nobody reads.
        thread::spawn(move || lines.for_each(drop));
        Ganache { at, child }
    }

    /// What a node answers: the result.
    pub fn ask(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let request = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = raw(self.at, request.as_bytes()).json();
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Gives this account coins for fees.
    pub fn fund(&self, to: &str) {
        let from = self.ask("eth_accounts", json!([]))[0].clone();
        let sent = json!([{ "from": from, "to": to, "value": "0xde0b6b3a7640000" }]);
        self.ask("eth_sendTransaction", sent);
    }

    /// Makes a block.
    pub fn mine(&self) {
        self.ask("evm_mine", json!([]));
    }

    /// Blocks so far.
    pub fn height(&self) -> u64 {
        let number = self.ask("eth_blockNumber", json!([]));
        u64::from_str_radix(number.as_str().unwrap().strip_prefix("0x").unwrap(), 16).unwrap()
    }

    /// Transactions that wait for a block.
    pub fn waiting(&self) -> Vec<Value> {
        let pool = self.ask("txpool_content", json!([]));
        let of = |part: &str| pool[part].as_object().cloned().unwrap_or_default();
        let accounts = of("pending").into_iter().chain(of("queued"));
        accounts
            .flat_map(|(_, by_nonce)| by_nonce.as_object().cloned().unwrap_or_default())
            .map(|(_, one)| one)
            .collect()
    }
}

impl Drop for Ganache {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/chain")
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
