//! Which file a table was: its digest, for the record of where each of its documents came from.

use std::io::{self, Read, Seek, SeekFrom};

use sha2::{Digest, Sha256};

use super::BYTES_MAX;

/// Bytes that are read at a time.
const CHUNK: usize = 64 << 10;

/// SHA-256 of a file in hex, and back to its beginning. Of one longer than [`BYTES_MAX`], which is no table, of so much.
///
/// # Errors
/// What the file says when it is read.
pub fn digest<F: Read + Seek>(file: &mut F) -> io::Result<String> {
    let (mut hasher, mut chunk) = (Sha256::new(), vec![0; CHUNK]);
    let mut read = file.by_ref().take(BYTES_MAX);
    loop {
        match read.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => hasher.update(chunk.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::digest;

    #[test]
    fn a_file_has_the_digest_that_sha256sum_tells() {
        let mut file = Cursor::new(b"abc".to_vec());
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest(&mut file).unwrap(), abc);
        assert_eq!(digest(&mut file).unwrap(), abc, "and is at its beginning again");
        let long = vec![7; 200_000];
        let expected = verifier::hash::sha256(&[&long]);
        let hex: String = expected.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest(&mut Cursor::new(long)).unwrap(), hex);
    }
}
