#!/usr/bin/env bash
# Makes the encoder and the cataract packs from the cataract_eye set.
#
#   bash models/recipes/make-cataract.sh DATASET_DIR [--out DIR] [--smoke] [--ood DATASETS_DIR] [--test-figures] [--all-figures]
#
# DATASET_DIR        folder with manifest.csv and images/ of cataract_eye
# --out DIR          where the packs go (default: models/ of this repository; needed with --smoke)
# --smoke            a tiny subset and one epoch: proves that the recipe runs, not that its figures are good
# --ood DATASETS_DIR folder of other sets, for the figures of out-of-domain detection (default: the parent of DATASET_DIR)
# --test-figures     measure the test split (for the final packs)
# --all-figures      also cross-validate the frozen recipe over train+val+test
#
# PYTHON=... uses that interpreter as it is; else .venv-recipes/ is made at the root of the repository.
# At most two threads are used; FOVEA_RECIPE_THREADS=1 lowers that.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ $# -lt 1 ]; then
  sed -n '2,15p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
if [ -z "${PYTHON:-}" ]; then
  bash "$here/install.sh" "$root/.venv-recipes"
  PYTHON=$root/.venv-recipes/bin/python
fi
dataset=$(cd "$1" && pwd)
shift
export OMP_NUM_THREADS=${FOVEA_RECIPE_THREADS:-2} PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
exec "$PYTHON" -m cataract.main --dataset "$dataset" "$@"
