#!/usr/bin/env bash
# The cataract API: IMAGE=eye.jpg bash examples/cataract.sh
set -euo pipefail
base_url=${BASE_URL:-http://127.0.0.1:8000}/p/cataract
image=${IMAGE:-eye.jpg}
ask() { curl --silent --show-error --fail-with-body ${API_KEY:+--header "X-API-Key: $API_KEY"} "$@"; }

ask --form "image=@$image" "$base_url/predict_ensemble"
echo
ask --form "model=lgbm" --form "images=@$image" --form "images=@$image" "$base_url/predict_batch"
echo
ask "$base_url/drift_status"
echo
