#!/usr/bin/env bash
# Makes the secrets of docker-compose.yml, once: deploy/.env for settings, deploy/secrets for files. Git ignores both.
#
#   bash deploy/make-secrets.sh
#
# Nothing that is there is replaced: a database keeps the password that it was made with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if [ -e .env ] || [ -e secrets ]; then
  echo "deploy/.env or deploy/secrets is there already; remove what you want made anew" >&2
  exit 73
fi
umask 077
# A letter in front: NATS would read a value that starts with a digit as a number.
secret() { printf 's%s' "$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"; }
mkdir secrets
# Readable by the users of the containers; on this machine the folder keeps others out.
keep() {
  printf '%s' "$2" >"secrets/$1"
  chmod 444 "secrets/$1"
}
api_key=$(secret)
postgres_password=$(secret)
keep api_key "$api_key"
keep postgres_password "$postgres_password"
keep grafana_password "$(secret)"
cat >.env <<END
# What callers send as X-API-Key.
API_KEY=$api_key
# Signs links; the same for all gateways.
LINK_SECRET=$(secret)
POSTGRES_PASSWORD=$postgres_password
NATS_PASSWORD=$(secret)
S3_SECRET_KEY=$(secret)

# With the profile tls: names that lead to this machine.
FOVEA_DOMAIN=
FOVEA_S3_DOMAIN=
# Addresses as clients see them, e.g. https://fovea.example.org and https://s3.example.org
PUBLIC_URL=
S3_PUBLIC_ENDPOINT=

# Of each node: inference threads, one a core (default 2), and its bound on memory (default 3g): 1 GiB and 1 GiB a thread.
NODE_WORKERS=
NODE_MEMORY=
END
echo "made deploy/.env and deploy/secrets"
