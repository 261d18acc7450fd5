#!/usr/bin/env python3
"""Signs for an office with a key in a PKCS#11 module, by OpenSC's pkcs11-tool: an external signer (see KEYS.md).

Arguments: the module, the token's label, the key's label, and a file whose first line is the PIN. The PIN goes to
pkcs11-tool in its environment, which only this user and root can see, and never on a command line.
"""
import base64
import json
import os
import subprocess
import sys
import tempfile

MODULE, TOKEN, LABEL, PIN_FILE = sys.argv[1:5]


def tool(*arguments):
    """Runs pkcs11-tool with the token; its last word as an error."""
    with open(PIN_FILE) as file:
        pin = file.readline().rstrip("\n")
    about = ["--module", MODULE, "--token-label", TOKEN, "--label", LABEL, "--login", "--pin", "env:SIGNER_PIN"]
    done = subprocess.run(
        ["pkcs11-tool", *about, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=dict(os.environ, SIGNER_PIN=pin),
    )
    if done.returncode != 0:
        raise RuntimeError("pkcs11-tool: " + done.stderr.decode(errors="replace").strip()[-150:])


def public():
    """The 32 bytes of the public key: the end of its DER form, which the tool gives in PEM or as it is."""
    with tempfile.TemporaryDirectory() as folder:
        tool("--read-object", "--type", "pubkey", "--output-file", folder + "/key")
        with open(folder + "/key", "rb") as file:
            key = file.read()
    if key.startswith(b"-----"):
        key = base64.b64decode(b"".join(line for line in key.splitlines() if not line.startswith(b"-")))
    return key[-32:]


def sign(message):
    """The 64 bytes of the Ed25519 signature."""
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/message", "wb") as file:
            file.write(message)
        tool("--sign", "--mechanism", "EDDSA", "--input-file", folder + "/message", "--output-file", folder + "/made")
        with open(folder + "/made", "rb") as file:
            return file.read()


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
