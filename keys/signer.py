#!/usr/bin/env python3
"""Signs for an office with a key that OpenSSL holds: an example of an external signer (see KEYS.md).

Arguments: the file of the private key (PKCS#8, encrypted), and a file whose first line is its passphrase.
"""
import base64
import json
import subprocess
import sys
import tempfile


def openssl(*arguments):
    """Runs openssl with the key; its standard output, or its last word as an error."""
    key = ["-passin", "file:" + sys.argv[2]]
    done = subprocess.run(["openssl", *arguments, *key], stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError("openssl: " + done.stderr.decode(errors="replace").strip()[-150:])
    return done.stdout


def public():
    """The 32 bytes of the public key: the end of its DER form."""
    return openssl("pkey", "-in", sys.argv[1], "-pubout", "-outform", "DER")[-32:]


def sign(message):
    """The 64 bytes of the Ed25519 signature."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(message)
        file.flush()
        return openssl("pkeyutl", "-sign", "-rawin", "-in", file.name, "-inkey", sys.argv[1])


def answer(ask):
    """The answer to one question."""
    try:
        if ask["type"] == "hello":
            known = base64.b64encode(public()).decode()
            return {"type": "hello", "protocol": "xinzheng/signer/v1", "public": known}
        made = base64.b64encode(sign(base64.b64decode(ask["message"]))).decode()
        return {"type": "signature", "id": ask["id"], "signature": made}
    except Exception as why:
        return {"type": "error", "id": ask.get("id"), "text": str(why)}


def serve():
    """One line for each line, until standard input ends."""
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    serve()
