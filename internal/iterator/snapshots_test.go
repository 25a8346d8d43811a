// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/listing"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// A source that is killed before a position is stored starts from nothing. What it
// has delivered until then, and what comes after, end in the state of the bucket.
func TestP1_KilledBeforeAPositionIsStored(t *testing.T) {
	for _, keys := range []int{1, 2, 16, sized(221, 60)} {
		for _, kills := range []int{1, 3} {
			t.Run(fmt.Sprintf("%d keys, %d kills", keys, kills), func(t *testing.T) {
				inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
					downstream := map[string]string{}
					for i := range keys {
						w.put(fmt.Sprintf("k%03d", i), "old")
					}
					for kill := range kills {
						it := w.start("")
						for range keys*(kill+1)/(kills+1) + 1 {
							w.apply(downstream, w.readUntil(it, 1, time.Second))
						}
						it.Close()
						for i := range keys {
							w.changeOneOf(i, kill)
						}
						time.Sleep(lookback / 4)
					}
					w.apply(downstream, w.read(w.start("")))
					want := map[string]string{}
					for _, o := range w.Objects(bucketName) {
						want[o.Key] = string(o.Body)
					}
					assert.Check(t, is.DeepEqual(downstream, want))
				})
			})
		}
	}
}

func (w *world) changeOneOf(i, kill int) {
	key := fmt.Sprintf("k%03d", i)
	switch (i + kill) % 4 {
	case 0:
		w.delete(key)
	case 1:
		w.put(key, fmt.Sprint("new ", kill))
	case 2:
		w.delete(key)
		w.put(key, fmt.Sprint("again ", kill))
	}
}

// apply does to a copy of the bucket what changes say.
func (*world) apply(copied map[string]string, changes []Change) {
	for _, c := range changes {
		if c.Operation == Delete {
			delete(copied, c.Version.Key)
		} else {
			copied[c.Version.Key] = string(c.Object.Body)
		}
	}
}

// A position belongs to what was read: with another prefix everything under it comes.
func TestP1_AnotherPrefixIsReadFromItsBeginning(t *testing.T) {
	for _, to := range []string{"a/", "c/", ""} {
		inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
			for _, key := range []string{"a/1", "b/1", "c/1"} {
				w.put(key, "1")
			}
			config := defaults()
			config.Prefix, config.Store = "b/", "before"
			it := w.startWith(config, "")
			w.passTheStart()
			w.put("b/2", "1")
			all := w.read(it)
			it.Close()
			time.Sleep(time.Hour)
			for _, c := range all {
				config.Prefix, config.Store = to, "after"
				got := w.read(w.startWith(config, c.Position.String()))
				want := slices.DeleteFunc([]string{"snapshot a/1=1", "snapshot b/1=1", "snapshot b/2=1", "snapshot c/1=1"}, func(s string) bool {
					return !strings.HasPrefix(s, "snapshot "+to)
				})
				assert.Check(t, is.DeepEqual(said(got), want))
			}
		})
	}
}

// A store that lists in an order of its own ends the reading with an error, after
// what came in order.
func TestP7_AListingOutOfOrderIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemoryStore()
		for i := range 3000 {
			v := bucket.Version{Key: fmt.Sprintf("%06d", i^1024), VersionID: "1", IsLatest: true, LastModified: time.Now()}
			store.versions = append(store.versions, v)
			store.places[bucket.Marker{Key: v.Key, VersionID: v.VersionID}] = i
			store.places[bucket.Marker{Key: v.Key}] = i
		}
		it := Start(t.Context(), store, defaults(), position.Position{}, time.Now())
		defer it.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := next(ctx, it, 10_000)
		for err == nil {
			_, err = next(ctx, it, 10_000)
		}
		assert.Check(t, is.ErrorIs(err, listing.ErrOrder))
	})
}

// An object whose answers are never the object does not hold up what comes after it:
// after some tries it is an error that names it, or is skipped.
func TestP4_AnObjectThatStaysCorruptIsAnErrorOrSkipped(t *testing.T) {
	for _, skip := range []bool{false, true} {
		inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
			w.put("a", "1")
			w.put("b", "1")
			w.rewriteAnswers(func(r *http.Request, header http.Header, body []byte) []byte {
				if strings.HasSuffix(r.URL.Path, "/a") {
					header.Del("X-Amz-Checksum-Crc64nvme")
					header.Set("X-Amz-Checksum-Crc32", "AAAAAA==")
				}
				return body
			})
			config := defaults()
			config.SkipUnreadable = skip
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			got, err := next(ctx, w.startWith(config, ""), 1)
			if skip {
				assert.NilError(t, err)
				assert.Check(t, is.DeepEqual(said(got), []string{"snapshot b=1"}))
			} else {
				var unreadable *UnreadableError
				ok := errors.As(err, &unreadable)
				assert.Assert(t, ok, err)
				assert.Check(t, is.Equal(unreadable.Version.Key, "a"))
				assert.Check(t, is.Equal(unreadable.Reason, "corrupt"))
			}
			assert.Check(t, is.Equal(w.Count("GetObject"), maxTries+1), "the other object is read once")
		})
	}
}

// A store may list an object some moments before it can be read.
func TestP7_AbsenceIsBelievedOnlyIfAListingConfirmsIt(t *testing.T) {
	for _, versioning := range []s3test.Versioning{s3test.Enabled, s3test.Unversioned} {
		for _, lasts := range []time.Duration{time.Millisecond, time.Second, 5 * time.Second} {
			inWorld(t, versioning, s3test.Config{}, func(t *testing.T, w *world) {
				w.put("a", "1")
				w.put("b", "1")
				began := time.Now()
				w.SetFaults(func(r s3test.Request) s3test.Fault {
					if r.Op == "GetObject" && r.Key == "a" && time.Since(began) < lasts {
						return s3test.Fault{Status: http.StatusNotFound, Code: "NoSuchKey"}
					}
					return s3test.Fault{}
				})
				assert.Check(t, is.DeepEqual(said(w.read(w.start(""))), []string{"snapshot a=1", "snapshot b=1"}))
			})
		}
	}
}

// A key that is overwritten faster than it can be read comes in some recent state,
// again and again.
func TestP1_AKeyThatIsAlwaysOverwrittenComesAgainAndAgain(t *testing.T) {
	for _, pace := range []time.Duration{10 * time.Millisecond, 100 * time.Millisecond, time.Second} {
		inWorld(t, s3test.Unversioned, s3test.Config{Latency: 150 * time.Millisecond}, func(t *testing.T, w *world) {
			it := w.start("")
			most := time.Duration(sized(300, 60)) * time.Second
			writing := make(chan struct{})
			go func() {
				defer close(writing)
				for i := range most / pace {
					w.put("hot", fmt.Sprint(int(i)))
					time.Sleep(pace)
				}
				w.put("hot", "last")
			}()
			all := w.readIdle(it, 10*time.Second)
			<-writing
			assert.Check(t, len(all) >= int(most/(5*time.Second)), "%d records", len(all))
			assert.Check(t, is.Equal(string(all[len(all)-1].Object.Body), "last"))
		})
	}
}
