#!/bin/sh
# Fuzzes the request parsers for the given number of seconds (60 without one).
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
parsers=Sources/HTTPServer
swiftc -O -swift-version 6 -package-name keyholder -parse-as-library \
    -sanitize=fuzzer,address -o "$work/fuzz" Tests/Fuzz/HTTPFuzz.swift \
    "$parsers/RequestHead.swift" "$parsers/RequestHead+Scanning.swift" \
    "$parsers/ChunkDecoder.swift" "$parsers/ByteClass.swift" "$parsers/Refusal.swift" \
    "$parsers/ServerLimits.swift"
mkdir "$work/corpus"
printf 'xPOST /a?b HTTP/1.1\r\nHost: a:1\r\nContent-Length: 5\r\n\r\n' >"$work/corpus/head"
printf 'x5;a="b"\r\nhello\r\n0\r\n\r\n' >"$work/corpus/body"
"$work/fuzz" -max_total_time="${1:-60}" -max_len=9000 -print_final_stats=1 \
    -artifact_prefix="$work/" "$work/corpus"
