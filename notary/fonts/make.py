#!/usr/bin/env python3
"""Makes the three font files of this folder from Debian's fonts-noto-cjk. See README.md.

    apt-get install fonts-noto-cjk
    pip install fonttools==4.68.0
    python3 notary/fonts/make.py

The same bytes come out for the same versions of both; SHA256SUMS says what they are.
"""

import hashlib
import os
import pathlib

os.environ["SOURCE_DATE_EPOCH"] = "1643241600"  # of the Debian package, 2022-01-27

from fontTools import subset  # noqa: E402
from fontTools.ttLib import TTCollection  # noqa: E402
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NOTO = pathlib.Path("/usr/share/fonts/opentype/noto")
SIMPLIFIED = 2  # place of the SC face in each collection

# What a bold text can say: the words of these sources, which the office prints.
WORDS = ["notary/src/render/pdf", "notary/src/document/vocabulary.rs", "verifier/src/registry.rs", "verifier/src/registry"]


def is_hangul(code):
    ranges = [(0x1100, 0x11FF), (0x3131, 0x318E), (0x3200, 0x321E), (0x3260, 0x327F), (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xFFA0, 0xFFDC)]
    return any(first <= code <= last for first, last in ranges)


def words():
    files = []
    for place in WORDS:
        path = ROOT / place
        files += sorted(path.rglob("*.rs")) if path.is_dir() else [path]
    return {ord(c) for f in files for c in f.read_text("utf-8") if c >= " "} | set(range(0x20, 0x7F))


def make(collection, name, wanted):
    font = TTCollection(NOTO / collection, lazy=True).fonts[SIMPLIFIED]
    codes = [code for code in font.getBestCmap() if wanted(code)]
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    options.recalc_timestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    # One subtable for all planes: the only one that the program reads.
    table = CmapSubtable.newSubtable(12)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = font.getBestCmap()
    font["cmap"].tables = [table]
    font.save(HERE / name)
    return f"{hashlib.sha256((HERE / name).read_bytes()).hexdigest()}  {name}\n"


def main():
    fixed = words()
    title = {ord(c) for c in "社会信用区块链证书"} | fixed
    sums = make("NotoSansCJK-Regular.ttc", "sans-regular.otf", lambda code: not is_hangul(code))
    sums += make("NotoSansCJK-Bold.ttc", "sans-bold.otf", lambda code: code in fixed)
    sums += make("NotoSerifCJK-Bold.ttc", "serif-bold.otf", lambda code: code in title)
    (HERE / "SHA256SUMS").write_text(sums)
    print(sums, end="")


main()
