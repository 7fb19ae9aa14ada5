/** The page's side of the protocol. A worker that dies is replaced, and what it was asked fails with a sentence. */
import type { BackendName, BackendReport, FromWorker, TaskName, Tasks, ToWorker } from "./protocol";

interface Pending {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
  report?: (progress: never) => void;
}

export interface AskOptions<N extends TaskName> {
  signal?: AbortSignal;
  onProgress?: (progress: Tasks[N]["progress"]) => void;
}

export type WorkerStatus =
  | { kind: "starting" }
  | { kind: "ready"; backend: BackendReport }
  | { kind: "broken"; message: string };

/** Restarts before the page gives up; a task that kills its worker would do so for ever. */
const maxRestarts = 3;

export class WorkerClient {
  #worker: Worker;
  #pending = new Map<number, Pending>();
  #nextId = 0;
  #restarts = 0;
  #status: WorkerStatus = { kind: "starting" };
  #listeners = new Set<() => void>();

  constructor(
    private readonly createWorker: () => Worker,
    private wanted: BackendName | "auto" = "auto",
  ) {
    this.#worker = this.#open();
  }

  get status(): WorkerStatus {
    return this.#status;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts over on another backend. What was asked before fails. */
  use(wanted: BackendName | "auto"): void {
    this.wanted = wanted;
    this.#renew("the backend was changed");
  }

  /** Ends what runs even if it hears no message, with all that the worker holds. */
  interrupt(): void {
    this.#renew("it was stopped");
  }

  #renew(reason: string): void {
    this.#worker.terminate();
    this.#failAll(reason);
    this.#worker = this.#open();
  }

  /** @throws the worker's sentence, or an AbortError */
  ask<N extends TaskName>(
    task: N,
    request: Tasks[N]["request"],
    { signal, onProgress }: AskOptions<N> = {},
  ): Promise<Tasks[N]["result"]> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      this.#pending.set(id, { resolve, reject, report: onProgress as Pending["report"] });
      signal?.addEventListener("abort", () => {
        post(this.#worker, { kind: "cancel", id });
        this.#settle(id)?.reject(new DOMException("superseded", "AbortError"));
      });
      post(this.#worker, { kind: "ask", id, task, request } as ToWorker);
    });
  }

  #open(): Worker {
    this.#report({ kind: "starting" });
    const worker = this.createWorker();
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#receive(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#crashed(worker, event.message);
    });
    post(worker, { kind: "start", wanted: this.wanted });
    return worker;
  }

  #receive(message: FromWorker): void {
    if (message.kind === "ready") this.#report({ kind: "ready", backend: message.backend });
    else if (message.kind === "progress") this.#pending.get(message.id)?.report?.(message.progress as never);
    else if (message.kind === "result") this.#settle(message.id)?.resolve(message.result as never);
    else if (message.id === null) this.#report({ kind: "broken", message: message.message });
    else this.#settle(message.id)?.reject(new Error(message.message));
  }

  #crashed(worker: Worker, message: string): void {
    if (worker !== this.#worker) return;
    worker.terminate();
    const reason = message === "" || message === undefined ? "its script did not load" : message;
    this.#failAll(`the worker stopped: ${reason}`);
    if (this.#restarts++ < maxRestarts) this.#worker = this.#open();
    else this.#report({ kind: "broken", message: `The worker stopped again and again: ${reason}` });
  }

  #failAll(message: string): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(new Error(message));
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #report(status: WorkerStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener();
  }
}

function post(worker: Worker, message: ToWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of windows; a worker has none to name
  worker.postMessage(message);
}
