/** What computes, and why not something faster. */
import { useEffect, useState } from "preact/hooks";
import type { WorkerClient } from "../worker/client";
import { bytes } from "../draw/format";
import type { BackendName, TensorMemory } from "../worker/protocol";

const wishes: { value: BackendName | "auto"; label: string }[] = [
  { value: "auto", label: "the fastest there is" },
  { value: "webgpu", label: "WebGPU" },
  { value: "wasm", label: "WebAssembly" },
  { value: "cpu", label: "plain JavaScript" },
];

export function BackendBadge({ client }: { client: WorkerClient }) {
  const [status, setStatus] = useState(client.status);
  useEffect(() => client.subscribe(() => setStatus(client.status)), [client]);
  const [wanted, setWanted] = useState<BackendName | "auto">("auto");
  const [memory, setMemory] = useState<TensorMemory>();
  const look = (isOpen: boolean) => {
    setMemory(undefined);
    // A worker that cannot answer says why elsewhere on the page.
    if (isOpen) client.ask("memory", {}).then(setMemory, () => {});
  };
  const label =
    status.kind === "ready"
      ? `runs on ${status.backend.label}`
      : status.kind === "starting"
        ? "starting …"
        : "not running";
  return (
    <details class={`backend ${status.kind}`} onToggle={({ currentTarget }) => look(currentTarget.open)}>
      <summary data-fact="backend">{label}</summary>
      <div>
        {status.kind === "ready" && status.backend.reasons.length > 0 && (
          <>
            <p>Passed over:</p>
            <ul>
              {status.backend.reasons.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          </>
        )}
        {status.kind === "ready" && status.backend.reasons.length === 0 && <p>Nothing was passed over.</p>}
        {status.kind === "broken" && <p role="alert">Nothing can be computed: {status.message}</p>}
        <label>
          Compute with{" "}
          <select
            value={wanted}
            onChange={(event) => {
              const wish = event.currentTarget.value as BackendName | "auto";
              setWanted(wish);
              client.use(wish);
            }}
          >
            {wishes.map((wish) => (
              <option key={wish.value} value={wish.value}>
                {wish.label}
              </option>
            ))}
          </select>
        </label>
        {memory && (
          <p data-fact="tensors">
            {memory.numTensors} tensors at rest, {bytes(memory.numBytes)}.
          </p>
        )}
        <p>All tensors live in a worker of this page, so the page never waits for them.</p>
        {!crossOriginIsolated && (
          <p data-fact="not-isolated">
            Where this page comes from, no headers isolate it: there is no SharedArrayBuffer, and the clock
            ticks in coarser steps. The page goes without both; only short times are rounded.
          </p>
        )}
      </div>
    </details>
  );
}
