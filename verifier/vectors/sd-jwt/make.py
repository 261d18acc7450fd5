#!/usr/bin/env python3
"""Makes digests.json: digests of disclosures as a stock SD-JWT library computes them.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install sd-jwt==0.10.4
    /tmp/venv/bin/python verifier/vectors/sd-jwt/make.py

The library's verifier is given an SD-JWT (RFC 9901) whose payload has nothing but our digests, with our disclosures
behind it. What it gives back as the verified payload is what it found by these digests; a digest that it computes
otherwise than we do would leave its claim out. The key that signs is thrown away and has no part in the result.
"""
import json
from pathlib import Path

from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sd_jwt.verifier import SDJWTVerifier

HERE = Path(__file__).parent

# Disclosure and digest as RFC 9901 prints them, with the section.
RFC_9901 = [
    ("4.2.3", "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0", "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"),
    ("4.2.3", "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0", "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"),
    ("5.1", "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd", "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4"),
    ("5.1", "WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd", "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo"),
]


def through_library(disclosures, digests):
    """The digest of each disclosure as the library computes it, and what its verifier makes of all of them."""
    key = JWK.generate(kty="EC", crv="P-256")
    jws = JWS(json.dumps({"_sd": digests, "_sd_alg": "sha-256"}).encode())
    jws.add_signature(key, alg="ES256", protected=json.dumps({"alg": "ES256", "typ": "example+sd-jwt"}))
    sd_jwt = "~".join([jws.serialize(compact=True), *disclosures, ""])
    verifier = SDJWTVerifier(sd_jwt, lambda issuer, header: key)
    by_disclosure = {disclosure: digest for digest, disclosure in verifier._hash_to_disclosure.items()}
    return by_disclosure, verifier.get_verified_payload()


def main():
    cases = []
    for name in ["report", "person"]:
        vector = json.loads((HERE.parent / "disclosure" / f"{name}.json").read_text())
        computed, payload = through_library(vector["disclosures"], vector["digests"])
        assert len(payload) == len(vector["disclosures"]), "the library left a claim out"
        for pointer, disclosure in zip(vector["pointers"], vector["disclosures"]):
            cases.append({"disclosure": disclosure, "digest": computed[disclosure], "name": pointer, "value": payload[pointer]})
    rfc = [{"section": section, "disclosure": disclosure, "digest": digest} for section, disclosure, digest in RFC_9901]
    result = {
        "what": "digests of disclosures: from RFC 9901, and of our own as sd-jwt 0.10.4 (PyPI) computes and resolves them",
        "rfc9901": rfc,
        "library": {"name": "sd-jwt", "version": "0.10.4", "disclosures": cases},
    }
    (HERE / "digests.json").write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n")


main()
