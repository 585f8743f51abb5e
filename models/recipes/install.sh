#!/usr/bin/env bash
# Installs the pinned packages of requirements.txt into a virtual environment: install.sh VENV_DIR
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=$1
mark=$venv/.installed-$(cat "$here/requirements.txt" "$here/stub-gpu-libraries.sh" | sha256sum | cut -c1-16)
[ -e "$mark" ] && exit 0
started=$(date +%s)
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --no-deps --requirement "$here/requirements.txt"
if [ "$(uname -sm)" = 'Linux x86_64' ]; then
  site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  if command -v cc >/dev/null && command -v nm >/dev/null; then
    bash "$here/stub-gpu-libraries.sh" "$site"
  else
    echo 'no C compiler: installing the GPU libraries of torch instead of stubs (about 2.5 GB)' >&2
    "$venv/bin/python" -m pip install --quiet torch=="$(sed -n 's/^torch==//p' "$here/requirements.txt")"
  fi
fi
"$venv/bin/python" -c 'import torch, onnxruntime, lightgbm'
touch "$mark"
echo "installed in $(($(date +%s) - started)) s"
