#!/bin/sh
# All steps on a little of the data: minutes on two cores, no network. What comes out ranks badly and has the product's
# format.    training/smoke.sh DATA MODELS/bge-small-en-v1.5 all-minilm-l6-v2.onnx tokenizer.json WORK
set -eu
data=$(realpath "$1") bi_encoder=$(realpath "$2") base=$(realpath "$3") tokenizer=$(realpath "$4")
mkdir -p "$5" && work=$(realpath "$5")
cd "$(dirname "$0")"
python=${PYTHON:-python3}

"$python" -m unittest
"$python" mine.py --data "$data" --bi-encoder "$bi_encoder" --work "$work" --sources selqa-test --most 60
few="--work $work --tokenizer $tokenizer --steps 12 --cooldown 6 --measure-every 6 --save-every 6 --development 4"
"$python" train.py $few --base "$base" --out "$work/l6"
"$python" distil.py $few --teacher "$work/l6/best.pt" --out "$work/l2"
for tier in l6 l2; do
    model="$work/out/tandem-$tier"
    "$python" export.py --weights "$work/$tier/best.pt" --tokenizer "$tokenizer" --name "tandem-$tier" --out "$model"
    "$python" blend.py --data "$data" --bi-encoder "$bi_encoder" --work "$work" --model "$model" \
        --sources selqa-test --queries 6 --depth 20
    "$python" evaluate.py --data "$data" --bi-encoder "$bi_encoder" --work "$work" --model "$model" \
        --collections selqa-dev --queries 4 --depth 20 --out "$work/$tier.json"
    "$python" card.py --data "$data" --model "$model" --run "$work/$tier" --figures "$work/$tier.json"
done
echo "Models in $work/out"
