#!/usr/bin/env bash
# Makes the fine network of one programme and its out-of-fold scores; `fovea train PROGRAMME --network OUT_DIR` makes the packs of them.
#
#   bash models/recipes/make-programme.sh PROGRAMME DATASETS_DIR OUT_DIR [--folds N] [--seed N] [--smoke]
#
# PROGRAMME      chest-xray, diabetic-retinopathy, hallux-valgus or ophthalmology
# DATASETS_DIR   folder of the sets, each with manifest.csv and images/
# OUT_DIR        gets fine.onnx, out-of-fold.csv and network.json
# --smoke        a few images and one epoch: proves that the recipe runs, not that its figures are good
#
# PYTHON=... uses that interpreter as it is; else .venv-recipes/ is made at the root of the repository.
# At most two threads are used; FOVEA_RECIPE_THREADS=1 lowers that.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ $# -lt 3 ]; then
  sed -n '2,14p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
if [ -z "${PYTHON:-}" ]; then
  bash "$here/install.sh" "$root/.venv-recipes"
  PYTHON=$root/.venv-recipes/bin/python
fi
programme=$1
datasets=$(cd "$2" && pwd)
out=$3
shift 3
export OMP_NUM_THREADS=${FOVEA_RECIPE_THREADS:-2} PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
exec "$PYTHON" -m programmes.main "$programme" --datasets "$datasets" --out "$out" "$@"
