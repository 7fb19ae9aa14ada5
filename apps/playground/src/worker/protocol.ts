/**
 * What page and worker say to each other. The page asks for a task and gets one answer, or one sentence on why not;
 * long tasks report as they go. All tensors live in the worker: only plain numbers cross.
 */
import type { AttendRequest, AttendResult } from "./tasks/attend";
import type { MemoryPoint, MemoryRequest } from "./tasks/memory-by-depth";
import type {
  ContinueRequest,
  OpenNovelRequest,
  OpenNovelResult,
  ReadNovelResult,
  ReadProgress,
  WrittenToken,
} from "./tasks/novel";
import type { PaintedPixel, PaintRequest } from "./tasks/paint";
import type { RacePoint, RaceRequest } from "./tasks/race";
import type { NamedFiles } from "./models/open-model";
import type { ModelFacts, ModelSource } from "./models/writer";
import type { RebuildRequest, RebuildResult } from "./tasks/rebuild";
import type { OpenTrainingRequest, TrainPoint } from "./tasks/train";
import type { TrainingFacts } from "./training/session";

export interface Tasks {
  memory: { request: object; progress: never; result: TensorMemory };
  attend: { request: AttendRequest; progress: never; result: AttendResult };
  rebuild: { request: RebuildRequest; progress: never; result: RebuildResult };
  memoryByDepth: { request: MemoryRequest; progress: MemoryPoint; result: MemoryPoint[] };
  race: { request: RaceRequest; progress: RacePoint; result: RacePoint[] };
  openTraining: { request: OpenTrainingRequest; progress: never; result: TrainingFacts };
  train: { request: { steps: number }; progress: TrainPoint; result: number };
  trainedFiles: { request: object; progress: never; result: NamedFiles };
  openNovel: {
    request: OpenNovelRequest;
    progress: { share: number | null; what: string };
    result: OpenNovelResult;
  };
  readNovel: { request: { tokens: Uint8Array }; progress: ReadProgress; result: ReadNovelResult };
  continueNovel: { request: ContinueRequest; progress: WrittenToken; result: number };
  openPainter: { request: { model: ModelSource }; progress: number | null; result: ModelFacts };
  paint: { request: PaintRequest; progress: PaintedPixel; result: number };
}

/** What the worker holds when nothing runs. */
export interface TensorMemory {
  numTensors: number;
  numBytes: number;
}

export type TaskName = keyof Tasks;

export type BackendName = "webgpu" | "wasm" | "cpu";

/** Which backend runs, and why not a faster one. */
export interface BackendReport {
  name: BackendName;
  label: string;
  /** One reason for every faster backend that was passed over. */
  reasons: string[];
}

export type ToWorker =
  | { kind: "start"; wanted: BackendName | "auto" }
  | { [N in TaskName]: { kind: "ask"; id: number; task: N; request: Tasks[N]["request"] } }[TaskName]
  | { kind: "cancel"; id: number };

export type FromWorker =
  | { kind: "ready"; backend: BackendReport }
  | { kind: "progress"; id: number; progress: unknown }
  | { kind: "result"; id: number; result: unknown }
  | { kind: "failure"; id: number | null; message: string };

export type Run<N extends TaskName> = (
  request: Tasks[N]["request"],
  context: { signal: AbortSignal; report: (progress: Tasks[N]["progress"]) => void },
) => Promise<Tasks[N]["result"]>;
