//! A client that keeps its connection and does as little as it can.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// A connection that is kept.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub fn new(at: SocketAddr) -> Client {
        let stream = TcpStream::connect(at).unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream, buffer: vec![0; 64 << 10] }
    }

    /// Sends the request and reads its answer; the status and the body's length.
    pub fn ask(&mut self, request: &[u8]) -> (u16, usize) {
        self.stream.write_all(request).unwrap();
        let mut have = 0;
        let (head, length) = loop {
            have += self.more(have);
            if let Some(end) = self.buffer[..have].windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.buffer[..end]).to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1).expect("a length");
                let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
                have -= end + 4;
                break (head, length);
            }
        };
        while have < length {
            have += self.more(0);
        }
        assert_eq!(have, length, "one answer to one request");
        (head[9..12].parse().unwrap(), length)
    }

    fn more(&mut self, from: usize) -> usize {
        let n = self.stream.read(&mut self.buffer[from..]).unwrap();
        assert!(n > 0, "the server closed the connection");
        n
    }
}
