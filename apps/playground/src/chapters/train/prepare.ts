/** Run by the build: both tasks, learned as far as it takes to see the loss fall. */
import { openWasm } from "../../../prepare/open-wasm";
import { initialState } from "../../state/fields";
import type { TrainPoint } from "../../worker/tasks/train";
import { openTraining, type TrainingFacts } from "../../worker/training/session";
import { fields, firstLength, type Settings, trainSettings } from "./settings";
import { firstText } from "./texts";

export interface PreparedTraining {
  facts: TrainingFacts;
  points: TrainPoint[];
}

/** By task. */
export type PreparedTrainings = Record<Settings["task"], PreparedTraining>;

const steps = { copy: 180, text: 90 };
const stepsBetweenLooks = 6;

export async function prepare(): Promise<PreparedTrainings> {
  await openWasm();
  return { copy: await learn("copy"), text: await learn("text") };
}

async function learn(task: Settings["task"]): Promise<PreparedTraining> {
  const settings = trainSettings({ ...initialState(fields), task, length: firstLength[task] });
  const training = openTraining(settings, task === "text" ? firstText.bytes : undefined);
  const points: TrainPoint[] = [];
  let bits = 0;
  try {
    while (true) {
      if (training.step % stepsBetweenLooks === 0) {
        points.push({
          step: training.step,
          bits: training.step === 0 ? null : bits / stepsBetweenLooks,
          millisecondsPerStep: null,
          observation: await training.observe(),
        });
        bits = 0;
      }
      if (training.step === steps[task]) return { facts: training.facts, points };
      bits += await training.advance();
    }
  } finally {
    training.dispose();
  }
}
