#!/usr/bin/env bash
# The chest X-ray API: IMAGE=chest.jpg bash examples/chest-xray.sh
set -euo pipefail
base_url=${BASE_URL:-http://127.0.0.1:8000}/p/chest/api
image=${IMAGE:-chest.jpg}
ask() { curl --silent --show-error --fail-with-body ${API_KEY:+--header "X-API-Key: $API_KEY"} "$@"; }

ask "$base_url/health"
echo
ask --form "file=@$image" "$base_url/predict"
echo
# The overlay is a data URL, too long to look at.
ask --form "file=@$image" "$base_url/explain" | sed -E 's/(base64,.{40})[^"]*/\1…/'
echo
