//! A node that says what it likes: a chain of one block, and every way to lie about it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use verifier::evm::{Keccak, data, keccak256};

use crate::ganache::CHAIN;

/// How the node behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As it should, with a header that is no header.
    Honest,
    Huge,
    Drip,
    /// Takes the connection and says nothing.
    Hangs,
    Redirect,
    Close,
    NoJson,
    OtherId,
    Both,
    OtherChain,
    NumberInDecimal,
    ErrorObject,
    TooDear,
    MuchGas,
    OtherHash,
    OtherReceipt,
    ReceiptCut,
    Undone,
    OtherBlock,
    NoFunds,
    NonceUsed,
    Status(u16),
}

/// What it keeps.
#[derive(Default)]
pub struct Kept {
    /// Raw transactions in the order in which they came, again and again.
    pub sent: Vec<Vec<u8>>,
}

/// The node, on a port of its own.
pub struct Node {
    pub at: SocketAddr,
    pub kept: Arc<Mutex<Kept>>,
    manner: Arc<Mutex<Manner>>,
}

impl Node {
    /// Behaves like this from the beginning.
    pub fn new(manner: Manner) -> Node {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let node = Node { at, kept: Arc::default(), manner: Arc::new(Mutex::new(manner)) };
        let (kept, manner) = (node.kept.clone(), node.manner.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let (kept, manner) = (kept.clone(), manner.lock().unwrap().clone());
                thread::spawn(move || answer(stream, &manner, &kept));
            }
        });
        node
    }

    /// Behaves like this from now on.
    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }
}

fn answer(mut stream: TcpStream, manner: &Manner, kept: &Mutex<Kept>) {
    let Some(request) = request(&mut stream) else { return };
    let method = request["method"].as_str().unwrap_or_default().to_string();
    let id = request["id"].clone();
    let say = |stream: &mut TcpStream, status: u16, body: &str| {
        let head =
            format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(body.as_bytes());
    };
    match manner {
        Manner::Huge => {
            let _ = stream.write_all(b"HTTP/1.1 200 x\r\ncontent-length: 900000000\r\n\r\n");
            while stream.write_all(&[b' '; 65_536]).is_ok() {}
        }
        Manner::Drip => {
            let _ = stream.write_all(b"HTTP/1.1 200 x\r\ncontent-length: 5000\r\n\r\n");
            while stream.write_all(b" ").is_ok() {
                thread::sleep(Duration::from_millis(100));
            }
        }
        Manner::Redirect => {
            let head = b"HTTP/1.1 307 x\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
            let _ = stream.write_all(head);
        }
        Manner::Hangs => thread::sleep(crate::PATIENCE),
        Manner::Close => {}
        Manner::NoJson => say(&mut stream, 200, "<html>"),
        Manner::Status(status) => say(&mut stream, *status, "{}"),
        Manner::OtherId => say(&mut stream, 200, r#"{"jsonrpc":"2.0","id":4711,"result":"0x4ee8"}"#),
        Manner::Both => {
            let both = json!({"jsonrpc":"2.0","id":id,"result":"0x4ee8","error":{"code":1,"message":"no"}});
            say(&mut stream, 200, &both.to_string());
        }
        _ => {
            let body = match result(manner, &method, &request["params"], kept) {
                Ok(result) => json!({"jsonrpc":"2.0","id":id,"result":result}),
                Err(message) => json!({"jsonrpc":"2.0","id":id,"error":{"code":-32000,"message":message}}),
            };
            say(&mut stream, 200, &body.to_string());
        }
    }
}

fn result(manner: &Manner, method: &str, params: &Value, kept: &Mutex<Kept>) -> Result<Value, &'static str> {
    let block = keccak256(b"the one block");
    Ok(match method {
        "eth_chainId" if *manner == Manner::OtherChain => json!("0x1"),
        "eth_chainId" if *manner == Manner::NumberInDecimal => json!("20200"),
        "eth_chainId" => json!(format!("{CHAIN:#x}")),
        "eth_getTransactionCount" if *manner == Manner::ErrorObject => return Err("<b>No\nsuch thing</b>"),
        "eth_getTransactionCount" => json!("0x0"),
        "eth_gasPrice" if *manner == Manner::TooDear => json!("0xde0b6b3a7640000"),
        "eth_gasPrice" => json!("0x0"),
        "eth_estimateGas" if *manner == Manner::MuchGas => json!("0xffffffff"),
        "eth_estimateGas" => json!("0x5208"),
        "eth_blockNumber" => json!("0x7"),
        "eth_getBlockByNumber" => {
            let hash = if *manner == Manner::OtherBlock { keccak256(b"another") } else { block };
            json!({ "number": "0x7", "hash": hash.to_string(), "timestamp": "0x6b035e39", "transactions": [] })
        }
        "eth_sendRawTransaction" => {
            let raw = data(params[0].as_str().unwrap_or_default(), 4096).ok_or("no transaction")?;
            let hash = keccak256(&raw);
            kept.lock().unwrap().sent.push(raw);
            match manner {
                Manner::OtherHash => json!(block.to_string()),
                Manner::NoFunds => return Err("insufficient funds for gas * price + value"),
                Manner::NonceUsed => return Err("nonce too low"),
                _ => json!(hash.to_string()),
            }
        }
        "eth_getTransactionReceipt" => {
            let asked = params[0].as_str().and_then(Keccak::parse).ok_or("no hash")?;
            let known = kept.lock().unwrap().sent.iter().any(|raw| keccak256(raw) == asked);
            let hidden = [Manner::NoFunds, Manner::NonceUsed, Manner::OtherHash].contains(manner);
            if !known || hidden {
                return Ok(Value::Null);
            }
            let of = if *manner == Manner::OtherReceipt { block } else { asked };
            let status = if *manner == Manner::Undone { "0x0" } else { "0x1" };
            let mut receipt = json!({ "transactionHash": of.to_string(), "blockHash": block.to_string(),
                "blockNumber": "0x7", "status": status, "logs": [] });
            if *manner == Manner::ReceiptCut {
                receipt.as_object_mut().unwrap().remove("status");
            }
            receipt
        }
        _ => return Err("the method does not exist"),
    })
}

fn request(stream: &mut TcpStream) -> Option<Value> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length =
                head.split("content-length: ").nth(1)?.split("\r\n").next()?.parse::<usize>().ok()?;
            if bytes.len() >= head.len() + 4 + length {
                return serde_json::from_slice(&bytes[head.len() + 4..]).ok();
            }
        }
        let n = stream.read(&mut part).ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&part[..n]);
    }
}
