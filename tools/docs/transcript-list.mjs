/** What docs/trainer.md shows, in its order; later commands use what earlier ones left. */
export const transcripts = [
  {
    title: "doctor and backend",
    text: "What this machine can compute with, and how to make it faster.",
    commands: ["reformer doctor", "reformer backend install --json"],
  },
  {
    title: "prepare",
    text: "Data by name or your own; a text may be encoded once, with a vocabulary made from it.",
    commands: [
      "reformer prepare",
      "reformer prepare pairs.en --json",
      "reformer prepare pairs.en --vocab-size 300 --out prepared/sentences",
    ],
  },
  {
    title: "train",
    text: "The preset `debug` learns Crime and Punishment for 60 steps. A run is a folder; `--resume` goes on with it.",
    commands: [
      "reformer train --config debug --steps 40 --run runs/debug",
      "reformer train --resume runs/debug --steps 60 --json 2>/dev/null",
      "ls runs/debug runs/debug/step-00000060",
      "tail -n 1 runs/debug/metrics.jsonl",
    ],
  },
  {
    title: "evaluate and score",
    text: "Bits per byte of what the run held out, and of any text.",
    commands: [
      "reformer evaluate runs/debug --limit 4096",
      'printf "It was a cold evening, and he went home. %.0s" $(seq 20) > mine.txt',
      "reformer score mine.txt --checkpoint runs/debug --json",
    ],
  },
  {
    title: "generate",
    text: "Only what the model writes goes to stdout, so it can be piped.",
    commands: [
      'reformer generate runs/debug --prompt "It was " --tokens 60',
      'reformer generate runs/debug --prompt "He" --tokens 12 --json',
    ],
  },
  {
    title: "plot",
    text: "Learning curves of finished and of running trainings.",
    commands: ["reformer plot runs/debug --out curve.svg", "reformer plot runs/debug --json"],
  },
  {
    title: "convert and export",
    text: "From one format into another; `export` writes what transformers opens.",
    commands: [
      "reformer convert runs/debug page --to tfjs --json",
      "reformer export exported runs/debug",
      "ls exported",
    ],
  },
  {
    title: "complete",
    text: "Images: the upper part goes in, PNG files come out. Four pictures of 8 × 8, two steps: nothing to look at.",
    commands: [
      "reformer train --config images-small --corpus pictures --image-size 8 --held-out 0.3 --steps 2 --run runs/pictures --json 2>/dev/null",
      "reformer complete --checkpoint runs/pictures --count 1 --json",
    ],
  },
  {
    title: "music",
    text: "MIDI files are read and written. Here a model of seconds begins to learn a cadence, goes on with it as MIDI, and is measured on what it wrote.",
    commands: [
      'mkdir songs && for i in $(seq 40); do printf "67 64 60 48\\n69 65 60 53\\n71 67 62 55\\n72 67 64 48\\n"; done > chords.txt',
      "reformer train --config chorales --corpus chords.txt --length 128 --max-length 128 --axial-shape 8,16 --d-model 32 --d-ff 64 --axial-dims 8,24 --num-heads 2 --d-head 16 --layers local,lsh --minutes null --steps 150 --warmup 10 --run runs/chords --json 2>/dev/null",
      'reformer generate runs/chords --prompt "67 64 60 48" --tokens 28 --seed 3 --out songs/chords.mid',
      "reformer prepare songs --task music",
      "reformer score songs/chords.mid --checkpoint runs/chords",
      "reformer generate runs/chords --prompt-file songs/chords.mid --tokens 8 --temperature 0",
    ],
  },
  {
    title: "bench",
    text: "Speed and memory of a training step by length; the lengths here are short.",
    commands: ["reformer bench --lengths 1024,4096 --attention lsh --depths 2 --rounds 1 --steps 2"],
  },
  {
    title: "translate",
    text: "The paper's `wmt-ende` at a sixteenth of its width, on 45 pairs: it learns which words are frequent. A beam is searched unless `--temperature` asks to draw.",
    commands: [
      "reformer train --config wmt-ende --corpus pairs.en,pairs.de --held-out-corpus null --held-out 0.1 --tokenizer 400 --vocab-size 402 --d-model 32 --d-ff 128 --num-heads 4 --d-head 8 --batch 4 --accumulate 2 --steps 60 --learning-rate 0.003 --warmup 10 --run runs/pairs",
      'echo "The parliament does not support it ." | reformer translate --checkpoint runs/pairs --tokens 12',
      'echo "The parliament does not support it ." | reformer translate --checkpoint runs/pairs --tokens 12 --temperature 1 --seed 2',
      "reformer evaluate runs/pairs --json",
    ],
  },
];
