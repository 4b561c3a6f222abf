// Checks notes, proofs, roots and tiles of our audit log with golang.org/x/mod/sumdb, which is not ours.
//
// Each argument is a file in the form of docs/audit-vectors.json. What is accepted that must not be,
// or the reverse, is printed, and the exit status is 1.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type testCase struct {
	Kind, What, Key, Note, Proof, Entry string
	Root, Root1, Root2                  string
	LeafHash                            string `json:"leaf_hash"`
	Index, Size, Size1, Size2           int64
	Hashes                              []string
	Lenient                             bool
}

type file struct {
	Logs []struct {
		Entries []string
		Roots   []string
	}
	Tiles struct {
		Size  int64
		Roots map[string]string
		Tiles []struct {
			Level  int
			Index  int64
			Width  int
			Sha256 string
		}
	}
	Accepted, Refused []testCase
}

func main() {
	failed := false
	for _, name := range os.Args[1:] {
		data, err := os.ReadFile(name)
		var vectors file
		if err == nil {
			err = json.Unmarshal(data, &vectors)
		}
		if err != nil {
			fmt.Println(name, err)
			os.Exit(2)
		}
		for _, problem := range check(vectors) {
			fmt.Println(problem)
			failed = true
		}
		fmt.Printf("%d accepted, %d refused, %d logs, %d tiles\n", len(vectors.Accepted),
			len(vectors.Refused), len(vectors.Logs), len(vectors.Tiles.Tiles))
	}
	if failed {
		os.Exit(1)
	}
}

func check(vectors file) (problems []string) {
	for _, c := range vectors.Accepted {
		if err := c.run(); err != nil {
			problems = append(problems, fmt.Sprintf("must be accepted: %s %s: %v", c.Kind, c.What, err))
		}
	}
	for _, c := range vectors.Refused {
		if err := c.run(); err == nil && !c.Lenient {
			problems = append(problems, fmt.Sprintf("must be refused: %s %s", c.Kind, c.What))
		}
	}
	for _, log := range vectors.Logs {
		hashes := grow(len(log.Entries), func(i int) string { return log.Entries[i] })
		for size, root := range log.Roots {
			problems = append(problems, compareRoot(hashes, int64(size), root)...)
		}
	}
	return append(problems, checkTiles(vectors)...)
}

func checkTiles(vectors file) (problems []string) {
	hashes := grow(int(vectors.Tiles.Size), func(i int) string { return fmt.Sprintf("entry %d", i) })
	for size, root := range vectors.Tiles.Roots {
		n, _ := strconv.ParseInt(size, 10, 64)
		problems = append(problems, compareRoot(hashes, n, root)...)
	}
	for _, t := range vectors.Tiles.Tiles {
		tile := tlog.Tile{H: 8, L: t.Level, N: t.Index, W: t.Width}
		data, err := tlog.ReadTileData(tile, hashes)
		sum := sha256.Sum256(data)
		if err != nil || hex.EncodeToString(sum[:]) != t.Sha256 {
			problems = append(problems, fmt.Sprintf("tile %s differs: %v", tile.Path(), err))
		}
	}
	return problems
}

func compareRoot(hashes tlog.HashReader, size int64, root string) []string {
	want, err := tlog.ParseHash(root)
	got := tlog.Hash(sha256.Sum256(nil)) // of an empty log; TreeHash gives zeroes
	if err == nil && size > 0 {
		got, err = tlog.TreeHash(size, hashes)
	}
	if err != nil || got != want {
		return []string{fmt.Sprintf("the root at %d entries differs: %v", size, err)}
	}
	return nil
}

func grow(size int, entry func(int) string) tlog.HashReader {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = stored[index]
		}
		return found, nil
	})
	for i := 0; i < size; i++ {
		more, err := tlog.StoredHashes(int64(i), []byte(entry(i)), reader)
		if err != nil {
			panic(err)
		}
		stored = append(stored, more...)
	}
	return reader
}

func (c testCase) run() error {
	switch c.Kind {
	case "note":
		_, err := openNote(c.Note, c.Key)
		return err
	case "inclusion":
		return c.inclusion()
	case "consistency":
		return c.consistency()
	case "proof":
		return c.proof()
	}
	return errors.New("unknown kind")
}

func (c testCase) inclusion() error {
	all, err := parseHashes(append([]string{c.Root, c.LeafHash}, c.Hashes...))
	if err != nil {
		return err
	}
	return tlog.CheckRecord(all[2:], c.Size, all[0], c.Index, all[1])
}

func (c testCase) consistency() error {
	all, err := parseHashes(append([]string{c.Root1, c.Root2}, c.Hashes...))
	if err != nil {
		return err
	}
	return tlog.CheckTree(all[2:], c.Size2, all[1], c.Size1, all[0])
}

// proof checks a C2SP tlog-proof: header, index, hashes, an empty line, the checkpoint.
func (c testCase) proof() error {
	head, checkpoint, found := strings.Cut(c.Proof, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a proof")
	}
	leaf := tlog.RecordHash([]byte(c.Entry)).String()
	if strings.HasPrefix(lines[1], "extra ") { // the leaf hash once more, for whoever has no entry
		if lines[1] != "extra "+leaf || len(lines) < 3 {
			return errors.New("the proof is for another entry")
		}
		lines = lines[1:]
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	opened, err := openNote(checkpoint, c.Key)
	if err != nil {
		return err
	}
	text := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(text[1], 10, 64)
	if err != nil {
		return err
	}
	return testCase{Root: text[2], LeafHash: leaf, Index: index, Size: size, Hashes: lines[2:]}.inclusion()
}

func parseHashes(texts []string) (hashes []tlog.Hash, err error) {
	for _, text := range texts {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func openNote(text, key string) (*note.Note, error) {
	verifier, err := newVerifier(key)
	if err != nil {
		return nil, err
	}
	return note.Open([]byte(text), note.VerifierList(verifier))
}

// newVerifier knows a log's key (type 1) by the library, and a witness's (type 4) by itself.
func newVerifier(key string) (note.Verifier, error) {
	parts := strings.SplitN(key, "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(parts) != 3 || len(raw) != 33 || raw[0] != 4 {
		return note.NewVerifier(key)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), raw...))
	if hex.EncodeToString(sum[:4]) != parts[1] {
		return nil, errors.New("the key does not match its hash")
	}
	return witness{parts[0], binary.BigEndian.Uint32(sum[:4]), raw[1:]}, nil
}

// witness verifies C2SP tlog-cosignature, which this version of x/mod does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }

func (w witness) Verify(message, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(signature))
	return ed25519.Verify(w.key, append([]byte(head), message...), signature[8:])
}
