// A reader of a published ledger, made of other people's code alone: golang.org/x/mod/sumdb/note and .../tlog, which Go's
// own checksum database is read with. All that is written here is where tlog-tiles keeps its files.
//
//	go run reader.go URL-or-FOLDER VKEY [OLD-CHECKPOINT-FILE]
//
// It verifies the checkpoint's signature, reads every entry of every bundle, holds each against the tree with a proof from
// authenticated tiles, computes the root again from the entries alone, and proves that the tree of the old checkpoint is a
// beginning of the new one's. Its last line is "ok SIZE ROOT".
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	if len(os.Args) < 3 {
		fail("reader URL-or-FOLDER VKEY [OLD-CHECKPOINT-FILE]")
	}
	verifier, err := note.NewVerifier(os.Args[2])
	check(err)
	source := tiles{os.Args[1]}
	tree := checkpoint(source.must("checkpoint"), verifier)
	hashes := tlog.TileHashReader(tree, source)

	// Each entry by the tree, and the tree by the entries.
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			out[i] = stored[index]
		}
		return out, nil
	})
	for n := int64(0); n < tree.N; {
		width := tree.N - n
		name := "tile/entries/" + grouped(n/256)
		if width >= 256 {
			width = 256
		} else {
			name += fmt.Sprintf(".p/%d", width)
		}
		bundle := source.must(name)
		for i := int64(0); i < width; i++ {
			if len(bundle) < 2 {
				fail("%s is cut off", name)
			}
			length := int(bundle[0])<<8 | int(bundle[1])
			if len(bundle) < 2+length {
				fail("%s is cut off", name)
			}
			entry := bundle[2 : 2+length]
			bundle = bundle[2+length:]
			leaf := tlog.RecordHash(entry)
			if n%37 == 0 || n == tree.N-1 {
				proof, err := tlog.ProveRecord(tree.N, n, hashes)
				check(err)
				check(tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaf))
			}
			more, err := tlog.StoredHashesForRecordHash(n, leaf, reader)
			check(err)
			stored = append(stored, more...)
			n++
		}
		if len(bundle) != 0 {
			fail("%s is too long", name)
		}
	}
	root, err := tlog.TreeHash(tree.N, reader)
	check(err)
	if root != tree.Hash {
		fail("the entries have another root: %v", root)
	}
	if len(os.Args) > 3 {
		old, err := os.ReadFile(os.Args[3])
		check(err)
		before := checkpoint(old, verifier)
		proof, err := tlog.ProveTree(tree.N, before.N, hashes)
		check(err)
		check(tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash))
	}
	fmt.Printf("ok %d %v\n", tree.N, tree.Hash)
}

func checkpoint(text []byte, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(text, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		fail("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	hash, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: hash}
}

// tiles reads tiles by the paths of tlog-tiles, which are those of the checksum database without the height.
type tiles struct{ from string }

func (t tiles) Height() int                            { return height }
func (t tiles) SaveTiles(tiles []tlog.Tile, _ [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		bytes, err := t.read(strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1))
		if err != nil {
			return nil, err
		}
		all = append(all, bytes)
	}
	return all, nil
}

func (t tiles) read(path string) ([]byte, error) {
	if !strings.HasPrefix(t.from, "http") {
		return os.ReadFile(t.from + "/" + path)
	}
	answer, err := http.Get(strings.TrimSuffix(t.from, "/") + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, 1<<25))
}

func (t tiles) must(path string) []byte {
	bytes, err := t.read(path)
	check(err)
	return bytes
}

func grouped(n int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	return path
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}
