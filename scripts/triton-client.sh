#!/usr/bin/env bash
# A real client of the Open Inference Protocol for the tests, in a virtual environment of its own.
#
#   bash scripts/triton-client.sh install    into .venv-triton; does nothing when it is there
#   bash scripts/triton-client.sh python     prints the path of its Python
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv-triton
packages=('tritonclient[http]==2.73.0')

install() {
  local mark
  mark=$venv/.installed-$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c1-16)
  [ -e "$mark" ] && exit 0
  [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
  # Nothing in here is ours, whatever the ignore list of the project says.
  echo '*' >"$venv/.gitignore"
  "$venv/bin/python" -m pip install --quiet "${packages[@]}"
  touch "$mark"
}

case ${1:-} in
install) install ;;
python) echo "$venv/bin/python" ;;
*)
  sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 64
  ;;
esac
