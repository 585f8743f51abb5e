#!/usr/bin/env bash
# Clarity in Care's endpoints: IMAGE=fundus.jpg bash examples/clarity-in-care.sh
set -euo pipefail
base_url=${BASE_URL:-http://127.0.0.1:8000}/p/dr
image=${IMAGE:-fundus.jpg}
ask() { curl --silent --show-error --fail-with-body ${API_KEY:+--header "X-API-Key: $API_KEY"} "$@"; }

patient=$(ask --json '{"name": "Ada Example", "age": 61}' "$base_url/patients/")
echo "$patient"
id=$(sed -E 's/.*"id":"([0-9a-f-]+)".*/\1/' <<<"$patient")
ask --form "file=@$image" --form "patient_id=$id" --form "visit_type=follow-up" "$base_url/predict/"
echo
ask "$base_url/predict/patient/$id/history"
echo
