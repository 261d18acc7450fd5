"""Reads a published ledger, and has it witnessed, with other people's code: aics-tlog and aics-witness of PyPI.

    client.py fsck URL VKEY                                  every tile and every bundle against the signed checkpoint
    client.py grew URL VKEY OLD-NOTE                         the old head is a beginning of the newest
    client.py feed URL VKEY WITNESS-URL WITNESS-VKEY NOTE…   a ledger's side of tlog-witness: these heads, one after the other

The last line is "ok …". Anything else is an exception.
"""
import sys

from aics_tlog import (
    HttpTileReader,
    audit_tiles,
    consistency_proof_from_tiles,
    parse_vkey,
    verify_consistency,
    verify_note,
)
from aics_tlog.checkpoint import checkpoint_from_note
from aics_witness.feeder import WitnessClient, merge_cosignatures


def opened(text, key):
    head, note = checkpoint_from_note(text)
    if not verify_note(note, [key]):
        raise ValueError("the ledger did not sign this checkpoint")
    return head


def main(what, url, vkey, *more):
    key = parse_vkey(vkey)
    tiles = HttpTileReader(url)
    newest = opened(tiles.read_checkpoint(), key)
    if what == "fsck":
        report = audit_tiles(tiles, newest.size, newest.root)
        print("ok", report.size, report.tiles, report.bundles)
    elif what == "grew":
        old = opened(open(more[0], "rb").read(), key)
        way = consistency_proof_from_tiles(tiles, old.size, newest.size)
        if not verify_consistency(old.size, newest.size, old.root, newest.root, way):
            raise ValueError("the old head is no beginning of the newest")
        print("ok", old.size, newest.size)
    elif what == "feed":
        address, witness, *notes = more
        # A witness's clock may lag behind ours by the second that a checkpoint takes; nothing else is allowed for.
        with WitnessClient(address, witness, backoff=0.05) as client:
            for place in notes:
                text = open(place, "rb").read()
                head = opened(text, key)
                line = client.submit(
                    text, lambda old, new: consistency_proof_from_tiles(tiles, old, new, newest.size)
                )
                merge_cosignatures(text, line)
                print("cosigned", head.size)
        print("ok", len(notes))
    else:
        raise SystemExit(__doc__)


main(*sys.argv[1:])
