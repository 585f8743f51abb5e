#!/usr/bin/env bash
# A real MLflow tracking server for the tests of the mirror, in a virtual environment of its own.
#
#   bash scripts/mlflow-server.sh install          into .venv-mlflow; does nothing when it is there
#   bash scripts/mlflow-server.sh serve PORT DIR   on loopback; database and artefacts in DIR; ends with SIGTERM
#
# mlflow-skinny with just what its server imports has about half the bytes of the whole mlflow.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv-mlflow
packages=(
  mlflow-skinny==3.17.2
  aiohttp==3.14.5
  alembic==1.20.1
  cachetools==7.3.2
  cryptography==50.0.2
  fastapi==0.165.0
  flask==3.1.3
  flask-cors==6.0.5
  graphene==3.4.3
  numpy==2.4.6
  pandas==3.1.1
  sqlalchemy==2.1.9
  starlette==1.10.0
  uvicorn==0.54.0
)

install() {
  local mark started
  mark=$venv/.installed-$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c1-16)
  [ -e "$mark" ] && exit 0
  started=$(date +%s)
  [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
  # Nothing in here is ours, whatever the ignore list of the project says.
  echo '*' >"$venv/.gitignore"
  "$venv/bin/python" -m pip install --quiet "${packages[@]}"
  touch "$mark"
  echo "installed in $(($(date +%s) - started)) s"
}

case ${1:-} in
install) install ;;
serve)
  port=$2
  dir=$3
  # Jobs are for other uses of MLflow and need packages that are not installed.
  export MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true
  exec "$venv/bin/python" -m mlflow server --host 127.0.0.1 --port "$port" --workers 1 \
    --backend-store-uri "sqlite:///$dir/mlflow.db" --artifacts-destination "$dir/artefacts"
  ;;
*)
  sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 64
  ;;
esac
