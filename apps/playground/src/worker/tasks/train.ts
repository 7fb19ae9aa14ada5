/** Chapter 4's side of the worker: a training that stays here while the page plays, pauses and saves it. */
import { openModel, type NamedFiles } from "../models/open-model";
import { placeFor } from "../resident";
import type { Observation } from "../training/observe";
import { openTraining, type Training, type TrainingFacts } from "../training/session";
import type { TrainSettings } from "../training/settings";

export interface OpenTrainingRequest {
  settings: TrainSettings;
  /** The text's bytes; absent for the duplication task. */
  text?: Uint8Array;
  /** A dropped checkpoint to go on with. */
  model?: NamedFiles;
}

export interface TrainPoint {
  step: number;
  /** Bits per counted token, of the steps since the last point; null before the first step. */
  bits: number | null;
  millisecondsPerStep: number | null;
  observation: Observation;
}

interface Context {
  signal: AbortSignal;
  report: (point: TrainPoint) => void;
}

/** Between two looks at the model; the first few come sooner, because that is when most changes. */
const pace = (step: number) => (step < 10 ? 0 : 1200);

const place = placeFor<Training>("the training");

export async function openTrainingTask(request: OpenTrainingRequest): Promise<TrainingFacts> {
  const loaded = request.model && (await openModel(request.model, "the dropped folder"));
  const training = openTraining(request.settings, request.text, loaded);
  place.put(training);
  return training.facts;
}

/** Trains for so many steps, 0 to look only; looks at the model as it goes. */
export async function train({ steps }: { steps: number }, { signal, report }: Context): Promise<number> {
  const training = place.get();
  const last = training.step + steps;
  let bits: number[] = [];
  let looked = performance.now();
  const look = async () => {
    const spent = performance.now() - looked;
    const observation = await training.observe();
    const count = bits.length;
    report({
      step: training.step,
      bits: count === 0 ? null : bits.reduce((a, b) => a + b, 0) / count,
      millisecondsPerStep: count === 0 ? null : spent / count,
      observation,
    });
    bits = [];
    looked = performance.now();
  };
  if (training.step === 0 || steps === 0) await look();
  while (training.step < last && !signal.aborted) {
    bits.push(await training.advance());
    if (performance.now() - looked >= pace(training.step) || training.step === last) await look();
    // A pause between steps, so that a message to stop is heard.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return training.step;
}

export async function trainedFiles(): Promise<NamedFiles> {
  return place.get().files();
}
