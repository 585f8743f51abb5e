#!/usr/bin/env bash
# Holds the recipe against itself: its tests, a run from images to packs with tiny settings, and the committed packs.
#
#   bash models/recipes/check.sh REPORT [DATASET_DIR]
#
# REPORT gets the closing line of pytest. Without DATASET_DIR, FOVEA_SHARED/datasets/cataract_eye is used; where that is
# absent the run from images is left out and the report says "2 skipped".
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
report=$1
dataset=${2:-${FOVEA_SHARED:-$root/../shared}/datasets/cataract_eye}
bash "$here/install.sh" "$root/.venv-recipes"
python=$root/.venv-recipes/bin/python
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

export OMP_NUM_THREADS=2 PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
"$python" "$here/check_packs.py"
if [ -f "$dataset/manifest.csv" ]; then
  CATARACT_EYE=$dataset "$python" -m pytest -q -p no:cacheprovider "$here/tests" | tee "$out/pytest"
  tail -n 1 "$out/pytest" >"$report"
  PYTHON=$python bash "$here/make-cataract.sh" "$dataset" --smoke --out "$out/packs"
  "$python" "$here/check_packs.py" "$out/packs"
  PYTHON=$python bash "$here/make-programme.sh" chest-xray "$(dirname "$dataset")" "$out/chest" --smoke --folds 2
  echo '2 passed' >>"$report"
else
  "$python" -m pytest -q -p no:cacheprovider "$here/tests" | tee "$out/pytest"
  { tail -n 1 "$out/pytest"; echo '2 skipped'; } >"$report"
fi
