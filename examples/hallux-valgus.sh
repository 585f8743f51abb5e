#!/usr/bin/env bash
# The hallux valgus API: IMAGE=foot.jpg bash examples/hallux-valgus.sh
set -euo pipefail
base_url=${BASE_URL:-http://127.0.0.1:8000}/p/hallux
image=${IMAGE:-foot.jpg}
ask() { curl --silent --show-error --fail-with-body ${API_KEY:+--header "X-API-Key: $API_KEY"} "$@"; }

ask "$base_url/health"
echo
ask --form "image=@$image" "$base_url/predict"
echo
ask "$base_url/model_info"
echo
