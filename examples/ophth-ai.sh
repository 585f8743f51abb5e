#!/usr/bin/env bash
# Ophth-AI's endpoints: IMAGE=eye.jpg bash examples/ophth-ai.sh
set -euo pipefail
base_url=${BASE_URL:-http://127.0.0.1:8000}/p/eye/api
image=${IMAGE:-eye.jpg}
ask() { curl --silent --show-error --fail-with-body ${API_KEY:+--header "X-API-Key: $API_KEY"} "$@"; }

ask --form "file=@$image" "$base_url/ai/analyze-upload"
echo
ask --json '{"name": "Ada Example", "age": 61, "gender": "Female"}' "$base_url/patients"
echo
ask "$base_url/patients?limit=3"
echo
ask "$base_url/notifications/unread-count"
echo
