#!/usr/bin/env bash
# Fovea's own API with curl: IMAGE=eye.jpg bash examples/native.sh
set -euo pipefail
base_url=${BASE_URL:-http://127.0.0.1:8000}
image=${IMAGE:-eye.jpg}
ask() { curl --silent --show-error --fail-with-body ${API_KEY:+--header "X-API-Key: $API_KEY"} "$@"; }

# The name of the file stays here: the bytes are the body.
case=$(ask --data-binary "@$image" --header "Content-Type: application/octet-stream" \
  --header "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" "$base_url/v1/programmes/cataract/cases")
echo "$case"
id=$(sed -E 's/^\{"id":"([0-9a-f-]+)".*/\1/' <<<"$case")
echo "readings:"
ask "$base_url/v1/cases/$id/readings"
echo
echo "the newest three:"
ask "$base_url/v1/cases?programme=cataract&limit=3"
echo
