// check_log FOLDER checks a published log with golang.org/x/mod/sumdb alone: signatures, tiles, proofs, receipts.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var folder = os.Args[1]

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "check_log:", err)
		os.Exit(1)
	}
}

func check(ok bool, what string) {
	if !ok {
		must(fmt.Errorf("wrong: %s", what))
	}
}

func read(name string) []byte {
	data, err := os.ReadFile(filepath.Join(folder, name))
	must(err)
	return data
}

func decode(text string) []byte {
	data, err := base64.StdEncoding.DecodeString(text)
	must(err)
	return data
}

func hashOf(text string) (hash tlog.Hash) {
	check(copy(hash[:], decode(text)) == len(hash), "length of a hash")
	return hash
}

// open believes a checkpoint that the log's key signed.
func open(data []byte, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(data, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	check(len(lines) == 4 && lines[0] == verifier.Name(), "checkpoint lines")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	return tlog.Tree{N: size, Hash: hashOf(lines[2])}
}

type tileFiles struct{}

func (tileFiles) Height() int { return 8 }
func (tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// sumdb names the height first; C2SP doesn't.
		all = append(all, read(strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
	}
	return all, nil
}
func (tileFiles) SaveTiles([]tlog.Tile, [][]byte) {}

type inclusion struct {
	Index    int64
	Size     int64
	LeafHash string `json:"leaf_hash"`
	Hashes   []string
}

func proofOf(hashes []string) (proof []tlog.Hash) {
	for _, hash := range hashes {
		proof = append(proof, hashOf(hash))
	}
	return proof
}

func main() {
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read("vkey"))))
	must(err)
	signed := read("checkpoint")
	tree := open(signed, verifier)
	forged := bytes.Replace(signed, []byte("70000"), []byte("70001"), 1)
	_, err = note.Open(forged, note.VerifierList(verifier))
	check(err != nil, "a forged checkpoint was believed")

	reader := tlog.TileHashReader(tree, tileFiles{})
	root, err := tlog.TreeHash(tree.N, reader)
	must(err)
	check(root == tree.Hash && tree.N == 70000, "root out of tiles")

	for _, bundle := range []struct {
		name  string
		first int64
		count int
	}{{"tile/entries/000", 0, 256}, {"tile/entries/273.p/112", 273 * 256, 112}} {
		data := read(bundle.name)
		check(len(data) == bundle.count*34, "length of an entry bundle")
		for i := 0; i < bundle.count; i++ {
			entry := data[i*34 : (i+1)*34]
			check(entry[0] == 0 && entry[1] == 32, "length of an entry")
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, bundle.first+int64(i))})
			must(err)
			check(hashes[0] == tlog.RecordHash(entry[2:]), "an entry's hash")
		}
	}

	for _, name := range []string{"0", "1", "255", "256", "65535", "65536", "69999"} {
		var ours inclusion
		must(json.Unmarshal(read("inclusion/"+name), &ours))
		proof := tlog.RecordProof(proofOf(ours.Hashes))
		must(tlog.CheckRecord(proof, ours.Size, tree.Hash, ours.Index, hashOf(ours.LeafHash)))
		theirs, err := tlog.ProveRecord(tree.N, ours.Index, reader)
		must(err)
		check(fmt.Sprint(theirs) == fmt.Sprint(proof), "the same proof")
		proof[len(proof)-1][31] ^= 1
		check(tlog.CheckRecord(proof, ours.Size, tree.Hash, ours.Index, hashOf(ours.LeafHash)) != nil, "a bent proof was believed")
		receipt(name, verifier)
	}

	earlier := open(read("earlier-checkpoint"), verifier)
	var growth struct{ Hashes []string }
	must(json.Unmarshal(read("consistency"), &growth))
	proof := tlog.TreeProof(proofOf(growth.Hashes))
	must(tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash))
	fmt.Println("the published log of", tree.N, "events holds")
}

// receipt recomputes a receipt from its own bytes and the public key.
func receipt(name string, verifier note.Verifier) {
	head, checkpoint, found := strings.Cut(string(read("receipts/"+name)), "\n\n")
	check(found, "parts of a receipt")
	tree := open([]byte(checkpoint), verifier)
	lines := strings.Split(head, "\n")
	check(lines[0] == "c2sp.org/tlog-proof@v1" && lines[2] == "index "+name, "heading of a receipt")
	opened := decode(strings.TrimPrefix(lines[1], "extra "))
	heading := []byte("ishi-receipt/1\n")
	check(bytes.HasPrefix(opened, heading), "what a receipt opens")
	commitment := sha256.Sum256(opened[len(heading):])
	index, err := strconv.ParseInt(name, 10, 64)
	must(err)
	must(tlog.CheckRecord(proofOf(lines[3:]), tree.N, tree.Hash, index, tlog.RecordHash(commitment[:])))
}
