// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"crypto/md5" //nolint:gosec // it is how S3 makes ETags
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/rs/zerolog"
)

// isStored tells whether the object of the key is the one that the parts make. It
// returns false if that can't be told: then the upload begins again, which
// overwrites the object with itself.
func (m *multipart) isStored(ctx context.Context) bool {
	var header http.Header
	err := Retry(ctx, func(ctx context.Context) (err error) {
		header, err = m.bucket.head(ctx, m.key)
		return err
	})
	if err != nil {
		zerolog.Ctx(ctx).Debug().Err(err).Msg("whether the object is stored can't be told, so that its upload begins again")
		return false
	}
	return m.bucket.isMadeOf(m.parts, header)
}

// head reads the header of an object, with the checksum that S3 stores.
func (b *Bucket) head(ctx context.Context, key string) (header http.Header, err error) {
	req := request{operation: opHead, action: "s3:GetObject", key: key}
	err = b.send(ctx, req, requestTimeout, func(ctx context.Context) error {
		_, err := b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.name, Key: &key}, takeHeader(&header), askForChecksum)
		return err
	})
	return header, err
}

// isMadeOf tells whether an object consists of parts: by its size and its CRC32 or,
// if the store keeps none for the parts, its ETag.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
func (b *Bucket) isMadeOf(parts []*part, header http.Header) bool {
	size, sums, etags := int64(0), []byte(nil), []byte(nil)
	for _, p := range parts {
		etag, _ := hex.DecodeString(bareETag(*p.etag)) // what is no MD5 makes no ETag that matches
		size, sums, etags = size+int64(p.size), binary.BigEndian.AppendUint32(sums, p.sum), append(etags, etag...)
	}
	if length, err := b.contentLength(header); err != nil || length != size {
		return false
	}
	count := strconv.Itoa(len(parts))
	if sum := header.Get("X-Amz-Checksum-Crc32"); strings.Contains(sum, "-") || strings.EqualFold(header.Get("X-Amz-Checksum-Type"), "COMPOSITE") {
		want := *checksum(crc32.ChecksumIEEE(sums))
		return sum == want || sum == want+"-"+count
	}
	digest := md5.Sum(etags) //nolint:gosec // as above
	return sameETag(header.Get("ETag"), fmt.Sprintf("%x-%s", digest, count))
}
